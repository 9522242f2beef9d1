"""Messages of the converter, and settings that change its result."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.build.code_version import code_digest
from blogsite.config.settings import MarkdownSettings
from blogsite.content.model import Reference
from blogsite.content.parse_context import ParseContext
from blogsite.core.diagnostics import SiteError
from blogsite.markdown.converter import Converter, converter
from blogsite.markdown.extensions.headings import slugify
from blogsite.markdown.extensions.links import decode, encode
from tests.support.cases import load_all, load_cases

ZH = MarkdownSettings(language="zh")
EN = MarkdownSettings(language="en")


def convert(text: str, settings: MarkdownSettings = ZH, first_line: int = 1) -> tuple[str, ParseContext]:
    context = ParseContext(text, "posts/a.md", first_line)
    return converter(settings).run(context), context


# ── needs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_needs_say_where_they_stand_in_the_file() -> None:
    text = "见[甲](a.md)。\n\n![图](图%201.png)\n再见[甲](a.md)与[乙](<../b c/>)\n"
    _, context = convert(text, first_line=5)
    assert context.references == [
        Reference("link", "a.md", 5, 6),
        Reference("image", "图 1.png", 7, 6, responsive=True),
        Reference("link", "a.md", 8, 7),
        Reference("link", "../b c/", 8, 18, optional=True),
    ]


def test_needs_of_raw_html_say_where_they_stand() -> None:
    _, context = convert("<p>\n<a href='x.md'>x</a>\n<img src=\"y.png\">\n</p>")
    assert [(reference.target, reference.line, reference.column) for reference in context.references] == [
        ("x.md", 2, 10),
        ("y.png", 3, 11),
    ]


@pytest.mark.parametrize(
    ("address", "optional"),
    [
        ("a.md", False), ("../a.md#b", False), ("/a.md", False), ("a.pdf", False), ("a/b.csv?x=1", False),
        ("a", True), ("a/", True), ("../", True), ("/a/", True), ("/a.pdf", True), ("a.html", True), ("?x=1", True),
    ],
)  # fmt: skip
def test_links_that_may_lead_nowhere(address: str, optional: bool) -> None:
    _, context = convert(f"[a]({address})")
    assert [(reference.kind, reference.target, reference.optional) for reference in context.references] == [
        ("link", address, optional)
    ]


def test_images_must_exist() -> None:
    _, context = convert("![a](/b.png)")
    assert context.references == [Reference("image", "/b.png", 1, 6, responsive=True)]


def test_placeholders_of_other_extensions_stay() -> None:
    html, context = convert('<a href="\x02self\x03#x">a</a> <img src="\x02n7\x03" alt="">')
    assert html.startswith('<p><a href="\x02self\x03#x">a</a> <img src="\x02n7\x03" alt=""\x02n7.size\x03 loading')
    assert not context.references


@given(st.text(alphabet="a/%?#&=.é中 +~'()[]", max_size=30))
def test_encoded_addresses_are_ascii_and_mean_the_same(text: str) -> None:
    address = f"https://a.com/{text}"
    image_cache = encode(address)
    assert image_cache.isascii()
    assert " " not in image_cache
    assert encode(image_cache) == image_cache
    assert "%" in text or unquote(image_cache) == address


@pytest.mark.parametrize(
    ("written", "meant"),
    [("%E5%9B%BE%201.png", "图 1.png"), ("a%3Fb", "a%3Fb"), ("%FF", "%FF"), ("a?q=%20#%E7%86%B5", "a?q=%20#熵")],
)
def test_decoded_addresses(written: str, meant: str) -> None:
    assert decode(written) == meant


# ── headings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_headings_for_the_table_of_contents() -> None:
    _, context = convert("# 甲[链](b.md){#own}[^1]\n\n## `x<y` **粗** &amp; *b*{#i}\n\n[^1]: 注")
    assert [(h.level, h.id, h.text.plain, h.text.fragment.html) for h in context.headings] == [
        (1, "甲链", "甲链", "甲链"),
        (2, "xy-粗-b", "x<y 粗 & b", "<code>x&lt;y</code> <strong>粗</strong> &amp; <em>b</em>"),
    ]


def test_contents_are_named_in_the_sites_language() -> None:
    assert 'aria-label="Contents"' in convert("[TOC]\n\n# A", EN)[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, World!", "hello-world"), ("四个版本", "四个版本"), ("ガ", "ガ"), ("😀", "section"), ("--", "section"),
        ("a  b", "a-b"), ("a - b", "a-b"), ("- a -- b -", "a-b"), ("C++ & C#", "c-c"), ("《甲》—— 乙", "甲-乙"),
        ("😀 表情", "表情"), ("❤️ 表情", "表情"), ("表情 ❤️", "表情"), ("1️⃣ 一", "1️⃣-一"), ("_a_", "_a_"),
        ("e\u0301t\u0302", "ét\u0302"), ("हिन्दी", "हिन्दी"),
    ],
)  # fmt: skip
def test_slugify(text: str, name: str) -> None:
    assert slugify(text) == name


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_soft_breaks_can_be_kept() -> None:
    keep = MarkdownSettings(language="zh", soft_breaks="keep")
    assert convert("中\n文", keep)[0] == "<p>中\n文</p>"


def test_soft_breaks_in_code_stay() -> None:
    html, _ = convert("    中\n    文\n\n```\n甲\n乙\n```\n")
    assert "中\n文" in html
    assert "甲\n乙" in html


def test_words_are_in_the_sites_language() -> None:
    html, _ = convert("> [!NOTE]\n> a\n\n- [x] b\n\nc[^1]\n\n!!! theorem\n    d\n\n[^1]: e", EN)
    assert '<p class="admonition-title">Note</p>' in html
    assert '<p class="admonition-title">Theorem</p>' in html
    assert 'aria-label="done"' in html
    assert 'title="Back to note 1 in the text"' in html


def test_both_spellings_of_a_box_give_the_same_html() -> None:
    assert convert("> [!NOTE]\n> a\n>\n> - b")[0] == convert("!!! note\n    a\n\n    - b")[0]


def test_extensions_by_name() -> None:
    html, _ = convert("'a' -- b", MarkdownSettings(extensions=("smarty",)))
    assert html == "<p>&lsquo;a&rsquo; &ndash; b</p>"


@pytest.mark.parametrize(
    "name", ["no.such.module", "os", "markdown.extensions.toc:Nothing", "", "blogsite.core.diagnostics:Place"]
)
def test_an_extension_that_cannot_be_loaded_is_a_mistake(name: str) -> None:
    with pytest.raises(SiteError) as caught:
        Converter(MarkdownSettings(extensions=(name,)))
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic.location) == "blogsite.toml"
    assert f'"{name}" cannot be loaded' in diagnostic.message
    assert "\n" not in diagnostic.message


def test_an_extension_that_fails_is_a_mistake_in_the_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "failing_extension.py").write_text(
        "from markdown.extensions import Extension\n"
        "from markdown.postprocessors import Postprocessor\n"
        "class Failing(Postprocessor):\n"
        "    def run(self, text):\n"
        "        if 'boom' in text: raise KeyError('boom')\n"
        "        return text\n"
        "class makeExtension(Extension):\n"
        "    def extendMarkdown(self, md): md.postprocessors.register(Failing(md), 'failing', 1)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    md = Converter(MarkdownSettings(extensions=("failing_extension",)))
    context = ParseContext("[a](b.md) <b>boom", "posts/a.md", 4)
    assert md.run(context) == "<pre>[a](b.md) &lt;b&gt;boom</pre>"
    assert [str(diagnostic).split("\n")[0] for diagnostic in context.diagnostics] == [
        "posts/a.md:4:1: error: Markdown cannot convert this text (KeyError: 'boom')"
    ]
    assert not context.references
    assert md.run(ParseContext("*a*", "posts/b.md")) == "<p><em>a</em></p>"
    sys.modules.pop("failing_extension", None)


def test_the_digest_of_the_code_knows_the_named_modules() -> None:
    assert code_digest() == code_digest(())
    assert code_digest() != code_digest(("markdown.extensions.smarty",))
    assert code_digest(("no.such.module",)) != code_digest()


# ── breaks and templates ─────────────────────────────────────────────────────────────────────────────────────────────

BREAKS = ["<!-- more -->", "<!--more-->", "<!--More-->", "<!---more-->", "<!-- excerpt -->", "<!-- TEASER_END -->"]
AROUND = [
    "{}", "甲{}乙", "甲 {} 乙", "甲\n{}\n乙", "- 甲 {}\n- 乙", "1. 甲\n\n    {}\n\n2. 乙", "> 甲{}", "**甲{}乙**",
    "<div>\n<p>甲{}乙</p>\n</div>", "<div markdown='1'>\n甲 {} 乙\n</div>", "| a |\n|---|\n| b {} |", "![图](a.png){}",
    "甲[^1]{}\n\n[^1]: 注", "# 甲 {}", "!!! note\n    甲 {} 乙", "甲\n: 乙 {}", "<span>甲{}乙</span>",
]  # fmt: skip


@pytest.mark.parametrize("mark", BREAKS)
@pytest.mark.parametrize("around", AROUND)
def test_a_break_comes_through_wherever_it_stands(mark: str, around: str) -> None:
    assert convert(around.format(mark))[0].count(mark) == 1


@pytest.mark.parametrize("text", ["`{}`", "    {}", "<pre><code>\n&lt;!-- more --&gt;\n</code></pre>"])
def test_a_break_in_code_is_text(text: str) -> None:
    html, _ = convert(text.format("<!-- more -->"))
    assert "<!--" not in html
    assert "&lt;!-- more --&gt;" in html


@pytest.mark.parametrize("text", ["{{ x }}", "{% include x %}", "{%- if a -%}", "{{< mine x >}}", "{# no #}"])
def test_braces_of_template_engines_print_as_they_are(text: str) -> None:
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    assert convert(f"甲 {text}")[0] == f"<p>甲 {shown}</p>"
    assert convert(f"甲\n{text}")[0] == f"<p>甲\n{shown}</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文\n{% endhighlight %}", "<p>正文\n{% endhighlight %}</p>"),
        (
            "*集合*{i,j} 与 *x*{ a } 与 **y**{{ page.title }}",
            "<p><em>集合</em>{i,j} 与 <em>x</em>{ a } 与 <strong>y</strong>{{ page.title }}</p>",
        ),
    ],
)
def test_tags_sets_and_variables_are_no_attributes(text: str, expected: str) -> None:
    assert convert(text)[0] == expected


# ── any text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = st.sampled_from((Path(__file__).parent / "cases" / "pieces.txt").read_text(encoding="utf-8").splitlines())
TEXTS = st.lists(PIECES | st.sampled_from([" ", "\n", "\n\n", "    "]), max_size=30).map("".join)


@given(TEXTS | st.text(max_size=80).map(lambda text: text.replace("\x02", "").replace("\x03", "").replace("\r", "")))
def test_no_text_is_too_much(text: str) -> None:
    html, context = convert(text)
    assert not [diagnostic for diagnostic in context.diagnostics if diagnostic.severity == "error"]
    ids = [heading.id for heading in context.headings]
    assert all(ids)
    assert html.count("\x02") == html.count("\x03")


@given(TEXTS, TEXTS)
def test_one_text_leaves_nothing_behind_for_the_next(first: str, second: str) -> None:
    alone = convert(second)[0]
    convert(first)
    assert convert(second)[0] == alone


# ── the loader of cases ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "\n", "title\n", "title\n.\na\n.\n", "title\n.\na\n.\nb\n"])
def test_a_file_without_whole_cases_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    with pytest.raises(ValueError, match="case"):
        load_cases(path)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no files"):
        load_all(tmp_path)
