"""Fenced code with all kinds of info strings and surroundings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.parse_context import ParseContext
from blogsite.markdown.extensions.fenced_code import PAD, FencedCode
from blogsite.markdown.highlighting.fence_info import parse_info
from blogsite.markdown.highlighting.highlight import CodeOptions, highlight
from tests.support.cases import Case
from tests.support.markdown_cases import case_files, check, convert, converter, warnings

FILES = case_files("fences*.md")


@pytest.mark.parametrize(("path", "case"), FILES)
def test_case(path: str, case: Case, rewrite: bool) -> None:
    check(path, case, rewrite)


LINE = st.sampled_from(
    ["```", "```py", "~~~", "> ```", "- ```", "  ```", "    ```", "> a", "- a", "a", "", "````", "\tx"]
)


@given(st.lists(LINE, max_size=12).map("\n".join))
def test_no_line_moves(text: str) -> None:
    md = converter()
    md.reset()
    md.context = ParseContext(text, "posts/a.md")  # type: ignore[attr-defined]
    lines = text.split("\n")
    left = FencedCode(md, math=True).run(lines)
    assert len(left) == len(lines)
    for line, before in zip(left, lines, strict=True):
        assert line == before or PAD in line or "wzxhzdk" in line


def test_a_warning_names_the_nearest_languages() -> None:
    assert warnings("a\n\n> ```pythn\n> x\n> ```") == ['3:3: unknown code language "pythn"']


def test_maths_is_left_to_those_who_read_it() -> None:
    md = converter()
    md.reset()
    md.context = ParseContext("", "posts/a.md")  # type: ignore[attr-defined]
    lines = ["```math", "x^2", "```", "~~~", "code", "~~~"]
    assert FencedCode(md, math=True).run(lines)[:3] == lines[:3]


@pytest.mark.parametrize(
    "name", ["objectivec", "c++", "golang", "proto", "vbnet", "asm", "plist", "txt", "none", "code"]
)
def test_usual_names_are_known(name: str) -> None:
    assert warnings(f"```{name}\nx\n```") == []


@given(st.text(max_size=60))
def test_any_info_is_understood(info: str) -> None:
    language, options = parse_info(info)
    assert "language-" in highlight("x", language, options)


def test_what_is_not_ours_cannot_leave_the_attribute() -> None:
    assert "<script" not in convert('```"><script>\nx\n```')


def test_copied_code_holds_no_numbers() -> None:
    made = highlight("a\nb\n", "text", CodeOptions(numbers=True, first_number=9))
    assert 'data-line="10"></span>b' in made
    assert ">9<" not in made


def test_many_fences_take_no_time() -> None:
    assert convert("```\n" * 4001).count("<pre>") == 2001
