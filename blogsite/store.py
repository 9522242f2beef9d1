"""What one build leaves for the next: an SQLite file in .blogsite/ that costs nothing but time when it is lost.

    posts       each source by path: its stat, its digest, the parsed post
    fragments   texts by digest, loaded only when a page that shows them is rendered
    formulas    every formula of the site by key: its TeX, and what the engine made of it
    files       pictures and other files by path: stat, digest, size in px
    outputs     each output by folder and path: its ingredients, the digest and stat of its file, its mistakes
    builds      each output folder: what the last build saw and said

Small rows are cheap to load; texts and formulas are compressed and loaded by name. A row that its code or its settings
could have made differently is never used: posts are named by both, formulas by the engine, and everything by SCHEMA.
"""

from __future__ import annotations

import pickle
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from blogsite.digest import Digest
from blogsite.errors import Mistake
from blogsite.model import Fragment, Post, Stat

SCHEMA = 1
Row = TypeVar("Row")

_TABLES = """
CREATE TABLE posts (
    path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER, seen INTEGER,
    digest TEXT, settings TEXT, body TEXT, excerpt TEXT, row BLOB
) WITHOUT ROWID;
CREATE TABLE fragments (digest TEXT PRIMARY KEY, data BLOB, keys BLOB);
CREATE TABLE formulas (key BLOB PRIMARY KEY, tex BLOB, made BLOB) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER, seen INTEGER,
    digest TEXT, width INTEGER, height INTEGER
) WITHOUT ROWID;
CREATE TABLE outputs (
    folder TEXT, path TEXT, ingredients BLOB, digest TEXT, size INTEGER, mtime INTEGER, inode INTEGER, seen INTEGER,
    mistakes BLOB, PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE TABLE builds (folder TEXT PRIMARY KEY, data BLOB);
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a file when it was last looked into, and the moment of that look in ns since 1970."""

    stat: Stat
    moment: int
    digest: Digest

    def is_still(self, stat: Stat) -> bool:
        """Whether a file with this stat must have the same bytes.

        A file that was written within one tick of the clock before the look may have been written again in that tick.
        """
        youngest = max(self.stat.mtime_ns, self.stat.ctime_ns)
        return stat == self.stat and self.moment - youngest > tick(youngest)


def tick(nanoseconds: int) -> int:
    """The length in ns of the file system's clock tick, as a time stamp betrays it: whole seconds, or finer."""
    return 2_000_000_000 if nanoseconds % 1_000_000_000 == 0 else 20_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """An output as the last build left it: `size`, `mtime_ns` and `inode` are those of its file."""

    ingredients: bytes
    digest: Digest
    size: int
    mtime_ns: int
    inode: int
    moment: int
    mistakes: tuple[Mistake, ...] = ()


class Store:
    """The store of one site. One that is damaged, or of another version, is begun anew; `note` says so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = ""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = self._open()
        except sqlite3.DatabaseError:
            self.note = "the store was damaged and has been begun anew"
            self._remove()
            self._database = self._open()

    def close(self) -> None:
        """All is on disk, and the file is closed."""
        self._database.close()

    def clear(self) -> None:
        """Nothing is known any more."""
        with self.together():
            for table in ("posts", "fragments", "formulas", "files", "outputs", "builds"):
                self._database.execute(f"DELETE FROM {table}")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is saved inside is on disk whole, or not at all."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    # ── posts and their texts ────────────────────────────────────────────────────────────────────────────────────

    def posts(self, settings: Digest) -> dict[str, tuple[Seen, bytes]]:
        """Path → the look at its source and the post as `load_post` reads it, of all parsed with these settings."""
        rows = self._database.execute(
            "SELECT path, size, mtime, ctime, inode, seen, digest, row FROM posts WHERE settings = ?", (settings,)
        )
        return {row[0]: (Seen(Stat(*row[1:5]), row[5], row[6]), row[7]) for row in rows}

    def save_posts(self, rows: Iterable[tuple[str, Seen, Post, bytes]], settings: Digest) -> None:
        """Keep parsed posts: (path, look, post, the same as `dump_post` writes it)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO posts VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                (path, *_columns(seen), settings, post.body.fragment, post.excerpt.fragment, row)
                for path, seen, post, row in rows
            ),
        )

    def keep_posts_of(self, paths: Sequence[str]) -> None:
        """Drop the posts of all other paths, and the texts that no post has any more."""
        known = {path for (path,) in self._database.execute("SELECT path FROM posts")}
        gone = known - set(paths)
        self._database.executemany("DELETE FROM posts WHERE path = ?", ((path,) for path in gone))
        self._database.execute(
            "DELETE FROM fragments WHERE digest NOT IN (SELECT body FROM posts UNION SELECT excerpt FROM posts)"
        )

    def save_fragments(self, rows: Iterable[tuple[Digest, bytes, tuple[str, ...] | None]]) -> None:
        """Keep texts: (digest, the text as `dump_fragment` writes it, the keys of its formulas if they are settled)."""
        self._database.executemany(
            "INSERT OR IGNORE INTO fragments VALUES (?,?,?)",
            ((name, data, None if keys is None else bytes.fromhex("".join(keys))) for name, data, keys in rows),
        )

    def texts(self, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """The texts with these digests, as `load_fragment` reads them."""
        return dict(self._by_name("SELECT digest, data FROM fragments WHERE digest IN ({})", digests))

    def keys(self, digests: Iterable[Digest]) -> dict[Digest, list[str] | None]:
        """The keys of the formulas in these texts; None where answers to needs settle them."""
        rows = self._by_name("SELECT digest, keys FROM fragments WHERE digest IN ({})", digests)
        return {name: None if keys is None else _split(keys) for name, keys in rows}

    # ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────

    def add_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Make formulas known by key and TeX; those that are known stay as they are."""
        self._database.executemany(
            "INSERT OR IGNORE INTO formulas (key, tex) VALUES (?,?)", ((bytes.fromhex(key), tex) for key, tex in rows)
        )

    def unmade_formulas(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Key and TeX of those among KEYS that the engine has not made yet."""
        rows = self._by_name(
            "SELECT key, tex FROM formulas WHERE made IS NULL AND key IN ({})", map(bytes.fromhex, keys)
        )
        return ((key.hex(), tex) for key, tex in rows)

    def save_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep what the engine made."""
        self._database.executemany(
            "UPDATE formulas SET made = ? WHERE key = ?", ((made, bytes.fromhex(key)) for key, made in rows)
        )

    def formulas(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What the engine made of these."""
        rows = self._by_name("SELECT key, made FROM formulas WHERE key IN ({})", map(bytes.fromhex, keys))
        return {key.hex(): made for key, made in rows}

    def drop_unused_formulas(self) -> None:
        """Drop the formulas that no text has, once they may be many."""
        (known,) = self._database.execute("SELECT count(*) FROM formulas").fetchone()
        (used,) = self._database.execute("SELECT coalesce(sum(length(keys)), 0) / 20 FROM fragments").fetchone()
        if known > 1000 + used:
            kept = {
                key for (keys,) in self._database.execute("SELECT keys FROM fragments") for key in _split(keys or b"")
            }
            names = [key for (key,) in self._database.execute("SELECT key FROM formulas")]
            gone = [(key,) for key in names if key.hex() not in kept]
            self._database.executemany("DELETE FROM formulas WHERE key = ?", gone)

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def files(self) -> dict[str, tuple[Seen, tuple[int, int]]]:
        """Path → the look at the file, and its width and height in px (0, 0 for what is no picture)."""
        rows = self._database.execute("SELECT path, size, mtime, ctime, inode, seen, digest, width, height FROM files")
        return {row[0]: (Seen(Stat(*row[1:5]), row[5], row[6]), (row[7], row[8])) for row in rows}

    def save_files(self, rows: Mapping[str, tuple[Seen, tuple[int, int]]]) -> None:
        """Keep these files, and no others."""
        self._database.execute("DELETE FROM files")
        self._database.executemany(
            "INSERT INTO files VALUES (?,?,?,?,?,?,?,?,?)",
            ((path, *_columns(seen), *size) for path, (seen, size) in rows.items()),
        )

    # ── outputs ──────────────────────────────────────────────────────────────────────────────────────────────────

    def outputs(self, folder: str) -> dict[str, Made]:
        """Path → what the last build made there, in this output folder."""
        rows = self._database.execute(
            "SELECT path, ingredients, digest, size, mtime, inode, seen, mistakes FROM outputs WHERE folder = ?",
            (folder,),
        )
        made = {}
        for path, ingredients, digest, size, mtime, inode, seen, flaws in rows:
            mistakes = pickle.loads(flaws) if flaws else ()
            made[path] = Made(ingredients, digest, size, mtime, inode, seen, mistakes)
        return made

    def forget_outputs(self, folder: str, paths: Iterable[str]) -> None:
        """These outputs are as if they had never been made, nor has the folder a last build."""
        self._database.executemany(
            "DELETE FROM outputs WHERE folder = ? AND path = ?", ((folder, path) for path in paths)
        )
        self._database.execute("DELETE FROM builds WHERE folder = ?", (folder,))

    def save_outputs(self, folder: str, rows: Mapping[str, Made]) -> None:
        """Keep what was made."""
        self._database.executemany(
            "INSERT OR REPLACE INTO outputs VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (
                    *(folder, path, made.ingredients, made.digest, made.size, made.mtime_ns, made.inode, made.moment),
                    pickle.dumps(made.mistakes, 5) if made.mistakes else None,
                )
                for path, made in rows.items()
            ),
        )

    def build(self, folder: str) -> Any:
        """What `save_build` was given for this folder, None where nothing was."""
        row = self._database.execute("SELECT data FROM builds WHERE folder = ?", (folder,)).fetchone()
        return pickle.loads(row[0]) if row else None

    def save_build(self, folder: str, data: object) -> None:
        """Keep what a build of this folder saw and said."""
        self._database.execute("INSERT OR REPLACE INTO builds VALUES (?,?)", (folder, pickle.dumps(data, 5)))

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != SCHEMA:
                if version:
                    self.note = "the store was made by another version and has been begun anew"
                names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                drop = "".join(f"DROP TABLE {name};" for name in names)
                database.executescript(f"BEGIN; {drop} {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
            database.execute("SELECT count(*) FROM builds").fetchone()
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _by_name(self, query: str, names: Iterable[str | bytes]) -> Iterator[Any]:
        for chunk in chunks(names, 500):
            yield from self._database.execute(query.format(",".join("?" * len(chunk))), chunk)


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of at most SIZE."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def dump_post(post: Post) -> bytes:
    """A post as the store keeps it."""
    return pickle.dumps(post, 5)


def load_post(data: bytes) -> Post:
    """The post that `dump_post` wrote."""
    post = pickle.loads(data)
    assert isinstance(post, Post)
    return post


def dump_fragment(fragment: Fragment) -> bytes:
    """A text as the store keeps it."""
    return zlib.compress(pickle.dumps(fragment, 5), 1)


def load_fragment(data: bytes) -> Fragment:
    """The text that `dump_fragment` wrote."""
    fragment = pickle.loads(zlib.decompress(data))
    assert isinstance(fragment, Fragment)
    return fragment


def _split(keys: bytes) -> list[str]:
    return [keys[start : start + 20].hex() for start in range(0, len(keys), 20)]


def _columns(seen: Seen) -> tuple[int, int, int, int, int, str]:
    stat = seen.stat
    return (stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode, seen.moment, seen.digest)
