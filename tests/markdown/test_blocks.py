"""Lists, quotes, headings and HTML as authors of other generators write them."""

from __future__ import annotations

import pytest

from tests.support.cases import Case
from tests.support.markdown_cases import case_files, check, convert, convert_with_notes

FILES = case_files("blocks/*.md")


@pytest.mark.parametrize(("path", "case"), FILES)
def test_case(path: str, case: Case, rewrite: bool) -> None:
    check(path, case, rewrite)


DEEP = [">" * 10_000 + " x", "- " * 10_000 + "x", "> - " * 5_000 + "x", "1. " * 10_000 + "x"]


@pytest.mark.parametrize("text", [*DEEP, "\n".join("  " * level + "- a" for level in range(300))])
def test_deep_nesting_ends_in_text_and_one_warning(text: str) -> None:
    html, context = convert_with_notes(text)
    assert html.count("<li>") + html.count("<blockquote>") <= 300
    assert [diagnostic.message for diagnostic in context.diagnostics] == ["lists or quotes are nested too deeply"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("    " * level + "!!! note" for level in range(200)),
        "\n".join("    " * level + f"[^{level}]: x" for level in range(200)),
        "??? note\n" * 10_000,
        "<div>\n" * 5_000,
        "<!--\n" * 5_000,
        "a|b\n-|-\n" * 2_000,
        "#a\n" * 5_000,
        "a\n" * 5_000 + "---",
        "{: .x}\n" * 5_000,
        "<div markdown='1'>\n" * 500,
        "-" + " " * 200_000 + "x",
    ],
)
def test_hostile_texts_are_only_texts(text: str) -> None:
    assert isinstance(convert(text), str)


def test_a_heading_without_space_is_reported_where_it_stands() -> None:
    _, context = convert_with_notes("a\n\n> b\n> ##标题")
    assert (context.diagnostics[0].location.line, context.diagnostics[0].location.column) == (4, 3)
