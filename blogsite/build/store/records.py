"""The values in the rows of the store, and how each is written as bytes and read again."""

from __future__ import annotations

import pickle
import struct
import zlib
from dataclasses import dataclass
from typing import TypeVar

from blogsite.content.model import HtmlFragment, Post
from blogsite.core.diagnostics import Diagnostic, Location
from blogsite.core.digest import Digest
from blogsite.core.file_state import FileState, Stat
from blogsite.core.frozen import DamagedRecordError, unpickle
from blogsite.site.outputs import Page

KEY_BYTES = 20
"""Bytes of a formula's key."""
_STAT = struct.Struct("<QqqQ")
_STATE = struct.Struct("<QqqQq20s")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """An output as the last build left it in the output folder."""

    ingredients: bytes
    digest: Digest
    stat: Stat
    stat_reliable: bool
    """An unchanged stat proves that the file is unchanged."""
    warnings: tuple[Diagnostic, ...] = ()
    """Those of its formulas."""


def dump_stat(stat: Stat) -> bytes:
    """Return the bytes of a stat."""
    return _STAT.pack(stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode)


def load_stat(data: object) -> Stat:
    """Return the stat that `dump_stat` wrote. Raises DamagedRecordError for anything else."""
    if not isinstance(data, bytes) or len(data) != _STAT.size:
        raise DamagedRecordError("stat")
    return Stat(*_STAT.unpack(data))


def dump_state(state: FileState) -> bytes:
    """Return the bytes of a file's state."""
    return _STATE.pack(*_STAT.unpack(dump_stat(state.stat)), state.looked_at, bytes.fromhex(state.digest))


def load_state(data: bytes) -> tuple[FileState, bytes]:
    """Return the state at the start of `data` that `dump_state` wrote, and the bytes behind it."""
    size, mtime, ctime, inode, looked_at, digest = _STATE.unpack_from(data)
    return FileState(Stat(size, mtime, ctime, inode), looked_at, digest.hex()), data[_STATE.size :]


def dump_post(post: Post) -> bytes:
    """Return the bytes of a parsed post."""
    return pickle.dumps(post, 5)


def load_post(data: bytes) -> Post:
    """Return the post that `dump_post` wrote. Raises DamagedRecordError."""
    return _checked(Post, unpickle(data))


def dump_page(page: Page) -> bytes:
    """Return the bytes of a planned page."""
    return pickle.dumps(page, 5)


def load_page(data: bytes) -> Page:
    """Return the page that `dump_page` wrote. Raises DamagedRecordError."""
    return _checked(Page, unpickle(data))


def dump_fragment(fragment: HtmlFragment) -> bytes:
    """Return the bytes of a text, compressed."""
    return zlib.compress(pickle.dumps(fragment, 5), 1)


def load_fragment(data: bytes) -> HtmlFragment:
    """Return the text that `dump_fragment` wrote. Raises DamagedRecordError."""
    return _checked(HtmlFragment, unpickle(zlib.decompress(data)))


def dump_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> bytes:
    """Return the bytes of diagnostics: their fields alone, because outputs outlive a version of the program."""
    rows = [
        (d.location.path, d.location.line, d.location.column, d.severity, d.message, d.hint, d.code)
        for d in diagnostics
    ]
    return pickle.dumps(rows, 5)


def load_diagnostics(data: bytes) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that `dump_diagnostics` wrote. Raises DamagedRecordError."""
    return tuple(Diagnostic(Location(*row[:3]), *row[3:]) for row in unpickle(data))


def split_keys(keys: bytes) -> list[str]:
    """Return formula keys, in hexadecimal, from their concatenated bytes."""
    return [keys[start : start + KEY_BYTES].hex() for start in range(0, len(keys), KEY_BYTES)]


def _checked(kind: type[Value], value: object) -> Value:
    assert isinstance(value, kind)
    return value
