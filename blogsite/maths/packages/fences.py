"""Fences around an argument that fit its height, as the package physics sets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from blogsite.maths.packages.reader import Handler, Piece, Reader


class Fence(NamedTuple):
    """The signs on both sides of an argument, as TeX."""

    left: str
    right: str


PAREN = Fence("(", ")")
BRACKET = Fence("[", "]")
BRACE = Fence("\\{", "\\}")
BAR = Fence("\\lvert ", "\\rvert ")
BARS = Fence("\\lVert ", "\\rVert ")
DELIMITERS = {"(": PAREN, "[": BRACKET, "{": BRACE, "|": BAR}
"""Opening sign in the source → fence."""


def fitted(fence: Fence, inside: Sequence[Piece], size: str = "", star: bool = False) -> list[Piece]:
    """Return an argument in fences: of a given size (a command without backslash), as they are, or as high as it is.

    Braces around them keep TeX from a space before them: f(x), not f (x).
    """
    left, right = fence
    if size:
        return [f"\\{size}l{left}", *inside, f"\\{size}r{right}"]
    return [left, *inside, right] if star else [f"{{\\left{left}", *inside, f"\\right{right}}}"]


def fenced(fence: Fence, before: str = "", count: int = 1) -> Handler:
    """Return a handler of a command whose `count` arguments stand between fences."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        star, size = reader.star(), reader.size()
        inside: list[Piece] = []
        for _ in range(count):
            if (argument := reader.argument()) is None:
                return None
            inside += (",", argument) if inside else (argument,)
        return [before, *fitted(fence, inside, size, star)]

    return handle
