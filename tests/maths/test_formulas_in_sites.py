"""Formulas in whole sites: numbers, links, feeds, titles, and the cache."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from unittest.mock import patch

import pytest

from blogsite.build.context import BuildOptions
from blogsite.core.diagnostics import SiteError
from blogsite.maths import katex as engine
from tests.support.sites import CONFIG, build_site, png, post, site, warnings, write

FIRST = r"""开头
\begin{equation}a=b\label{eq:a}\end{equation}
由\eqref{eq:a}与$\eqref{eq:b}$可知

<!-- more -->

## 关于 $L^2$

\begin{align}c&=d\label{eq:b}\\e&=f\notag\\g&=h\tag{*}\label{eq:c}\end{align}

| $|x|$ | 值 |
|---|---|
| $x_1$ | [见 $y$](https://example.com/) |

注[^1]

[^1]: 脚注 $z$。
"""
SECOND = r"见\eqref{first#eq:b}，又 $x=\eqref{first#eq:b}$。"


def read(root: Path, path: str) -> str:
    return (root / "public" / path).read_text(encoding="utf-8")


def references(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="eqref" href="([^"]*)">([^<]*)</a>', html)


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    files: dict[str, str | bytes] = {
        "posts/first.md": post("'On $\\sqrt2$ and `code`'", "2024-01-01", FIRST, toc="true"),
        "posts/second.md": post("Second", "2024-01-02", SECOND),
        "posts/plain.md": post("Plain", "2024-01-03", "No formula."),
    }
    build_site(site(tmp_path / "blog", files))
    return tmp_path / "blog"


def test_numbers_anchors_and_references(blog: Path) -> None:
    page = read(blog, "posts/first/index.html")
    assert references(page) == [("#eq-eq:a", "(1)"), ("#eq-eq:b", "(2)")]
    for anchor in ("eq-eq:a", "eq-eq:b", "eq-eq:c"):
        assert page.count(f'id="{anchor}"') == 1
    assert references(read(blog, "posts/second/index.html")) == [("/posts/first/#eq-eq:b", "(2)")]


def test_lists_and_feeds_refer_to_the_post_and_repeat_no_id(blog: Path) -> None:
    home = read(blog, "index.html")
    assert ("/posts/first/#eq-eq:b", "(2)") in references(home)
    assert 'id="eq-' not in home
    feed = read(blog, "feed.xml")
    assert 'href="https://example.org/posts/first/#eq-eq:a"' in feed.replace("&#34;", '"').replace("&quot;", '"')


def test_an_equation_more_renumbers_the_references_of_others(blog: Path) -> None:
    path = blog / "posts/first.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("开头", "\\begin{equation}n\\end{equation}\n"), encoding="utf-8"
    )
    build_site(blog)
    page = read(blog, "posts/second/index.html")
    assert references(page) == [("/posts/first/#eq-eq:b", "(3)")]
    assert r"x=\text{(3)}" in page


def test_feeds_hold_mathml_alone(blog: Path) -> None:
    for path in ("feed.xml", "feed.json"):
        feed = read(blog, path)
        assert "katex" not in feed
        assert "math" in feed
    assert "katex" in read(blog, "posts/first/index.html")


def test_formulas_in_titles_headings_cells_links_and_notes(blog: Path) -> None:
    page = read(blog, "posts/first/index.html")
    assert re.search(r"<title>On √2 and code - Test</title>", page)
    for where in (r'class="p-name.*?katex', r"<h2[^>]*>关于.*?katex", r"<th[^>]*>.*?katex", r"<td><a [^>]*>见.*?katex"):
        assert re.search(where, page, re.DOTALL), where
    assert '<h2 id="关于-l2">' in page
    assert 'href="#关于-l2"' in page
    assert "\x02" not in page


def test_style_sheet_and_fonts_only_where_there_are_formulas(blog: Path) -> None:
    assert "katex.min.css" in read(blog, "posts/first/index.html")
    assert "katex.min.css" not in read(blog, "posts/plain/index.html")
    assert (blog / "public/assets").is_dir()


def test_a_site_without_formulas_has_none_of_their_files(tmp_path: Path) -> None:
    build_site(site(tmp_path, {"posts/a.md": post()}))
    assert not (tmp_path / "public/assets").exists()


def test_a_warm_build_does_not_start_the_engine(blog: Path) -> None:
    path = blog / "posts/plain.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nAgain $x_1$.\n", encoding="utf-8")
    engine.close()
    with patch.object(engine.Engine, "_open", side_effect=AssertionError("the engine was started")):
        (blog / "posts/second.md").write_text(post("Second", "2024-01-02", SECOND + "\n\n改"), encoding="utf-8")
        path.write_text(post("Plain", "2024-01-03", "No formula yet."), encoding="utf-8")
        build_site(blog)
    assert "改" in read(blog, "posts/second/index.html")


def test_what_cannot_be_made_is_said_at_its_place_and_shown_as_written(blog: Path) -> None:
    text = "甲 $\\nosuch$ 乙\n\n$$\\frac{a$$\n\n\\eqref{eq:none} 与 \\begin{equation}x\\label{d}\\end{equation}\n"
    text += "\\begin{equation}y\\label{d}\\end{equation}"
    (blog / "posts/bad.md").write_text(post("Bad", "2024-01-04", text), encoding="utf-8")
    report = build_site(blog)
    said = "\n".join(warnings(report))
    for location, message in (("6:3", "nosuch"), ("8:1", ""), ("10:1", "eq:none"), ("11:1", "d")):
        assert re.search(rf"posts/bad\.md:{location}: warning: .*{message}", said), said
    page = read(blog, "posts/bad/index.html")
    assert '<code class="math-error"' in page
    assert "(??)" in page
    with pytest.raises(SiteError):
        build_site(blog, BuildOptions(strict=True))
    assert warnings(build_site(blog)) == warnings(report)


def test_packages_are_a_setting_of_the_site(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(body="$\\div{E}$ 与 $\\dv{f}{x}$")})
    build_site(root)
    page = read(root, "posts/a/index.html")
    assert "÷" in page
    assert "\\frac{\\mathrm{d} f}" in page
    (root / "blogsite.toml").write_text(CONFIG + '[math]\npackages = ["physics"]\n', encoding="utf-8")
    build_site(root)
    page = read(root, "posts/a/index.html")
    assert "÷" not in page
    assert "∇" in page


@pytest.mark.parametrize(("output", "mark"), [("html", 'class="katex'), ("mathml", "<math")])
def test_either_output(tmp_path: Path, output: str, mark: str) -> None:
    config = f'{CONFIG}[math]\noutput = "{output}"\nmacros = {{"\\\\R" = "\\\\mathbb{{R}}"}}\n'
    build_site(site(tmp_path, {"posts/a.md": post(body="$x\\in\\R$")}, config))
    page = read(tmp_path, "posts/a/index.html")
    assert mark in page
    assert ("katex" in page) == (output == "html")
    assert len(list((tmp_path / "public/assets").iterdir())) == 1


def test_formulas_can_be_switched_off(tmp_path: Path) -> None:
    build_site(site(tmp_path, {"posts/a.md": post(body="$x$ and $y$")}, f"{CONFIG}[math]\nenable = false\n"))
    assert "$x$ and $y$" in read(tmp_path, "posts/a/index.html")


# ── readable text ────────────────────────────────────────────────────────────────────────────────────────────────────

OTHER = "\\begin{equation}a\\label{eq:a}\\end{equation}\n\\begin{equation}b\\label{eq:b}\\end{equation}\n"
DESCRIBED = {
    "excerpt": (
        "由 \\eqref{other#eq:b} 与 $x^2=\\eqref{other#eq:a}$，$\\frac{\\alpha}{2}\\in\\mathbb{R}$。",
        {},
        "由 (2) 与 x²=(1)，α/2∈ℝ。",
    ),
    "own number": ("由 \\eqref{eq:x} 得 $$y\\label{eq:x}$$", {}, "由 (1) 得 y"),
    "macros": ("\\newcommand{\\E}{\\mathbb{E}}\n\n求 $\\E[x_{ij}]$ 之值。", {}, "求 𝔼[xᵢⱼ] 之值。"),
    "description": (
        "$$y\\label{eq:x}$$",
        {"description": "'用 $\\sum_{i=1}^n x_i$、\\eqref{eq:x} 与 \\eqref{other#eq:b}'"},
        "用 ∑ᵢ₌₁ⁿ xᵢ、(1) 与 (2)",
    ),
    "summary": ("正文。", {"summary": "'由 \\eqref{other#eq:b} 得 $\\sqrt{x}$'"}, "由 (2) 得 √x"),
    "summary beside a break": (
        "一\n\n<!--more-->\n\n二",
        {"summary": "'由 \\eqref{other#eq:a} 得 $\\sqrt{x}$，花 $5'"},
        "由 (1) 得 √x，花 $5",
    ),
    "no formulas": ("正文。", {"description": "C:\\new 与 5$"}, "C:\\new 与 5$"),
    "long": ("字" * 150 + "\\eqref{other#eq:b}" + "字" * 100, {}, "字" * 150 + "(2)" + "字" * 6 + "…"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_descriptions_are_readable(tmp_path: Path, name: str) -> None:
    body, fields, expected = DESCRIBED[name]
    files = {"posts/a.md": post("A", "2024-01-02", body, **fields), "posts/other.md": post("O", "2024-01-01", OTHER)}
    assert warnings(build_site(site(tmp_path, files))) == []
    page = unescape(read(tmp_path, "posts/a/index.html"))
    assert f'<meta name="description" content="{expected}">' in page
    assert f'<meta property="og:description" content="{expected}">' in page
    found = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert found["description"] == expected
    assert json.loads(read(tmp_path, "feed.json"))["items"][0]["summary"] == expected


def test_titles_and_alternative_texts_are_readable(tmp_path: Path) -> None:
    body = (
        "![图 $\\frac{a}{b}$，见 \\eqref{eq:x}、\\eqref{other#eq:b} 与 $<1$]"
        '(a.png "题 $x^2$")'
        ' [链](https://example.com "$y_1$")\n\n'
        "![只有图 $\\hat\\theta$](a.png)\n\n`![$x^2$](a.png)`\n\n$$y\\label{eq:x}$$\n"
    )
    files = {
        "posts/a.md": post("'关于 $\\mathbb{R}^n$ 与 \\eqref{other#eq:a}'", "2024-01-02", body),
        "posts/other.md": post("O", "2024-01-01", OTHER),
        "posts/a.png": png(3),
    }
    assert warnings(build_site(site(tmp_path, files))) == []
    page, home = read(tmp_path, "posts/a/index.html"), read(tmp_path, "index.html")
    assert 'alt="图 a/b，见 (1)、(2) 与 &lt;1"' in page
    assert 'title="题 x²"' in page or "<figcaption>" in page
    assert 'title="y₁"' in page
    assert 'alt="只有图 θ̂"' in page
    assert "<code>![$x^2$](a.png)</code>" in page
    for title in (
        "<title>关于 ℝⁿ 与 (other#eq:a) - Test</title>",
        'og:title" content="关于 ℝⁿ',
        '"headline": "关于 ℝⁿ',
    ):
        assert title in page
    assert "关于 ℝⁿ 与 (other#eq:a)" in read(tmp_path, "feed.xml")
    assert "\x02" not in page + home + read(tmp_path, "feed.xml") + read(tmp_path, "feed.json")


def test_a_description_follows_the_number_of_an_equation_of_another_post(tmp_path: Path) -> None:
    body = "由 \\eqref{other#eq:b} 可知。\n\n<!--more-->\n\n正文。"
    files = {"posts/a.md": post("A", "2024-01-02", body), "posts/other.md": post("O", "2024-01-01", OTHER)}
    root = site(tmp_path, files)
    build_site(root)
    edited = post("A", "2024-01-02", body.replace("正文。", "正文二。"))
    write(root, {"posts/a.md": edited})
    build_site(root)
    assert 'content="由 (2) 可知。"' in read(root, "posts/a/index.html")
    write(
        root, {"posts/other.md": post("O", "2024-01-01", "$$z\\tag{A}$$\n" + OTHER.replace("{eq:a}", "{eq:a}\\tag{B}"))}
    )
    build_site(root)
    assert 'content="由 (1) 可知。"' in read(root, "posts/a/index.html")
    write(root, {"posts/a.md": edited.replace("可知", "知")})
    build_site(root)
    assert 'content="由 (1) 知。"' in read(root, "posts/a/index.html")
