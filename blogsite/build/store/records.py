"""What the store's rows hold, as values and as bytes that betray any damage done to them."""

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
from blogsite.core.frozen import DamageError, unpickled
from blogsite.site.outputs import Page

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """An output as the last build left it."""

    ingredients: bytes
    digest: Digest
    stat: Stat
    settled: bool
    """Nobody can have written the file again without a change of its stat."""
    diagnostics: tuple[Diagnostic, ...] = ()


# ── seals ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _one(kind: type[Row], value: object) -> Row:
    assert isinstance(value, kind)
    return value


def split_keys(keys: bytes) -> list[str]:
    """Names of 20 bytes each that stand one after another."""
    return [keys[start : start + 20].hex() for start in range(0, len(keys), 20)]


# ── posts, texts, mistakes ───────────────────────────────────────────────────────────────────────────────────────────

_STAT = struct.Struct("<QqqQ")
_SEEN = struct.Struct("<QqqQq20s")


def dump_stat(stat: Stat) -> bytes:
    """A file's stat as the store keeps it."""
    return _STAT.pack(stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode)


def load_stat(data: object) -> Stat:
    """The stat that `dump_stat` wrote."""
    if not isinstance(data, bytes) or len(data) != _STAT.size:
        raise DamageError("stat")
    return Stat(*_STAT.unpack(data))


def dump_seen(seen: FileState) -> bytes:
    """A look at a file as the store keeps it, before what was found there."""
    return _SEEN.pack(*_STAT.unpack(dump_stat(seen.stat)), seen.moment, bytes.fromhex(seen.digest))


def load_seen(data: bytes) -> tuple[FileState, bytes]:
    """The look that `dump_seen` wrote, and what follows it."""
    size, mtime, ctime, inode, moment, digest = _SEEN.unpack_from(data)
    return FileState(Stat(size, mtime, ctime, inode), moment, digest.hex()), data[_SEEN.size :]


def dump_post(post: Post) -> bytes:
    """A post as the store keeps it."""
    return pickle.dumps(post, 5)


def load_post(data: bytes) -> Post:
    """The post that `dump_post` wrote."""
    return _one(Post, unpickled(data))


def dump_page(page: Page) -> bytes:
    """A page as the store keeps it."""
    return pickle.dumps(page, 5)


def load_page(data: bytes) -> Page:
    """The page that `dump_page` wrote."""
    return _one(Page, unpickled(data))


def dump_fragment(fragment: HtmlFragment) -> bytes:
    """A text as the store keeps it."""
    return zlib.compress(pickle.dumps(fragment, 5), 1)


def load_fragment(data: bytes) -> HtmlFragment:
    """The text that `dump_fragment` wrote."""
    return _one(HtmlFragment, unpickled(zlib.decompress(data)))


def dump_mistakes(diagnostics: tuple[Diagnostic, ...]) -> bytes:
    """Mistakes as the store keeps them: by their fields, so that another version can read them."""
    rows = [(m.location.path, m.location.line, m.location.column, m.severity, m.message, m.hint) for m in diagnostics]
    return pickle.dumps(rows, 5)


def load_mistakes(data: bytes) -> tuple[Diagnostic, ...]:
    """The mistakes that `dump_mistakes` wrote."""
    return tuple(Diagnostic(Location(*row[:3]), *row[3:]) for row in unpickled(data))


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────
