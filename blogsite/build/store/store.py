"""What one build leaves for the next: an SQLite file in .blogsite/ that costs nothing but time when it is lost.

    posts       each source by path: the look at its file and the parsed post, named by code and settings
    fragments   texts by digest, loaded only when a page that shows them is rendered
    formulas    every formula of the site by key: its TeX
    made        what the engine made of it; tables of their own, so that rows are only ever added behind the others
    looks       what was seen in pictures and other files, in one row, named by code
    outputs     each output by folder and path: its ingredients, the digest and stat of its file, its mistakes
    pages       what the pages that are asked for first were made of, by folder and path
    builds      each output folder: what the last build saw and said, named by code

Small rows are cheap to load; texts and formulas are compressed and loaded by name. A row that its code or its settings
could have made differently is never used: rows are named by both, formulas by the engine, and everything by SCHEMA.
Whatever a page could be made of is sealed, so that damage is seen before it is used.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from blogsite.build.store.records import (
    OutputRecord,
    dump_mistakes,
    dump_page,
    dump_seen,
    dump_stat,
    load_mistakes,
    load_page,
    load_seen,
    load_stat,
    split_keys,
)
from blogsite.build.store.sqlite import Database, refused
from blogsite.content.model import Post
from blogsite.core.diagnostics import Location, SiteError, error
from blogsite.core.digest import Digest
from blogsite.core.executor import chunks
from blogsite.core.file_state import FileState
from blogsite.core.frozen import DamageError, seal, unpickled, unseal
from blogsite.images.model import FileInfo
from blogsite.site.outputs import Page

SCHEMA = 8
Result = TypeVar("Result")

_TABLES = """
CREATE TABLE posts (path TEXT PRIMARY KEY, settings TEXT, body TEXT, excerpt TEXT, row BLOB) WITHOUT ROWID;
CREATE TABLE fragments (digest TEXT PRIMARY KEY, data BLOB, keys BLOB);
CREATE TABLE formulas (key BLOB UNIQUE, tex BLOB);
CREATE TABLE made (key BLOB UNIQUE, html BLOB);
CREATE TABLE looks (code TEXT PRIMARY KEY, data BLOB);
CREATE TABLE outputs (
    folder TEXT, path TEXT, ingredients BLOB, digest TEXT, stat BLOB, settled INTEGER, mistakes BLOB,
    PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE TABLE pages (folder TEXT, path TEXT, source TEXT, page BLOB, PRIMARY KEY (folder, path)) WITHOUT ROWID;
CREATE INDEX pages_by_source ON pages (folder, source);
CREATE TABLE builds (folder TEXT PRIMARY KEY, code TEXT, data BLOB);
"""


def with_store(path: Path, work: Callable[[Store], Result]) -> Result:
    """What WORK makes with the store at PATH; one that proves to be damaged is begun anew, and so is the work.

    Raises SiteError where the disk does not let the store be.
    """
    try:
        store = Store(path)
        try:
            return work(store)
        except (DamageError, sqlite3.Error) as problem:
            if refused(problem):
                raise
            store.begin_anew()
            return work(store)
        finally:
            store.close()
    except sqlite3.Error as problem:
        location, hint = Location(f"{path.parent.name}/{path.name}"), refused(problem) or "remove it and build again"
        raise SiteError([error(location, f"the store cannot be used: {problem}", hint)]) from None


class Store(Database):
    """The store of one site."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA, _TABLES, "builds")

    def clear(self) -> None:
        """Nothing is known any more."""
        with self.transaction():
            for table in ("posts", "fragments", "formulas", "made", "looks", "outputs", "pages", "builds"):
                self._database.execute(f"DELETE FROM {table}")

    # ── posts and their texts ────────────────────────────────────────────────────────────────────────────────────

    def posts(self, settings: Digest) -> dict[str, tuple[FileState, bytes]]:
        """Path → the look at its source and the post as `load_post` reads it, of all parsed with these settings."""
        rows = self._database.execute("SELECT path, row FROM posts WHERE settings = ?", (settings,))
        return {path: load_seen(unseal(path, row)) for path, row in rows}

    def save_posts(self, rows: Iterable[tuple[str, FileState, Post, bytes]], settings: Digest) -> None:
        """Keep parsed posts: (path, look, post, the same as `dump_post` writes it)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO posts VALUES (?,?,?,?,?)",
            (
                (path, settings, post.body.fragment, post.excerpt.fragment, seal(path, dump_seen(seen) + row))
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

    def drop_texts(self, digests: Iterable[Digest]) -> None:
        """Drop those of these texts that no post has any more."""
        used = "SELECT body FROM posts UNION ALL SELECT excerpt FROM posts"
        for chunk in chunks(digests, 500):
            marks = ",".join("?" * len(chunk))
            self._database.execute(f"DELETE FROM fragments WHERE digest IN ({marks}) AND digest NOT IN ({used})", chunk)

    def save_fragments(self, rows: Iterable[tuple[Digest, bytes, tuple[str, ...] | None]]) -> None:
        """Keep texts: (digest, the text as `dump_fragment` writes it, the keys of its formulas if they are settled)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO fragments VALUES (?,?,?)",
            (
                (name, seal(name, data), None if keys is None else bytes.fromhex("".join(keys)))
                for name, data, keys in rows
            ),
        )

    def texts(self, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """The texts with these digests, as `load_fragment` reads them."""
        rows = self._by_name("SELECT digest, data FROM fragments WHERE digest IN ({})", digests)
        return {name: unseal(name, data) for name, data in rows}

    def keys(self, digests: Iterable[Digest]) -> dict[Digest, list[str] | None]:
        """The keys of the formulas in these texts; None where answers to needs settle them."""
        rows = self._by_name("SELECT digest, keys FROM fragments WHERE digest IN ({})", digests)
        return {name: None if keys is None else split_keys(keys) for name, keys in rows}

    # ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────

    def add_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Make formulas known by key and TeX; those that are known stay as they are."""
        self._database.executemany(
            "INSERT OR IGNORE INTO formulas VALUES (?,?)",
            ((bytes.fromhex(key), seal(key, tex)) for key, tex in rows),
        )

    def unmade_formulas(self, keys: Iterable[str]) -> list[bytes]:
        """Those among KEYS, 20 bytes each, that the engine has not made yet and whose TeX is known."""
        unmade = "NOT EXISTS (SELECT 1 FROM made WHERE made.key = formulas.key)"
        query = f"SELECT key FROM formulas WHERE key IN ({{}}) AND {unmade}"
        return [key for (key,) in self._by_name(query, map(bytes.fromhex, keys))]

    def texs(self, keys: Iterable[bytes]) -> list[tuple[str, bytes]]:
        """Key and TeX of these formulas."""
        rows = self._by_name("SELECT key, tex FROM formulas WHERE key IN ({})", keys)
        return [(key.hex(), unseal(key.hex(), tex)) for key, tex in rows]

    def save_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep what the engine made."""
        self._database.executemany(
            "INSERT OR REPLACE INTO made VALUES (?,?)", ((bytes.fromhex(key), seal(key, html)) for key, html in rows)
        )

    def formulas(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What the engine made of these, where it has."""
        rows = self._by_name("SELECT key, html FROM made WHERE key IN ({})", map(bytes.fromhex, keys))
        return {key.hex(): unseal(key.hex(), html) for key, html in rows}

    def drop_unused_formulas(self) -> None:
        """Drop the formulas that no text has, once they may be many."""
        (known,) = self._database.execute("SELECT count(*) FROM formulas").fetchone()
        (used,) = self._database.execute("SELECT coalesce(sum(length(keys)), 0) / 20 FROM fragments").fetchone()
        if known > 1000 + used:
            kept = {
                key
                for (keys,) in self._database.execute("SELECT keys FROM fragments")
                for key in split_keys(keys or b"")
            }
            names = [key for (key,) in self._database.execute("SELECT key FROM formulas")]
            gone = [(key,) for key in names if key.hex() not in kept]
            for table in ("formulas", "made"):
                self._database.executemany(f"DELETE FROM {table} WHERE key = ?", gone)

    # ── files, outputs, builds ───────────────────────────────────────────────────────────────────────────────────

    def looks(self, code: Digest) -> dict[str, FileInfo]:
        """Path → the look at the file."""
        row = self._database.execute("SELECT data FROM looks WHERE code = ?", (code,)).fetchone()
        rows = unpickled(unseal(code, row[0])) if row else ()
        return {path: FileInfo(load_seen(seen)[0], *others) for path, seen, *others in rows}

    def save_looks(self, code: Digest, looks: Mapping[str, FileInfo]) -> None:
        """Keep these looks at files, and no others."""
        rows = [
            (path, dump_seen(look.seen), look.width, look.height, look.has_location, look.decode_result)
            for path, look in looks.items()
        ]
        self._database.execute("DELETE FROM looks")
        self._database.execute("INSERT INTO looks VALUES (?,?)", (code, seal(code, pickle.dumps(rows, 5))))

    def outputs(self, folder: str, paths: Sequence[str] | None = None) -> dict[str, OutputRecord]:
        """Path → what the last build made there, in this output folder; of all, or of these."""
        query = "SELECT path, ingredients, digest, stat, settled, mistakes FROM outputs WHERE folder = ?"
        if paths is None:
            rows = self._database.execute(query, (folder,))
        else:
            rows = self._database.execute(f"{query} AND path IN ({','.join('?' * len(paths))})", (folder, *paths))
        made = {}
        for path, ingredients, digest, stat, settled, flaws in rows:
            diagnostics = load_mistakes(unseal(path, flaws)) if flaws is not None else ()
            made[path] = OutputRecord(ingredients, digest, load_stat(stat), bool(settled), diagnostics)
        return made

    def forget_outputs(self, folder: str, paths: Iterable[str]) -> None:
        """These outputs are as if they had never been made, nor has the folder a last build."""
        names = [(folder, path) for path in paths]
        self._database.executemany("DELETE FROM outputs WHERE folder = ? AND path = ?", names)
        self._database.executemany("DELETE FROM pages WHERE folder = ? AND path = ?", names)
        self._database.execute("DELETE FROM builds WHERE folder = ?", (folder,))

    def forget_folder(self, folder: str) -> None:
        """Nothing is known of what was made for this folder."""
        for table in ("outputs", "pages", "builds"):
            self._database.execute(f"DELETE FROM {table} WHERE folder = ?", (folder,))

    def save_outputs(self, folder: str, rows: Mapping[str, OutputRecord]) -> None:
        """Keep what was made."""
        self._database.executemany(
            "INSERT OR REPLACE INTO outputs VALUES (?,?,?,?,?,?,?)",
            (
                (
                    *(folder, path, made.ingredients, made.digest, dump_stat(made.stat), made.settled),
                    seal(path, dump_mistakes(made.diagnostics)) if made.diagnostics else None,
                )
                for path, made in rows.items()
            ),
        )

    def pages(self, folder: str, sources: Sequence[str]) -> dict[str, Page]:
        """Source → its page in this output folder."""
        query = f"SELECT source, page FROM pages WHERE folder = ? AND source IN ({','.join('?' * len(sources))})"
        rows = self._database.execute(query, (folder, *sources))
        return {source: load_page(unseal(source, page)) for source, page in rows}

    def page(self, folder: str, path: str) -> Page | None:
        """The page at this path in this output folder, if it was kept."""
        query = "SELECT source, page FROM pages WHERE folder = ? AND path = ?"
        row = self._database.execute(query, (folder, path)).fetchone()
        return load_page(unseal(row[0], row[1])) if row else None

    def save_pages(self, folder: str, pages: Iterable[Page]) -> None:
        """Keep what these outputs are made of, until they are forgotten."""
        self._database.executemany(
            "INSERT OR REPLACE INTO pages VALUES (?,?,?,?)",
            ((folder, page.path, page.source, seal(page.source, dump_page(page))) for page in pages),
        )

    def build(self, folder: str, code: Digest) -> Any:
        """What `save_build` was given for this folder by this code, None where nothing was."""
        query = "SELECT data FROM builds WHERE folder = ? AND code = ?"
        row = self._database.execute(query, (folder, code)).fetchone()
        return unpickled(unseal(folder, row[0])) if row else None

    def save_build(self, folder: str, code: Digest, data: object) -> None:
        """Keep what a build of this folder saw and said; drop what is known of folders that are no more."""
        row = (folder, code, seal(folder, pickle.dumps(data, 5)))
        self._database.execute("INSERT OR REPLACE INTO builds VALUES (?,?,?)", row)
        for (other,) in self._database.execute("SELECT folder FROM builds").fetchall():
            if other != folder and not os.path.isdir(other):
                self.forget_folder(other)
