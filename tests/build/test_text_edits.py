"""Edits of a post's text only: its page alone is rendered again, and the site is not assembled."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from blogsite.build import loader as load
from blogsite.build.context import BuildOptions, BuildReport
from blogsite.content.model import FragmentRef, FrontMatter, Heading, HtmlFragment, Label, Post, Reference, RichText
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import Location, SiteError, error
from blogsite.preview.page_cache import CachedPage
from blogsite.preview.session import Session
from blogsite.site.summary import shared_view
from tests.support.sites import EPOCH, build_site, png, post, site, tree, write

LONG = "Opening.\n\n<!--more-->\n\n"
FILES: dict[str, str | bytes] = {
    "posts/a.md": post(
        "A", "2024-01-01", LONG + "## Part\n\nText of $x^2$.\n\n$$y \\label{eq}$$\n\nSee [b](b.md) ![](a.png)\n"
    ),
    "posts/b.md": post("B", "2024-01-02", LONG + "See [the part](a.md#part).\n"),
    "posts/c.md": post("C", "2024-01-03", LONG + "Text.\n"),
    "posts/d.md": post("D", "2024-01-04", LONG + "Text.\n", draft="true"),
    "posts/a.png": png(20),
    "pages/about.md": post("About", None, "Text.\n"),
}
CONFIG = 'title = "Test"\nbase_url = "https://example.org/"\nfeed_limit = 1\n'


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Built, and so that a glance would say that nothing has changed; only post C is in the feeds."""
    root = site(tmp_path / "site", FILES, CONFIG)
    build_site(root)
    build_site(root)
    return root


def edit(blog: Path, path: str, *changes: tuple[str, str]) -> None:
    text = (blog / path).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    write(blog, {path: text})


def built(blog: Path, options: BuildOptions | None = None) -> tuple[BuildReport, bool]:
    """The report of a build that leaves what one from nothing leaves, and whether the site was assembled for it."""
    with patch.object(load, "assemble", wraps=load.assemble) as assemble:
        report = build_site(blog, options)
    clean = site(blog.parent / "clean", {}, CONFIG)
    for path, data in tree(blog).items():
        if not path.startswith(("public/", ".blogsite/")):
            write(clean, {path: data})
    expected = build_site(clean)
    assert report.diagnostics == expected.diagnostics
    assert report.unpublished == expected.unpublished
    assert tree(blog / "public") == tree(clean / "public")
    return report, assemble.called


TEXTS: dict[str, tuple[str, tuple[str, str]]] = {
    "a sentence": ("posts/a.md", ("Text of", "More text. Text of")),
    "lines above": ("posts/a.md", ("## Part", "One.\n\nTwo.\n\n## Part")),
    "a formula": ("posts/a.md", ("$x^2$", "$x^3$")),
    "a numbered formula": ("posts/a.md", ("$$y ", "$$z ")),
    "the words of a heading": ("posts/a.md", ("## Part", "## *Part*")),
    "a link that leads nowhere": ("posts/a.md", ("Text of", "[x](#gone) Text of")),
    "a post with a link": ("posts/b.md", ("See", "Look at")),
    "a page": ("pages/about.md", ("Text.", "Other text.")),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_changed(blog: Path, name: str) -> None:
    path, change = TEXTS[name]
    edit(blog, path, change)
    report, assembled = built(blog)
    assert not assembled or path == "pages/about.md"  # its description changes with its only sentence
    assert len(report.changes.written) == 1
    assert build_site(blog).changes.written == ()


def test_links_that_lead_nowhere_are_told_again_where_they_stand_now(blog: Path) -> None:
    edit(blog, "posts/a.md", ("Text of", "[x](#prat) Text of"))
    assert not built(blog)[1]
    edit(blog, "posts/a.md", ("## Part", "One.\n\n## Part"))
    report, assembled = built(blog)
    assert not assembled
    (told,) = map(str, report.diagnostics)
    lines = (blog / "posts/a.md").read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, 1) if "(#prat)" in text)
    assert told.startswith(f"posts/a.md:{line}:5: warning: this post has no #prat")
    assert told.endswith("nearest id it has: part")
    assert build_site(blog).diagnostics == report.diagnostics
    edit(blog, "posts/a.md", ("## Part", "## Prat"))
    assert built(blog)[0].diagnostics != report.diagnostics


def test_several_texts_one_after_another(blog: Path) -> None:
    for number in range(3):
        for path in ("posts/a.md", "posts/b.md"):
            edit(blog, path, ("See", f"{number} See"))
        report, assembled = built(blog)
        assert not assembled
        assert len(report.changes.written) == 2
        assert set(report.reasons.values()) == {("content", "word_count")}


def test_the_store_does_not_grow_with_each_edit(blog: Path) -> None:
    def texts() -> int:
        with contextlib.closing(sqlite3.connect(blog / ".blogsite/store.sqlite")) as store:
            return int(store.execute("SELECT count(*) FROM fragments").fetchone()[0])

    before = texts()
    for number in range(3):
        edit(blog, "posts/a.md", ("See", f"{number} See"))
        assert not built(blog)[1]
        assert texts() == before


MORE: dict[str, tuple[str, tuple[str, str]]] = {
    "the excerpt": ("posts/a.md", ("Opening.", "Another opening.")),
    "the title": ("posts/a.md", ("title: A", "title: Z")),
    "the date": ("posts/a.md", ("2024-01-01", "2024-02-01")),
    "an anchor that others link to": ("posts/a.md", ("## Part", "## Chapter")),
    "a label": ("posts/a.md", ("label{eq}", "label{other}")),
    "a link": ("posts/a.md", ("(b.md)", "(c.md)")),
    "a link that leads nowhere": ("posts/a.md", ("(b.md)", "(nowhere.md)")),
    "a picture": ("posts/a.md", ("![](a.png)", "")),
    "a whole post in a feed": ("posts/c.md", ("Text.", "Other text.")),
    "a draft": ("posts/d.md", ("Text.", "Other text.")),
    "no formula any more": ("posts/a.md", ("$x^2$", "x")),
}


@pytest.mark.parametrize("name", MORE)
def test_more_than_a_text_has_changed(blog: Path, name: str) -> None:
    path, change = MORE[name]
    edit(blog, path, change)
    _, assembled = built(blog)
    assert assembled or name == "no formula any more"  # there is another formula


@pytest.mark.parametrize(
    "also",
    [
        lambda blog: write(blog, {"posts/e.md": post("E")}),
        lambda blog: (blog / "posts/c.md").unlink(),
        lambda blog: write(blog, {"templates/partials/badge.html": "badge"}),
        lambda blog: write(blog, {"static/x.txt": "x"}),
        lambda blog: write(blog, {"posts/a.png": png(21)}),
        lambda blog: edit(blog, "blogsite.toml", ("limit = 1", "limit = 1\nsubtitle = 'x'")),
        lambda blog: write(blog, {"public/index.html": "by hand"}),
        lambda blog: (blog / "public/posts/b/index.html").unlink(),
        lambda blog: build_site(blog, BuildOptions(output=blog / "look")),
    ],
    ids=["new post", "lost post", "template", "static", "picture", "config", "by hand", "lost page", "elsewhere"],
)
def test_a_text_and_something_else_have_changed(blog: Path, also: Callable[[Path], object]) -> None:
    edit(blog, "posts/a.md", ("Text of", "More text. Text of"))
    also(blog)
    with patch(f"{__name__}.CONFIG", (blog / "blogsite.toml").read_text(encoding="utf-8")):
        _, assembled = built(blog)
    assert assembled


def test_a_text_that_a_killed_build_had_parsed(blog: Path) -> None:
    """The next edit of another post must not hide it."""
    edit(blog, "posts/a.md", ("Text of", "More text. Text of"))
    with patch("blogsite.build.rendering.render_stale", side_effect=SiteError([])), pytest.raises(SiteError):
        build_site(blog)
    edit(blog, "posts/b.md", ("See", "Look at"))
    report, _ = built(blog)
    assert len(report.changes.written) == 2


def test_mistakes_in_a_text_come_and_go(blog: Path) -> None:
    edit(blog, "posts/a.md", ("$x^2$", "$\\frac$ and $\\unheardof$"))
    report, _ = built(blog)
    assert len(report.diagnostics) == 2
    edit(blog, "posts/a.md", ("Text of", "\n\nText of"))
    built(blog)
    edit(blog, "posts/a.md", ("$\\frac$ and $\\unheardof$", "$x$"))
    report, _ = built(blog)
    assert not report.diagnostics
    edit(blog, "posts/a.md", ("$x$", "$\\frac$"))
    with pytest.raises(SiteError):
        build_site(blog, BuildOptions(strict=True))
    built(blog)


def test_a_file_that_was_only_touched(blog: Path) -> None:
    write(blog, {"posts/a.md": FILES["posts/a.md"]})
    report, assembled = built(blog)
    assert not assembled
    assert report.changes.written == ()


ALL = {**TEXTS, **MORE}


@pytest.mark.parametrize("name", ALL)
def test_the_preview_shows_what_a_build_writes_after_each(blog: Path, name: str) -> None:
    """The preview decides by the same comparison what it may keep."""
    path, change = ALL[name]
    publish_filter = PublishFilter(drafts=True, future=True, preview=True)
    with patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH)}):
        session = Session(blog, None, publish_filter, lambda stage, done, total: None)
        with contextlib.closing(session):
            session.refresh(None)
            session.get("posts/b/index.html")
            edit(blog, path, change)
            session.refresh([str(blog / path)])
            assert session.state is not None
            shown = {path: session.get(path) for path in session.state.outputs}
            warned = session.state.warnings
    expected = build_site(blog, BuildOptions(publish_filter, output=blog.parent / "out"))
    written = tree(blog.parent / "out")
    assert warned == expected.diagnostics
    assert {path: answer.data for path, answer in shown.items() if isinstance(answer, CachedPage)} == {
        path: written[path] for path, answer in shown.items() if isinstance(answer, CachedPage)
    }


OWN_PAGE_ALONE = {"digest", "words", "diagnostics", "summary", "whole", "excerpt_has_math"}
"""Fields of a post that are its own page's, or its card's, which in_lists compares."""


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Post)])
def test_a_face_shows_every_other_field(field: str) -> None:
    reference = Reference("link", "b.md", 3, 4)
    rich = RichText("A", HtmlFragment("A"))
    one = Post(
        "posts/a.md", "post", "1", FrontMatter(title="A"), rich, FragmentRef("1", (reference,)), FragmentRef("2")
    )
    others: dict[str, object] = {
        "source": "posts/b.md",
        "kind": "page",
        "digest": "2",
        "meta": FrontMatter(title="B"),
        "title": RichText("B", HtmlFragment("B")),
        "body": FragmentRef("1", (Reference("link", "c.md", 3, 4),)),
        "excerpt": FragmentRef("2", (reference,)),
        "summary": "S",
        "headings": (Heading(2, "x", rich),),
        "anchors": ("x",),
        "anchor_aliases": (("-x", "x"),),
        "labels": (Label("x", "1", "eq-x"),),
        "words": 7,
        "first_image": 0,
        "diagnostics": (error(Location("posts/a.md"), "what", "hint", "code"),),
    }
    other = dataclasses.replace(one, **{field: others.get(field, True)})  # type: ignore[arg-type]
    assert other != one
    assert (shared_view(other) == shared_view(one)) == (field in OWN_PAGE_ALONE)


@pytest.mark.parametrize("damage", ["UPDATE pages SET page = x'00'", "DELETE FROM pages WHERE source = 'posts/a.md'"])
def test_what_was_kept_is_damaged_or_lost(blog: Path, damage: str) -> None:
    with contextlib.closing(sqlite3.connect(blog / ".blogsite/store.sqlite")) as store, store:
        store.execute(damage)
    edit(blog, "posts/a.md", ("Text of", "More text. Text of"))
    report, assembled = built(blog)
    assert assembled
    assert ("damaged" in report.note) == damage.startswith("UPDATE")


def test_without_shortcuts_the_site_is_assembled_and_the_outcome_is_the_same(
    blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOGSITE_NO_SHORTCUTS", "1")
    edit(blog, "posts/a.md", ("Text of", "More text. Text of"))
    report, assembled = built(blog)
    assert assembled
    assert len(report.changes.written) == 1
    report, assembled = built(blog)
    assert assembled
    assert not report.changes.written
