"""Warm starts: pages are served before the whole site is in memory, and none of them is out of date."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from blogsite.content.status import PublishFilter
from blogsite.preview import warm_start as memory
from blogsite.preview.background import save_warm_start, warm_up
from blogsite.preview.page_cache import CachedPage
from blogsite.preview.session import Session
from blogsite.preview.site_state import SiteState
from blogsite.preview.warm_start import StoredState
from blogsite.site.outputs import Asset
from tests.support.serving import fetch, serving
from tests.support.sites import EPOCH, build_site, post, run_alone, site, tree, write

SHOWN = PublishFilter(drafts=True, future=True, preview=True)
PUBLISHED_ONLY = PublishFilter(preview=True)


def blog(root: Path, **more: str) -> Path:
    """A site whose files have stood still for a while."""
    files: dict[str, str | bytes] = {f"posts/{name}.md": post(name.upper(), tags="[t]") for name in "abc"}
    write(root, {"static/own.css": "", "templates/partials/head-extra.html": "<!-- mine -->"})
    root = site(root, {**files, **{f"posts/{name}.md": text for name, text in more.items()}})
    time.sleep(0.05)
    return root


@contextmanager
def session_of(root: Path, publish_filter: PublishFilter = SHOWN) -> Iterator[Session]:
    """A preview of the site, which has had its first look at it."""
    with patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH)}):
        session = Session(root, None, publish_filter, lambda stage, done, total: None)
        try:
            session.refresh(None)
            yield session
        finally:
            session.close()


def leave(root: Path, publish_filter: PublishFilter = SHOWN) -> None:
    """A preview has been here."""
    with session_of(root, publish_filter) as session:
        list(warm_up(session))
        list(save_warm_start(session))


def text(session: Session, path: str) -> str:
    answer = session.get(path)
    assert isinstance(answer, CachedPage), answer
    return answer.data.decode()


def is_remembered(root: Path, publish_filter: PublishFilter = SHOWN) -> bool:
    with session_of(root, publish_filter) as session:
        assert "A" in text(session, "posts/a/index.html")
        return isinstance(session.state, StoredState)


def test_after_a_build_its_pages_are_there_at_once(tmp_path: Path) -> None:
    root = blog(tmp_path)
    build_site(root)
    built = tree(root / "public")
    with session_of(root) as session, patch.object(memory.SiteState, "outputs", property(lambda shown: 1 / 0)):
        for path in ("index.html", "404.html", *(f"posts/{name}/index.html" for name in "abc")):
            assert text(session, path).encode() == built[path]
            assert session.ready(path)
        style_sheets = [path for path in built if path.endswith(".css")]
        assert len(style_sheets) == 3
        assert all(isinstance(session.ready(path), Asset) for path in style_sheets)
        assert isinstance(session.state, StoredState)
    with session_of(root) as session:
        assert text(session, "tags/t/index.html").encode() == built["tags/t/index.html"]
        assert type(session.state) is SiteState
        assert session.get("posts/d/index.html") is None
        assert session.refresh(None) is None


def test_a_preview_with_drafts_remembers_its_own_pages(tmp_path: Path) -> None:
    root = blog(tmp_path, d=post("Draft", draft="true", date="2025-12-31"), w=post("Warned", body="[x](nowhere.md)\n"))
    build_site(root)
    assert not is_remembered(root)
    leave(root)
    with session_of(root) as session:
        assert isinstance(session.state, StoredState)
        first = {path: text(session, path) for path in ("index.html", "posts/d/index.html", "posts/a/index.html")}
        warned = session.state.warnings
        assert "Draft" in first["index.html"]
        assert "noindex" in first["posts/d/index.html"]
        list(warm_up(session))
        assert type(session.state) is SiteState
        assert {path: text(session, path) for path in first} == first
        assert session.state.warnings == warned
        assert any("nowhere.md" in str(diagnostic) for diagnostic in warned)
    assert not is_remembered(root, PUBLISHED_ONLY)
    leave(root, PUBLISHED_ONLY)
    assert is_remembered(root, PUBLISHED_ONLY)
    assert not is_remembered(root)


CHANGES: dict[str, Callable[[Path], object]] = {
    "post": lambda root: write(root, {"posts/a.md": post("A", body="Other.\n", tags="[t]")}),
    "new post": lambda root: write(root, {"posts/z.md": post("Z")}),
    "post gone": lambda root: (root / "posts/b.md").unlink(),
    "template": lambda root: write(root, {"templates/partials/head-extra.html": "<!-- new -->"}),
    "style sheet": lambda root: write(root, {"static/own.css": "b{}"}),
    "configuration": lambda root: write(
        root, {"blogsite.toml": 'title = "Other"\nbase_url = "https://example.org/"\n'}
    ),
}


@pytest.mark.parametrize("after_build", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_is_not_remembered(tmp_path: Path, change: str, after_build: bool) -> None:
    root = blog(tmp_path)
    if after_build:
        build_site(root)
    else:
        leave(root)
    assert is_remembered(root)
    CHANGES[change](root)
    assert not is_remembered(root)


def test_the_moment_a_post_becomes_due_ends_what_is_remembered(tmp_path: Path) -> None:
    root = blog(tmp_path, d=post("Due", date="2026-01-02"))
    leave(root, PUBLISHED_ONLY)
    assert is_remembered(root, PUBLISHED_ONLY)
    with patch(f"{__name__}.EPOCH", EPOCH + 86_400):
        assert not is_remembered(root, PUBLISHED_ONLY)


def test_what_is_edited_while_it_is_shown_is_remembered_as_it_became(tmp_path: Path) -> None:
    root = blog(tmp_path)
    with session_of(root) as session:
        list(save_warm_start(session))
        for number, change in enumerate(("Some words.", "Other words.", "Last words.")):
            write(root, {"posts/a.md": post("A", body=f"{change}\n"), "static/own.css": f"b{{order:{number}}}"})
            session.refresh({str(root / "posts/a.md"), str(root / "static/own.css")})
        time.sleep(0.05)
        with patch.object(session._store, "save_pages", wraps=session._store and session._store.save_pages) as saved:
            list(save_warm_start(session))
        kept = [page.path for call in saved.call_args_list for page in call.args[1]]
        assert sorted(kept) == ["index.html", "posts/a/index.html"]
    with session_of(root) as session:
        assert isinstance(session.state, StoredState)
        assert "Last words" in text(session, "posts/a/index.html")
        assert "Last words" in text(session, "index.html")


@pytest.mark.parametrize(("later", "again"), [(3_600, False), (90_000, True)])
def test_pages_that_are_the_same_are_not_kept_again(tmp_path: Path, later: int, again: bool) -> None:
    root = blog(tmp_path, d=post("Due", date="2026-01-02"))
    leave(root, PUBLISHED_ONLY)
    with patch(f"{__name__}.EPOCH", EPOCH + later), session_of(root, PUBLISHED_ONLY) as session:
        list(warm_up(session))
        store = session._store
        with patch.object(store, "save_pages", wraps=store and store.save_pages) as saved:
            list(save_warm_start(session))
        assert saved.called == again
    with patch(f"{__name__}.EPOCH", EPOCH + later):
        assert is_remembered(root, PUBLISHED_ONLY)


def test_a_change_before_the_whole_site_is_there_is_told(tmp_path: Path) -> None:
    root = blog(tmp_path)
    leave(root)
    with session_of(root) as session:
        assert isinstance(session.state, StoredState)
        write(root, {"posts/a.md": post("A", body="Newer words.\n")})
        list(warm_up(session))  # which finds another site than the one that was remembered
        assert "Newer words" in text(session, "posts/a/index.html")
        update = session.refresh({str(root / "posts/a.md")})
        assert update is not None
        assert update.version == 2
        assert isinstance(update.before, StoredState)
        assert session.refresh(None) is None
    leave(root)
    with session_of(root) as session:
        write(root, {"posts/a.md": "---\ntitle: [\n---\n"})
        assert session.get("tags/t/index.html")
        assert session.errors
        update = session.refresh({str(root / "posts/a.md")})
        assert update is not None
        assert "posts/a.md" in str(update.diagnostics[0])


def test_what_two_previews_leave_is_never_mixed(tmp_path: Path) -> None:
    root = blog(tmp_path)
    leave(root)
    before = (root / "posts/a.md").read_bytes()
    with session_of(root) as first, session_of(root) as second:
        list(warm_up(first))
        list(save_warm_start(first))
        write(root, {"posts/a.md": post("A", body="Other words.\n", tags="[t]")})
        time.sleep(0.05)
        second.refresh(None)
        list(save_warm_start(second))
        (root / "posts/a.md").write_bytes(before)
        time.sleep(0.05)
        first.refresh(None)
        list(save_warm_start(first))
    with session_of(root) as session:
        assert isinstance(session.state, StoredState)
        assert "Other words" not in text(session, "posts/a/index.html")


@pytest.mark.parametrize(
    "statement", ["UPDATE pages SET page = x'00'", "UPDATE builds SET data = x'00'", "DELETE FROM fragments"]
)
def test_damage_costs_time_alone(tmp_path: Path, statement: str) -> None:
    root = blog(tmp_path)
    leave(root)
    with sqlite3.connect(root / ".blogsite/store.sqlite") as database:
        database.execute(statement)
    with session_of(root) as session:
        assert "Text." in text(session, "posts/a/index.html")
        assert not session.errors


def test_a_preview_that_begins_with_what_is_remembered_follows_like_any_other(tmp_path: Path) -> None:
    root = blog(tmp_path)
    run_alone("build", cwd=root)
    with serving(root) as server:
        assert "Text." in fetch(server.port, "/posts/a/").text
        write(root, {"posts/a.md": post("A", body="Newer words.\n")})
        server.says(r"^posts/a\.md: (taken in with the whole site|\d+ pages? stale), \d+ ms$")
        assert "Newer words" in fetch(server.port, "/posts/a/").text
        write(root, {"posts/a.md": post("A", body="Newest words.\n")})
        server.says(r"^posts/a\.md: 4 pages stale")
        assert "Newest words" in fetch(server.port, "/posts/a/").text
        tagged = fetch(server.port, "/tags/t/").text
        assert "B</a>" in tagged
        assert "A</a>" not in tagged
