"""The output folder: only files that blogsite made are replaced or removed, and a failed build changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from blogsite.build.context import BuildOptions
from blogsite.build.manifest import MANIFEST
from blogsite.build.output_folder import OutputFolder, StagedFile
from blogsite.core.diagnostics import SiteError
from tests.support.sites import build_site, post, site, tree, write


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A site with two posts that was built once."""
    root = site(tmp_path / "blog", {"posts/a.md": post("A", tags="[x]"), "posts/b.md": post("B", "2024-01-03")})
    build_site(root)
    return root


def pages(root: Path) -> dict[str, bytes]:
    return {path: data for path, data in tree(root / "public").items() if path != MANIFEST}


def diagnostics(root: Path, options: BuildOptions | None = None) -> str:
    with pytest.raises(SiteError) as caught:
        build_site(root, options)
    return str(caught.value)


def test_the_manifest_names_every_file(blog: Path) -> None:
    named = json.loads((blog / "public" / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert set(named) == set(pages(blog))


def test_a_folder_with_files_of_others_is_refused_until_clean(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A"), "public/CNAME": "mine", "public/index.html": "mine"})
    said = diagnostics(root)
    assert "public: error: the output folder holds files that blogsite did not make" in said
    assert "--clean" in said
    assert tree(root / "public") == {"CNAME": b"mine", "index.html": b"mine"}
    build_site(root, BuildOptions(clean=True))
    assert pages(root)["CNAME"] == b"mine"
    assert pages(root)["index.html"] != b"mine"


def test_a_strangers_file_in_our_way_stops_the_build(blog: Path) -> None:
    write(blog, {"public/posts/c/index.html": "mine", "posts/c.md": post("C", "2024-02-02")})
    before = tree(blog / "public")
    assert "public/posts/c/index.html: error: blogsite did not make this file" in diagnostics(blog)
    assert tree(blog / "public") == before


def test_a_strangers_folder_in_our_way_stops_the_build(blog: Path) -> None:
    write(blog, {"public/note.txt/mine": "mine", "static/note.txt": "ours"})
    before = tree(blog / "public")
    assert "blogsite did not make this file" in diagnostics(blog)
    assert tree(blog / "public") == before


def test_files_of_others_stay_among_ours(blog: Path) -> None:
    write(blog, {"public/CNAME": "mine", "public/posts/a/mine.pdf": "mine"})
    (blog / "posts/a.md").unlink()
    build_site(blog)
    left = pages(blog)
    assert left["CNAME"] == left["posts/a/mine.pdf"] == b"mine"
    assert "posts/a/index.html" not in left


def test_an_emptied_folder_goes_away(blog: Path) -> None:
    (blog / "posts/a.md").unlink()
    build_site(blog)
    assert not (blog / "public/posts/a").exists()
    assert not (blog / "public/tags/x").exists()
    assert (blog / "public/posts/b").is_dir()


@pytest.mark.parametrize(
    "files",
    [
        {"posts/bad.md": "---\ntitle: [\n---\n"},
        {"posts/undated.md": post("U", None)},
        {"posts/c.md": post("C", slug="a")},
        {"posts/c.md": post("C", url="/../c/")},
        {"templates/post.html": "{{ nobody }}"},
        {"templates/post.html": "{% if %}"},
        {"templates/404.html": '{% include "missing.html" %}'},
        {"static/posts/a/index.html": "two for one path"},
        {"static/posts/a": "a file where a folder is wanted"},
    ],
    ids=lambda files: next(iter(files)) + str(len(next(iter(files.values())))),
)
def test_a_failed_build_leaves_the_folder_as_it_was(blog: Path, files: dict[str, str | bytes]) -> None:
    before = tree(blog / "public")
    states = {path: (blog / "public" / path).stat().st_mtime_ns for path in before}
    write(blog, {"posts/b.md": post("B, changed", "2024-01-03"), **files})
    assert diagnostics(blog)
    assert tree(blog / "public") == before
    assert {path: (blog / "public" / path).stat().st_mtime_ns for path in before} == states
    assert not (blog / ".blogsite" / "stage").exists()


def test_outputs_that_were_deleted_or_altered_are_made_again(blog: Path) -> None:
    before = tree(blog / "public")
    public = blog / "public"
    (public / "index.html").unlink()
    (public / "posts/a/index.html").write_text("altered", encoding="utf-8")
    report = build_site(blog)
    assert set(report.changes.written) == {"index.html", "posts/a/index.html"}
    assert tree(public) == before


def test_an_altered_file_of_the_same_length_is_made_again(blog: Path) -> None:
    before = tree(blog / "public")
    (blog / "public/index.html").write_bytes(before["index.html"].replace(b"Test", b"Tast"))
    build_site(blog)
    assert tree(blog / "public") == before


def test_a_link_in_place_of_a_file_is_replaced_and_what_it_led_to_stays(blog: Path, tmp_path: Path) -> None:
    outside = write(tmp_path, {"outside.html": "mine"}) / "outside.html"
    file = blog / "public/index.html"
    file.unlink()
    file.symlink_to(outside)
    build_site(blog)
    assert not file.is_symlink()
    assert outside.read_text(encoding="utf-8") == "mine"


def test_a_linked_folder_that_leads_elsewhere_is_not_written_through(blog: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (blog / "public/posts/c").symlink_to(tmp_path / "elsewhere")
    write(blog, {"posts/c.md": post("C", "2024-02-02")})
    assert "symbolic link that leads elsewhere" in diagnostics(blog)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_page_takes_the_place_of_a_file_and_back(blog: Path) -> None:
    write(blog, {"static/talks": "a file"})
    build_site(blog)
    (blog / "static/talks").unlink()
    write(blog, {"pages/talks.md": post("Talks", None)})
    build_site(blog)
    assert (blog / "public/talks/index.html").is_file()
    (blog / "pages/talks.md").unlink()
    write(blog, {"static/talks": "a file"})
    build_site(blog)
    assert (blog / "public/talks").read_text(encoding="utf-8") == "a file"


def test_a_damaged_manifest_is_a_mistake_with_a_way_out(blog: Path) -> None:
    write(blog, {f"public/{MANIFEST}": "{"})
    assert "remove the output folder and build again" in diagnostics(blog)


def test_a_manifest_cannot_name_files_outside_the_folder(blog: Path) -> None:
    write(blog, {"precious.txt": "mine", f"public/{MANIFEST}": '{"version": 1, "files": {"../precious.txt": "0"}}'})
    folder = OutputFolder(blog / "public")
    folder.publish([], folder.compare([]))
    assert (blog / "precious.txt").read_text(encoding="utf-8") == "mine"


def test_a_lost_manifest_makes_the_folder_a_strangers(blog: Path) -> None:
    (blog / "public" / MANIFEST).unlink()
    assert "--clean" in diagnostics(blog)
    build_site(blog, BuildOptions(clean=True))
    build_site(blog)


def test_the_manifest_knows_a_file_before_it_is_in_place(tmp_path: Path) -> None:
    """A build that is killed half-way leaves nothing that the next one would take for a stranger's."""
    write(tmp_path, {"stage/1": "one", "public/.keep": ""})
    folder = OutputFolder(tmp_path / "public", take_over=True)
    missing = StagedFile("b.html", "0" * 40, tmp_path / "stage/2")
    staged = [StagedFile("a.html", "1" * 40, tmp_path / "stage/1"), missing]
    with pytest.raises(SiteError):
        folder.publish(staged, folder.compare(staged))
    named = json.loads((tmp_path / "public" / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert {"a.html", "b.html"} <= set(named)


def test_the_output_may_stand_elsewhere(blog: Path, tmp_path: Path) -> None:
    before = tree(blog / "public")
    build_site(blog, BuildOptions(output=tmp_path / "look"))
    assert tree(tmp_path / "look") == before
    assert tree(blog / "public") == before


def test_an_output_that_is_a_file_is_a_mistake(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(), "public": "a file"})
    assert "the output is a file" in diagnostics(root)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_mistake(blog: Path) -> None:
    (blog / "public").chmod(0o500)
    write(blog, {"posts/a.md": post("A, changed")})
    try:
        assert "cannot be written" in diagnostics(blog)
    finally:
        (blog / "public").chmod(0o700)
