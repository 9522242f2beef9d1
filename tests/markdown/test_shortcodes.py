"""Shortcodes of other generators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.converter import Converter
from blogsite.markdown.shortcodes.extension import ShortcodePreprocessor
from tests.support.cases import Case
from tests.support.markdown_cases import case_files, check, convert, convert_with_notes, converter

FILES = case_files("shortcodes*.md")


@pytest.mark.parametrize(("path", "case"), FILES)
def test_case(path: str, case: Case, rewrite: bool) -> None:
    check(path, case, rewrite)


TAGS = ["{% note %}", "{% endnote %}", "{% highlight py %}", "{% endhighlight %}", "{% raw %}", "{% endraw %}"]
SHORTCODES = ["{{< details x >}}", "{{< /details >}}", "{% img a.png %}", "{% post_link\nx %}"]
PIECE = st.sampled_from([*TAGS, *SHORTCODES, "a", "`", "\n", "\n\n", "> ", "- ", "    "])


@given(st.lists(PIECE, max_size=15).map("".join))
def test_no_line_moves(text: str) -> None:
    md = converter()
    md.reset()
    md.context = ParseContext(text, "posts/a.md")  # type: ignore[attr-defined]
    lines = text.split("\n")
    left = ShortcodePreprocessor(md, "en").run(lines)
    assert len(left) == len(lines)


@given(st.lists(PIECE, max_size=15).map("".join))
def test_nothing_of_ours_is_left(text: str) -> None:
    html = convert(text)
    assert "\x02pad" not in html
    assert "\x02line" not in html
    assert "wzxhzdk" not in html
    assert html.count("<div") == html.count("</div>")


def test_a_link_to_a_post_is_its_placeholder_and_nothing_else() -> None:
    html, context = convert_with_notes("a\n[x]({% post_url 2014-01-02-name %}) {% post_link b %}")
    assert '<a href="\x02n0\x03">x</a> <a href="\x02n1\x03">\x02n1.text\x03</a>' in html
    assert [(reference.target, reference.line, reference.column) for reference in context.references] == [
        ("post:2014-01-02-name", 2, 5),
        ("post:b", 2, 37),
    ]


HOSTILE = [
    '{% pullquote %}{"{% endpullquote %}"}',
    "{% tabs x %}<!-- tab -->",
    "{% label " + " " * 3000 + "x %}",
    "{% btn " + "::" * 1500 + " %}",
    "{% img a.png " + "' '" * 1000 + " %}",
    "{% link " + ",http://a" * 400 + " %}",
    "{% include note.html content = " + " " * 3000 + "%}",
    "<div " + "{% asset_img a.png %}",
    "`{% raw %}",
]


@pytest.mark.parametrize(
    "text", ["{% x ", "{% note %}\n", "{{</* ", "{% raw %}", "](@/", '{% img """ %}', "{{ a.", "{% x %}<!--", *HOSTILE]
)
def test_hostile_texts_are_only_texts(text: str) -> None:
    assert isinstance(convert(text * max(3000 // (1 + len(text) // 200), 1)), str)


@pytest.mark.parametrize(
    "text",
    [
        "```text\n{% raw %}{{ x }}{% endraw %}\n```",
        "`{% raw %}{{ x }}{% endraw %}`",
        "    {% raw %}{{ x }}{% endraw %}",
        "{% raw %}\n```text\n{{ x }}\n```\n{% endraw %}",
    ],
)
def test_jekyll_reads_raw_in_code_and_others_do_not(text: str) -> None:
    paths = ("posts/2020-01-02-a.md", "posts/a.md")
    shown = {path: Converter(MarkdownSettings()).run(ParseContext(text, path)) for path in paths}
    assert "{{ x }}" in shown["posts/2020-01-02-a.md"]
    assert "raw" not in shown["posts/2020-01-02-a.md"]
    assert ("{% raw %}{{ x }}{% endraw %}" in shown["posts/a.md"]) == ("{% raw %}{{" in text)
