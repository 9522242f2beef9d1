"""Where a piece of TeX is on its lines: what precedes it, whether it fills them, whether it leaves its block."""

from __future__ import annotations

import re

TAIL = re.compile(r"[ \t]*[.,;:，。；：、]?[ \t]*(?:\n|\Z)")
"""What may follow a display on its line."""
KRAMDOWN_TAIL = re.compile(r"[ \t]*[.,;:，。；：、]?[ \t]*(?:\{:[^}\n]*\})?[ \t]*(?:\n|\Z)")
BLOCK_START = re.compile(r"\n[ \t>]*(?:#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t]|```|~~~)")

_PREFIX = re.compile(r"(?:[ \t]*>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_QUOTE = re.compile(r"(?:[ \t]*>[ \t]?)+")
_HEADING_START = re.compile(r"\n[ \t>]*#{1,6}[ \t]")
_LIST_START = re.compile(r"\n[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_HEADING_OR_ROW = re.compile(r"[ \t>]*(?:#{1,6}[ \t]|\|)")


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def prefix(self, at: int) -> str:
        """Return the text before offset `at` on its line, at most 200 characters."""
        nearest = max(at - 200, 0)
        return self.text[max(self.text.rfind("\n", nearest, at) + 1, nearest) : at]

    def filled(self, start: int, end: int, tail: re.Pattern[str] = TAIL) -> bool:
        """Return whether only marks of lists and quotes precede `start` on its line, and only `tail` follows `end`."""
        prefix = self.prefix(start)
        return _length(_PREFIX, prefix) == len(prefix) and tail.match(self.text, end) is not None

    def alone(self, start: int, end: int) -> bool:
        """Return whether the $$ at these offsets stand alone on their lines."""
        line_end = self.text.find("\n", start)
        return (
            not self.text[start + 2 : line_end].strip()
            and not self.prefix(end).strip(" \t>")
            and self.filled(start, end + 2)
        )

    def leaves_block(self, start: int, body: str) -> bool:
        """Return whether a formula of several lines would leave its heading, its table row or its list item."""
        if self.is_one_line(start):
            return True
        prefix = self.prefix(start)
        in_list = prefix[: _length(_PREFIX, prefix)].strip(" \t>") != ""
        return (_LIST_START if in_list else _HEADING_START).search(body) is not None

    def is_one_line(self, at: int) -> bool:
        """Return whether the block at this offset ends with its line: a heading, or a row of a table."""
        return _HEADING_OR_ROW.match(self.prefix(at)) is not None

    def without_marks(self, start: int, tex: str, source: str) -> tuple[str, str]:
        """Return TeX from `start` on, and its source, without the quote marks and the indentation of further lines."""
        prefix = self.prefix(start)
        quoted = _length(_QUOTE, prefix)
        depth = prefix.count(">", 0, quoted)
        if depth:
            marks = re.compile(rf"\n(?:[ \t]*>[ \t]?){{1,{min(depth, 50)}}}")
            tex, source = marks.sub("\n", tex), marks.sub("\n", source)
        indent = len(prefix) - quoted - len(prefix[quoted:].lstrip(" "))
        if indent >= 4:  # should it be code after all, its lines have lost what made it so
            source = source.replace("\n" + " " * (indent // 4 * 4), "\n")
        return tex, source


def _length(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
