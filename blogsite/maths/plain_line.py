"""A line of readable text while it is made of a formula: spaces, subscripts, superscripts, fractions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import Enum

from blogsite.maths.unicode_tables import OVER_EACH, RAISED, SUBSCRIPTS, SUPERSCRIPTS

_RAISED_OR_LOWERED = "".join(map(chr, {*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()}))
_MARKS = f"\u0300-\u036f\u20d0-\u20f0°{re.escape(_RAISED_OR_LOWERED)}"
_ATOM = re.compile(
    rf"\d+(?:\.\d+)?|[d∂δΔ]?[^\W\d_][{_MARKS}]*|∞|…|[^\W\d_][\w{_MARKS}]*\([^()]*\)|\([^()]*\)|\|[^|]*\||‖[^‖]*‖"
    r"|\x02[^\x02\x03]*\x03"
)
"""A number, a letter with what belongs to it, a differential, a function's value, something in brackets."""
_NUMERATOR = re.compile(rf"-?(?:[\w.∂∇Δ∞!{_MARKS}]|\x02[^\x02\x03]*\x03)+(?:\([^()]*\))?")
_SPACE_AROUND_SIGN = re.compile(r"(?<=[^\w\s,;])\s+|\s+(?=[^\w\s])")
_WORD = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]+")
_CONTINUES = re.compile(r"[=<>+\-*/·×÷≤≥≠≈∼≃≡≅∈∉⊂⊆⊃⊇→⇒⟹⇔⟺↔∝≪≫≲≳≺≻∧∨∩∪±∓⊕⊗]")
"""The first sign of a row that continues the one above."""
_PRIMES = {1: "′", 2: "″", 3: "‴"}
_ENDS_WORD = ")]}⟩⟧⌉⌋′″‴!°…|‖∞∇∂"
_BEFORE_SIGN = frozenset("=<>+-*/:&≤≥≠≈∼≡∈→·×±")


class Kind(Enum):
    """What a piece of text is, for the space around it."""

    PLAIN = "plain"
    WORD = "word"
    """Apart from letters and digits on both sides: "sin", a fraction."""
    LARGE = "large"
    """A large operator, which is like a word once it has limits."""
    OPERATOR = "operator"
    """With space on both sides or on neither."""


class _Space(Enum):
    NONE = 0
    AFTER_COMMAND = 1
    WRITTEN = 2


class Line:
    """Text that grows from left to right."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.compound = False
        """Whether the last part needs parentheses before it gets a superscript."""
        self._last = Kind.PLAIN
        self._space = _Space.NONE
        self._ignores_space = self._text_ends = self._has_no_base = False

    def text(self) -> str:
        return "".join(self.parts).strip()

    def ends_in_space(self, *, in_text: bool) -> bool:
        """Return whether a space ends the line that counts: any in text, but in a formula only one that text has."""
        return self._space is _Space.WRITTEN and (in_text or self._text_ends)

    def space(self, *, after_command: bool = False) -> None:
        """Add a space. One after a command may only end it, and is kept before signs alone."""
        if not self._ignores_space:
            self._space = _Space.AFTER_COMMAND if after_command and self._space is _Space.NONE else _Space.WRITTEN

    def add(self, text: str, kind: Kind = Kind.PLAIN, *, compound: bool = False) -> None:
        """Add a text that neither begins nor ends with a space."""
        if not text:
            self._has_no_base = True
            return
        spaced = self._space is not _Space.NONE
        if self.parts and self._is_apart(text[0], kind):
            self.parts.append(" ")
        self.parts.append(text)
        self._space, self._ignores_space, self._last, self.compound = _Space.NONE, False, kind, compound
        self._text_ends = self._has_no_base = False
        if kind is Kind.OPERATOR and len(self.parts) > 1:
            self._space = _Space.WRITTEN if spaced else _Space.NONE
            self._ignores_space = True

    def add_apart(self, text: str) -> None:
        """Add a text that may begin or end with spaces, which count."""
        if text[:1].isspace():
            self.space()
        self.add(text.strip())
        if text[-1:].isspace():
            self.space()
            self._text_ends = True

    def end_word(self) -> None:
        """Keep the last part apart from letters that follow."""
        self._last = Kind.WORD

    def _is_apart(self, first: str, kind: Kind) -> bool:
        if self._space is _Space.WRITTEN:
            return True
        last = self.parts[-1][-1]
        if self._space is _Space.AFTER_COMMAND and (kind is Kind.OPERATOR or first in _BEFORE_SIGN):
            return True
        if kind is Kind.WORD and (_in_word(last) or last in _ENDS_WORD):
            return True
        return self._last is Kind.WORD and _in_word(last, ")∞") and _in_word(first, "√∂∇∑∏∫\x02")

    def add_scripts(self, lower: str, upper: str, primes: int = 0) -> None:
        """Add a subscript and a superscript to the last part: in Unicode if it has both, else with _ and ^."""
        if self.compound and (lower or upper or primes) and not self._has_no_base:
            self.parts[-1] = in_parentheses(self.parts[-1])
        self.compound = False
        if self._last is not Kind.OPERATOR and not self._has_no_base:
            self._space = _Space.NONE
        written = _PRIMES.get(primes, "′" * primes)
        upper = RAISED.get(upper, upper)
        low, high = _translated(lower, SUBSCRIPTS), _translated(upper, SUPERSCRIPTS)
        if upper in RAISED.values():
            high = upper
        if low is None or high is None:
            low = f"_{_grouped(lower, words=True)}" if lower else ""
            high = f"^{_grouped(upper)}" if upper else ""
        if not (scripts := low + written + high):
            return
        if self._has_no_base:
            self.add(scripts)
            return
        self.parts.append(scripts)
        if self._last is Kind.LARGE or scripts[-1] == "*" or (scripts[0] in "_^" and scripts[-1].isalnum()):
            self._last = Kind.WORD


def _in_word(char: str, also: str = "") -> bool:
    return char.isalnum() or char in also or unicodedata.category(char)[0] == "M"


def _translated(text: str, table: Mapping[int, int]) -> str | None:
    """Return a text in the signs of a table; None if one of its characters has none."""
    if not text:
        return ""
    packed = _packed(text)
    return packed.translate(table) if all(ord(char) in table for char in packed) else None


def _packed(text: str) -> str:
    """Return a text without the spaces around its signs."""
    return _SPACE_AROUND_SIGN.sub("", text) if " " in text else text


def _grouped(text: str, *, words: bool = False) -> str:
    """Return a text in parentheses if it is more than one sign; `words` need none."""
    packed = _packed(text)
    bare = len(packed) == 1 or _ATOM.fullmatch(packed) or (words and _WORD.fullmatch(packed))
    return packed if bare else in_parentheses(packed)


def in_parentheses(text: str) -> str:
    """Return a text in parentheses, unless it is a single pair already."""
    return text if text[:1] == "(" and text[-1:] == ")" and "(" not in text[1:-1] else f"({text})"


def is_atom(text: str) -> bool:
    """Return whether a text is one thing to the eye, so that it needs no parentheses."""
    return _ATOM.fullmatch(text) is not None


def fraction(above: str, below: str) -> str:
    """Return a/b, with parentheses where they are needed."""
    if not above and not below:
        return ""
    return (
        (above if _NUMERATOR.fullmatch(above) or is_atom(above) else in_parentheses(above))
        + "/"
        + (below if is_atom(below) else in_parentheses(below))
    )


def accented(text: str, accent: str) -> str:
    """Return a text with a combining accent: over each letter if it is a line, else over the last."""
    if accent in OVER_EACH and "\x02" not in text:
        return "".join(char + accent if char.isalnum() else char for char in text)
    return text + accent if text else ""


def joined_cells(cells: Iterable[str], *, apart: bool) -> str:
    """Return a row of an alignment or a matrix; cells that are `apart` have commas between them, but none is a sign."""
    full = [cell for cell in cells if cell]
    apart = apart and not any(map(_CONTINUES.fullmatch, full))
    return ", ".join([*(cell.rstrip(",，") for cell in full[:-1]), full[-1]]) if apart else " ".join(full)


def joined_rows(rows: Iterable[str], *, apart: bool) -> str:
    """Return rows on one line, with semicolons; a row of an alignment may continue the one above."""
    parts: list[str] = []
    for row in rows:
        if parts and apart:
            parts[-1] = parts[-1].rstrip(",;，；") + ";"
        elif parts and parts[-1][-1] not in ",;.:，；。：" and not _CONTINUES.match(row):
            parts.append(";")
        parts += (" ", row) if parts else (row,)
    return "".join(parts)
