"""Constructs of real posts that Python-Markdown alone reads in another way.

The first table is about text, the second about front matter; both go through the parser of posts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from blogsite.config.settings import MarkdownSettings, ParseSettings
from blogsite.content.model import Post
from blogsite.core.diagnostics import SiteError
from blogsite.markdown.post import parse
from tests.support.sites import CONFIG, build_site, page, post, site, tree, warnings

SETTINGS = ParseSettings(MarkdownSettings(), "Asia/Shanghai", 300)
NBSP, ZWSP, WIDE = "\u00a0", "\u200b", "\u3000"


def html(text: str) -> str:
    """Return the HTML of a post's text without markup that is only for styling."""
    parsed = parse("posts/a.md", "post", f"---\ntitle: T\ndate: 2024-01-02\n---\n{text}".encode(), SETTINGS)
    made = next(fragment.html for name, fragment in parsed.fragments if name == parsed.post.body.fragment)
    made = re.sub(r' (?:id|class|loading|decoding|alt|style)="[^"]*"|\x02[^\x03]*\.size\x03', "", made)
    made = re.sub(r"</?(?:span|div|figure)\b[^>]*>", "", made)
    return re.sub(r"\s*\n\s*", "\n", made).strip()


def read(text: str, path: str = "posts/a.md") -> Post:
    """The post that a file with this text holds."""
    return parse(path, "post", text.encode(), SETTINGS).post


LIST = "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"
CODE = "<pre><code>x = 1\n</code></pre>"
MEANT = [
    ("a list directly after a text line", "Text:\n- a\n- b", f"<p>Text:</p>\n{LIST}"),
    ("a number in running text", "It was in\n1986. What a year", "<p>It was in\n1986. What a year</p>"),
    ("three levels by two spaces", "- a\n  - b\n    - c",
     "<ul>\n<li>a<ul>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n</li>\n</ul>"),
    ("bullets in a number by three spaces", "1. a\n   - b", "<ol>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>"),
    ("a fence in a bullet", "- a\n\n  ```\n  x = 1\n  ```", f"<ul>\n<li>\n<p>a</p>\n{CODE}\n</li>\n</ul>"),
    ("a fence in a number", "1. a\n\n    ```\n    x = 1\n    ```", f"<ol>\n<li>\n<p>a</p>\n{CODE}\n</li>\n</ol>"),
    ("a fence in a quote", "> ```\n> x = 1\n> ```", f"<blockquote>\n{CODE}\n</blockquote>"),
    ("a fence directly after a text line", "Text\n```\nx = 1\n```\nmore", f"<p>Text</p>\n{CODE}\n<p>more</p>"),
    ("a table directly after a text line", "Text\n| a | b |\n|---|---|\n| 1 | 2 |",
     "<p>Text</p>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n"
     "<td>2</td>\n</tr>\n</tbody>\n</table>"),
    ("numbers with a parenthesis", "1) a\n2) b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    ("a quote directly after a text line", "text\n> q", "<p>text</p>\n<blockquote>\n<p>q</p>\n</blockquote>"),
    ("a heading directly after a text line", "text\n## h", "<p>text</p>\n<h2>h</h2>"),
    ("a line under a text is a heading", "text\n---", "<h2>text</h2>"),
    ("a heading without a space", "###标题", "<h3>标题</h3>"),
    ("a struck text", "~~x~~", "<p><del>x</del></p>"),
    ("a struck text before punctuation", "~~删除。~~后", "<p><del>删除。</del>后</p>"),
    ("a bare address before Chinese punctuation", "见https://a.com/b，后",
     '<p>见<a href="https://a.com/b">https://a.com/b</a>，后</p>'),
    ("Markdown in details", "<details><summary>s</summary>\n\n- a\n- b\n\n</details>",
     f"<details><summary>s</summary>\n{LIST}\n</details>"),
    ("a type's parameter in the text", "vector<int> x", "<p>vector&lt;int&gt; x</p>"),
    ("a tag of Liquid at a block's end", "{% highlight py %}\nx = 1\n{% endhighlight %}",
     "<pre><code>x = 1\n</code></pre>"),
    ("a space in the target of a link", "[x](<a b.png>)", '<p><a href="\x02n0\x03">x</a></p>'),
    ("bold around Chinese punctuation", "**中文。**下一句", "<p><strong>中文。</strong>下一句</p>"),
    ("bold around a quotation", "这是**“重点”**内容", "<p>这是<strong>“重点”</strong>内容</p>"),
    ("a heading after an ideographic space", f"##{WIDE}标题", "<h2>标题</h2>"),
    ("a list that begins with three", "3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ("a hard break by a backslash", "a\\\nb", "<p>a<br>\nb</p>"),
    ("a Chinese soft break", "第一行\n第二行", "<p>第一行第二行</p>"),
    ("a Latin soft break", "first\nsecond", "<p>first\nsecond</p>"),
    ("a callout of GitHub", "> [!NOTE]\n> a", "<p>Note</p>\n<p>a</p>"),
    ("money", "from $5 to $6", "<p>from $5 to $6</p>"),
    ("an escaped dollar", r"\$5", "<p>$5</p>"),
    ("a fence of four", "````\n```\n````", "<pre><code>```\n</code></pre>"),
    ("a fence of tildes", "~~~ js\nx = 1\n~~~", "<pre><code>x = 1\n</code></pre>"),
    *((f"the info string {info}", f"```{info}\nx = 1\n```", CODE) for info in (
        "java lineos:false", "rust,ignore", "{r, echo=FALSE}",
        "xml  language-xml", "no-such-language", "c++", "{.python .numberLines}", "js {1,3}")),
    *((f"the name of a file in {info}", f"```{info}\nx = 1\n```", f"<figcaption>a.py</figcaption>{CODE}") for info in (
        'python title="a.py"', "diff a.py")),
    ("codehilite's first line", "    :::cpp\n    x = 1", CODE),
    ("a fence that never ends", "```\nx = 1", CODE),
    ("raw", "{% raw %}{{ x }}{% endraw %}", "<p>{{ x }}</p>"),
    ("braces in code", "`{{ x }}` and `{% y %}`", "<p><code>{{ x }}</code> and <code>{% y %}</code></p>"),
    ("attributes of kramdown", "text\n{: .note}", "<p>text</p>"),
    ("a rule after a list", "- a\n- b\n***\nc", f"{LIST}\n<hr>\n<p>c</p>"),
    ("a zero-width space in the text", f"a{ZWSP}b", f"<p>a{ZWSP}b</p>"),
    ("a definition list", "T\n: d", "<dl>\n<dt>T</dt>\n<dd>d</dd>\n</dl>"),
    ("two empty lines between items", "- a\n\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), [row[1:] for row in MEANT], ids=[row[0] for row in MEANT])
def test_a_construct_is_what_its_author_meant(text: str, meant: str) -> None:
    made = html(text)
    assert re.sub(r"(<(?:ul|ol|li|dd)[^>]*>)\n", r"\1", made) == re.sub(r"(<(?:ul|ol|li|dd)[^>]*>)\n", r"\1", meant)


def test_a_bare_space_in_the_target_of_an_image() -> None:
    assert [reference.target for reference in read("![图](图 1.png)\n").body.references] == ["图 1.png"]


def test_bold_that_ends_in_a_no_break_space() -> None:
    assert re.fullmatch(rf"<p><strong>Problem:{NBSP}?</strong>{NBSP}?Given</p>", html(f"**Problem:{NBSP}**Given"))


def test_ideographic_spaces_at_the_start_of_a_paragraph() -> None:
    assert html(f"{WIDE}{WIDE}首行").replace(WIDE, "") == "<p>首行</p>"


@pytest.mark.parametrize(
    "text", ["$a_1*b*c_2$", "| a | b |\n|---|---|\n| $|x|_1$ | y_1 |", "$$\na_1 * b_1 \\\\ *c*\n$$"]
)
def test_a_formula_is_no_markdown(text: str) -> None:
    parsed = parse("posts/a.md", "post", text.encode(), SETTINGS)
    body = next(fragment for name, fragment in parsed.fragments if name == parsed.post.body.fragment)
    assert len(body.formulas) == 1
    assert "<em>" not in body.html
    assert body.html.count("<td>") in (0, 2)


def test_a_task_list_has_boxes() -> None:
    assert html("- [ ] a\n- [x] b").count("<input") == 2


def test_the_place_of_a_table_of_contents_of_kramdown() -> None:
    table = '<nav aria-label="Contents"><ul><li><a href="#a">a</a></li></ul></nav>'
    assert html("* toc\n{:toc}\n\n## a") == f"{table}\n<h2>a</h2>"


# ── heads ────────────────────────────────────────────────────────────────────────────────────────────────────────────

HEADS = [
    ("no title key: the first heading", "---\ndate: 2024-01-02\n---\n# Heading *one*\n\ntext", "Heading one", ()),
    ("no title at all: the file's name", "---\ndate: 2024-01-02\n---\ntext", "a", ()),
    ("no head", "# Only a heading\n\ntext", "Only a heading", ()),
    ("tags are null", "---\ntitle: T\ntags:\n---\n", "T", ()),
    ("tags are one word", "---\ntitle: T\ntags: 生活\n---\n", "T", ("生活",)),
    ("tags are words, in Jekyll", "---\nlayout: post\ntitle: T\ntags: C语言 编译\n---\n", "T", ("C语言", "编译")),
    ("tags are words, elsewhere", "---\ntitle: T\ntags: This Week\n---\n", "T", ("This Week",)),
    ("tags with commas", "---\ntitle: T\ntags: 动漫, 新番，音乐、戏\n---\n", "T", ("动漫", "新番", "音乐", "戏")),
    ("tags with numbers, nulls and repeats", "---\ntitle: T\ntags: [a, 1560942895181, null, '', a]\n---\n", "T",
     ("a", "1560942895181")),
    ("a space before the colon", "---\ntitle : T\ntags : [a]\n---\n", "T", ("a",)),
    ("quotes", "---\ntitle: 细话Java：\"失效\"的private\n---\n", "细话Java：\"失效\"的private", ()),
    ("signs of HTML", "---\ntitle: a < b && c > d\n---\n", "a < b && c > d", ()),
    ("an entity", "---\ntitle: Doremy&#39;s Class\n---\n", "Doremy's Class", ()),
    ("Markdown", "---\ntitle: '`call_user_func` 与 *x*'\n---\n", "call_user_func 与 x", ()),
    ("an emoji", "---\ntitle: 🧗‍♂️\n---\n", "🧗‍♂️", ()),
    ("outer spaces", "---\ntitle: '树莓派 '\n---\n", "树莓派", ()),
    ("a number", "---\ntitle: 1092\n---\n", "1092", ()),
    ("a number with a zero before it", "---\ntitle: 010\n---\n", "010", ()),
    ("a truth", "---\ntitle: Yes\n---\n", "Yes", ()),
    ("a date", "---\ntitle: 2024-01-02\n---\n", "2024-01-02", ()),
    ("an empty title", "---\ntitle: ''\n---\n# H\n", "H", ()),
    ("a tab", "---\ntitle:\tT\ntags:\t[a]\n---\n", "T", ("a",)),
    ("empty body", "---\ntitle: T\n---", "T", ()),
    ("no opening line", "title: T\ntags: [a]\n---\ntext", "T", ("a",)),
    ("dots at the end", "---\ntitle: T\n...\ntext", "T", ()),
    ("a byte order mark", "\ufeff---\ntitle: T\n---\ntext", "T", ()),
    ("carriage returns", "---\r\ntitle: T\r\ntags: [a]\r\n---\r\ntext\r\n", "T", ("a",)),
    ("blank lines before it", "\n\n---\ntitle: T\n---\ntext", "T", ()),
    ("keys in capitals", "---\nTitle: T\nTags: [a]\n---\n", "T", ("a",)),
    ("pandoc's long line", "--------\ntitle: T\n--------\ntext", "T", ()),
    ("comments of links", "[title]: <> (T)\n[date]: <> (2025/07/10)\n[category]: <> (General,Philosophy)\n\ntext", "T",
     ()),
    ("a slash and a plus in tags", "---\ntitle: T\ntags: [HTTP/2, C++, 'C#']\n---\n", "T", ("HTTP/2", "C++", "C#")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "tags"), [row[1:] for row in HEADS], ids=[row[0] for row in HEADS])
def test_a_head_is_read_as_it_was_meant(text: str, title: str, tags: tuple[str, ...]) -> None:
    found = read(text)
    assert found.title.plain == title
    assert found.meta.tags == tags
    assert not [diagnostic for diagnostic in found.diagnostics if diagnostic.severity == "error"]


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("---\ntitle: T\ntitle: U\n---\n", "3:1", "title is given twice"),
        ("---\ntitle: [a\n---\n", "2:8", ""),
        ("---\ntitle: T\ndate: 2018-02-31 23:50:48\n---\n", "3:7", "date"),
        ("---\ntitle: T\ndate: 2012-07-08 xx:xx\n---\n", "3:7", "date"),
        ("---\ntitle: T\ndate: 5/4/2021\n---\n", "3:7", "date"),
        ("---\ntitle: T\ndate: 2023-01-29 18:30:22 2023 -0800\n---\n", "3:7", "date"),
        ("---\ntitle：标题\n---\n", "2:6", "the colon after title is a full-width one"),
        ("---\ntitle:标题\ndate: 2024-01-02\n---\n", "2:6", "there is no space after the colon of title"),
        ("---\ntitle: A: b\n---\n", "2:9", "the value of title holds a colon"),
        ("---\ntitle: T\ntags:\n  - a\n\t \t- b\n - c\n---\n", "5:1", "a tab indents this line"),
        ("---\ntitle: @x\n---\n", "2:8", ""),
        ("---\ntitle: {{ title }}\n---\n", "2:8", ""),
        ("---\ntitle: foo #1\n---\n", "2:8", "a comment (#) cuts the title short"),
        ("---\ntitle: T\ncatagories: [a]\n---\n", "3:1", "did you mean categories?"),
    ],
)
def test_a_mistake_in_a_head_has_its_place(text: str, location: str, message: str) -> None:
    found = read(text)
    assert len(found.diagnostics) == 1
    assert str(found.diagnostics[0]).startswith(f"posts/a.md:{location}: ")
    assert message in str(found.diagnostics[0])
    assert found.diagnostics[0].hint


@pytest.mark.parametrize(
    ("path", "head", "date"),
    [
        ("posts/2024-1-3-name.md", "", "2024-01-03T00:00:00+08:00"),
        ("posts/2020-12-2-this-week.md", "date: 2020-12-2", "2020-12-02T00:00:00+08:00"),
        ("posts/a.md", "date: '2017-05-19'", "2017-05-19T00:00:00+08:00"),
        ("posts/a.md", "date: 2014-11-01 16:01", "2014-11-01T16:01:00+08:00"),
        ("posts/a.md", "date: 2013-11-22 5:00:00 +0000", "2013-11-22T05:00:00+00:00"),
        ("posts/a.md", "date: 2017-10-19 21:33:00 +0200", "2017-10-19T21:33:00+02:00"),
        ("posts/a.md", "date: 2017-02-16T11:24:00Z", "2017-02-16T11:24:00+00:00"),
        ("posts/a.md", "date: 2012-09-15 19:52:05 UTC", "2012-09-15T19:52:05+00:00"),
        ("posts/a.md", 'date: "2021年10月01日"', "2021-10-01T00:00:00+08:00"),
        ("posts/a.md", "date: 2025/07/10", "2025-07-10T00:00:00+08:00"),
        ("posts/a.md", "date: 2013/7/13 20:46:25", "2013-07-13T20:46:25+08:00"),
        ("posts/a.md", "date: '2017-07-15T0:10:32+00:00'", "2017-07-15T00:10:32+00:00"),
        ("posts/a.md", "path: 2014/09/15/Rust-1.0", "2014-09-15T00:00:00+08:00"),
        ("posts/2019-01-01-a.md", "date:", "2019-01-01T00:00:00+08:00"),
        ("posts/a.md", "date: {created: 2024-01-31}", "2024-01-31T00:00:00+08:00"),
    ],
)
def test_a_date_is_the_one_that_was_meant(path: str, head: str, date: str) -> None:
    found = read(f"---\ntitle: T\n{head}\n---\ntext\n", path)
    assert found.meta.date is not None
    assert found.meta.date.isoformat() == date
    assert found.diagnostics == ()


# ── what a whole site makes of them ──────────────────────────────────────────────────────────────────────────────────

TITLES = [
    '"quoted" & <b>bold</b>',
    "a < b && c > d",
    "]]> and -->",
    "{{ title }} {% x %}",
    "🧗‍♂️ 上山",
    "\u2028line",
    "It's $x_1$ & `c`",
]


@pytest.fixture(scope="module")
def hazards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files: dict[str, str | bytes] = {
        f"posts/t{number}.md": post(json.dumps(title, ensure_ascii=False), body=f"Text {number} \u2028 </script> ]]>\n")
        for number, title in enumerate(TITLES)
    }
    files["posts/control.md"] = post(body="a\x04b\x08c\x0bd\ufffee\n\n    code\x01\n")
    files["posts/empty.md"] = "---\ntitle: Empty\ndate: 2024-01-02\n---"
    files["posts/long.md"] = post("x" * 500, body="字" * 30_000 + "\n")
    files["posts/tags.md"] = post(tags="[C, C++, 'C#', HTTP/2, '生活&旅游']", body="Text.\n")
    root = site(tmp_path_factory.mktemp("hazards"), files)
    build_site(root)
    return root / "public"


def test_feeds_are_well_formed_whatever_the_posts_hold(hazards: Path) -> None:
    feed = ElementTree.parse(hazards / "feed.xml").getroot()
    name = "{http://www.w3.org/2005/Atom}"
    titles = {entry.findtext(f"{name}title") for entry in feed.iter(f"{name}entry")}
    assert {"a < b && c > d", "]]> and -->", "{{ title }} {% x %}", "🧗‍♂️ 上山", "Empty"} <= titles
    assert len(titles) == len(TITLES) + 3
    assert {
        item["title"] for item in json.loads((hazards / "feed.json").read_text(encoding="utf-8"))["items"]
    } == titles


def test_feeds_hold_no_control_characters(hazards: Path) -> None:
    for path, data in tree(hazards).items():
        if path.endswith((".xml", ".json")):
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", data.decode()), path


def test_titles_stand_in_scripts_and_attributes_without_breaking_them(hazards: Path) -> None:
    for number in range(len(TITLES)):
        document = page(hazards / f"posts/t{number}/index.html")
        (data,) = (
            script for script in document.find("script") if script.attributes.get("type") == "application/ld+json"
        )
        written = "".join(str(child) for child in data.children)
        assert "\u2028" not in written
        assert "</" not in written
        assert json.loads(written)
        assert document.one("h1.p-name")


def test_each_tag_has_a_page_of_its_own(hazards: Path) -> None:
    pages = {path.name for path in (hazards / "tags").iterdir() if path.is_dir()}
    assert {"C", "C++", "C#", "HTTP-2", "生活-旅游"} <= pages


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ("---\ntitle: 熵\n---\n".encode("gb18030"), "iconv"),
        ("---\ntitle: 熵\n---\n".encode("utf-16"), "iconv"),
        (b"---\ntitle: a\0b\n---\n", ""),
        (b"---\ntitle: \xed\xa0\x80\n---\n", ""),
    ],
)
def test_what_is_no_utf_8_is_an_error_that_says_what_to_do(tmp_path: Path, data: bytes, wanted: str) -> None:
    with pytest.raises(SiteError) as caught:
        build_site(site(tmp_path, {"posts/a.md": data}))
    assert str(caught.value).startswith("posts/a.md")
    assert wanted in str(caught.value)


def test_two_posts_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    files = {"posts/2015-06-23-Distributed.md": post(), "posts/2015-10-09-Distributed.md": post()}
    with pytest.raises(SiteError) as caught:
        build_site(site(tmp_path, files))
    assert "2015-06-23" in str(caught.value)
    assert "2015-10-09" in str(caught.value)


def test_names_of_files_may_be_anything(tmp_path: Path) -> None:
    names = [
        "special-chars-(+)",
        "hash-#1",
        "50% off",
        "C_C++/C++_Primer_6th",
        "刷题 (Div. 2) - D/index",
        "a&b's",
        "q?=x",
    ]
    report = build_site(site(tmp_path, {f"posts/{name}.md": post(name) for name in names}, CONFIG))
    assert warnings(report) == []
    for path, data in tree(tmp_path / "public").items():
        for address in re.findall(rb'(?:href|src)="/(posts/[^"#?]*)"', data):
            assert (
                tmp_path / "public" / unquote(address.decode().replace("&amp;", "&").replace("&#39;", "'"))
            ).exists(), path
