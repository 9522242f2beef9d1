"""A page for each post and each standalone page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from blogsite.content.model import Heading, Post, RichText
from blogsite.core.frozen import Record
from blogsite.core.urls import output_path
from blogsite.core.values import Table
from blogsite.pages.page_head import PageHead, titled
from blogsite.site.model import Content, PostLink, Site, SiteInfo, SitePost, Term
from blogsite.site.outputs import Page

DEFAULT_TEMPLATES = frozenset(["post.html", "page.html"])


@dataclass(frozen=True, slots=True)
class PostPage(Record):
    """The context of post.html, page.html and of the templates that `layout` names."""

    site: SiteInfo
    page: PageHead
    title: RichText
    url: str
    date: datetime | None
    updated: datetime | None
    authors: tuple[str, ...]
    tags: tuple[Term, ...]
    categories: tuple[tuple[Term, ...], ...]
    content: Content
    headings: tuple[Heading, ...]
    """The table of contents; empty if the post has none."""
    word_count: int
    lang: str
    state: str
    reason: str
    comments: bool
    cite: bool
    extra: Table
    older: PostLink | None = None
    newer: PostLink | None = None


def post_pages(site: Site) -> Iterator[Page]:
    """Yield a page for each listed post, with its neighbours, and one for each hidden post, without."""
    for index, entry in enumerate(site.posts):
        newer = site.posts[index - 1].link if index else None
        older = site.posts[index + 1].link if index + 1 < len(site.posts) else None
        yield _page(site, entry, "post.html", older, newer)
    for entry in site.hidden:
        yield _page(site, entry, "post.html", None, None)


def standalone_pages(site: Site) -> Iterator[Page]:
    """Yield a page for each file below pages/."""
    for entry in site.pages:
        yield _page(site, entry, "page.html", None, None)


def with_text(page: Page, post: Post) -> Page:
    """Return the page for a post of which nothing but the text has changed."""
    context = page.context
    assert isinstance(context, PostPage)
    changed = replace(
        context,
        page=context.page if "\x02" in post.summary else replace(context.page, description=post.summary),
        content=replace(context.content, fragment=post.body.fragment),
        headings=_contents(post),
        word_count=post.words,
    )
    return replace(page, context=changed)


def _contents(post: Post) -> tuple[Heading, ...]:
    """Return the headings that the table of contents lists."""
    return post.headings if post.meta.toc else ()


def _page(site: Site, entry: SitePost, template: str, older: PostLink | None, newer: PostLink | None) -> Page:
    post, meta = entry.post, entry.post.meta
    head = PageHead(
        title=titled(site.info, post.title.plain),
        url=entry.url,
        description=entry.card.description,
        image=entry.image,
        kind="article" if template == "post.html" else "website",
        math=post.has_math or bool(post.title.fragment.formulas),
        lang=meta.lang,
        listed=entry.state == "published",
    )
    context = PostPage(
        site=site.info,
        page=head,
        title=post.title,
        url=entry.url,
        date=entry.link.date,
        updated=entry.card.updated,
        authors=entry.card.authors,
        tags=entry.tags,
        categories=entry.categories,
        content=entry.content,
        headings=_contents(post),
        word_count=post.words,
        lang=meta.lang,
        state=entry.state,
        reason=entry.reason,
        comments=meta.comments is not False,
        cite=meta.cite is not False,
        extra=meta.extra,
        older=older,
        newer=newer,
    )
    layout = f"{meta.layout}.html" if meta.layout in site.layouts else template
    return Page(output_path(entry.url), layout, context, post.source)
