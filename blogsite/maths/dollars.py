"""Where a formula between single dollars ends, and what is no formula because a code span begins within it."""

from __future__ import annotations

import re
from bisect import bisect_left

from blogsite.maths.lookahead import RUN_OF_TICKS, Lookahead

_INLINE = re.compile(r"[^$\\]*+(?:\\.[^$\\]*+)*+", re.DOTALL)
_OPEN_TEXT = re.compile(
    r"\\(?:text[a-z]*|mbox|hbox|intertext|shortintertext)\s*\{(?:[^{}\\]|\\.|\{[^{}]*\})*\Z", re.DOTALL
)
"""A command for text whose argument is not closed."""
_NESTED = re.compile(r"\$[^$]*\$")
MOST_NESTED = 20
"""Formulas within the text of one formula."""


def inline_end(text: str, at: int, limit: int) -> int:
    """Return the offset of the dollar that ends the formula whose content begins at `at`, or of its end at `limit`.

    A dollar within `\\text{…}` begins a formula of its own: `$\\text{if $x>0$}$` is one formula.
    """
    match = _INLINE.match(text, at, limit)
    end = first = match.end() if match else at
    for _ in range(MOST_NESTED):
        body = text[at:end]
        if "{" not in body or not _OPEN_TEXT.search(_NESTED.sub("", body)):
            return end
        for _ in range(2):
            match = _INLINE.match(text, end + 1, limit)
            end = match.end() if match else limit
            if text[end : end + 1] != "$":
                return first
    return first


def spans_code(text: str, start: int, end: int, ahead: Lookahead) -> bool:
    """Return whether a code span begins between the dollars at `start` and `end`. (The whole of $`x`$ is a formula.)"""
    at = start + 1
    if text[at] == "`" == text[end - 1]:
        return False
    limit = ahead.blank_line(start)
    while (at := text.find("`", at, end)) >= 0:
        run = RUN_OF_TICKS.match(text, at)
        after = run.end() if run else at + 1
        places = ahead.tick_runs.get(after - at, [])
        index = bisect_left(places, after)
        if index < len(places) and places[index] < limit:
            return True
        at = after
    return False
