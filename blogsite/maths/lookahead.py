"""Searches for closing delimiters that take linear time in total: each lists what it finds, or how far it looked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from blogsite.maths.lines import BLOCK_START
from blogsite.maths.tex import LONGEST

ENVIRONMENTS = (
    r"equation|align|gather|multline|eqnarray|alignat|flalign|x{1,2}alignat|subequations|displaymath|CD|split"
    r"|(?:gather|align|alignat)ed|[dr]?cases|array|[pbBvV]?matrix|smallmatrix"
)

RUN_OF_TICKS = re.compile(r"`+")

_DOLLARS = re.compile(r"\\.|\$\$", re.DOTALL)
_BLANK = re.compile(r"\n[ \t>]*\n")
_TEXT_OR_DOLLAR = re.compile(
    r"""\\(?:(?:text[a-z]*|[mhvf]box|(?:short)?intertext|tag|qq(?:text)?)\*?\s*\{
    |(?:colorbox|parbox|raisebox|makebox|framebox)\s*(?:\[[^\[\]{}\n]{0,50}\]\s*){0,2}(?:\{[^{}\n]{0,50}\}\s*)?\{
    |fcolorbox\s*(?:\{[^{}\n]{0,50}\}\s*){2}\{
    |(?P<escaped>.))
    |[{}]|\$\$?|(?P<blank>\n[ \t>]*(?=\n))""",
    re.VERBOSE | re.DOTALL,
)
"""The commands whose argument is text, in which dollars are maths again."""
_ENVIRONMENT_MARK = re.compile(rf"\\(begin|end)\{{((?:{ENVIRONMENTS})\*?)\}}")


class Lookahead:
    """Answers questions about a text at rising offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._answers: dict[str, tuple[int, int]] = {}

    def blank_line(self, at: int) -> int:
        """Return the offset of the next blank line, or of the text's end."""
        end = self.next("\n\n", at)
        return len(self.text) if end < 0 else end

    def block_start(self, at: int) -> int:
        """Return the offset of the next line end before a heading, a list item or a fence, or of the text's end."""
        return _next(self._block_starts, at, len(self.text))

    def ticks(self, length: int, at: int) -> int:
        """Return the offset of the next run of this many backticks, or -1."""
        return _next(self._tick_runs.get(length, ()), at, -1)

    def closing_dollar(self, start: int, end: int) -> int:
        r"""Return the offset of the dollar that closes the one at `start`, or `end`, which is that of the next one.

        They differ where the next one is within \text{…}. A formula that would be too long for the engine is none.
        """
        close = self._nesting[0].get(start, end)
        return close if close - start <= LONGEST else end

    def closing_display(self, start: int, end: int) -> int:
        """Return the same for $$."""
        close = self._nesting[1].get(start, end)
        return close if close - start <= LONGEST else end

    def next(self, pattern: str, at: int) -> int:
        """Return the offset of the next `pattern` from `at` on, or -1. Offsets only rise, so answers can be reused."""
        asked, answer = self._answers.get(pattern, (1, 0))
        if asked <= at and (answer < 0 or answer >= at):
            return answer
        answer = self._search(pattern, at)
        self._answers[pattern] = (at, answer)
        return answer

    def _search(self, pattern: str, at: int) -> int:
        if pattern == "\n\n":
            blank = _BLANK.search(self.text, at)
            return blank.start() if blank else -1
        if pattern == "$$":
            return next((m.start() for m in _DOLLARS.finditer(self.text, at) if m[0] == "$$"), -1)
        if pattern.startswith("fence"):
            close = re.compile(rf"\n[ \t>]*{pattern[-1]}{{3,}}(?=[ \t]*(?:\n|\Z))").search(self.text, at)
            return close.end() if close else -1
        if pattern.startswith("</"):
            close = re.compile(re.escape(pattern) + r"\s*>", re.IGNORECASE).search(self.text, at)
            return close.end() if close else -1
        return self.text.find(pattern, at)

    @cached_property
    def _block_starts(self) -> list[int]:
        return [match.start() for match in BLOCK_START.finditer(self.text)]

    @cached_property
    def _nesting(self) -> tuple[dict[int, int], dict[int, int]]:
        """Offset of each dollar → that of the next one in the same text, and the same for $$ outside all text."""
        dollars: dict[int, int] = {}
        displays: dict[int, int] = {}
        display = -1
        groups: list[_Text | None] = []
        texts = [_Text()]
        for match in _TEXT_OR_DOLLAR.finditer(self.text):
            token = match[0]
            if match["blank"]:
                dollars.update(texts[0].links)
                groups, texts = [], [_Text()]
            elif match["escaped"]:
                continue
            elif token[0] == "$":
                for at in range(match.start(), match.end()):
                    texts[-1].meet(at)
                if len(token) == 2 and len(texts) == 1:
                    displays[display] = match.start()
                    display = match.start()
            elif token == "{":
                groups.append(None)
            elif token == "}":
                if groups and groups.pop() is not None:
                    dollars.update(texts.pop().links)
            else:
                texts.append(_Text())
                groups.append(texts[-1])
        dollars.update(texts[0].links)
        return dollars, displays

    @cached_property
    def _tick_runs(self) -> dict[int, list[int]]:
        """Offsets of the runs of backticks, by their length."""
        runs: dict[int, list[int]] = {}
        for match in RUN_OF_TICKS.finditer(self.text):
            runs.setdefault(len(match[0]), []).append(match.start())
        return runs

    @cached_property
    def environment_ends(self) -> dict[int, int]:
        r"""Offset of each \begin → offset behind its \end; environments of the same name may be nested."""
        ends: dict[int, int] = {}
        open_: dict[str, list[int]] = {}
        for match in _ENVIRONMENT_MARK.finditer(self.text):
            if match[1] == "begin":
                open_.setdefault(match[2], []).append(match.start())
            elif open_.get(match[2]):
                ends[open_[match[2]].pop()] = match.end()
        return ends


class _Text:
    """The dollars met so far in one argument of text: each with the next one."""

    __slots__ = ("last", "links")

    def __init__(self) -> None:
        self.last = -1
        self.links: dict[int, int] = {}

    def meet(self, at: int) -> None:
        if self.last >= 0:
            self.links[self.last] = at
        self.last = at


def _next(offsets: Sequence[int], at: int, otherwise: int) -> int:
    index = bisect_left(offsets, at)
    return offsets[index] if index < len(offsets) else otherwise
