"""Find the containers of each line of Markdown, quotes and list items, by CommonMark's rules.

For preprocessors that run before blocks are parsed and must tell indented code from the content of a list. Lines are
read once, and only as far as necessary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUOTE = 0
"""A quote in a stack of containers. Any other number is a list item whose content is indented by so many columns."""

DEEPEST = 50
"""Maximum depth of containers; what is deeper is text."""

QUOTE_MARK = re.compile(r" {0,3}>( ?)")
ITEM_MARK = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:( +)|$)")
BOX_MARK = re.compile(r" {0,3}(?:(?:!!!|\?\?\?\+?) ?[\w\-\"]|===[!+]? ?\"|\[\^[^\]]*\]:|: +\S)")
"""The first line of a box, a footnote or a definition, whose other lines are indented by 4."""
RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:_[ ]*){3,}|(?:\*[ ]*){3,})$")
NOT_TEXT = re.compile(
    r" *\x02(?:wzxhzdk|pad)| {0,3}\|| {0,3}#{1,6}(?: |$)| {0,3}(?:(?:-[ ]*){3,}|(?:_[ ]*){3,}|(?:\*[ ]*){3,}|=+ *)$"
)
NOT_LAZY = re.compile(r" {0,3}(?:>|#{1,6}(?: |$)|`{3}|~{3}|(?:[-+*]|1[.)]) )")


@dataclass(slots=True)
class LinePosition:
    """A line without the marks of its containers: `rest` is the text from column `start` on."""

    containers: list[int]
    start: int
    line: str
    """The line, with the tabs before its text expanded."""
    opened: int = 0
    """How many of the containers begin on this line."""
    code: bool = False
    """Whether the line is indented code."""

    @property
    def rest(self) -> str:
        return self.line[self.start :]

    @property
    def prefix(self) -> str:
        """The text before `rest`."""
        return self.line[: self.start]


def expand_leading_tabs(line: str) -> str:
    """Return a line with the tabs in its leading white space and marks expanded."""
    if "\t" not in line:
        return line
    head = re.match(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+[ \t>]*)*", line)
    end = head.end() if head else 0
    return line[:end].expandtabs(4) + line[end:] if "\t" in line[:end] else line


def inside(containers: list[int], line: str) -> tuple[int, int]:
    """Return how many of the containers continue on a line, and the column behind their marks."""
    start = 0
    for count, container in enumerate(containers):
        if container == QUOTE:
            mark = QUOTE_MARK.match(line, start)
            if not mark:
                return count, start
            start = mark.end()
        elif line.startswith(" " * container, start):
            start += container
        elif line[start:].strip():
            return count, start
        else:
            start = len(line)
    return len(containers), start


class ContainerTracker:
    """Tracks the open containers from line to line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.containers: list[int] = []
        self.skips: dict[int, int] = {}
        """First line of a block of code → the line behind it."""
        self.next = 0
        self.in_text = False
        """Whether the last line is part of a paragraph."""

    def at(self, number: int) -> LinePosition:
        """Return the position of a line; line numbers must not decrease."""
        position = LinePosition([], 0, "")
        while self.next <= number:
            position = self._step(self.next)
            end = self.skips.get(self.next)
            if end is not None and end > self.next:
                self.next, self.in_text = end, False
            else:
                self.next += 1
        return position

    def _step(self, number: int) -> LinePosition:
        line = expand_leading_tabs(self.lines[number])
        if not line.strip():
            self.in_text = False
            if QUOTE in self.containers:
                del self.containers[self.containers.index(QUOTE) :]
            return LinePosition(list(self.containers), len(line), line)
        count, start = inside(self.containers, line)
        whole = count == len(self.containers)
        lazy = self.in_text and not whole and number not in self.skips and not NOT_LAZY.match(line, start)
        if lazy and line[start:].strip() and not self._item(line, start, False):
            return LinePosition(list(self.containers), start, line)
        del self.containers[count:]
        position = self._open(line, start, self.in_text and whole)
        rest = position.rest
        position.code = rest.startswith("    ") and not (self.in_text and (whole or position.opened))
        self.in_text = bool(rest.strip()) and not position.code and not NOT_TEXT.match(rest)
        if BOX_MARK.match(rest) and len(self.containers) < DEEPEST:
            mark = rest.lstrip(" ")
            self.containers.append(4 + (len(rest) - len(mark) if mark[0] in "!?=" else 0))
        return position

    def _open(self, line: str, start: int, in_text: bool) -> LinePosition:
        """Return the position behind the marks from `start` on; their containers are open then."""
        before = len(self.containers)
        while len(self.containers) < DEEPEST:
            quote = QUOTE_MARK.match(line, start)
            item = None if quote else self._item(line, start, in_text)
            if quote:
                self.containers.append(QUOTE)
                start = quote.end()
            elif item:
                spaces = len(item[1] or "")
                end = item.end() if 1 <= spaces <= 4 else item.end() - spaces + 1
                self.containers.append(end - start)
                start = min(end, len(line))
            else:
                break
            in_text = False
        return LinePosition(list(self.containers), start, line, len(self.containers) - before)

    def _item(self, line: str, start: int, in_text: bool) -> re.Match[str] | None:
        """Return the mark of a list item at `start`, if there may be one: within text only bullets and the number 1."""
        mark = ITEM_MARK.match(line, start)
        if not mark or RULE.match(line, start):
            return None
        digits = mark[0].strip(" -+*.)")
        return None if in_text and ((digits and int(digits) != 1) or mark.end() >= len(line.rstrip())) else mark
