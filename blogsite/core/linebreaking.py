"""Where a line of Chinese or English may end, and texts in lines of a given width.

Widths are whatever the `measure` that is given says of a text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]

NEVER_FIRST = frozenset("、。，．：；？！）］｝〉》」』】〕〗”’…—·・ー々％,.:;?!)]}%»›")
"""What no line begins with: the marks that close something or lean on what is before them."""

NEVER_LAST = frozenset("（［｛〈《「『【〔〖“‘([{«‹$¥￥")
"""What no line ends with: the marks that open something."""


def break_lines(text: str, measure: Measure, width: float) -> list[str]:
    """A text in lines no wider than WIDTH: broken at spaces, at hyphens within words, and between Chinese characters.

    No line begins with a closing mark or ends with an opening one. What has no place to break and is wider than a line
    is cut where the line is full; only a single character may stick out.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text.strip()):
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while measure(line.rstrip()) > width and (kept := _that_fits(line, measure, width)) < len(line.rstrip()):
            lines.append(line[:kept].rstrip())
            line = line[kept:].lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def balanced(text: str, measure: Measure, width: float) -> list[str]:
    """As few lines as `break_lines` makes, in the narrowest width that needs no more."""
    lines = break_lines(text, measure, width)
    low, high = width / 2, width
    while high - low > 1:
        middle = (low + high) / 2
        narrower = break_lines(text, measure, middle)
        if len(narrower) <= len(lines) and all(measure(line) <= middle for line in narrower):
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def shortened(text: str, measure: Measure, width: float) -> str:
    """The beginning of a text that fits the width with an ellipsis after it; the whole text if that fits."""
    return text if measure(text) <= width else with_ellipsis(text, measure, width)


def with_ellipsis(text: str, measure: Measure, width: float) -> str:
    """As much of the beginning of a text as fits the width with an ellipsis after it."""
    kept = _that_fits(text, lambda start: measure(start.rstrip() + "…"), width)
    return text[:kept].rstrip().rstrip("".join(NEVER_LAST) + ",.;:、。，；：") + "…"


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text between which a line may break, each with the spaces behind it."""
    begin = 0
    for location in range(1, len(text)):
        if _may_break(text, location):
            yield text[begin:location]
            begin = location
    yield text[begin:]


def _may_break(text: str, location: int) -> bool:
    """Whether a line may end before the character at PLACE."""
    before, after = text[location - 1], text[location]
    if after.isspace() or _joined(text, location) or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if before.isspace():
        return text[:location].rstrip()[-1:] not in NEVER_LAST
    if before in "-–/":
        return location > 1 and text[location - 2].isalpha() and after.isalpha()
    return _is_wide(before) or _is_wide(after) or before in "—…"


def _is_wide(character: str) -> bool:
    """Han, kana, hangul, full-width marks, emoji."""
    return unicodedata.east_asian_width(character) in "WF"


def _joined(text: str, location: int) -> bool:
    """Whether the character at PLACE belongs to the one before it: accents, variants, parts of an emoji."""
    joiner = "\u200d"
    after = text[location]
    return after == joiner or text[location - 1] == joiner or unicodedata.category(after) in ("Mn", "Me", "Mc")


def _that_fits(text: str, measure: Measure, width: float) -> int:
    """The length of the longest beginning that is no wider, at least one character with what is joined to it."""
    ends = [location for location in range(1, len(text)) if not _joined(text, location)] + [len(text)]
    kept = ends[0]
    for end in ends:
        if measure(text[:end].rstrip()) > width:
            break
        kept = end
    return kept
