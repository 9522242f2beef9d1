"""References by title: what they find, what they show, and what is said where they find nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.sites import CONFIG, build_site, page, post, site, warnings

POSTS: dict[str, str | bytes] = {
    "posts/2024-01-01-entropy.md": post(
        "信息熵：Shannon 与 Ｘ", body="## 定义 {#def}\n\n## Second part\n", aliases="[/old/entropy/]"
    ),
    "posts/2024-01-02-cpp.md": post("C# 与 C++ | 笔记", slug="c-notes"),
    "posts/2024-01-03-norm.md": post("'关于 $x^2$ 的 `f` 函数'"),
    "posts/2024-01-04-array.md": post("数组 a[i] 的和"),
    "posts/twin-1.md": post("Twin"),
    "posts/twin-2.md": post("Twin"),
    "posts/draft.md": post("A draft", draft="true"),
    "pages/about.md": post("About us", None),
}

LINKS = [
    ("[[信息熵：Shannon 与 Ｘ]]", "/posts/entropy/", "信息熵：Shannon 与 Ｘ"),
    ("[[《信息熵:shannon与X》]]", "/posts/entropy/", "《信息熵:shannon与X》"),
    ("[[信息熵：Shannon 与 Ｘ|那篇 **文**]]", "/posts/entropy/", "那篇 文"),
    ("[[entropy]]", "/posts/entropy/", "信息熵：Shannon 与 Ｘ"),
    ("[[2024-01-01-entropy]]", "/posts/entropy/", "信息熵：Shannon 与 Ｘ"),
    ("[[/old/entropy/]]", "/posts/entropy/", "信息熵：Shannon 与 Ｘ"),
    ("[[entropy#定义]]", "/posts/entropy/#def", "entropy › 定义"),
    ("[[entropy#second part|x]]", "/posts/entropy/#second-part", "x"),
    ("[[C# 与 C++ | 笔记]]", "/posts/c-notes/", "笔记"),
    ("[[c-notes]]", "/posts/c-notes/", "C# 与 C++ | 笔记"),
    ("[[关于 $x^2$ 的 `f` 函数]]", "/posts/norm/", None),
    ("[[数组 a[i] 的和]]", "/posts/array/", "数组 a[i] 的和"),
    ("[[About us]]", "/about/", "About us"),
    ("[[#Here]]", "/posts/z/#here", "Here"),
]


@pytest.mark.parametrize(("written", "url", "text"), LINKS, ids=[case[0] for case in LINKS])
@pytest.mark.parametrize("around", ["See {}.", "- one\n- see {}", "> {}", "# H\n\nText[^1].\n\n[^1]: Note {}."])
def test_a_title_is_a_link(tmp_path: Path, around: str, written: str, url: str, text: str | None) -> None:
    files = {**POSTS, "posts/z.md": post("Z", body=around.format(written) + "\n\n## Here\n")}
    root = site(tmp_path, files)
    assert warnings(build_site(root)) == []
    (link,) = page(root / "public/posts/z/index.html").one(".e-content").find("a.post-link")
    assert link["href"].replace("%20", " ") == url
    assert text is None or link.text == text


def test_in_a_cell_of_a_table_the_bar_is_escaped(tmp_path: Path) -> None:
    root = site(tmp_path, {**POSTS, "posts/z.md": post("Z", body="| a | b |\n|---|---|\n| [[entropy\\|it]] | 2 |\n")})
    assert warnings(build_site(root)) == []
    (cell, other) = page(root / "public/posts/z/index.html").find("td")
    assert (cell.one("a.post-link").text, other.text) == ("it", "2")


def test_what_is_no_title_prints_as_written(tmp_path: Path) -> None:
    body = "Line [[信息商]] and [[a|b <c>]].\n\nSee [[A draft]], [[Twin]] and [[entropy#nothing]].\n"
    root = site(tmp_path, {**POSTS, "posts/z.md": post("Z", body=body)})
    said = warnings(build_site(root))
    assert [line.splitlines()[0] for line in said] == [
        "posts/z.md:6:6: warning: no post has the title or name “信息商”",
        "posts/z.md:6:18: warning: no post has the title or name “a”",
        "posts/z.md:8:5: warning: “A draft” is not published",
        "posts/z.md:8:18: warning: Twin may be more than one post: posts/twin-1.md and posts/twin-2.md",
        "posts/z.md:8:31: warning: posts/2024-01-01-entropy.md has no heading “nothing”",
    ]
    shown = page(root / "public/posts/z/index.html").one(".e-content")
    assert [span.text for span in shown.find("span.broken-link")] == ["[[信息商]]", "[[a|b <c>]]", "[[A draft]]"]
    home = page(root / "public/index.html")
    assert "[[信息商]]" in [span.text for span in home.find("span.broken-link")]


@pytest.mark.parametrize(
    "body",
    [
        "[[entropy]](https://a.example/)",
        "[[entropy]][x]\n\n[x]: https://a.example/",
        "[[entropy]]\n\n[entropy]: https://a.example/",
        "`[[entropy]]`",
        "```\n[[entropy]]\n```",
        "$[[entropy]]$",
        "\\[[entropy]]",
        "[[1,2],[3,4]] and [ [entropy]] and if [[ -f x ]]; then",
        "![[entropy]]",
    ],
)
def test_markdown_code_and_formulas_win(tmp_path: Path, body: str) -> None:
    root = site(tmp_path, {**POSTS, "posts/z.md": post("Z", body=body)})
    assert warnings(build_site(root)) == []
    shown = page(root / "public/posts/z/index.html").one(".e-content")
    assert shown.find("a.post-link") + shown.find("span.broken-link") == []


def test_titles_in_book_marks_are_links_by_option(tmp_path: Path) -> None:
    files = {
        "posts/a.md": post("最大熵", body="见《互信息》、《红楼梦》与《最大熵》。\n"),
        "posts/b.md": post("互信息"),
    }
    root = site(tmp_path, files, CONFIG + "[links]\nbook_titles = true\ntitles = false\n")
    assert warnings(build_site(root)) == []
    shown = page(root / "public/posts/a/index.html").one(".e-content")
    assert [(link["href"], link.text) for link in shown.find("a")] == [("/posts/b/", "《互信息》")]
    assert shown.text == "见《互信息》、《红楼梦》与《最大熵》。"


def test_headings_titles_and_feeds_hold_no_placeholder(tmp_path: Path) -> None:
    files = {
        **POSTS,
        "posts/z.md": post("'Z of [[entropy]]'", body="## About [[entropy|it]]\n\n## B\n\n## C\n", toc="true"),
    }
    root = site(tmp_path, files)
    build_site(root)
    for path in ("posts/z/index.html", "index.html", "feed.xml", "feed.json"):
        text = (root / "public" / path).read_text(encoding="utf-8")
        assert "\x02" not in text, path
        assert "\\u0002" not in text, path
    assert "About it" in page(root / "public/posts/z/index.html").one("nav.toc").text


def test_thousands_of_references_cost_little(tmp_path: Path) -> None:
    body = "\n".join(f"[[post {number % 50}]] [[nothing {number}]]\n" for number in range(2000))
    files = {f"posts/p{number}.md": post(f"Post {number}") for number in range(50)}
    root = site(tmp_path, {**files, "posts/z.md": post("Z", body=body + "\n" + "[[" * 5000)})
    start = time.process_time()
    assert len(warnings(build_site(root))) == 2000
    assert time.process_time() - start < 20
