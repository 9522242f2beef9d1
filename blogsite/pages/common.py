"""What the contexts of all pages share, and how a long list is cut into pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from blogsite.core.frozen import Record
from blogsite.core.urls import page_number_address
from blogsite.site.model import SiteInfo

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PageHead(Record):
    """What <head> says of a page; `url` is its site address, "" for one that has none of its own (404)."""

    title: str
    url: str
    description: str = ""
    image: str = ""
    """Site address or URL of a picture that stands for the page."""
    kind: str = "website"
    math: bool = False
    lang: str = ""
    """Language tag of the page's text where it is not the site's."""
    listed: bool = True
    """Search engines may show it."""


@dataclass(frozen=True, slots=True)
class Pager(Record):
    """Where one list page leads: site addresses, "" where there is none. No totals, so that old pages never change."""

    number: int
    """0 for the newest page, else the page's number, counted from the oldest."""
    newer: str
    older: str
    first: str
    """The page of the oldest."""
    home: str
    """The page of the newest."""


def paginate(items: Sequence[Item], size: int, base: str) -> Iterator[tuple[Pager, str, tuple[Item, ...]]]:
    """(pager, site address, items) of each page of a list that stands newest first.

    With n items there are max(0, n // size - 1) numbered pages of exactly `size`, counted from the oldest; the page at
    BASE holds the rest. So a new item changes that page and at most the one before it.
    """
    count = max(0, len(items) // size - 1)
    rest = len(items) - count * size

    def address(number: int) -> str:
        return base if number > count else page_number_address(base, number) if number else ""

    first = address(1) if count else ""
    yield Pager(0, "", address(count), first, base), base, tuple(items[:rest])
    for number in range(count, 0, -1):
        start = rest + (count - number) * size
        pager = Pager(number, address(number + 1), address(number - 1), first, base)
        yield pager, address(number), tuple(items[start : start + size])


def titled(info: SiteInfo, title: str) -> str:
    """A page's title as the browser's tab shows it."""
    return f"{title} - {info.title}" if title else info.title
