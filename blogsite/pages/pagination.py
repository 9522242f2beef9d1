"""Split a long list into pages that are numbered from the oldest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from blogsite.core.frozen import Record
from blogsite.core.urls import page_number_address

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Pager(Record):
    """The neighbours of a list page, as site addresses, "" for none. No totals, so that old pages never change."""

    number: int
    """0 for the newest page, else the page's number, counted from the oldest."""
    newer: str
    older: str
    first: str
    """The page with the oldest items."""
    home: str
    """The page with the newest items."""


def paginate(items: Sequence[Item], size: int, base: str) -> Iterator[tuple[Pager, str, tuple[Item, ...]]]:
    """Yield (pager, site address, items) of each page of a list whose newest item is first.

    With n items there are max(0, n // size - 1) numbered pages of exactly `size`, counted from the oldest; the page at
    `base` has the rest. So a new item changes that page and at most the one before it.
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
