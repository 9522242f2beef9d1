"""The part of a post that other pages depend on. If it has not changed, only the post's own page is rendered again."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from blogsite.content.model import FragmentRef, Heading, HtmlFragment, Post, Reference, RichText
from blogsite.core.diagnostics import Diagnostic
from blogsite.markdown.html.text import DESCRIPTION_LENGTH, shorten
from blogsite.site.model import ResolvedReference, SitePost

_REFERENCE_TEXT = re.compile("\x02n([0-9]+)\\.text\x03")


def shared_view(post: Post) -> Post:
    """Return the post as `assemble` uses it: without texts, which are only shown, and without lines and columns."""
    return replace(
        post,
        digest="",
        meta=replace(post.meta, locations=()),
        body=FragmentRef("", _without_positions(post.body.references)),
        excerpt=FragmentRef("", _without_positions(post.excerpt.references)),
        summary=post.summary if "\x02" in post.summary else "",
        whole=False,
        headings=tuple(_named(heading) for heading in post.headings if heading.text.plain != heading.id),
        words=0,
        excerpt_has_math=False,
        diagnostics=(),
    )


def listed_texts(post: Post) -> tuple[object, ...]:
    """Return the texts that lists and feeds show of a post; feeds with whole posts show its body, too."""
    return post.excerpt.fragment, post.summary, post.whole, post.excerpt_has_math


def update_diagnostics(diagnostics: Set[Diagnostic], before: Post, after: Post) -> Set[Diagnostic] | None:
    """Return the site's diagnostics after an edit of nothing but a post's text; None if more may have changed.

    None also if assembling the site found a mistake in the post, because its line may have moved.
    """
    if shared_view(before) != shared_view(after):
        return None
    if any(diagnostic.severity == "error" for diagnostic in after.diagnostics):
        return None
    others = diagnostics - set(before.diagnostics)
    if any(diagnostic.location.path == after.source for diagnostic in others):
        return None
    return others | set(after.diagnostics)


def replace_text(item: SitePost, post: Post) -> SitePost:
    """Return `item` for a post of which nothing but the text has changed."""
    excerpt = replace(item.card.excerpt, fragment=post.excerpt.fragment, has_math=post.excerpt_has_math)
    more, description = read_more_address(post, item.url), description_of(post, item.card.excerpt.resolved)
    card = replace(item.card, excerpt=excerpt, more=more, description=description)
    content = replace(item.content, fragment=post.body.fragment)
    return replace(item, post=replace(post, kind=item.post.kind), card=card, content=content)


def read_more_address(post: Post, url: str) -> str:
    """Return the address of the rest of a post whose excerpt is shown; "" if the excerpt is the whole post."""
    return "" if post.whole else url + ("#more" if post.has_break else "")


def description_of(post: Post, answers: Sequence[ResolvedReference]) -> str:
    """Return the post's description for meta tags, with the answers to the references of its excerpt."""
    if "\x02" not in post.summary:
        return post.summary
    text = _REFERENCE_TEXT.sub(lambda found: answers[int(found[1])].text, post.summary)
    return text if post.meta.description else shorten(text, DESCRIPTION_LENGTH)


def _named(heading: Heading) -> Heading:
    """Return a heading as references find it: by its words, whatever markup they have."""
    return Heading(0, heading.id, RichText(heading.text.plain, HtmlFragment("")))


def _without_positions(references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return tuple(replace(reference, line=0, column=0) for reference in references)
