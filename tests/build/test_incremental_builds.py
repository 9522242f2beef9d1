"""The law: after any edits a build leaves the same bytes, messages and exit code as a clean build.

BLOGSITE_LONG=1 tries a thousand sequences of edits instead of forty.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from blogsite.build import rendering
from blogsite.build.code_version import code_digest
from blogsite.build.context import BuildOptions
from blogsite.build.driver import build
from blogsite.config.loader import load_config
from blogsite.content.status import PublishFilter
from blogsite.core.file_state import Stat
from tests.support import sites as making
from tests.support.law import (
    DAY,
    EDITS,
    VIEWS,
    Blog,
    Outcome,
    Picks,
    edit_post,
    from_nothing,
    lose_store,
    meddle,
    outcome,
    pass_time,
    scratch,
    world,
)
from tests.support.sites import EPOCH, build_site, png, post, run, run_alone, site, tree, write

LONG = bool(os.environ.get("BLOGSITE_LONG"))


class Law(RuleBasedStateMachine):
    """A site is edited and built, edited and built; each build is held against one from nothing."""

    @initialize()
    def begin(self) -> None:
        self.folder = scratch()
        self.blog = Blog(self.folder / "site")
        self.damaged = False
        self.blog.begin()
        self.check(BuildOptions())

    @rule(data=st.data(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3))
    def edit_and_build(self, data: st.DataObject, edits: list[object]) -> None:
        self.edit(data, edits)
        self.check(BuildOptions())

    @rule(
        data=st.data(),
        edits=st.lists(st.sampled_from(EDITS), max_size=1),
        views=st.tuples(st.sampled_from(VIEWS), st.sampled_from(VIEWS)),
    )
    def edit_what_has_settled_and_build(
        self, data: st.DataObject, edits: list[object], views: tuple[PublishFilter, PublishFilter]
    ) -> None:
        """The edit finds a site of which one glance would say that nothing has changed."""
        for _ in range(2):
            with world(self.blog):
                outcome(self.blog.root, BuildOptions(views[0]))
        self.edit(data, edits)
        self.check(BuildOptions(views[1]))

    @rule(data=st.data())
    def let_time_pass(self, data: st.DataObject) -> None:
        for _ in range(3):
            self.edit(data, [pass_time])
            self.check(BuildOptions(PublishFilter(future=True)) if self.blog.code else BuildOptions())

    @rule(
        data=st.data(),
        edits=st.lists(st.sampled_from(EDITS), max_size=2),
        publish_filter=st.sampled_from(VIEWS),
        strict=st.booleans(),
        dry=st.booleans(),
        elsewhere=st.booleans(),
    )
    def build_in_another_way(
        self,
        data: st.DataObject,
        edits: list[object],
        publish_filter: PublishFilter,
        strict: bool,
        dry: bool,
        elsewhere: bool,
    ) -> None:
        self.edit(data, edits)
        output = self.folder / "site/look" if elsewhere else None
        self.check(BuildOptions(publish_filter, output, strict=strict, dry_run=dry))

    @rule(data=st.data())
    def break_build_and_mend(self, data: st.DataObject) -> None:
        """A build that may fail, and the site as it was before."""
        before = dict(self.blog.posts)
        self.edit(data, [edit_post])
        self.check(BuildOptions())
        for path, written in before.items():
            self.blog.put(path, written)
        self.check(BuildOptions())

    def edit(self, data: st.DataObject, edits: list[object]) -> None:
        pick = Picks(lambda choices: data.draw(st.sampled_from(choices)))
        for edit in edits:
            edit(self.blog, pick)  # type: ignore[operator]
            self.damaged |= edit is lose_store

    def check(self, options: BuildOptions) -> None:
        folder = options.output or self.blog.root / "public"
        before = tree(folder) if folder.is_dir() else {}
        with world(self.blog):
            rendering._renderer.cache_clear()
            warm = outcome(self.blog.root, options)
            clean = from_nothing(self.blog, options, self.folder / "clean")
        assert (warm.code, warm.said) == (clean.code, clean.said)
        left = before if options.dry_run or warm.code else clean.files
        assert sorted(warm.files) == sorted(left)
        assert {path: data for path, data in warm.files.items() if left[path] != data} == {}
        assert not list((self.blog.root / ".blogsite").glob("stage*"))
        if warm.report and not self.damaged:
            assert not warm.report.note
        self.damaged &= not (warm.report and warm.report.note)  # else it may be met later: no build reads all rows

    def teardown(self) -> None:
        shutil.rmtree(getattr(self, "folder", "/nonexistent"), ignore_errors=True)


@pytest.mark.slow
@pytest.mark.parametrize(("no_shortcuts", "examples"), [("", 40), ("1", 15)], ids=["shortcuts", "no shortcuts"])
def test_an_incremental_build_is_a_build_from_nothing(
    no_shortcuts: str, examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOGSITE_NO_SHORTCUTS", no_shortcuts)
    run_state_machine_as_test(
        Law,
        settings=settings(
            max_examples=1000 if LONG else examples,
            stateful_step_count=8 if LONG else 5,
            derandomize=not LONG,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# ── what must not matter ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_neither_the_environment_nor_the_place_nor_the_number_of_processes_matters(tmp_path: Path) -> None:
    """Hash seed, time zone, locale, folder, processes: the same bytes and the same words."""
    rich = Blog(tmp_path / "first")
    rich.begin()
    posts: dict[str, str | bytes] = {
        f"posts/m{n}.md": post(f"M {n}", "2023-02-02 23:30", f"Words $x_{n}$.\n", tags="[b, 熵, C++]")
        for n in range(60)
    }
    write(rich.root, posts)
    other = Path(shutil.copytree(rich.root, tmp_path / "else/where/第二"))
    first = run_alone("build", "--jobs", "1", cwd=rich.root, env={"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"})
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "de"}
    second = run_alone("-C", other, "build", "--jobs", "2", cwd=tmp_path, env=environment)
    assert said(first.stderr) == said(second.stderr)
    assert tree(other / "public") == tree(rich.root / "public")
    third = run_alone("-C", other, "build", cwd=tmp_path, env={"PYTHONHASHSEED": "1", "TZ": "America/St_Johns"})
    assert " 0 written," in third.stderr
    assert said(third.stderr) == said(first.stderr)


def said(stderr: str) -> list[str]:
    """Return the output of a build without its closing line and its progress."""
    return [line for line in stderr.splitlines()[:-1] if not re.match(r"[a-z]+ [0-9,]+ of [0-9,]+$", line)]


def test_nothing_heavy_is_imported_where_nothing_is_to_be_done(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(body="Words $a+b$.\n")})
    time.sleep(0.05)
    build_site(root)
    code = (
        "import sys; from pathlib import Path; from blogsite.build.context import BuildOptions\n"
        "from blogsite.build.driver import build\n"
        "from blogsite.config.loader import load_config\n"
        f"root = Path({str(root)!r})\n"
        "report = build(root, load_config(root), BuildOptions(), lambda *progress: None)\n"
        "assert report.changes.kept and not report.changes.written, report.changes\n"
        "heavy = {'jinja2', 'markdown', 'pygments', 'babel', 'yaml', 'py_mini_racer', 'imagesize'}\n"
        "print(sorted(heavy & {*sys.modules}))"
    )
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout == "[]\n", done.stderr


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def stamps(change: Callable[[os.stat_result], Stat]) -> Iterator[None]:
    """Replace the time stamps of all files by those that `change` returns."""
    with ExitStack() as stack:
        for module in ("content.discovery", "build.changes", "build.output_plan", "build.publisher"):
            stack.enter_context(patch(f"blogsite.{module}.stat_of", change))
        yield


def test_files_that_are_written_again_within_a_tick_of_the_clock_are_seen(tmp_path: Path) -> None:
    """On a file system with time stamps of two seconds, every edit has the time stamp of the build before it."""

    def coarse(status: os.stat_result) -> Stat:
        clock_tick = 2_000_000_000
        times = (status.st_mtime_ns // clock_tick * clock_tick, status.st_ctime_ns // clock_tick * clock_tick)
        return Stat(status.st_size, *times, status.st_ino)

    files: dict[str, str | bytes] = {
        "posts/a.md": post(body="Words.\n"),
        "static/a.txt": "one",
        "posts/one.png": png(5),
    }
    root = site(
        tmp_path / "blog", {**files, "posts/b.md": post("B", body="![x](one.png)\n"), "templates/404.html": "one"}
    )
    edits: list[tuple[str, str | bytes, str]] = [
        ("posts/a.md", post(body="Wrods.\n"), "posts/a/index.html"),
        ("static/a.txt", "two", "a.txt"),
        ("posts/one.png", png(7), "posts/b/index.html"),
        ("templates/404.html", "two", "404.html"),
        ("public/a.txt", "six", "a.txt"),
    ]
    with stamps(coarse):
        build_site(root)
        for path, content, output in edits:
            before = (root / "public" / output).read_bytes()
            write(root, {path: content})
            build_site(root)
            shutil.rmtree(tmp_path / "clean", ignore_errors=True)
            shutil.copytree(root, tmp_path / "clean", ignore=shutil.ignore_patterns("public", ".blogsite"))
            build_site(tmp_path / "clean")
            assert tree(root / "public") == tree(tmp_path / "clean/public")
            assert (before != (root / "public" / output).read_bytes()) is not path.startswith("public")


def test_a_file_that_is_written_again_while_the_site_is_built_is_seen_by_the_next_build(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(body="Words.\n")})
    written = time.time_ns() + 1_000_000_000

    def young(status: os.stat_result) -> Stat:
        return Stat(status.st_size, written, written, status.st_ino)

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "parse" and not edited:
            edited.append(1)
            write(root, {"posts/a.md": post(body="Wrods.\n")})
            time.sleep(1.2)

    edited: list[int] = []
    with stamps(young), patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH)}):
        build(root, load_config(root), BuildOptions(), progress)
        assert b"Words." in tree(root / "public")["posts/a/index.html"]
        build(root, load_config(root), BuildOptions(), progress)
        assert b"Wrods." in tree(root / "public")["posts/a/index.html"]


# ── edits of which one would not think ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    """A site that was built, and of which one glance says that nothing has changed."""
    blog = Blog(tmp_path / "site")
    blog.begin()
    time.sleep(0.03)
    with world(blog):
        outcome(blog.root, BuildOptions())
        assert outcome(blog.root, BuildOptions()).report
        yield blog


def law(blog: Blog, options: BuildOptions = BuildOptions()) -> Outcome:  # noqa: B008 - a frozen value
    """Build, compare the result with that of a clean build, and return it."""
    with world(blog):
        warm, clean = outcome(blog.root, options), from_nothing(blog, options, blog.root.parent / "clean")
    assert (warm.code, warm.said) == (clean.code, clean.said)
    assert warm.code or options.dry_run or warm.files == clean.files
    return warm


def test_a_post_that_is_renamed_but_keeps_its_address_is_warned_of_by_its_new_name(blog: Blog) -> None:
    written = blog.drop("posts/p5.md")
    assert ("slug", "p5") in written.fields
    blog.put("posts/renamed.md", written)
    assert any(line.startswith("posts/renamed.md") and "warning" in line for line in law(blog).said)


def test_a_template_of_the_theme_includes_what_the_site_has_overridden(blog: Blog) -> None:
    write(blog.root, {"templates/base.html": '{% extends "theme/base.html" %}'})
    assert law(blog).report
    write(blog.root, {"templates/partials/head.html": "", "templates/partials/mine.html": "changed"})
    assert law(blog).report


def test_a_strict_build_says_the_same_as_one_from_nothing(blog: Blog) -> None:
    told = law(blog, BuildOptions(strict=True))
    assert told.code == 1
    assert any("has no equation" in line or "frac" in line for line in told.said)


def test_a_link_that_leads_nowhere_is_warned_of(blog: Blog) -> None:
    (blog.root / "static/link").symlink_to("nowhere")
    assert any("leads nowhere" in line for line in law(blog).said)


def test_the_clock_goes_forward_and_back(blog: Blog) -> None:
    for days, shown in ((0, False), (3, True), (2, True), (0, False), (-900, False), (3, True)):
        blog.epoch = EPOCH + days * DAY
        assert ("posts/p7/index.html" in law(blog).files) is shown


def test_a_preview_of_the_future_says_how_long_it_is_until_then(blog: Blog) -> None:
    for hours in (0, 0, 5, 5):
        blog.epoch = EPOCH + hours * 3600
        assert b"future by" in law(blog, BuildOptions(PublishFilter(future=True))).files["posts/p7/index.html"]


def test_a_line_more_in_the_configuration_moves_its_mistakes(blog: Blog) -> None:
    blog.config["tags.map"] = '{"a" = "b"}'
    blog.save_config()
    law(blog)
    file = blog.root / "blogsite.toml"
    file.write_text("# a line more\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    law(blog)


@pytest.mark.parametrize(
    "how", ["delete", "alter", "alter unseen", "empty", "folder", "link", "all", "manifest", "digests"]
)
def test_what_was_done_to_the_output_by_hand_is_undone(blog: Blog, how: str) -> None:
    picks = iter(["posts/p1/index.html", how])
    meddle(blog, Picks(lambda choices: next(picks)))
    assert law(blog).code == 0


def test_an_extension_that_is_edited_is_code_that_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of [markdown] extensions are among what code_digest reads."""
    write(tmp_path, {"bold_law.py": "a = 1\n", "law_package/__init__.py": "", "law_package/part.py": "a = 1\n"})
    monkeypatch.syspath_prepend(tmp_path)
    names = ("bold_law", "law_package.part:Class", "nothing.of.the.kind", "toc")
    seen = {code_digest(names)}
    for path in ("bold_law.py", "law_package/part.py"):
        write(tmp_path, {path: "a = 2\n"})
        seen.add(code_digest(names))
    assert len(seen) == 3
    assert code_digest(names) in seen


# ── --explain and --dry-run ──────────────────────────────────────────────────────────────────────────────────────────


def explained(root: Path, *more: str) -> dict[str, str]:
    """Output → why it was made again."""
    done = run("build", "--explain", *more, cwd=root)
    return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)


def test_explain_names_what_changed(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"posts/p{n}.md": post(f"P {n}", f"2024-0{n}-01", "Above.\n\n<!-- more -->\n\nBelow.\n") for n in range(1, 6)
    }
    root = site(tmp_path, {**files, "static/a.txt": "one"}, making.CONFIG + "per_page = 2\n")
    assert set(explained(root).values()) == {"new"}
    assert explained(root) == {}

    write(root, {"posts/p2.md": post("P 2", "2024-02-01", "Above.\n\n<!-- more -->\n\nEdited.\n")})
    reasons = explained(root)
    assert reasons.pop("feed.xml") == "items"
    assert reasons.pop("feed.json") == "inputs"
    assert reasons == {"posts/p2/index.html": "content"}

    write(root, {"posts/p2.md": post("P 2, retitled", "2024-02-01", "Above.\n\n<!-- more -->\n\nEdited.\n")})
    reasons = explained(root)
    assert reasons["posts/p2/index.html"] == "page, title"
    assert reasons["posts/p1/index.html"] == "newer"
    assert reasons["posts/p3/index.html"] == "older"
    assert "posts/p4/index.html" not in reasons

    write(root, {"static/a.txt": "two", "templates/404.html": "Nothing here."})
    assert explained(root) == {"a.txt": "file", "404.html": "template 404.html"}
    (root / "public/a.txt").write_text("by hand", encoding="utf-8")
    assert explained(root) == {"a.txt": "its file was changed or removed by hand"}
    write(root, {"blogsite.toml": making.CONFIG + 'per_page = 2\nauthor = "Somebody"\n'})
    assert "site" in explained(root)["404.html"].split(", ")


def test_a_dry_run_changes_nothing_and_says_what_a_build_would_do(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A"), "posts/b.md": post("B", "2024-02-02")})
    build_site(root)
    write(root, {"posts/a.md": post("A, edited"), "posts/c.md": post("C", "2024-03-03")})
    (root / "posts/b.md").unlink()
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (root / "public").rglob("*")}
    for _ in range(2):
        done = run("build", "--dry-run", "--explain", cwd=root)
        assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (root / "public").rglob("*")} == before
    written = {line.removeprefix("write ") for line in done.stdout.splitlines() if line.startswith("write ")}
    removed = {line.removeprefix("remove ") for line in done.stdout.splitlines() if line.startswith("remove ")}
    assert "posts/c/index.html: new" in done.stdout.splitlines()
    report = build_site(root)
    assert (set(report.changes.written), set(report.changes.removed)) == (written, removed)
    assert removed == {"posts/b/index.html"}


def test_a_dry_run_of_a_site_that_was_never_built_makes_no_folder(tmp_path: Path) -> None:
    root = site(tmp_path / "blog", {"posts/a.md": post("A")})
    run("build", "--dry-run", cwd=root)
    run("build", "--dry-run", "--output", scratch() / "out", cwd=root)
    assert not (root / "public").exists()
