"""Tags and categories: a page that lists all of them with counts, and compact lists of the posts of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blogsite.core.frozen import Record
from blogsite.core.i18n import words_for
from blogsite.core.urls import output_path
from blogsite.pages.introduction import Introduction
from blogsite.pages.page_head import PageHead, titled
from blogsite.pages.pagination import Pager, paginate
from blogsite.site.model import PostLink, Site, SiteInfo, Term, TermPage
from blogsite.site.outputs import Page


@dataclass(frozen=True, slots=True)
class ListPage(Record):
    """The context of list.html: the posts of one tag or category, as badge and title."""

    site: SiteInfo
    page: PageHead
    kind: str
    """"tags" or "categories"."""
    name: str
    path: tuple[Term, ...]
    """The categories above it, from the top."""
    children: tuple[tuple[Term, int], ...]
    """Its subcategories with their numbers of posts, on the newest page only."""
    links: tuple[PostLink, ...]
    pager: Pager
    feed: str
    """Site address of the tag's own feed, or ""."""
    introduction: Introduction | None = None


@dataclass(frozen=True, slots=True)
class TermsPage(Record):
    """The context of terms.html: every tag or category, with the number of its posts and its depth from 0."""

    site: SiteInfo
    page: PageHead
    kind: str
    terms: tuple[tuple[Term, int, int], ...]
    introduction: Introduction | None = None


def tag_pages(site: Site) -> Iterator[Page]:
    """Yield /tags/ and the list pages of each tag."""
    yield from _pages(site, "tags", site.tags)


def category_pages(site: Site) -> Iterator[Page]:
    """Yield /categories/ and the list pages of each category."""
    yield from _pages(site, "categories", site.categories)


def _pages(site: Site, kind: str, terms: Sequence[TermPage]) -> Iterator[Page]:
    words = words_for(site.info.language)
    title = words.tags if kind == "tags" else words.categories
    counted = tuple((Term(term.name, term.url), len(term.links), len(term.path)) for term in terms)
    head = PageHead(titled(site.info, title), f"/{kind}/")
    yield Page(output_path(head.url), "terms.html", TermsPage(site.info, head, kind, counted))
    template = words.posts_tagged if kind == "tags" else words.posts_in
    for term in terms:
        title = titled(site.info, template.format(name=term.name))
        feed = f"{term.url}feed.xml" if kind == "tags" and site.tag_feeds and site.info.has_feed else ""
        for pager, address, links in paginate(term.links, site.per_page, term.url):
            head = PageHead(title, address, math=any(link.title.fragment.formulas for link in links))
            children = () if pager.number else term.children
            context = ListPage(site.info, head, kind, term.name, term.path, children, links, pager, feed)
            yield Page(output_path(address), "list.html", context)
