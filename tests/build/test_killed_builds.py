"""A build that is killed leaves each file old or new, and the next build completes the site.

BLOGSITE_LONG=1 kills two hundred builds instead of fifteen.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from blogsite.build import staging
from blogsite.build.context import BuildOptions, BuildReport
from blogsite.build.lock import exclusive_build
from blogsite.build.manifest import MANIFEST, Manifest
from blogsite.core.diagnostics import SiteError
from tests.support.law import scratch
from tests.support.sites import CHECKOUT, EPOCH, post, run, run_alone, site, tree, write
from tests.support.sites import build_site as build_with

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("BLOGSITE_LONG"))
CHILD = CHECKOUT / "tests/support/crash_child.py"
CONFIG = 'title = "Test"\nbase_url = "https://example.org/"\nper_page = 2\n'


def build_site(root: Path, options: BuildOptions | None = None) -> BuildReport:
    """Build the site in this process alone."""
    return build_with(root, replace(options or BuildOptions(), jobs=1))


def small(root: Path, **fields: str) -> Path:
    """A site of a few posts, of which one has a formula."""
    posts: dict[str, str | bytes] = {
        f"posts/p{number}.md": post(f"P {number}", f"2024-0{number}-01", "Text.\n", tags="[a, b]", **fields)
        for number in range(1, 8)
    }
    return site(root, {**posts, "posts/f.md": post("F", body="Words $a+b$.\n")}, CONFIG)


def edit(root: Path) -> None:
    """Files come, go and change, also from a page to a file."""
    write(
        root,
        {"posts/p1.md": post("P 1, edited", "2024-01-01", tags="[a, c]"), "posts/new.md": post("New", "2025-01-01")},
    )
    write(root, {"static/posts/p3": "a file where a page was", "templates/404.html": "Nothing here.\n"})
    write(root, {"posts/f.md": post("F", body="Words $a+c$.\n")})
    (root / "posts/p3.md").unlink()


def copy(root: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(root, to, symlinks=True))


def from_nothing(root: Path) -> dict[str, bytes]:
    """Return the output folder after the first build of a site."""
    folder = scratch()
    try:
        location = shutil.copytree(root, folder / "site", ignore=shutil.ignore_patterns(".blogsite", "public"))
        build_site(location)
        return tree(location / "public")
    finally:
        shutil.rmtree(folder)


def die(root: Path, step: int) -> subprocess.CompletedProcess[str]:
    """A build that is killed at this step."""
    command = [sys.executable, str(CHILD), str(root), str(step)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", timeout=60)


def is_mixed(files: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes]) -> bool:
    """Return whether each file is the old or the new one, and none is missing that both sites have."""
    seen = {path: data for path, data in files.items() if not path.startswith(".")}
    known = all(data in (old.get(path), new.get(path)) for path, data in seen.items())
    return known and all(path in seen for path in old.keys() & new.keys() if not path.startswith("."))


def check_after(root: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Assert that a killed build has left whole files only, and that the next build completes the site."""
    assert is_mixed(tree(root / "public"), old, new)
    report = build_site(root)
    assert report.note == ""
    assert tree(root / "public") == new
    assert not [path.name for path in (root / ".blogsite").iterdir() if not path.name.startswith(("store.", "lock-"))]
    assert not [path for path in (root / "public").rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert build_site(root).changes.written == ()


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills so")
@pytest.mark.parametrize("before", [True, False], ids=["edited", "new"])
def test_a_build_that_is_killed_leaves_no_file_half_written(before: bool) -> None:
    folder = scratch()
    try:
        start = small(folder / "start")
        old: dict[str, bytes] = {}
        if before:
            build_site(start)
            old = tree(start / "public")
            edit(start)
        new = from_nothing(start)
        steps = int(die(copy(start, folder / "whole"), 0).stdout)
        assert steps > 60
        times = (160 if before else 40) if LONG else (9 if before else 3)
        chosen = random.Random(steps).sample(range(1, steps + 1), min(times, steps))
        for step in chosen:
            root = copy(start, folder / "site")
            assert die(root, step).returncode == -signal.SIGKILL
            check_after(root, old, new)
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills so")
def test_a_build_that_is_killed_at_any_time_takes_its_processes_with_it() -> None:
    """The program itself, with processes at work, and a second kill during what repairs the first."""
    folder = scratch()
    try:
        root = small(folder / "site")
        posts: dict[str, str | bytes] = {
            f"posts/m{n}.md": post(f"M {n}", "2023-02-02", "Text.\n" * 50) for n in range(90)
        }
        write(root, posts)
        new = from_nothing(root)
        for seconds in (0.3, 0.9, 1.5) if not LONG else [0.1 * number for number in range(1, 25)]:
            command = [sys.executable, "-m", "blogsite", "-C", str(root), "build", "--jobs", "2"]
            env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
            with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as build:
                time.sleep(seconds)
                build.kill()
            assert is_mixed(tree(root / "public"), {}, new)
            for _ in range(100):
                if not left_of(build.pid):
                    break
                time.sleep(0.05)
            assert not left_of(build.pid)
        check_after(root, {}, new)
    finally:
        shutil.rmtree(folder)


def left_of(session: int) -> list[int]:
    """The processes of this session that still run."""
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc/self/stat").exists() else ():
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            found.append(int(entry.name))
    return found


# ── a disk that refuses ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A site that was built, and edited since."""
    root = small(tmp_path / "blog")
    build_site(root)
    edit(root)
    return root


@contextmanager
def refused(target: type, name: str, which: int, number: int = errno.ENOSPC) -> Iterator[None]:
    """The WHICHth call of a function is refused by the file system."""
    usual = getattr(target, name)
    calls = 0

    def call(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == which:
            if name == "write_bytes":
                usual(arguments[0], b"half of i")
            raise OSError(number, os.strerror(number), str(next(iter(arguments), name)))
        return usual(*arguments, **named)

    with patch.object(target, name, call):
        yield


@pytest.mark.parametrize("which", [1, 3, 20])
def test_a_full_disk_publishes_nothing(blog: Path, which: int) -> None:
    """The last of what is written is the manifest, before anything is put in place."""
    before = tree(blog / "public")
    with refused(Path, "write_bytes", which), pytest.raises(SiteError) as caught:
        build_site(blog)
    assert "it cannot be written: No space left on device\n    make room on the disk" in str(caught.value)
    assert str(blog) not in str(caught.value)
    assert tree(blog / "public") == before
    check_after(blog, before, from_nothing(blog))


def test_a_manifest_that_cannot_be_written_publishes_nothing(blog: Path) -> None:
    before = tree(blog / "public")
    with refused(Manifest, "write", 1), pytest.raises(SiteError, match="No space left"):
        build_site(blog)
    assert tree(blog / "public") == before
    check_after(blog, before, from_nothing(blog))


@pytest.mark.parametrize("which", [1, 2, 9])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EIO])
def test_a_file_that_cannot_be_put_in_place_is_a_mistake(blog: Path, which: int, number: int) -> None:
    before = tree(blog / "public")
    with refused(os, "replace", which, number), pytest.raises(SiteError) as caught:  # type: ignore[arg-type]
        build_site(blog)
    assert f"it cannot be written: {os.strerror(number)}" in str(caught.value)
    assert str(caught.value).startswith("public/")
    check_after(blog, before, from_nothing(blog))


def test_a_stage_that_cannot_be_made_is_a_mistake(blog: Path) -> None:
    with refused(staging.tempfile, "mkdtemp", 1, errno.EACCES), pytest.raises(SiteError, match="Permission denied"):
        build_site(blog)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("protected", ["public", "public/posts/p1", "public/tags"])
def test_a_folder_that_is_protected_keeps_everything_as_it_was(protected: str) -> None:
    folder = scratch()
    try:
        root = small(folder / "blog")
        build_site(root)
        edit(root)
        before = tree(root / "public")
        with somebody_else(folder):
            (root / protected).chmod(0o555)
            with pytest.raises(SiteError) as caught:
                build_site(root)
            (root / protected).chmod(0o755)
            assert f"{protected}: error: it cannot be written: Permission denied" in str(caught.value)
            assert tree(root / "public") == before
            check_after(root, before, from_nothing(root))
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_files_that_are_read_only_are_replaced_and_what_cannot_be_read_is_a_mistake() -> None:
    folder = scratch()
    try:
        root = small(folder / "blog")
        write(root, {"static/a.txt": "a"})
        build_site(root)
        edit(root)
        new = from_nothing(root)
        with somebody_else(folder):
            for path in (root / "public").rglob("*"):
                if path.is_file():
                    path.chmod(0o444)
            for unreadable in ("posts/p2.md", "static/a.txt", "templates/404.html"):
                (root / unreadable).chmod(0)
                with pytest.raises(SiteError, match=f"{unreadable.removeprefix('static/')}.* read"):
                    build_site(root)
                (root / unreadable).chmod(0o644)
            (root / "posts").chmod(0)
            with pytest.raises(SiteError, match="posts: error: it cannot be read: Permission denied"):
                build_site(root)
            (root / "posts").chmod(0o755)
            build_site(root)
            assert tree(root / "public") == new
    finally:
        shutil.rmtree(folder)


@contextmanager
def somebody_else(folder: Path) -> Iterator[None]:
    """Run the rest of this process with the rights of the owner of `folder`, and no more."""
    nobody = 65534
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody, nobody, follow_symlinks=False)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        root = small(tmp_path / "blog")
        done = run_alone("build", "--output", str(disk / "out"), cwd=root, code=1)
        assert "No space left on device\n    make room on the disk" in done.stderr
        assert tree(disk) == {}
        assert not list(disk.iterdir())
        small_enough = site(tmp_path / "tiny", {"posts/a.md": post("A")}, CONFIG + "[math]\nenable = false\n")
        run_alone("build", "--output", str(disk / "out"), cwd=small_enough)
        before = tree(disk)
        write(small_enough, {"static/large.bin": os.urandom(300_000), "posts/a.md": post("A, edited")})
        run_alone("build", "--output", str(disk / "out"), cwd=small_enough, code=1)
        assert tree(disk) == before
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_build_waits_for_the_first_and_says_so(blog: Path) -> None:
    with exclusive_build(blog / "public", blog / ".blogsite", lambda: None):
        command = [sys.executable, "-m", "blogsite", "-C", str(blog), "build"]
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
        build = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, encoding="utf-8")
        assert build.stderr
        assert build.stderr.readline() == "another build of this site is running; waiting for it to end\n"
        assert build.poll() is None
    said = build.communicate(timeout=60)[1]
    assert build.returncode == 0, said
    assert tree(blog / "public") == from_nothing(blog)


def test_a_preview_does_not_keep_a_build_waiting(blog: Path) -> None:
    with exclusive_build(blog / ".blogsite/preview", blog / ".blogsite", lambda: None):
        assert "waiting" not in run("build", cwd=blog).stderr


def test_builds_of_two_folders_at_once_do_not_disturb_each_other(blog: Path) -> None:
    """They share the store, and each drops what it does not use."""
    look = blog.parent / "look"
    for number in range(3):
        write(blog, {"posts/p2.md": post(f"P 2, edit {number}", "2024-02-01", f"Words {number} $a_{number}$.\n")})
        command = [sys.executable, "-m", "blogsite", "-C", str(blog), "build", "--jobs", "1"]
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
        builds = [
            subprocess.Popen([*command, *more], env=env, stderr=subprocess.PIPE, encoding="utf-8")
            for more in ([], ["--output", str(look)])
        ]
        for build in builds:
            said = build.communicate(timeout=60)[1]
            assert build.returncode == 0, said
            assert "Traceback" not in said
        wanted = from_nothing(blog)
        assert tree(look) == wanted
        assert tree(blog / "public") == wanted


def test_a_file_that_vanishes_during_a_build_is_no_traceback(blog: Path) -> None:
    """The next build is right again."""
    from blogsite.build import changes

    usual = changes.scan_site

    def scan_site(root: Path) -> object:
        found = usual(root)
        (root / "posts/p2.md").unlink(missing_ok=True)
        (root / "static/posts/p3").unlink(missing_ok=True)
        return found

    with (
        patch.object(changes, "scan_site", scan_site),
        pytest.raises(SiteError, match="posts/p3: error: it cannot be read"),
    ):
        build_site(blog)
    build_site(blog)
    assert tree(blog / "public") == from_nothing(blog)


def test_the_manifest_is_known_to_the_killed_and_to_the_next(blog: Path) -> None:
    """A manifest that was half-way written does not count, and does not stay."""
    write(blog, {f"public/{MANIFEST}.new": '{"version": 1, "fil'})
    build_site(blog)
    assert not (blog / f"public/{MANIFEST}.new").exists()


def test_a_folder_whose_file_was_removed_before_is_removed_too(blog: Path) -> None:
    """As a build leaves it that is killed between the two."""
    (blog / "public/posts/p3/index.html").unlink()
    (blog / "public/tags/b/page/1/index.html").unlink()
    build_site(blog)
    check_after(blog, tree(blog / "public"), from_nothing(blog))
