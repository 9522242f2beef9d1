"""What `init` finds out, the names that `new` makes, and misspelt commands and options."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from blogsite.cli import surroundings
from blogsite.cli.surroundings import git_author, locale_language, system_timezone, toml_string
from blogsite.config.loader import parse_config
from tests.support.sites import post, run, run_alone, site, tree, write

NO_GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CEILING_DIRECTORIES": "/"}


def git_says(name: str) -> dict[str, str]:
    """An environment in which git knows this author."""
    return {**NO_GIT, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": name}


def settings(folder: Path) -> dict[str, object]:
    text = (folder / "blogsite.toml").read_text(encoding="utf-8")
    parse_config(text)
    return tomllib.loads(text)


# ── init ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_takes_author_language_and_zone_from_where_it_runs_and_says_so(tmp_path: Path) -> None:
    env = {**git_says('李 "四" \\ O\'Neil'), "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai"}
    done = run("init", "a", cwd=tmp_path, env=env)
    found = settings(tmp_path / "a")
    assert (found["author"], found["language"], found["timezone"]) == ('李 "四" \\ O\'Neil', "zh-CN", "Asia/Shanghai")
    assert 'author 李 "四" \\ O\'Neil from git, language zh-CN from the locale, time zone Asia/Shanghai' in done.stderr
    assert "Asia" not in done.stdout
    run("build", "-C", "a", cwd=tmp_path)
    assert run("init", "b", "-q", cwd=tmp_path, env=env).stderr == ""


def test_init_where_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_zone_names", lambda environment: iter(["", "no/such", "../..", "localtime"]))
    done = run("init", "a", cwd=tmp_path, env={**NO_GIT, "LC_ALL": "C", "LANGUAGE": "de", "PATH": "/nowhere"})
    found = settings(tmp_path / "a")
    assert (found.get("author"), found["language"], found["timezone"]) == (None, "en", "UTC")
    assert "no author" in done.stderr
    assert "language en" in done.stderr
    assert "time zone UTC" in done.stderr
    run("build", "-C", "a", cwd=tmp_path)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_TW.UTF-8"}, "zh-TW"),
        ({"LANG": "de_DE@euro"}, "de-DE"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr-FR"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR", "LC_ALL": "ja_JP"}, "ja-JP"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh-CN"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "", "LC_ALL": ""}, ""),
        ({"LANG": "../../etc"}, ""),
        ({}, ""),
    ],
)
def test_language_of_a_locale(environment: dict[str, str], language: str) -> None:
    assert locale_language(environment) == language


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_zone_of_an_environment(zone: str, name: str) -> None:
    assert system_timezone({"TZ": zone}) == name


@pytest.mark.parametrize("zone", ["CST-8", "/etc/passwd", "Asia", "\0", "a" * 5000, "../../../etc"])
def test_a_zone_without_a_name_does_no_harm(zone: str) -> None:
    assert system_timezone({"TZ": zone}) == system_timezone({})


@pytest.mark.parametrize("name", ["", "a\tb\x7f", "\\", '"""', "\\u0000", "𝒜", "\udcff x"])
def test_any_text_can_be_written_into_toml(name: str) -> None:
    assert tomllib.loads(f"a = {toml_string(name)}")["a"] == name.replace("\udcff", "")


def test_git_that_hangs_or_fails_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"bin/git": "#!/bin/sh\nsleep 60\n"})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(surroundings, "GIT_SECONDS", 0.2)
    assert git_author(tmp_path / "not/there") == ""
    write(tmp_path, {"bin/git": "#!/bin/sh\nprintf '\\377'\n"})
    assert git_author(tmp_path) == ""


@pytest.mark.parametrize("target", ["file/inside", "a" * 300])
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, target: str) -> None:
    write(tmp_path, {"file": ""})
    assert run("init", target, cwd=tmp_path, code=1).stderr.startswith("blogsite: ")


# ── new ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    return site(tmp_path / "blog", {"posts/2024-01-02-first.md": post("First")}, config='title = "Test"\n')


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Hello World", "hello-world"),
        ("C++ 与 Rust：ABI", "c-与-rust-abi"),
        ("Été À Paris", "été-à-paris"),
        ("v1.2 Released!", "v1.2-released"),
    ],
)
def test_names_from_titles_are_in_small_letters(blog: Path, title: str, name: str) -> None:
    assert run("new", title, cwd=blog).stdout == f"posts/2026-01-01-{name}.md\n"
    assert run("new", title, "--page", cwd=blog).stdout == f"pages/{name}.md\n"


def test_names_from_authors_keep_their_case(blog: Path) -> None:
    assert run("new", "Title", "--slug", "MyPost", cwd=blog).stdout == "posts/2026-01-01-MyPost.md\n"


@pytest.mark.parametrize("permalink", ["/posts/:slug/", "/:title/", "pelican", "/:categories/:slug.html"])
def test_an_address_that_is_taken_gets_a_number(blog: Path, permalink: str) -> None:
    write(blog, {"blogsite.toml": f'title = "Test"\nbase_url = "https://a.b"\npermalink = "{permalink}"\n'})
    done = run("new", "First", cwd=blog)
    assert done.stdout == "posts/2026-01-01-first-2.md\n"
    assert "taken by posts/2024-01-02-first.md" in done.stderr
    assert run("new", "First", "--date", "2025-03-04", cwd=blog).stdout == "posts/2025-03-04-first-3.md\n"
    assert run("new", "FIRST", "--slug", "First", "--date", "2025-03-05", cwd=blog).stdout == (
        "posts/2025-03-05-First-4.md\n"
    )
    assert "error" not in run("build", "--future", cwd=blog).stderr


@pytest.mark.parametrize("permalink", ["/:year/:month/:day/:slug/", "/:filename/", "hexo"])
def test_an_address_with_its_date_needs_no_number(blog: Path, permalink: str) -> None:
    write(blog, {"blogsite.toml": f'permalink = "{permalink}"\n'})
    assert run("new", "First", cwd=blog).stdout == "posts/2026-01-01-first.md\n"
    run("build", cwd=blog)


@pytest.mark.parametrize(
    "files",
    [
        {"posts/sub/first-note/index.md": post("X")},
        {"posts/x.md": post("X", slug="first-note")},
        {"posts/x.md": post("X", url="/posts/First-Note/")},
        {"posts/x.md": post("X", draft="true", slug="first-note")},
        {"posts/x.md": post("X", aliases="[/posts/first-note/]")},
        {"posts/x.md": "---\ntitle: [\n---\n", "posts/first-note.md": post("X")},
        {"pages/posts/first-note.md": post("X", None)},
    ],
)
def test_every_way_to_have_an_address_counts(blog: Path, files: dict[str, str]) -> None:
    write(blog, files)
    assert run("new", "First Note", cwd=blog).stdout == "posts/2026-01-01-first-note-2.md\n"


def test_a_page_may_not_have_the_address_of_a_post(blog: Path) -> None:
    write(blog, {"blogsite.toml": 'permalink = "/:slug/"\n'})
    assert run("new", "First", "--page", cwd=blog).stdout == "pages/first-2.md\n"


def test_names_as_long_as_names_can_be(blog: Path) -> None:
    long = "熵" * 300
    first = run("new", long, cwd=blog).stdout.strip()
    second = run("new", long, "--date", "2025-01-01", cwd=blog).stdout.strip()
    assert second.endswith("-2.md")
    assert len(Path(second).name.encode()) <= 200
    assert first != second
    run("build", cwd=blog)


def test_the_same_post_twice_is_refused(blog: Path) -> None:
    for title in ("Second", "First"):
        run("new", title, cwd=blog)
        before = tree(blog)
        assert "exists already" in run("new", title, cwd=blog, code=2).stderr
        assert tree(blog) == before


def test_a_title_with_what_no_file_can_hold(blog: Path) -> None:
    done = run("new", "a\udcff\x07\n b\u2028c\ufeff", "--tags", "x\udcff,\x1b", cwd=blog)
    assert done.stdout == "posts/2026-01-01-a-b-c.md\n"
    assert 'title: "a b c"\n' in (blog / done.stdout.strip()).read_text(encoding="utf-8")
    assert "error" not in run("build", cwd=blog).stderr


def test_no_editor_and_no_terminal_is_wrong_usage(blog: Path) -> None:
    before = tree(blog)
    assert "EDITOR" in run_alone("new", "A", "--edit", cwd=blog, code=2).stderr
    assert tree(blog) == before


# ── misspelt ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("buidl",), "'build'"),
        (("Build",), "'build'"),
        (("server",), "'serve'"),
        (("build", "--draft"), "'--drafts'"),
        (("build", "--strct"), "'--strict'"),
        (("build", "-drafts"), "'--drafts'"),
        (("serve", "-port=80"), "'--port'"),
        (("--verson",), "'--version'"),
        (("new", "A", "--dats", "x"), "'--date'"),
    ],
)
def test_a_misspelt_word_names_the_nearest(blog: Path, arguments: tuple[str, ...], meant: str) -> None:
    said = run(*arguments, cwd=blog, code=2).stderr
    assert "Did you mean" in said
    assert meant in said


def test_a_word_like_no_command_names_them_all(blog: Path) -> None:
    assert "The commands are init, new, build" in run("xyz", cwd=blog, code=2).stderr
    assert "Did you mean" not in run("build", "-Z", cwd=blog, code=2).stderr
