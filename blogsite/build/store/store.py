"""The store: the SQLite file in .blogsite/ that one build leaves for the next. Losing it costs nothing but time.

    posts        source path → state of the file when it was parsed, and the parsed post
    fragments    digest → text, loaded only to render a page that shows it, and the keys of its formulas
    formulas     key → TeX of every formula of the site
    rendered     key → HTML or MathML of a formula; a table of its own, so that rows are only ever appended
    file_infos   digests, sizes and decode results of images and other files, all in one row
    outputs      output folder, path → ingredients, digest and stat of an output, and its warnings
    pages        output folder, path → the pages a preview opens first, as they were planned
    builds       output folder → the snapshot of its last build

A row is found only by the program and the settings that made it: posts by a digest of both, formulas by the version of
their engine, snapshots and file infos by the digest of the program, and all of them by SCHEMA. Every row that pages are
made of has a checksum, so that damage is noticed before it is used.
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
    dump_diagnostics,
    dump_page,
    dump_stat,
    dump_state,
    load_diagnostics,
    load_page,
    load_stat,
    load_state,
    split_keys,
)
from blogsite.build.store.sqlite import Database, refused
from blogsite.content.model import Post
from blogsite.core.diagnostics import Location, SiteError, error
from blogsite.core.digest import Digest
from blogsite.core.executor import batched
from blogsite.core.file_state import FileState
from blogsite.core.frozen import DamagedRecordError, add_checksum, unpickle, verify_checksum
from blogsite.images.model import FileInfo
from blogsite.site.outputs import Page

SCHEMA = 9
Result = TypeVar("Result")

_TABLES = """
CREATE TABLE posts (path TEXT PRIMARY KEY, settings TEXT, body TEXT, excerpt TEXT, row BLOB) WITHOUT ROWID;
CREATE TABLE fragments (digest TEXT PRIMARY KEY, data BLOB, keys BLOB);
CREATE TABLE formulas (key BLOB UNIQUE, tex BLOB);
CREATE TABLE rendered (key BLOB UNIQUE, html BLOB);
CREATE TABLE file_infos (code TEXT PRIMARY KEY, data BLOB);
CREATE TABLE outputs (
    folder TEXT, path TEXT, ingredients BLOB, digest TEXT, stat BLOB, stat_reliable INTEGER, diagnostics BLOB,
    PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE TABLE pages (folder TEXT, path TEXT, source TEXT, page BLOB, PRIMARY KEY (folder, path)) WITHOUT ROWID;
CREATE INDEX pages_by_source ON pages (folder, source);
CREATE TABLE builds (folder TEXT PRIMARY KEY, code TEXT, data BLOB);
"""


def with_store(path: Path, work: Callable[[Store], Result]) -> Result:
    """Return what `work` returns for the store at `path`. A damaged store is replaced, and `work` called again.

    Raises SiteError if the file system refuses the store.
    """
    try:
        store = Store(path)
        try:
            return work(store)
        except (DamagedRecordError, sqlite3.Error) as problem:
            if refused(problem):
                raise
            store.replace_file()
            return work(store)
        finally:
            store.close()
    except sqlite3.Error as problem:
        location, hint = Location(f"{path.parent.name}/{path.name}"), refused(problem) or "remove it and build again"
        raise SiteError([error(location, f"the store cannot be used: {problem}", hint, "store-unusable")]) from None


class Store(Database):
    """The open store of a site."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA, _TABLES, "builds")

    def clear(self) -> None:
        """Delete everything."""
        with self.transaction():
            for table in ("posts", "fragments", "formulas", "rendered", "file_infos", "outputs", "pages", "builds"):
                self._database.execute(f"DELETE FROM {table}")

    # ── posts and their texts ────────────────────────────────────────────────────────────────────────────────────

    def posts(self, settings: Digest) -> dict[str, tuple[FileState, bytes]]:
        """Return path → state of the source and the post, as `load_post` reads it, of all with this parse digest."""
        rows = self._database.execute("SELECT path, row FROM posts WHERE settings = ?", (settings,))
        return {path: load_state(verify_checksum(path, row)) for path, row in rows}

    def save_posts(self, rows: Iterable[tuple[str, FileState, Post, bytes]], settings: Digest) -> None:
        """Save parsed posts: (path, state of the source, post, the same as `dump_post` writes it)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO posts VALUES (?,?,?,?,?)",
            (
                (path, settings, post.body.fragment, post.excerpt.fragment, add_checksum(path, dump_state(state) + row))
                for path, state, post, row in rows
            ),
        )

    def keep_posts(self, paths: Sequence[str]) -> None:
        """Delete the posts of all other paths, and the texts that no post has any more."""
        known = {path for (path,) in self._database.execute("SELECT path FROM posts")}
        gone = known - set(paths)
        self._database.executemany("DELETE FROM posts WHERE path = ?", ((path,) for path in gone))
        self._database.execute(
            "DELETE FROM fragments WHERE digest NOT IN (SELECT body FROM posts UNION SELECT excerpt FROM posts)"
        )

    def drop_fragments(self, digests: Iterable[Digest]) -> None:
        """Delete those of these texts that no post has any more."""
        used = "SELECT body FROM posts UNION ALL SELECT excerpt FROM posts"
        for chunk in batched(digests, 500):
            marks = ",".join("?" * len(chunk))
            self._database.execute(f"DELETE FROM fragments WHERE digest IN ({marks}) AND digest NOT IN ({used})", chunk)

    def save_fragments(self, rows: Iterable[tuple[Digest, bytes, tuple[str, ...] | None]]) -> None:
        """Save texts: (digest, text as `dump_fragment` writes it, keys of its formulas if they are known)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO fragments VALUES (?,?,?)",
            (
                (name, add_checksum(name, data), None if keys is None else bytes.fromhex("".join(keys)))
                for name, data, keys in rows
            ),
        )

    def fragments(self, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """Return digest → text, as `load_fragment` reads it, of those that are in the store."""
        rows = self._by_name("SELECT digest, data FROM fragments WHERE digest IN ({})", digests)
        return {name: verify_checksum(name, data) for name, data in rows}

    def formula_keys(self, digests: Iterable[Digest]) -> dict[Digest, list[str] | None]:
        """Return digest → keys of the text's formulas; None if they depend on references to other posts."""
        rows = self._by_name("SELECT digest, keys FROM fragments WHERE digest IN ({})", digests)
        return {name: None if keys is None else split_keys(keys) for name, keys in rows}

    # ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────

    def add_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Save formulas, as (key, TeX), that are not in the store yet."""
        self._database.executemany(
            "INSERT OR IGNORE INTO formulas VALUES (?,?)",
            ((bytes.fromhex(key), add_checksum(key, tex)) for key, tex in rows),
        )

    def formulas_to_typeset(self, keys: Iterable[str]) -> list[bytes]:
        """Return the keys, as 20 bytes each, of those formulas that have not been typeset yet."""
        unmade = "NOT EXISTS (SELECT 1 FROM rendered WHERE rendered.key = formulas.key)"
        query = f"SELECT key FROM formulas WHERE key IN ({{}}) AND {unmade}"
        return [key for (key,) in self._by_name(query, map(bytes.fromhex, keys))]

    def formula_sources(self, keys: Iterable[bytes]) -> list[tuple[str, bytes]]:
        """Return (key, TeX) of these formulas."""
        rows = self._by_name("SELECT key, tex FROM formulas WHERE key IN ({})", keys)
        return [(key.hex(), verify_checksum(key.hex(), tex)) for key, tex in rows]

    def save_rendered_formulas(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Save typeset formulas, as (key, HTML)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO rendered VALUES (?,?)",
            ((bytes.fromhex(key), add_checksum(key, html)) for key, html in rows),
        )

    def rendered_formulas(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return key → HTML of those formulas that have been typeset."""
        rows = self._by_name("SELECT key, html FROM rendered WHERE key IN ({})", map(bytes.fromhex, keys))
        return {key.hex(): verify_checksum(key.hex(), html) for key, html in rows}

    def drop_unused_formulas(self) -> None:
        """Delete the formulas that no text has any more, once there may be many of them."""
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
            for table in ("formulas", "rendered"):
                self._database.executemany(f"DELETE FROM {table} WHERE key = ?", gone)

    # ── files, outputs, builds ───────────────────────────────────────────────────────────────────────────────────

    def file_infos(self, code: Digest) -> dict[str, FileInfo]:
        """Return path → what is known of the file's content."""
        row = self._database.execute("SELECT data FROM file_infos WHERE code = ?", (code,)).fetchone()
        rows = unpickle(verify_checksum(code, row[0])) if row else ()
        return {path: FileInfo(load_state(state)[0], *others) for path, state, *others in rows}

    def save_file_infos(self, code: Digest, infos: Mapping[str, FileInfo]) -> None:
        """Save what is known of these files, and forget all others."""
        rows = [
            (path, dump_state(info.seen), info.width, info.height, info.has_location, info.decode_result)
            for path, info in infos.items()
        ]
        self._database.execute("DELETE FROM file_infos")
        self._database.execute("INSERT INTO file_infos VALUES (?,?)", (code, add_checksum(code, pickle.dumps(rows, 5))))

    def outputs(self, folder: str, paths: Sequence[str] | None = None) -> dict[str, OutputRecord]:
        """Return path → record of the outputs in an output folder, of all or of these paths."""
        query = "SELECT path, ingredients, digest, stat, stat_reliable, diagnostics FROM outputs WHERE folder = ?"
        if paths is None:
            rows = self._database.execute(query, (folder,))
        else:
            rows = self._database.execute(f"{query} AND path IN ({','.join('?' * len(paths))})", (folder, *paths))
        records = {}
        for path, ingredients, digest, stat, reliable, data in rows:
            warnings = load_diagnostics(verify_checksum(path, data)) if data is not None else ()
            records[path] = OutputRecord(ingredients, digest, load_stat(stat), bool(reliable), warnings)
        return records

    def forget_outputs(self, folder: str, paths: Iterable[str]) -> None:
        """Delete the records and pages of these outputs, and the snapshot of the folder's last build."""
        names = [(folder, path) for path in paths]
        self._database.executemany("DELETE FROM outputs WHERE folder = ? AND path = ?", names)
        self._database.executemany("DELETE FROM pages WHERE folder = ? AND path = ?", names)
        self._database.execute("DELETE FROM builds WHERE folder = ?", (folder,))

    def forget_folder(self, folder: str) -> None:
        """Delete everything about an output folder."""
        for table in ("outputs", "pages", "builds"):
            self._database.execute(f"DELETE FROM {table} WHERE folder = ?", (folder,))

    def save_outputs(self, folder: str, records: Mapping[str, OutputRecord]) -> None:
        """Save the records of outputs, by path."""
        self._database.executemany(
            "INSERT OR REPLACE INTO outputs VALUES (?,?,?,?,?,?,?)",
            (
                (
                    *(folder, path, record.ingredients, record.digest, dump_stat(record.stat), record.stat_reliable),
                    add_checksum(path, dump_diagnostics(record.warnings)) if record.warnings else None,
                )
                for path, record in records.items()
            ),
        )

    def pages(self, folder: str, sources: Sequence[str]) -> dict[str, Page]:
        """Return source path → its page as it was planned for an output folder."""
        query = f"SELECT source, page FROM pages WHERE folder = ? AND source IN ({','.join('?' * len(sources))})"
        rows = self._database.execute(query, (folder, *sources))
        return {source: load_page(verify_checksum(source, page)) for source, page in rows}

    def page(self, folder: str, path: str) -> Page | None:
        """Return the page at an output path as it was planned, or None."""
        query = "SELECT source, page FROM pages WHERE folder = ? AND path = ?"
        row = self._database.execute(query, (folder, path)).fetchone()
        return load_page(verify_checksum(row[0], row[1])) if row else None

    def save_pages(self, folder: str, pages: Iterable[Page]) -> None:
        """Save pages as they were planned."""
        self._database.executemany(
            "INSERT OR REPLACE INTO pages VALUES (?,?,?,?)",
            ((folder, page.path, page.source, add_checksum(page.source, dump_page(page))) for page in pages),
        )

    def build_snapshot(self, folder: str, code: Digest) -> Any:
        """Return what this program last saved as the snapshot of an output folder, or None."""
        query = "SELECT data FROM builds WHERE folder = ? AND code = ?"
        row = self._database.execute(query, (folder, code)).fetchone()
        return unpickle(verify_checksum(folder, row[0])) if row else None

    def save_build_snapshot(self, folder: str, code: Digest, data: object) -> None:
        """Save the snapshot of an output folder, and forget output folders that no longer exist."""
        row = (folder, code, add_checksum(folder, pickle.dumps(data, 5)))
        self._database.execute("INSERT OR REPLACE INTO builds VALUES (?,?,?)", row)
        for (other,) in self._database.execute("SELECT folder FROM builds").fetchall():
            if other != folder and not os.path.isdir(other):
                self.forget_folder(other)
