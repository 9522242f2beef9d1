"""Tell formulas between dollars from prose: `$x$` and `$ x^2 $` are TeX, `it costs $5 or $6` is not."""

from __future__ import annotations

import re

_PRICE = re.compile(r"[0-9][0-9.,]*(?:\s+[A-Za-z]{2,}[,.;:]?\s+[A-Za-z]|\s*[\u4e00-\u9fff])")
"""An amount of money, and prose up to the next dollar: "$6 there, or $7", "$5元，而$f$"."""
_CHINESE_PUNCTUATION = "，。；：、！？）」』】》〉”’…"
_TEX_SIGN = re.compile(r"\\(?!\$)|[\^_{]")
_COMMAND = re.compile(r"\\[A-Za-z]{2}")
_LETTERS = re.compile(r"[^\W\d_]+")


def is_tex(body: str, before: str, after: str) -> bool:
    """Return whether the text between two dollars is a formula.

    `before` and `after` are the characters outside the dollars, "" at the ends of the text.
    """
    if body[0] in _CHINESE_PUNCTUATION:
        return False
    spaces = body[0].isspace() + body[-1].isspace()
    if spaces and not _is_spaced_tex(body, before, after):
        return False
    if spaces == 1 and not _has_signs_of_tex(body):
        return False
    if "0" <= after <= "9" and body[0] in "0123456789,.":
        return False
    return not (_PRICE.match(body) and not _TEX_SIGN.search(body))


def _is_spaced_tex(body: str, before: str, after: str) -> bool:
    """Return whether a text with a space inside its dollars is a formula: `$ x^2 $`, not `it costs 5$ and 6 $`."""
    inner = body.strip()
    if not inner:
        return False
    if inner[0] != "\\" and any(char.isascii() and char.isalnum() for char in (before, after)):
        return False
    if "\\" in inner or "^" in inner or "_" in inner:
        return True
    letters = _LETTERS.findall(inner)
    if not letters or max(map(len, letters)) > 1 or not inner.isascii():
        return len(inner) == 1 and inner.isalpha()
    signs = "=<>+-*/|(," if inner[0].isalpha() else "="
    return len(inner) == 1 or any(sign in inner for sign in signs)


def _has_signs_of_tex(body: str) -> bool:
    """Return whether a text with a space inside one dollar is a formula: `$x = y $`, not `$FOO_BAR and $`."""
    if _COMMAND.search(body):
        return True
    return any(sign in body for sign in "^_=") and all(len(letters) <= 2 for letters in _LETTERS.findall(body))
