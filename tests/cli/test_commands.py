"""The command line: exit codes, standard output and standard error, flags, the closing line, JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from blogsite import __version__
from blogsite.cli.main import cli
from blogsite.config.loader import parse_config
from tests.support.sites import post, run, run_alone, site, tree, write

CLOSING = re.compile(
    r"^(?P<posts>\d+) posts?, (?P<pages>\d+) pages?: (?P<written>\d+) written, (?P<kept>\d+) kept, "
    r"(?P<removed>\d+) removed in \d+\.\d\d s \([a-z]+ \d+\.\d\d(?:, [a-z]+ \d+\.\d\d)*\)$"
)


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A site with one post of each state."""
    return site(
        tmp_path / "blog",
        {
            "posts/2024-01-02-first.md": post("First", tags="[a, 熵]", categories="[math]", updated="2024-02-03"),
            "posts/2025-01-02-second.md": post("Second", "2025-01-02 08:30"),
            "posts/draft.md": post("Draft", "2025-05-05", draft="true"),
            "posts/future.md": post("Future", "2026-01-01 23:30"),
            "posts/expired.md": post("Expired", "2023-01-01", expires="2023-02-01"),
            "posts/hidden.md": post("Hidden", "2023-05-01", hidden="true"),
            "pages/about.md": post("About", None),
        },
        config='title = "Test"\nbase_url = "https://example.org/blog/"\ntimezone = "Asia/Shanghai"\n',
    )


def closing(stderr: str) -> dict[str, int]:
    """The numbers of a build's last line."""
    found = CLOSING.match(stderr.splitlines()[-1])
    assert found, stderr
    return {name: int(value) for name, value in found.groupdict().items()}


def test_run_by_itself_it_does_the_same(blog: Path) -> None:
    done = run_alone("build", cwd=blog)
    assert done.stdout == ""
    assert closing(done.stderr)["posts"] == 2
    listed = run_alone("list", "--json", cwd=blog)
    assert json.loads(listed.stdout)[1]["tags"] == ["a", "熵"]
    assert listed.stderr == ""
    run_alone("build", "--nonsense", cwd=blog, code=2)
    write(blog, {"posts/undated.md": post("U", None)})
    assert "posts/undated.md:1:1: error: the post has no date" in run_alone("build", cwd=blog, code=1).stderr


def test_a_stream_that_knows_no_chinese_is_no_reason_to_stop(blog: Path) -> None:
    done = run_alone("list", "--json", cwd=blog, env={"PYTHONIOENCODING": "ascii"})
    assert json.loads(done.stdout)[1]["tags"] == ["a", "熵"]


# ── build ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_build_ends_in_the_closing_line_and_prints_nothing_else_to_stdout(blog: Path) -> None:
    done = run("build", cwd=blog)
    assert done.stdout == ""
    numbers = closing(done.stderr)
    assert numbers["posts"] == 2
    assert numbers["written"] == numbers["pages"] == len(tree(blog / "public")) - 1  # the manifest is no page
    assert numbers["kept"] == numbers["removed"] == 0


def test_a_build_says_on_one_line_why_a_post_is_not_published(blog: Path) -> None:
    done = run("build", cwd=blog)
    assert done.stderr.splitlines()[:-1] == [
        "posts/draft.md: not published: draft",
        "posts/expired.md: not published: expired 1065 days ago in Asia/Shanghai",
        "posts/future.md: not published: future by 3 h in Asia/Shanghai",
    ]


def test_a_second_build_keeps_everything(blog: Path) -> None:
    run("build", cwd=blog)
    before = tree(blog / "public")
    numbers = closing(run("build", cwd=blog).stderr)
    assert numbers["written"] == numbers["removed"] == 0
    assert numbers["kept"] == len(before) - 1
    assert tree(blog / "public") == before


def test_a_post_that_is_gone_is_removed_with_its_pages(blog: Path) -> None:
    run("build", cwd=blog)
    (blog / "posts/2024-01-02-first.md").unlink()
    assert closing(run("build", cwd=blog).stderr)["removed"] >= 3  # its page, its tags
    assert not (blog / "public/posts/first").exists()
    assert not (blog / "public/tags/熵").exists()


def test_drafts_and_future_posts_on_demand(blog: Path) -> None:
    assert closing(run("build", "--drafts", "--future", "--output", "../look", cwd=blog).stderr)["posts"] == 4
    assert (blog.parent / "look/posts/draft/index.html").is_file()
    assert not (blog / "public").exists()


def test_a_dry_run_says_what_it_would_do_and_does_not(blog: Path) -> None:
    done = run("build", "--dry-run", cwd=blog)
    assert "write posts/first/index.html" in done.stdout.splitlines()
    assert not (blog / "public").exists()
    run("build", cwd=blog)
    before = tree(blog / "public")
    (blog / "posts/2024-01-02-first.md").unlink()
    done = run("build", "--dry-run", cwd=blog)
    assert "remove posts/first/index.html" in done.stdout.splitlines()
    assert tree(blog / "public") == before


def test_base_url_from_the_command_line(blog: Path) -> None:
    run("build", "--base-url", "https://mirror.example/x/", cwd=blog)
    assert "https://mirror.example/x/posts/first/" in (blog / "public/feed.xml").read_text(encoding="utf-8")
    assert 'href="/x/posts/first/"' in (blog / "public/index.html").read_text(encoding="utf-8")
    assert "--base-url" in run("build", "--base-url", "mirror", cwd=blog, code=2).stderr


def test_warnings_are_errors_under_strict(blog: Path) -> None:
    write(blog, {"posts/w.md": post("W", "2024-03-03", layout="nowhere")})
    assert (
        "posts/w.md:4:9: warning: there is no template nowhere.html for posts and pages\n    add it"
        in run("build", cwd=blog).stderr
    )
    before = tree(blog / "public")
    write(blog, {"posts/w.md": post("W2", "2024-03-03", layout="nowhere")})
    done = run("build", "--strict", cwd=blog, code=1)
    assert "posts/w.md:4:9: error: there is no template nowhere.html" in done.stderr
    assert done.stderr.splitlines()[-1] == "1 mistake: nothing was published"
    assert tree(blog / "public") == before


def test_quiet_says_mistakes_alone(blog: Path) -> None:
    assert run("-q", "build", cwd=blog).stderr == ""
    write(blog, {"posts/w.md": post("W", "2024-03-03", layout="nowhere")})
    assert run("build", "-q", cwd=blog).stderr.count("\n") == 2


def test_no_colour_where_nobody_sees_it(blog: Path) -> None:
    write(blog, {"posts/w.md": post("W", "2024-03-03", layout="nowhere")})
    assert "\x1b" not in run("build", cwd=blog).stderr


def test_a_site_without_blogsite_toml_builds_with_one_warning(tmp_path: Path) -> None:
    write(tmp_path, {"posts/a.md": post()})
    done = run("build", cwd=tmp_path)
    assert done.stderr.count("warning:") == 1
    assert "blogsite.toml: warning: base_url is not set" in done.stderr
    assert not (tmp_path / "public/feed.xml").exists()
    assert not (tmp_path / "public/sitemap.xml").exists()


# ── which site, and wrong usage ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arguments", [("-C", "blog", "build"), ("build", "-C", "blog")])
def test_the_site_is_named_before_or_after_the_command(blog: Path, arguments: tuple[str, ...]) -> None:
    run(*arguments, cwd=blog.parent)
    assert (blog / "public/index.html").is_file()


@pytest.mark.parametrize("before", [True, False])
def test_the_configuration_is_named_before_or_after_the_command(blog: Path, before: bool) -> None:
    write(blog, {"other.toml": 'title = "Other"\nbase_url = "https://example.org"\n'})
    flags = ("--config", "other.toml")
    run(*flags, "build", cwd=blog) if before else run("build", *flags, cwd=blog)
    assert "Other" in (blog / "public/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--nonsense"),
        ("nonsense",),
        ("-C", "missing", "build"),
        ("--config", "missing.toml", "build"),
        ("new",),
        ("serve", "--port", "x"),
        ("serve", "--port", "99999999"),
        ("build", "--output"),
    ],
)
def test_wrong_usage_is_2(blog: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, cwd=blog, code=2).stderr


@pytest.mark.parametrize("command", [("build",), ("list",), ("serve",), ("clean",), ("new", "A")])
def test_a_folder_that_is_no_site_is_2_with_the_way_out(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "blogsite init" in run(*command, cwd=tmp_path, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_mistakes_in_the_site_are_1(blog: Path) -> None:
    write(blog, {"blogsite.toml": "titel = 'a'\n"})
    for command in ("build", "list", "clean"):
        done = run(command, cwd=blog, code=1)
        assert "blogsite.toml:1:1: error: unknown key titel\n    did you mean title?" in done.stderr


def test_the_version() -> None:
    assert run("--version", cwd=Path.cwd()).stdout.split()[-1] == __version__


def test_help_teaches(tmp_path: Path) -> None:
    assert "blogsite init my-blog" in run("--help", cwd=tmp_path).stdout
    for name in cli.commands:
        text = run(name, "--help", cwd=tmp_path).stdout
        assert f"blogsite {name}" in text.partition("\n\n")[2], f"{name} --help has no example"


# ── init ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_makes_a_site_that_builds_without_a_mistake(tmp_path: Path) -> None:
    done = run("init", "my-blog", cwd=tmp_path)
    made = sorted(Path(line).as_posix() for line in done.stdout.splitlines())
    assert made == [
        "my-blog/.gitignore",
        "my-blog/blogsite.toml",
        "my-blog/pages/about.md",
        "my-blog/posts/2026-01-01-hello.md",
    ]
    parse_config((tmp_path / "my-blog/blogsite.toml").read_text(encoding="utf-8"))
    lines = run("build", "-C", "my-blog", cwd=tmp_path).stderr.splitlines()
    assert [line for line in lines if "warning" in line] == [
        "blogsite.toml: warning: base_url is not set: feeds, sitemap and canonical addresses are left out"
    ]
    assert closing(lines[-1])["posts"] == 1


def test_init_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    write(tmp_path, {"my-blog/note.txt": "mine"})
    assert "my-blog is not empty" in run("init", "my-blog", cwd=tmp_path, code=2).stderr
    assert tree(tmp_path) == {"my-blog/note.txt": b"mine"}
    write(tmp_path, {"file": "mine"})
    run("init", "file", cwd=tmp_path, code=2)


@pytest.mark.parametrize("arguments", [("-C", "sub", "init", "b"), ("init", "-q", "b", "-C", "sub")])
def test_init_below_another_folder(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "sub").mkdir()
    run(*arguments, cwd=tmp_path)
    assert (tmp_path / "sub/b/blogsite.toml").is_file()


def test_init_takes_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run("init", "empty", cwd=tmp_path)
    assert (tmp_path / "empty/blogsite.toml").is_file()


# ── new ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_new_prints_the_path_of_a_post_with_todays_date(blog: Path) -> None:
    done = run("new", '熵: an "intro"', "--tags", "a, b，c", "--draft", cwd=blog)
    assert done.stdout == "posts/2026-01-01-熵-an-intro.md\n"
    text = (blog / done.stdout.strip()).read_text(encoding="utf-8")
    assert text == (
        '---\ntitle: "熵: an \\"intro\\""\ndate: 2026-01-01 20:00\ntags: ["a", "b", "c"]\ndraft: true\n---\n\n'
    )
    assert "draft" in run("list", "--drafts", "--json", cwd=blog).stdout


def test_new_with_slug_date_and_page(blog: Path) -> None:
    assert run("new", "标题", "--slug", "title", "--date", "2024-09-27", cwd=blog).stdout == (
        "posts/2024-09-27-title.md\n"
    )
    assert run("new", "Talks", "--page", cwd=blog).stdout == "pages/talks.md\n"
    assert "date" not in (blog / "pages/talks.md").read_text(encoding="utf-8")


def test_new_says_a_path_that_can_be_used_from_where_it_was_called(blog: Path) -> None:
    path = run("-C", "blog", "new", "A", cwd=blog.parent).stdout.strip()
    assert (blog.parent / path).is_file()


def test_new_overwrites_nothing(blog: Path) -> None:
    path = run("new", "A", cwd=blog).stdout.strip()
    write(blog, {path: "mine"})
    assert "exists already" in run("new", "A", cwd=blog, code=2).stderr
    assert (blog / path).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("arguments", [("！？",), ("A", "--date", "tomorrow"), ("A", "--slug", "..")])
def test_new_refuses_what_no_file_can_be_made_of(blog: Path, arguments: tuple[str, ...]) -> None:
    before = tree(blog)
    run("new", *arguments, cwd=blog, code=2)
    assert tree(blog) == before


def test_new_opens_the_editor_on_demand(blog: Path) -> None:
    write(blog, {"editor.sh": '#!/bin/sh\necho Edited. >> "$1"\n'})
    (blog / "editor.sh").chmod(0o755)
    done = run("new", "A", "--edit", cwd=blog, env={"VISUAL": str(blog / "editor.sh")})
    assert (blog / done.stdout.strip()).read_text(encoding="utf-8").endswith("Edited.\n")


# ── list ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_is_the_published_posts_newest_first(blog: Path) -> None:
    done = run("list", cwd=blog)
    lines = done.stdout.splitlines()
    assert lines[0] == "2025-01-02  posts/2025-01-02-second.md  Second"
    assert lines[1] == "2024-01-02  posts/2024-01-02-first.md  First"
    assert "Draft" not in done.stdout
    assert "Future" not in done.stdout
    assert "Expired" not in done.stdout


def test_list_as_json(blog: Path) -> None:
    posts = {item["path"]: item for item in json.loads(run("list", "--json", cwd=blog).stdout)}
    assert posts["posts/2024-01-02-first.md"] == {
        "path": "posts/2024-01-02-first.md",
        "url": "/blog/posts/first/",
        "title": "First",
        "date": "2024-01-02T00:00:00+08:00",
        "updated": "2024-02-03T00:00:00+08:00",
        "tags": ["a", "熵"],
        "categories": ["math"],
        "state": "published",
        "reason": "",
    }
    assert posts["posts/hidden.md"]["state"] == "hidden"
    assert posts["posts/hidden.md"]["reason"]
    assert "posts/draft.md" not in posts


def test_list_with_drafts_and_future_posts_says_why(blog: Path) -> None:
    posts = json.loads(run("list", "--json", "--drafts", "--future", cwd=blog).stdout)
    states = {item["title"]: item["state"] for item in posts}
    assert states == {
        "Future": "future",
        "Draft": "draft",
        "Second": "published",
        "First": "published",
        "Hidden": "hidden",
    }
    (future,) = (item for item in posts if item["state"] == "future")
    assert future["reason"].startswith("future by ")
    assert all(datetime.fromisoformat(item["date"]).tzinfo for item in posts)


def test_list_goes_on_in_spite_of_a_mistake_and_ends_in_1(blog: Path) -> None:
    write(blog, {"posts/bad.md": "---\ntitle: [\n---\n"})
    done = run("list", "--json", cwd=blog, code=1)
    assert len(json.loads(done.stdout)) >= 3
    assert "posts/bad.md:" in done.stderr


# ── clean ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_clean_removes_what_was_made_and_nothing_else(blog: Path) -> None:
    before = tree(blog)
    run("build", cwd=blog)
    run("clean", cwd=blog)
    assert tree(blog) == before
    assert not (blog / "public").exists()
    run("build", cwd=blog)
    write(blog, {"public/CNAME": "mine", "public/posts/first/mine.txt": "mine"})
    assert "removed" in run("clean", cwd=blog).stderr
    assert tree(blog) == {**before, "public/CNAME": b"mine", "public/posts/first/mine.txt": b"mine"}


def test_clean_of_what_was_never_built(blog: Path) -> None:
    assert "0 files removed" in run("clean", cwd=blog).stderr


# ── repeated messages ────────────────────────────────────────────────────────────────────────────────────────────────


def test_many_messages_that_differ_in_names_are_cut_short_and_counted(blog: Path) -> None:
    body = "\n\n".join(f"##Part {number}" for number in range(1000, 1040))
    tags = "\n\n".join(f"{{% made_up_{number} %}}" for number in range(1000, 1021))
    write(
        blog,
        {
            "posts/w.md": post("W", "2024-03-03", body + "\n\n[x](gone.md)\n"),
            "posts/x.md": post("X", "2024-03-04", tags + "\n\n" + "[y](other.md)\n" * 20),
            "posts/y.md": post("Y", "2024-03-05", "$\\frac{1}$ $\\nosuch$\n\n" * 21),
        },
    )
    said = run("build", cwd=blog).stderr
    lines = said.splitlines()
    assert said.count("has no space after ##") == 5
    assert said.count("unknown tag") == 5
    assert said.count("there is no post") == 21 - 16
    assert lines[10] == "… and 35 more like these (-v shows all)"
    assert lines.count("… and 16 more like these (-v shows all)") == 4  # tags, posts, and two kinds of formulas
    assert lines[-1].endswith("), 124 warnings")
    everything = run("-v", "build", cwd=blog).stderr
    assert everything.count("has no space after ##") == 40
    assert "more like these" not in everything


def test_twenty_messages_are_not_cut_short(blog: Path) -> None:
    write(blog, {"posts/w.md": post("W", "2024-03-03", "\n\n".join(f"##Part {number}" for number in range(20)))})
    assert run("build", cwd=blog).stderr.count("has no space after ##") == 20


def test_many_errors_are_cut_short_and_counted(blog: Path) -> None:
    write(blog, {f"posts/bad{number}.md": post("B", "never") for number in range(25)})
    said = run("build", cwd=blog, code=1).stderr
    assert said.count(": error:") == 5
    assert said.splitlines()[-2:] == ["… and 20 more like these (-v shows all)", "25 mistakes: nothing was published"]


# ── names that are made ──────────────────────────────────────────────────────────────────────────────────────────────


def test_new_makes_small_letters_and_no_name_that_another_post_has(blog: Path) -> None:
    assert run("new", "Hello World", "--date", "2024-05-01", cwd=blog).stdout == "posts/2024-05-01-hello-world.md\n"
    assert run("new", "Hello World", "--date", "2024-06-01", cwd=blog).stdout == "posts/2024-06-01-hello-world-2.md\n"
    assert run("new", "Hello World", "--date", "2024-07-01", cwd=blog).stdout == "posts/2024-07-01-hello-world-3.md\n"
    run("build", cwd=blog)
    config = (blog / "blogsite.toml").read_text(encoding="utf-8")
    write(blog, {"blogsite.toml": 'permalink = "/:year/:month/:day/:slug/"\n' + config})
    assert run("new", "Hello World", "--date", "2024-08-01", cwd=blog).stdout == "posts/2024-08-01-hello-world.md\n"


def test_an_unknown_command_or_flag_names_the_nearest(blog: Path) -> None:
    assert "build" in run("bild", cwd=blog, code=2).stderr
    assert "--drafts" in run("build", "--drft", cwd=blog, code=2).stderr
