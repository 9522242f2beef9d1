"""An SQLite file that is replaced by an empty one if it is damaged or was made by another version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from blogsite.core.executor import batched

CACHE_KIB = 16_000
"""SQLite's page cache: room for all indexes of ten thousand posts."""
_REFUSED = {
    sqlite3.SQLITE_FULL: "make room on the disk and build again",
    sqlite3.SQLITE_BUSY: "wait until the other builds of this site have ended",
    **dict.fromkeys(
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR),
        "give yourself permission to write there, or remove the folder .blogsite",
    ),
}
"""SQLite's error codes for problems of the file system rather than of the file: what to do about each."""


class Database:
    """An open database file. `note` says why it was replaced, if it was."""

    def __init__(self, path: Path, schema: int, tables: str, probe: str) -> None:
        """Open or create the file at `path`.

        `schema` is the version of its tables, `tables` the SQL that creates them, `probe` a table that is read while
        opening, so that damage is noticed at once.
        """
        self.path = path
        self.note = ""
        self._schema, self._tables, self._probe = schema, tables, probe
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = self._open()
        except sqlite3.Error as problem:
            if refused(problem):
                raise
            self._replace()

    def close(self) -> None:
        """Close the file; everything is on disk then."""
        self._database.close()

    def replace_file(self) -> None:
        """Replace the file, which is damaged, by an empty one."""
        self.close()
        self._replace()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the statements inside as one transaction."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite rolls back by itself after some errors
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != self._schema:
                names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                if version or names:
                    self.note = "the store was made by another version and has been replaced"
                drop = "".join(f'DROP TABLE "{name}";' for name in names)
                database.executescript(f"BEGIN; {drop} {self._tables} PRAGMA user_version = {self._schema}; COMMIT;")
            database.execute(f"SELECT count(*) FROM {self._probe}").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    def _replace(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._database = self._open()
        self.note = "the store was damaged and has been replaced"

    def _by_name(self, query: str, names: Iterable[str | bytes]) -> Iterator[Any]:
        """Yield the rows of a query for these names, 500 at a time in the place of its "IN ({})"."""
        for chunk in batched(names, 500):
            yield from self._database.execute(query.format(",".join("?" * len(chunk))), chunk).fetchall()


def refused(problem: Exception) -> str:
    """Return what to do about an SQLite error of the file system; "" if the file itself is damaged."""
    code = getattr(problem, "sqlite_errorcode", 0)
    return "" if code == sqlite3.SQLITE_IOERR_SHORT_READ else _REFUSED.get(code & 0xFF, "")
