"""The home page and the numbered list pages, with excerpts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from blogsite.core.frozen import Record
from blogsite.core.urls import output_path
from blogsite.pages.introduction import Introduction
from blogsite.pages.page_head import PageHead, titled
from blogsite.pages.pagination import Pager, paginate
from blogsite.site.model import PostCard, Site, SiteInfo
from blogsite.site.outputs import Page


@dataclass(frozen=True, slots=True)
class IndexPage(Record):
    """The context of index.html: posts as cards, newest first, pinned ones before them on the home page."""

    site: SiteInfo
    page: PageHead
    cards: tuple[PostCard, ...]
    pager: Pager
    introduction: Introduction | None = None


def index_pages(site: Site) -> Iterator[Page]:
    """Yield the home page, and /page/N/ counted from the oldest."""
    cards = [entry.card for entry in site.posts]
    pinned = tuple(card for card in cards if card.pinned)
    for pager, address, own in paginate(cards, site.per_page, "/"):
        shown = own if pager.number else (*pinned, *(card for card in own if not card.pinned))
        head = PageHead(
            title=titled(site.info, ""),
            url=address,
            description=site.info.subtitle,
            math=any(card.excerpt.has_math or card.link.title.fragment.formulas for card in shown),
        )
        yield Page(output_path(address), "index.html", IndexPage(site.info, head, shown, pager))
