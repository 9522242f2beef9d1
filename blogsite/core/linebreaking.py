"""Line breaking for Chinese and English text of a given width.

Widths are in the unit of the `measure` function, for instance px of a font.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]

NEVER_FIRST = frozenset("、。，．：；？！）］｝〉》」』】〕〗”’…—·・ー々％,.:;?!)]}%»›")
"""Characters that no line begins with: closing punctuation and everything that belongs to what is before it."""

NEVER_LAST = frozenset("（［｛〈《「『【〔〖“‘([{«‹$¥￥")
"""Characters that no line ends with: opening punctuation."""


def break_lines(text: str, measure: Measure, width: float) -> list[str]:
    """Break a text into lines no wider than `width`: at spaces, at hyphens, and between Chinese characters.

    No line begins with a closing mark or ends with an opening one. A run without a place to break that is wider than a
    line is cut where the line is full; only a single character may be wider than a line.
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


def balance_lines(text: str, measure: Measure, width: float) -> list[str]:
    """Break a text into as few lines as `break_lines` does, and make these as narrow as possible."""
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


def truncate(text: str, measure: Measure, width: float) -> str:
    """Return the text, or as much of its beginning as fits the width together with an ellipsis."""
    return text if measure(text) <= width else truncate_with_ellipsis(text, measure, width)


def truncate_with_ellipsis(text: str, measure: Measure, width: float) -> str:
    """Return as much of the text's beginning as fits the width together with an ellipsis, always with the ellipsis."""
    kept = _that_fits(text, lambda start: measure(start.rstrip() + "…"), width)
    return text[:kept].rstrip().rstrip("".join(NEVER_LAST) + ",.;:、。，；：") + "…"


def _pieces(text: str) -> Iterator[str]:
    """Return the parts of a text between which a line may break, each with the spaces behind it."""
    begin = 0
    for location in range(1, len(text)):
        if _may_break(text, location):
            yield text[begin:location]
            begin = location
    yield text[begin:]


def _may_break(text: str, location: int) -> bool:
    """Return whether a line may end before the character at this index."""
    before, after = text[location - 1], text[location]
    if after.isspace() or _joined(text, location) or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if before.isspace():
        return text[:location].rstrip()[-1:] not in NEVER_LAST
    if before in "-–/":
        return location > 1 and text[location - 2].isalpha() and after.isalpha()
    return _is_wide(before) or _is_wide(after) or before in "—…"


def _is_wide(character: str) -> bool:
    """Return whether a character is full-width: Han, kana, hangul, full-width punctuation, emoji."""
    return unicodedata.east_asian_width(character) in "WF"


def _joined(text: str, location: int) -> bool:
    """Return whether the character at this index belongs to the one before it: accents, variants, parts of an emoji."""
    joiner = "\u200d"
    after = text[location]
    return after == joiner or text[location - 1] == joiner or unicodedata.category(after) in ("Mn", "Me", "Mc")


def _that_fits(text: str, measure: Measure, width: float) -> int:
    """Return the length of the longest beginning that fits, at least one character with what belongs to it."""
    ends = [location for location in range(1, len(text)) if not _joined(text, location)] + [len(text)]
    kept = ends[0]
    for end in ends:
        if measure(text[:end].rstrip()) > width:
            break
        kept = end
    return kept
