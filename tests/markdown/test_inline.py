"""Inline Markdown: the cases in cases/inline/, and the fast stage against that of Python-Markdown."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import inlinepatterns as stock
from markdown.serializers import to_html_string
from markdown.treeprocessors import InlineProcessor, PrettifyTreeprocessor, UnescapeTreeprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.converter import Converter
from tests.support.cases import Case, load_all, load_cases, save_cases

CASES = load_all(Path(__file__).parent / "cases" / "inline")
SETTINGS = MarkdownSettings(language="zh")


@lru_cache(maxsize=1)
def fast() -> Converter:
    return Converter(SETTINGS)


@lru_cache(maxsize=1)
def plain() -> Converter:
    """Return a converter with the same extensions, but with Python-Markdown's own inline stage and serialiser."""
    md = Converter(SETTINGS)
    md.serializer = to_html_string
    md.treeprocessors.register(PrettifyTreeprocessor(md), "prettify", 10)
    md.treeprocessors.register(UnescapeTreeprocessor(md), "unescape", 0)
    md.treeprocessors.register(InlineProcessor(md), "inline", 20)
    patterns = md.inlinePatterns
    patterns.register(stock.BacktickInlineProcessor(stock.BACKTICK_RE), "backtick", 190)
    patterns.register(stock.ReferenceInlineProcessor(stock.REFERENCE_RE, md), "reference", 170)
    patterns.register(stock.LinkInlineProcessor(stock.LINK_RE, md), "link", 160)
    patterns.register(stock.ImageReferenceInlineProcessor(stock.IMAGE_REFERENCE_RE, md), "image_reference", 140)
    patterns.register(stock.ShortReferenceInlineProcessor(stock.REFERENCE_RE, md), "short_reference", 130)
    patterns.register(stock.ShortImageReferenceInlineProcessor(stock.IMAGE_REFERENCE_RE, md), "short_image_ref", 125)
    delimiters = stock.DelimiterProcessor("*", "strong,em", md)
    delimiters.add("_", "strong,em", smart=True)
    delimiters.add("~", "del", double=True)
    patterns.register(delimiters, "em_strong", 60)
    return md


def convert(md: Converter, text: str) -> tuple[str, ParseContext]:
    context = ParseContext(text, "posts/a.md")
    return md.run(context), context


def visible(html: str) -> str:
    """Return HTML with brackets for the control characters of placeholders, as the fixture files show them."""
    return html.replace("\x02", "⟨").replace("\x03", "⟩")


@pytest.mark.parametrize(("path", "case"), CASES, ids=[f"{path.stem}: {case[0]}" for path, case in CASES])
def test_case(path: Path, case: Case, rewrite: bool) -> None:
    title, text, expected = case
    html, context = convert(fast(), text)
    assert not context.diagnostics
    if rewrite:
        cases = [(name, given, visible(html) if name == title else html_) for name, given, html_ in load_cases(path)]
        save_cases(path, cases)
        return
    assert visible(html) == expected


def test_titles_of_cases_are_unique() -> None:
    names = [(path, case[0]) for path, case in CASES]
    assert len(names) == len(set(names))


# ── the fast stage gives what the plain one gives ────────────────────────────────────────────────────────────────────


def assert_same(text: str) -> None:
    ours, context = convert(fast(), text)
    theirs, expected = convert(plain(), text)
    assert ours == theirs
    assert (context.references, context.headings, context.diagnostics) == (
        expected.references,
        expected.headings,
        expected.diagnostics,
    )


def test_same_output_for_all_cases() -> None:
    for _, (_, text, _) in CASES:
        assert_same(text)


def test_names_of_links_may_hold_code_and_escapes() -> None:
    definitions = "\n\n[`Vec<T>`]: https://a.org/vec\n[`Box`]: https://a.org/box\n[a\\_b]: https://a.org/ab"
    made, _ = convert(fast(), "[`Vec<T>`], [the `Box`][`Box`], [a\\_b], [`none`]" + definitions)
    assert made == (
        '<p><a href="https://a.org/vec"><code>Vec&lt;T&gt;</code></a>, <a href="https://a.org/box">the <code>Box</code>'
        '</a>, <a href="https://a.org/ab">a_b</a>, [<code>none</code>]</p>'
    )


PIECES = (Path(__file__).parent / "cases" / "pieces.txt").read_text(encoding="utf-8").splitlines()
WORDS = st.sampled_from([*PIECES, " ", "  ", "\n", "\n\n", "  \n", "\\\n", "    ", "\t"])
TEXTS = st.lists(WORDS, max_size=40).map("".join) | st.text(alphabet="*_`[]()!<>\\&~=:@a中。 \n#{}", max_size=60)


@given(TEXTS)
def test_same_output_for_any_text(text: str) -> None:
    assert_same(text)


@given(st.lists(WORDS, max_size=15).map("".join), st.lists(WORDS, max_size=15).map("".join))
def test_same_output_where_there_are_references(text: str, more: str) -> None:
    assert_same(f"[r]: /x 'T'\n[a]: <b c>\n\n{text}[a][r]{more}![r]\n\n[^1]: 注*a*\n")


# ── hostile texts take time in proportion to their length, and harm nothing ──────────────────────────────────────────

N = 10_000
HOSTILE = {
    "opening brackets": "[" * N,
    "nested brackets": "[" * N + "]" * N,
    "links never closed": "[a](" * N,
    "images never closed": "![" * N,
    "nested brackets with references": "[a]: b\n\n" + "[" * N + "]" * N,
    "stars": "*" * N,
    "emphasis never closed": "*a " * N,
    "strong never closed": "**a " * N,
    "emphasis within emphasis": "*a **b " * (N // 2) + "** *" * (N // 2),
    "underscores": "_a " * N,
    "tildes": "~~a " * N,
    "marks never closed": "==a " * N,
    "smaller-than signs": "<" * N,
    "tags never closed": "<a " * N,
    "tags with quotes": "<a '\"" * N,
    "raw tags never closed": "<div>\n" + '<a href="' * N,
    "raw images never closed": "<div>\n" + "<img src=x " * N,
    "elements never closed": "<div>" * N,
    "raw headings never closed": "<div>\n" + "<h2>" * N + "</div>",
    "parts of elements": "<div>" + "<td>*a*</td>" * N,
    "parts with code": "<div>" + "<td>*a*<code>b</code></td>" * N,
    "ends of elements that are not open": "<div>" * N + "*</span>" * N,
    "parts within parts": "<details>\n" + "<td>*" * N + "</td>" * N,
    "parts and quotes": "<details>\n" + "<td a=\"'*" * N,
    "comments never closed": "<!--" * N,
    "code spans of many lengths": " ".join("`" * ticks for ticks in range(300)),
    "one footnote many times": "[^1] " * N + "\n\n[^1]: x",
    "many headings of one name": "# x\n\n" * 3000,
    "spaces in a heading": "# a" + " " * 10 * N + "x",
    "images without an end and sizes": "![a](b =3 " * N,
    "spaces before a size": "![a](b" + " " * N * 10 + "=300x200",
    "sized images": "![a](b.png 't' =300x200) " * (N // 10),
    "braces": "# a " + "{a=b " * N,
    "soft breaks": "中\n" * N,
    "images": "![a](a.png)\n\n" * 1000,
    "parentheses after an address": "http://a.b/" + "(" * N + ")" * 2 * N,
    "nested quotes": ">" * N + " a",
    "a line of 4 MB": "中文 a" * 500_000,
    "an image of 4 MB": "![x](data:image/png;base64," + "ab+/" * 1_000_000 + ")",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name: str) -> None:
    begin = time.process_time()
    html, context = convert(fast(), HOSTILE[name])
    assert time.process_time() - begin < 6
    assert html
    assert not [diagnostic for diagnostic in context.diagnostics if diagnostic.severity == "error"]


def test_too_deep_a_list_is_a_mistake_and_the_next_text_is_well() -> None:
    deep = "\n".join(" " * 4 * level + "- a" for level in range(400))
    md = Converter(SETTINGS)
    _, context = convert(md, deep)
    assert ["nested too deeply" in diagnostic.message for diagnostic in context.diagnostics] == [True]
    assert convert(md, "*a*")[0] == "<p><em>a</em></p>"


def test_many_marks_in_one_paragraph_all_count() -> None:
    html, _ = convert(fast(), "**a** " * 5000)
    assert html.count("<strong>a</strong>") == 5000
