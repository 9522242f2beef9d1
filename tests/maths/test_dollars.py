"""Formulas between dollars beside money, code spans, and dollars within text."""

from __future__ import annotations

import time

import pytest

from blogsite.maths.delimiters import find_tex


def formulas(text: str) -> list[str]:
    return [found.source for found in find_tex(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("价格 $5 与 $6，`$code$` 完", []),
        ("花 $5，`code` 和 $x$", ["$x$"]),
        ("a $5 and `x` costs $6", []),
        ("5$ 到 6$。$x$", ["$x$"]),
        ("共 5$，$y$ 与 6$", ["$y$"]),
        ("$，$ $。$", []),
        ("$`x^2`$", ["$`x^2`$"]),
        ("$x` + y$", ["$x` + y$"]),
        ("$\\text{若 $x>0$}$", ["$\\text{若 $x>0$}$"]),
        ("$\\mbox{若 $x>0$ 且 $y$}, z$ 与 $w$", ["$\\mbox{若 $x>0$ 且 $y$}, z$", "$w$"]),
        ("$f = \\textbf{a {b} $x$ c}$.", ["$f = \\textbf{a {b} $x$ c}$"]),
        ("$$\\text{若 $x>0$}$$", ["$$\\text{若 $x>0$}$$"]),
        ("$\\text{a}$ and $b$", ["$\\text{a}$", "$b$"]),
        ("$\\text{open $x$ and more", ["$\\text{open $"]),
    ],
)
def test_what_is_a_formula(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@pytest.mark.parametrize("text", ["$\\text{" * 20_000, "$\\text{a $x$ " * 20_000, "$5 `" * 20_000, "$`a" * 20_001])
def test_hostile_texts_cost_little(text: str) -> None:
    start = time.process_time()
    formulas(text)
    assert time.process_time() - start < 5
