"""The archive: all posts by year on one page while they are few, and a page for each year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from blogsite.core.frozen import Record
from blogsite.core.i18n import words_for
from blogsite.core.urls import output_path
from blogsite.pages.introduction import Introduction
from blogsite.pages.page_head import PageHead, titled
from blogsite.site.model import PostLink, Site, SiteInfo
from blogsite.site.outputs import Page

MOST_ON_ONE_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Year(Record):
    """A year with its posts, newest first; `links` is empty if the page shows nothing but the years."""

    year: int
    url: str
    count: int
    links: tuple[PostLink, ...]


@dataclass(frozen=True, slots=True)
class ArchivePage(Record):
    """The context of archive.html."""

    site: SiteInfo
    page: PageHead
    title: str
    years: tuple[Year, ...]
    introduction: Introduction | None = None


def archive_pages(site: Site) -> Iterator[Page]:
    """Yield /archive/, and /archive/YYYY/ for each year."""
    words = words_for(site.info.language)
    links = [entry.link for entry in site.posts if entry.link.date]
    years = [_year(year, tuple(group)) for year, group in groupby(links, key=lambda link: link.date.year)]  # type: ignore[union-attr]
    shown = years if len(links) <= MOST_ON_ONE_PAGE else [Year(year.year, year.url, year.count, ()) for year in years]
    yield _page(site, words.archive, "/archive/", tuple(shown))
    for year in years:
        yield _page(site, words.posts_of.format(name=year.year), year.url, (year,))


def _year(year: int, links: tuple[PostLink, ...]) -> Year:
    return Year(year, f"/archive/{year:04d}/", len(links), links)


def _page(site: Site, title: str, url: str, years: tuple[Year, ...]) -> Page:
    math = any(link.title.fragment.formulas for year in years for link in year.links)
    head = PageHead(titled(site.info, title), url, math=math)
    return Page(output_path(url), "archive.html", ArchivePage(site.info, head, title, years))
