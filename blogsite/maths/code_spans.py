"""Code spans, as far as formulas have to leave them alone."""

from __future__ import annotations

import re

from blogsite.maths.lines import Lines
from blogsite.maths.lookahead import Lookahead

_TICKS = re.compile(r"\\.|`+", re.DOTALL)


class CodeSpans:
    """The code spans of a text."""

    def __init__(self, text: str, ahead: Lookahead, lines: Lines) -> None:
        self.text = text
        self.ahead = ahead
        self.lines = lines
        self.met = (-1, -1, -1)
        """The last code span that prevented a formula: its offset, its end, and the end of that formula."""

    def begins_between(self, start: int, end: int) -> bool:
        """Return whether a code span begins between these offsets.

        Ticks in a group that the TeX closes begin no code span that reaches beyond it: they are TeX's quotation marks.
        """
        text = self.text
        met, met_close, met_end = self.met
        if start <= met and (met_close < end or met_end == end):
            return True
        limit = self.ahead.blank_line(start)
        for match in _TICKS.finditer(text, start, end):
            close = self.close(match.start(), match.end(), limit) if match[0][0] == "`" else -1
            if close >= end and has_open_group(text, start, match.start()) and not has_open_group(text, start, end):
                continue
            if close >= 0:
                self.met = (match.start(), close, end)
                return True
        return False

    def close(self, start: int, end: int, limit: int) -> int:
        """Return the offset of the ticks that close those from `start` to `end`, or -1 if none do up to `limit`."""
        close = self.ahead.ticks(end - start, end)
        if close < 0 or limit < close:
            return -1
        if end - start < 3 and self.text.find("\n", end, close) >= 0:
            return -1 if self.lines.is_one_line(start) or self.ahead.block_start(end) < close else close
        return close


def has_open_group(text: str, start: int, end: int) -> bool:
    """Return whether more braces open than close between these offsets."""
    return text.count("{", start, end) > text.count("}", start, end)
