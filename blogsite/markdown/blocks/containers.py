"""Where a line of Markdown stands: in which quotes and list items, by CommonMark's rules.

Used before blocks are parsed, by those who must know whether an indented line is code or belongs to a list. Walks over
the lines once, only as far as it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUOTE = 0
"""In a stack of containers: a quote. Any other number is an item whose content is indented by so many columns."""

DEEPEST = 50
"""Containers in each other, at most; what stands deeper is text."""

QUOTE_MARK = re.compile(r" {0,3}>( ?)")
ITEM_MARK = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:( +)|$)")
BOX_MARK = re.compile(r" {0,3}(?:(?:!!!|\?\?\?\+?) ?[\w\-\"]|===[!+]? ?\"|\[\^[^\]]*\]:|: +\S)")
"""Starts a box, a footnote or a definition, whose further lines are indented by 4."""
RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:_[ ]*){3,}|(?:\*[ ]*){3,})$")
NOT_TEXT = re.compile(
    r" *\x02(?:wzxhzdk|pad)| {0,3}\|| {0,3}#{1,6}(?: |$)| {0,3}(?:(?:-[ ]*){3,}|(?:_[ ]*){3,}|(?:\*[ ]*){3,}|=+ *)$"
)
NOT_LAZY = re.compile(r" {0,3}(?:>|#{1,6}(?: |$)|`{3}|~{3}|(?:[-+*]|1[.)]) )")


@dataclass(slots=True)
class LinePosition:
    """A line without the marks of its containers: `rest`, from the column `start` on."""

    containers: list[int]
    start: int
    line: str
    """With tabs expanded where they stand before the text."""
    opened: int = 0
    """How many of the containers begin on this line."""
    code: bool = False
    """The line is indented code."""

    @property
    def rest(self) -> str:
        return self.line[self.start :]

    @property
    def prefix(self) -> str:
        """What stands before the rest on this line."""
        return self.line[: self.start]


def untabbed(line: str) -> str:
    """LINE with tabs expanded in the white space and the marks that it begins with."""
    if "\t" not in line:
        return line
    head = re.match(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+[ \t>]*)*", line)
    end = head.end() if head else 0
    return line[:end].expandtabs(4) + line[end:] if "\t" in line[:end] else line


def inside(containers: list[int], line: str) -> tuple[int, int]:
    """How many of CONTAINERS go on in LINE, and the column behind their marks."""
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


class Walk:
    """One walk over the lines of a text."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.containers: list[int] = []
        self.skips: dict[int, int] = {}
        """First line of a block that is code → the line behind it."""
        self.next = 0
        self.in_text = False
        """Whether the last line is part of a paragraph."""

    def at(self, number: int) -> LinePosition:
        """The place of line NUMBER; numbers must not go back."""
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
        line = untabbed(self.lines[number])
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
        """The place behind the marks in LINE from START on; their containers are open then."""
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
        """The mark of an item at START, where one may be: IN_TEXT, only bullets and the number 1, with text behind."""
        mark = ITEM_MARK.match(line, start)
        if not mark or RULE.match(line, start):
            return None
        digits = mark[0].strip(" -+*.)")
        return None if in_text and ((digits and int(digits) != 1) or mark.end() >= len(line.rstrip())) else mark
