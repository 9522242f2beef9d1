"""TODO."""

from __future__ import annotations

import os
from dataclasses import dataclass

from blogsite.core.digest import Digest
from blogsite.core.frozen import Record


@dataclass(frozen=True, slots=True)
class Stat(Record):
    """What the file system says of a file without reading it; equal stats mean equal bytes, except for a young file."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def stat_of(status: os.stat_result) -> Stat:
    """The part of a stat result that tells one state of a file from another."""
    return Stat(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


CLOCK_TICK = 0.025
"""Seconds until most file systems give a file that is written again another time stamp."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of a file when it was last looked into, and the moment of that look in ns since 1970."""

    stat: Stat
    moment: int
    digest: Digest

    def matches(self, stat: Stat) -> bool:
        """Whether a file with this stat must have the same bytes."""
        return stat == self.stat and stat_is_reliable(stat, self.moment)


def stat_is_reliable(stat: Stat, moment: int) -> bool:
    """Whether a file that had this stat at MOMENT cannot be written again without a change of it.

    One that was written within one tick of the clock before may be written again in that tick.
    """
    youngest = max(stat.mtime_ns, stat.ctime_ns)
    return moment - youngest > clock_tick(youngest)


def clock_tick(nanoseconds: int) -> int:
    """The length in ns of the file system's clock tick, as a time stamp betrays it: whole seconds, or finer."""
    return 2_000_000_000 if nanoseconds % 1_000_000_000 == 0 else 20_000_000
