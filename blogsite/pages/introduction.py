"""Pages of the author's own at the address of a list: their title and text are shown above the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from blogsite.content.model import RichText
from blogsite.core.frozen import Record
from blogsite.pages.posts import DEFAULT_TEMPLATES, PostPage
from blogsite.site.model import Content
from blogsite.site.outputs import Output, Page


@dataclass(frozen=True, slots=True)
class Introduction(Record):
    """The title and the text that the author's own page gives a list."""

    title: RichText
    content: Content
    lang: str


def merge(own: Output, listing: Output) -> Page | None:
    """Return the page for an address of both a standalone page and a list; None if the outputs are something else.

    It is the list with the introduction, except that a standalone page with a layout of the site's own stays as it is.
    """
    if not isinstance(own, Page) or not isinstance(listing, Page) or not hasattr(listing.context, "introduction"):
        return None
    if not isinstance(own.context, PostPage) or own.context.page.kind != "website":
        return None
    if own.template not in DEFAULT_TEMPLATES:
        return own
    context: Any = listing.context
    head = context.page
    shown = own.context.page
    is_home = head.url == "/"
    merged = replace(
        context,
        introduction=Introduction(own.context.title, own.context.content, own.context.lang),
        page=replace(
            head,
            title=head.title if is_home else shown.title,
            description=shown.description or head.description,
            image=shown.image,
            math=head.math or shown.math,
        ),
    )
    return replace(listing, context=merged, source=own.source)
