"""An SQLite file that costs nothing but time when it is lost: damaged, or of another version, it is begun anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from blogsite.core.executor import chunks

CACHE = 16_000
"""KiB of the file that are kept in memory: all its indexes with ten thousand posts."""
_REFUSED = {
    sqlite3.SQLITE_FULL: "make room on the disk and build again",
    sqlite3.SQLITE_BUSY: "wait until the other builds of this site have ended",
    **dict.fromkeys(
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR),
        "give yourself the right to write there, or remove the folder .blogsite",
    ),
}
"""What SQLite says of the disk, not of the file: what to do about it."""


class Database:
    """An open file with these tables. `note` says if it had to be begun anew."""

    def __init__(self, path: Path, schema: int, tables: str, probe: str) -> None:
        """PROBE is a table that is looked into while the file is opened."""
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
        """All is on disk, and the file is closed."""
        self._database.close()

    def begin_anew(self) -> None:
        """The file, which was damaged, is another."""
        self.close()
        self._replace()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is saved inside is on disk whole, or not at all."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):  # it may be what failed, and has then been done
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(f"PRAGMA cache_size = -{CACHE}")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != self._schema:
                names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                if version or names:
                    self.note = "the store was made by another version and has been begun anew"
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
        self.note = "the store was damaged and has been begun anew"

    def _by_name(self, query: str, names: Iterable[str | bytes]) -> Iterator[Any]:
        """The rows that a query finds whose "IN ({})" holds these names."""
        for chunk in chunks(names, 500):
            yield from self._database.execute(query.format(",".join("?" * len(chunk))), chunk).fetchall()


def refused(problem: Exception) -> str:
    """What to do about an error of SQLite that is the disk's fault; "" for one that the file's content makes."""
    code = getattr(problem, "sqlite_errorcode", 0)
    return "" if code == sqlite3.SQLITE_IOERR_SHORT_READ else _REFUSED.get(code & 0xFF, "")
