"""What a site has one of: 404.html, the sitemap, robots.txt, the forwarding pages, the copied files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from blogsite.core.frozen import Record
from blogsite.core.i18n import words_for
from blogsite.core.urls import AddressError, checked_address, output_path
from blogsite.pages.common import PageHead, titled
from blogsite.site.model import Site, SiteInfo
from blogsite.site.outputs import Asset, DataFile, Output, Page


@dataclass(frozen=True, slots=True)
class PlainPage(Record):
    """The context of 404.html: the page itself is all there is to say."""

    site: SiteInfo
    page: PageHead


@dataclass(frozen=True, slots=True)
class RedirectPage(Record):
    """The context of redirect.html: where the page has gone."""

    site: SiteInfo
    page: PageHead
    target: str
    title: str


@dataclass(frozen=True, slots=True)
class Sitemap(Record):
    """The context of sitemap.xml: (site address, time of the last change or None) of every page worth finding."""

    site: SiteInfo
    urls: tuple[tuple[str, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Robots(Record):
    """The inputs of robots.txt."""

    site: SiteInfo


def not_found(site: Site) -> Iterator[Output]:
    """404.html, which servers show for addresses that lead nowhere, unless static/ has one."""
    if _given(site, "404.html"):
        return
    words = words_for(site.info.language)
    yield Page(
        "404.html", "404.html", PlainPage(site.info, PageHead(titled(site.info, words.not_found), "", listed=False))
    )


def sitemap(site: Site) -> Iterator[Output]:
    """sitemap.xml (with base_url alone) and robots.txt, unless static/ has one."""
    if site.info.has_feed:
        newest = site.posts[0].link.date if site.posts else None
        lists = [*site.tags, *site.categories]
        urls = [
            ("/", newest),
            *((entry.url, entry.card.updated or entry.link.date) for entry in (*site.posts, *site.pages)),
            ("/archive/", None),
            *((term.url, None) for term in lists),
        ]
        yield Page("sitemap.xml", "sitemap.xml", Sitemap(site.info, tuple(urls)))
    if not _given(site, "robots.txt"):
        yield DataFile("robots.txt", "robots.txt", Robots(site.info))


def _given(site: Site, path: str) -> bool:
    return any(path == given for given, _ in site.files)


def aliases(site: Site) -> Iterator[Output]:
    """A forwarding page at each of a post's former addresses."""
    for entry in (*site.posts, *site.hidden, *site.pages):
        for alias in entry.post.meta.aliases:
            with suppress(AddressError):  # assemble has reported it
                address = checked_address(alias)
                if address == entry.url:
                    continue
                title = entry.post.title.plain
                head = PageHead(titled(site.info, title), entry.url, listed=False)
                context = RedirectPage(site.info, head, entry.url, title)
                yield Page(output_path(address), "redirect.html", context, entry.post.source)


def assets(site: Site) -> Iterator[Output]:
    """Static files, the files of bundles, and the pictures that posts show."""
    for path, file in site.files:
        yield Asset(path, file)


def variants(site: Site) -> Iterator[Output]:
    """The smaller versions of the pictures that posts show."""
    yield from site.variants


def drawings(site: Site) -> Iterator[Output]:
    """The social cards of posts that have no image."""
    yield from site.drawings
