"""File states: when an unchanged stat proves that a file is unchanged."""

from __future__ import annotations

import os
from dataclasses import dataclass

from blogsite.core.digest import Digest
from blogsite.core.frozen import Record


@dataclass(frozen=True, slots=True)
class Stat(Record):
    """Size, times and inode of a file. Equal stats mean equal content, unless the file was modified just before."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def stat_of(status: os.stat_result) -> Stat:
    """Return the fields of an os.stat result that change whenever a file does."""
    return Stat(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


CLOCK_TICK = 0.025
"""Seconds after which a further change of a file gets another time stamp on most file systems."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The stat and the digest of a file, and the time in ns since the epoch before it was read."""

    stat: Stat
    looked_at: int
    digest: Digest

    def matches(self, stat: Stat) -> bool:
        """Return whether a file with this stat certainly has the same content."""
        return stat == self.stat and stat_is_reliable(stat, self.looked_at)


def stat_is_reliable(stat: Stat, looked_at: int) -> bool:
    """Return whether an unchanged stat proves unchanged content.

    It does not if the file was modified within one clock tick of the file system before `looked_at` (ns since the
    epoch): a second change in that tick leaves the same time stamp.
    """
    youngest = max(stat.mtime_ns, stat.ctime_ns)
    return looked_at - youngest > clock_tick(youngest)


def clock_tick(nanoseconds: int) -> int:
    """Return the length, in ns, of the file system's clock tick: two seconds if a time stamp has whole seconds only."""
    return 2_000_000_000 if nanoseconds % 1_000_000_000 == 0 else 20_000_000
