"""Searches for closing delimiters that take linear time in total: each remembers how far it looked."""

from __future__ import annotations

import re
from functools import cached_property

ENVIRONMENTS = (
    r"equation|align|gather|multline|eqnarray|alignat|flalign|x{1,2}alignat|subequations|displaymath|CD|split"
    r"|(?:gather|align|alignat)ed|[dr]?cases|array|[pbBvV]?matrix|smallmatrix"
)

RUN_OF_TICKS = re.compile(r"`+")

_DOLLARS = re.compile(r"\\.|\$\$", re.DOTALL)
_BLANK = re.compile(r"\n[ \t>]*\n")
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
    def tick_runs(self) -> dict[int, list[int]]:
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
