"""The sitemap and robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from blogsite.core.frozen import Record
from blogsite.pages.not_found import NOT_FOUND
from blogsite.site.model import Site, SiteInfo
from blogsite.site.outputs import DataFile, Output, Page


@dataclass(frozen=True, slots=True)
class Sitemap(Record):
    """The context of sitemap.xml: (site address, time of the last change or None) of each page."""

    site: SiteInfo
    urls: tuple[tuple[str, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Robots(Record):
    """The inputs of robots.txt."""

    site: SiteInfo


def sitemap(site: Site) -> Iterator[Output]:
    """Yield sitemap.xml (only with base_url) and robots.txt, unless static/ has one."""
    if site.info.has_feed:
        newest = site.posts[0].link.date if site.posts else None
        lists = [*site.tags, *site.categories]
        urls = [
            ("/", newest),
            *((entry.url, entry.card.updated or entry.link.date) for entry in (*site.posts, *site.pages)),
            ("/archive/", None),
            *((term.url, None) for term in lists),
        ]
        listed = {url: changed for url, changed in reversed(urls) if url != NOT_FOUND}
        yield Page("sitemap.xml", "sitemap.xml", Sitemap(site.info, tuple(reversed(listed.items()))))
    if not site.has_file("robots.txt"):
        yield DataFile("robots.txt", "robots.txt", Robots(site.info))
