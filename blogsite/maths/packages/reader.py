"""Read the arguments of a command as LaTeX packages do, and replace commands by what a handler makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple, TypeAlias

from blogsite.maths.tex import LONGEST

_COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
_BRACKETS = re.compile(r"\\.|[{}()\[\]]", re.DOTALL)
_BARS = re.compile(r"\\.|[{}(\[|]", re.DOTALL)
_SPACE = re.compile(r"\s*")
_SIZE = re.compile(r"\s*\\([bB]igg?)[lrm]?(?![A-Za-z])")
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[^\s{}&]", re.DOTALL)
_OPENING = {"}": "{", ")": "(", "]": "["}


class Span(NamedTuple):
    """A part of the TeX, by its offsets."""

    start: int
    end: int


Piece: TypeAlias = "str | Span"
Handler: TypeAlias = Callable[["Reader"], "Sequence[Piece] | None"]
"""Reads the arguments of a command and returns what replaces it all; None if the command stays as it is."""


def expand(tex: str, handlers: Mapping[str, Handler], own: Set[str] = frozenset()) -> str:
    """Return TeX with each command that has a handler replaced, also within the arguments of others.

    If the result is longer than a formula may be, it is cut: the engine refuses it with a message.
    """
    reader = Reader(tex, own)
    made: list[str] = []
    length = 0
    waiting: list[Piece] = [Span(0, len(tex))]
    while waiting and length <= LONGEST:
        piece = waiting.pop()
        if isinstance(piece, Span):
            piece = _expand_first(reader, piece, handlers, waiting)
        made.append(piece)
        length += len(piece)
    return "".join(made)


def _expand_first(reader: Reader, span: Span, handlers: Mapping[str, Handler], waiting: list[Piece]) -> str:
    """Return the text before the first command with a handler; what follows is added to `waiting`, last part first."""
    for match in _COMMAND.finditer(reader.tex, *span):
        handler = handlers.get(match[1])
        if handler is None:
            continue
        reader.at, reader.end = match.end(), span.end
        pieces = handler(reader)
        if pieces is not None:
            waiting.append(Span(reader.at, span.end))
            waiting.extend(reversed(pieces))
            return reader.tex[span.start : match.start()]
    return reader.tex[span.start : span.end]


class Reader:
    """Reads arguments from offset `at` on, up to `end`. What is not there is None and leaves `at` unchanged.

    `own` are the macros that the author has defined, and `setup` the options for the rest of the formula.
    """

    def __init__(self, tex: str, own: Set[str] = frozenset()) -> None:
        self.tex = tex
        self.own = own
        self.setup: dict[str, str] = {}
        self.at = 0
        self.end = len(tex)

    def text(self, span: Span | None) -> str:
        return "" if span is None else self.tex[span.start : span.end]

    def star(self) -> bool:
        at = self._past_space()
        if self.tex[at : at + 1] != "*":
            return False
        self.at = at + 1
        return True

    def size(self) -> str:
        r"""Read \big, \Big, \bigg or \Bigg; "" if there is none."""
        match = _SIZE.match(self.tex, self.at, self.end)
        if match is None:
            return ""
        self.at = match.end()
        return match[1]

    def delimited(self, opening: str, closing: str = "") -> Span | None:
        """Read what stands between `opening`, one of { ( [ |, and the sign that closes it, or a | instead."""
        at = self._past_space()
        if self.tex[at : at + 1] != opening:
            return None
        close = (self._next_bar if "|" in (opening, closing) else self._closing).get(at, -1)
        if not at < close < self.end:
            return None
        self.at = close + 1
        return Span(at + 1, close)

    def group(self) -> Span | None:
        """Read an argument in braces."""
        return self.delimited("{")

    def option(self) -> Span | None:
        """Read an argument in brackets."""
        return self.delimited("[")

    def argument(self) -> Span | None:
        """Read an argument in braces, or a single token."""
        group = self.group()
        if group is not None:
            return group
        token = _TOKEN.match(self.tex, self._past_space(), self.end)
        if token is None:
            return None
        self.at = token.end()
        return Span(*token.span())

    def groups(self, count: int) -> list[Span] | None:
        """Read this many arguments in braces."""
        start, found = self.at, [group for _ in range(count) if (group := self.group()) is not None]
        if len(found) == count:
            return found
        self.at = start
        return None

    def parts(self, span: Span, separator: str = ",") -> list[Span]:
        """Split a part of the TeX at a sign outside braces."""
        found: list[Span] = []
        at = start = span.start
        while at < span.end:
            sign = self.tex[at]
            if sign == "\\":
                at += 1
            elif sign == "{":
                at = max(at, self._closing.get(at, at))
            elif sign == separator:
                found.append(Span(start, at))
                start = at + 1
            at += 1
        return [*found, Span(start, span.end)]

    def _past_space(self) -> int:
        match = _SPACE.match(self.tex, self.at, self.end)
        return match.end() if match else self.at

    @cached_property
    def _closing(self) -> dict[int, int]:
        """Offset of each { ( [ → that of the sign that closes it."""
        closing: dict[int, int] = {}
        open_: list[tuple[str, int]] = []
        for match in _BRACKETS.finditer(self.tex):
            sign, at = match[0], match.start()
            if sign in "{([":
                open_.append((sign, at))
            elif sign in "})]":
                # What is still open within a group is no pair, as in the interval [0, 1).
                while open_ and open_[-1][0] != _OPENING[sign] and (sign == "}" or open_[-1][0] != "{"):
                    open_.pop()
                if open_ and open_[-1][0] == _OPENING[sign]:
                    closing[open_.pop()[1]] = at
        return closing

    @cached_property
    def _next_bar(self) -> dict[int, int]:
        """Offset of each ( [ | → that of the next | in the same group."""
        bars: dict[int, int] = {}
        groups: list[list[int]] = [[]]
        for match in _BARS.finditer(self.tex):
            sign, at = match[0], match.start()
            if sign == "{":
                groups.append([])
            elif sign == "}" and len(groups) > 1:
                groups.pop()
            elif sign == "|":
                bars.update(dict.fromkeys(groups[-1], at))
                groups[-1] = [at]
            elif sign in "([":
                groups[-1].append(at)
        return bars
