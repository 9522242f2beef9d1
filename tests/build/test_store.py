"""The store: a lost or damaged one costs time only, and it does not grow without end."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogsite.build.context import BuildOptions
from blogsite.build.store.store import Store
from blogsite.core.diagnostics import SiteError
from blogsite.core.file_state import FileState, Stat
from blogsite.core.frozen import DamagedRecordError, add_checksum, verify_checksum
from tests.support.law import scratch
from tests.support.sites import build_site, png, post, site, tree, write

BODY = "Above $a+b$.\n\n<!-- more -->\n\nBelow $c$ and $\\frac{1}$.\n\n![x](one.png)\n"
DAMAGED = "the store was damaged and has been replaced"
VERSION = "the store was made by another version and has been replaced"


class Blog:
    """A site that was built, and two states of it with what a build leaves of each."""

    def __init__(self, root: Path) -> None:
        posts: dict[str, str | bytes] = {
            f"posts/p{number}.md": post(f"P {number} $x^{number}$", f"2024-0{number}-01", BODY)
            for number in range(1, 5)
        }
        self.root = site(root, {**posts, "posts/one.png": png(20)})
        self.store = self.root / ".blogsite" / "store.sqlite"
        self.edited = False
        self.wanted = {}
        for edited in (True, False):
            self.edit(edited)
            report = build_site(self.root)
            self.wanted[edited] = (tree(self.root / "public"), report.diagnostics)
        self.bytes = self.store.read_bytes()

    def edit(self, edited: bool) -> None:
        self.edited = edited
        text = post("P 2 $x^2$", "2024-02-01", BODY.replace("Above", "Edited above") if edited else BODY)
        write(self.root, {"posts/p2.md": text})

    def build(self) -> str:
        """Build, and return the messages about the store; everything else must be as without a store."""
        report = build_site(self.root)
        files, diagnostics = self.wanted[self.edited]
        assert tree(self.root / "public") == files
        assert report.diagnostics == diagnostics
        assert len(diagnostics) == 4
        return report.note

    def build_edited(self) -> str:
        """The same after an edit, so that there is something to do."""
        self.edit(not self.edited)
        return self.build()

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Execute statements on the store's database, and return the rows of the last one."""
        with closing(sqlite3.connect(self.store)) as database, database:
            return [database.execute(statement).fetchall() for statement in statements][-1]


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path / "blog")


@pytest.fixture(scope="module")
def lasting_blog() -> Iterator[Blog]:
    folder = scratch()
    yield Blog(folder / "blog")
    shutil.rmtree(folder)


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_store_that_was_cut_short_is_begun_anew_and_said_so(blog: Blog, share: float) -> None:
    blog.store.write_bytes(blog.bytes[: int(len(blog.bytes) * share)])
    assert blog.build_edited() == DAMAGED
    assert blog.build_edited() == ""


def test_a_store_that_is_none_is_begun_anew_and_said_so(blog: Blog) -> None:
    blog.store.write_bytes(b"no database at all" * 1000)
    assert blog.build() == DAMAGED


def test_a_store_of_another_version_is_begun_anew_and_said_so(blog: Blog) -> None:
    blog.sql("PRAGMA user_version = 99")
    assert blog.build() == VERSION
    assert blog.build() == ""


def test_a_store_of_the_first_version_with_other_tables_is_begun_anew(blog: Blog) -> None:
    blog.sql("DROP TABLE posts", "CREATE TABLE posts (path TEXT)", "PRAGMA user_version = 1")
    assert blog.build() == VERSION


@given(location=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=1, max_size=3000))
@settings(max_examples=25, deadline=None)
def test_random_damage_changes_nothing(lasting_blog: Blog, location: float, noise: bytes) -> None:
    blog = lasting_blog
    offset = int(len(blog.bytes) * location)
    blog.store.write_bytes((blog.bytes[:offset] + noise + blog.bytes[offset + len(noise) :])[: len(blog.bytes)])
    blog.build_edited()
    blog.build()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posts SET row = (SELECT row FROM posts AS o WHERE o.path <> posts.path)",
        "UPDATE posts SET row = substr(row, 1, 50)",
        "UPDATE posts SET row = 'text'",
        "UPDATE fragments SET data = (SELECT data FROM fragments AS o WHERE o.digest <> fragments.digest)",
        "UPDATE fragments SET data = zeroblob(40)",
        "UPDATE rendered SET html = (SELECT html FROM rendered AS o WHERE o.key <> rendered.key)",
        "DELETE FROM rendered; UPDATE formulas SET tex = x'00'",
        "UPDATE file_infos SET data = x'00'",
        "UPDATE outputs SET diagnostics = x'00' WHERE path LIKE 'posts/p%'",
        "UPDATE outputs SET stat = 7",
        "ALTER TABLE outputs RENAME TO puts",
    ],
)
def test_rows_that_are_not_what_was_put_in_are_not_used(blog: Blog, statement: str) -> None:
    blog.sql(*statement.split("; "))
    write(blog.root, {"static/new.txt": "so that there is something to do"})
    for files, _ in blog.wanted.values():
        files["new.txt"] = b"so that there is something to do"
    with patch("blogsite.build.output_plan.is_untouched", return_value=False):  # everything is rendered
        report = build_site(blog.root)
    assert report.note == DAMAGED
    written = tree(blog.root / "public")
    assert {path: written.get(path) for path in blog.wanted[False][0] if not path.startswith(".")} == {
        path: data for path, data in blog.wanted[False][0].items() if not path.startswith(".")
    }
    assert report.diagnostics == blog.wanted[False][1]


@pytest.mark.parametrize("where", ["1", "rowid % 2"])
@pytest.mark.parametrize(
    "table", ["posts", "fragments", "formulas", "rendered", "file_infos", "outputs", "pages", "builds"]
)
def test_rows_that_are_lost_are_made_again(blog: Blog, table: str, where: str) -> None:
    keys = {"posts": "path", "outputs": "path", "pages": "path"}
    where = where.replace("rowid", f"length({keys[table]})" if table in keys else "rowid")
    blog.sql("DELETE FROM builds", "DELETE FROM outputs", f"DELETE FROM {table} WHERE {where}")
    assert blog.build() == ""
    assert blog.build_edited() == ""
    blog.sql(f"DELETE FROM {table} WHERE {where}")
    assert blog.build_edited() == ""


def test_a_text_that_is_lost_while_its_post_is_edited_is_a_mistake_that_says_so(blog: Blog) -> None:
    from blogsite.build import parsing

    blog.build()  # the posts are no longer so young that they are read again
    blog.sql("DELETE FROM fragments", "DELETE FROM builds", "DELETE FROM outputs")
    with (
        patch.object(parsing, "read_source", lambda root, source: b"something else"),
        pytest.raises(SiteError, match="was changed while the site was being built"),
    ):
        build_site(blog.root)
    assert blog.build() == ""


def test_a_record_of_a_class_that_is_no_more_is_no_traceback(blog: Blog) -> None:
    ((folder, code),) = blog.sql("SELECT folder, code FROM builds")
    assert isinstance(folder, str)
    data = add_checksum(folder, pickle.dumps(Stat(1, 2, 3, 4), 5).replace(b"Stat", b"Gone"))
    with closing(sqlite3.connect(blog.store)) as database, database:
        database.execute("UPDATE builds SET data = ?", (data,))
    assert blog.build() == DAMAGED
    assert code


@given(st.text(), st.binary(), st.data())
def test_a_seal_breaks(name: str, data: bytes, choice: st.DataObject) -> None:
    sealed = add_checksum(name, data)
    assert verify_checksum(name, sealed) == data
    location = choice.draw(st.integers(0, len(sealed) - 1))
    other = sealed[:location] + bytes([sealed[location] ^ choice.draw(st.integers(1, 255))]) + sealed[location + 1 :]
    for broken in (other, sealed[:-1], b"", None, "text", 7):
        with pytest.raises(DamagedRecordError):
            verify_checksum(name, broken)


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_store_that_cannot_be_opened_is_a_mistake(blog: Blog) -> None:
    blog.store.unlink()
    blog.store.mkdir()
    with pytest.raises(SiteError, match=r"\.blogsite/store\.sqlite: error: the store cannot be used"):
        build_site(blog.root)
    blog.store.rmdir()
    assert blog.build() == ""


def test_a_file_where_the_store_wants_its_folder_is_a_mistake(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(), ".blogsite": "a file"})
    with pytest.raises(SiteError, match=r"\.blogsite: error: it cannot be written"):
        build_site(root)


def test_a_full_disk_is_a_mistake_that_says_what_to_do(blog: Blog) -> None:
    before = tree(blog.root / "public")
    usual = Store._open

    def small(self: Store) -> sqlite3.Connection:
        database = usual(self)
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    write(blog.root, {f"posts/q{number}.md": post(f"Q {number}", body="Words. " * 3000) for number in range(30)})
    with patch.object(Store, "_open", small), pytest.raises(SiteError) as caught:
        build_site(blog.root)
    assert "database or disk is full\n    make room on the disk" in str(caught.value)
    assert tree(blog.root / "public") == before
    for number in range(30):
        (blog.root / f"posts/q{number}.md").unlink()
    assert blog.build() == ""


# ── what it saves, and what it costs ─────────────────────────────────────────────────────────────────────────────────


def test_without_its_store_a_build_writes_nothing_that_is_there_already(blog: Blog) -> None:
    shutil.rmtree(blog.store.parent)
    states = {path: (blog.root / "public" / path).stat() for path in tree(blog.root / "public")}
    assert blog.build() == ""
    assert {path: (blog.root / "public" / path).stat() for path in states} == states


def test_files_that_were_only_touched_are_not_parsed_again(blog: Blog) -> None:
    for path in (blog.root / "posts").glob("*.md"):
        os.utime(path)
    with patch("blogsite.build.parsing.parse_batch", side_effect=AssertionError):
        assert blog.build() == ""


def test_what_no_longer_is_used_is_dropped(blog: Blog) -> None:
    for number in range(25):
        text = post("P 1 $x^1$", "2024-01-01", f"{BODY}\n\nEdit {number}: $y_{{{number}}}$.\n" + "word " * 500)
        write(blog.root, {"posts/p1.md": text, f"posts/new-{number}.md": text, f"static/{number}.txt": "x"})
        (blog.root / f"posts/new-{number - 1}.md").unlink(missing_ok=True)
        (blog.root / f"static/{number - 1}.txt").unlink(missing_ok=True)
        build_site(blog.root)
    ((posts,),) = blog.sql("SELECT count(*) FROM posts")
    ((texts,),) = blog.sql("SELECT count(*) FROM fragments")
    ((outputs,),) = blog.sql("SELECT count(*) FROM outputs")
    assert posts == 5
    assert texts <= 2 * 5
    assert outputs == len(tree(blog.root / "public")) - 1
    assert blog.store.stat().st_size < 4 * len(blog.bytes)


def test_formulas_that_no_text_has_are_dropped_when_they_are_many(blog: Blog) -> None:
    with closing(sqlite3.connect(blog.store)) as database, database:
        rows = [(number.to_bytes(20, "big"), b"tex") for number in range(1500)]
        database.executemany("INSERT INTO formulas (key, tex) VALUES (?, ?)", rows)
    blog.build_edited()
    ((formulas,),) = blog.sql("SELECT count(*) FROM formulas")
    assert isinstance(formulas, int)
    assert formulas < 100


def test_output_folders_that_are_no_more_are_forgotten(blog: Blog) -> None:
    for number in range(3):
        folder = blog.root.parent / f"look-{number}"
        build_site(blog.root, BuildOptions(output=folder))
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()
    blog.build_edited()
    assert {Path(str(folder)).name for (folder,) in blog.sql("SELECT DISTINCT folder FROM outputs")} == {"public"}
    assert {Path(str(folder)).name for (folder,) in blog.sql("SELECT folder FROM builds")} == {"public"}


def test_clean_forgets_everything(blog: Blog) -> None:
    with patch("blogsite.build.parsing.parse_batch", side_effect=AssertionError), pytest.raises(AssertionError):
        build_site(blog.root, BuildOptions(clean=True))
    build_site(blog.root, BuildOptions(clean=True))
    assert blog.build() == ""


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("written", "looked", "sure"),
    [
        (5 * SECOND + 1, 5 * SECOND + 1, False),
        (5 * SECOND + 1, 5 * SECOND + 10_000_000, False),  # within a tick of the clock
        (5 * SECOND + 1, 5 * SECOND + 30_000_000, True),
        (5 * SECOND, 6 * SECOND, False),  # a file system that counts in seconds
        (5 * SECOND, 8 * SECOND, True),
        (9 * SECOND + 1, 8 * SECOND, False),  # a clock that was put back
    ],
)
def test_a_young_file_is_looked_into_again(written: int, looked: int, sure: bool) -> None:
    stat = Stat(10, written, written, 7)
    assert FileState(stat, looked, "0" * 40).matches(stat) is sure
    assert not FileState(stat, looked, "0" * 40).matches(Stat(10, written, written + 1, 7))
    assert not FileState(stat, looked, "0" * 40).matches(Stat(10, written, written, 8))
