"""The store: what is lost or damaged in it costs time and nothing else, and it does not grow without end."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import build_site, post, run, site, tree, write

from blogsite.build import BuildOptions
from blogsite.errors import SiteError
from blogsite.rows import DamageError, Made, Seen, seal, unseal
from blogsite.store import SCHEMA, Store

BODY = "Above $a+b$.\n\n<!-- more -->\n\nBelow $c$ and $\\frac{1}$.\n\n![x](one.png)\n"
DAMAGED = "the store was damaged and has been begun anew"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A site that was built once."""
    posts: dict[str, str | bytes] = {
        f"posts/p{number}.md": post(f"P {number} $x^{number}$", f"2024-0{number}-01", BODY) for number in range(1, 5)
    }
    root = site(tmp_path / "blog", {**posts, "posts/one.png": "no picture"})
    build_site(root)
    return root


def store_of(root: Path) -> Path:
    return root / ".blogsite" / "store.sqlite"


def sql(root: Path, *statements: str) -> list[tuple[object, ...]]:
    """What the last of these statements answers, done to the store behind the program's back."""
    with closing(sqlite3.connect(store_of(root))) as database, database:
        return [database.execute(statement).fetchall() for statement in statements][-1]


def built_as_before(root: Path) -> str:
    """What a build notes of the store, after which output and warnings must be what they were."""
    before, said = tree(root / "public"), warnings_of(root)
    with closing(sqlite3.connect(store_of(root))) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS builds (folder TEXT PRIMARY KEY, code TEXT, data BLOB)")
        database.execute("DELETE FROM builds")  # so that it has to look
    report = build_site(root)
    assert tree(root / "public") == before
    assert tuple(map(str, report.mistakes)) == said
    return report.note


def warnings_of(root: Path) -> tuple[str, ...]:
    return tuple(f"posts/p{number}.md:13:15: warning: " for number in range(1, 5))
