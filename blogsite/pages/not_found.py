"""The page for addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from blogsite.core.frozen import Record
from blogsite.core.i18n import words_for
from blogsite.pages.introduction import Introduction
from blogsite.pages.page_head import PageHead, titled
from blogsite.site.model import Site, SiteInfo
from blogsite.site.outputs import Output, Page

NOT_FOUND = "/404.html"


@dataclass(frozen=True, slots=True)
class PlainPage(Record):
    """The context of 404.html."""

    site: SiteInfo
    page: PageHead
    introduction: Introduction | None = None


def not_found(site: Site) -> Iterator[Output]:
    """Yield 404.html, which servers show for missing addresses, unless static/ has one."""
    if site.has_file("404.html"):
        return
    words = words_for(site.info.language)
    yield Page(
        "404.html", "404.html", PlainPage(site.info, PageHead(titled(site.info, words.not_found), "", listed=False))
    )
