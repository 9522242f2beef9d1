"""Tell formulas between dollars from prose: `$x$` and `$ x^2 $` are TeX, `it costs $5 or $6` is not."""

from __future__ import annotations

import re

_PUNCTUATION = "，。、；：？！…—～·（）「」『』《》〈〉【】“”‘’"
_PRICE = re.compile(
    rf"""[0-9][0-9.,，、~～/–-]*+(?:
      \s+[A-Za-z]{{2,}}[,.;:]?\s+[A-Za-z]
    | (?:[A-Za-z]{{1,5}}+\s*+(?=[{_PUNCTUATION}]))?+[\s{_PUNCTUATION}]*+[\u4e00-\u9fff]
    )""",
    re.VERBOSE,
)
"""An amount of money, and prose up to the next dollar: "$6 there, or $7", "$5元，而$f$", "$5k，但$f$"."""
_AMOUNT_AND_STOP = re.compile(rf"[0-9][0-9.,]*\s*[{_PUNCTUATION}]+")
_AFTER_AMOUNT = re.compile(r"(?!\d)(?:[^A-Za-z=<>]|/[A-Za-z]|[A-Za-z]{2,}+)*")
"""What stands between the dollar behind an amount and the next one: "5$ 到 6$", "5$/h，6$/h", "5$的$x$"."""
_CHINESE = re.compile(rf"[\u4e00-\u9fff{_PUNCTUATION}]")
_TEX_SIGN = re.compile(r"\\(?!\$)|[\^_{]")
_DIGITS = "0123456789"
_AFTER_DIGITS = _DIGITS + "万亿"
"""The last character of an amount before a dollar."""
_COMMAND = re.compile(r"\\[A-Za-z]{2}")
_LETTERS = re.compile(r"[^\W\d_]+")


def is_tex(body: str, before: str, after: str) -> bool:
    """Return whether the text between two dollars is a formula.

    `before` and `after` are the characters outside the dollars, "" at the ends of the text.
    """
    spaces = body[0].isspace() + body[-1].isspace()
    if spaces and not _is_spaced_tex(body, before, after):
        return False
    if spaces == 1 and not _has_signs_of_tex(body):
        return False
    first = body[0]
    if ("0" <= after <= "9" and first in "0123456789,.") or first in _PUNCTUATION:
        return False
    if not (first in _DIGITS or (before and before in _AFTER_DIGITS)) or _TEX_SIGN.search(body):
        return True
    return not (_PRICE.match(body) or _is_money(body, before, after))


def begins_as_prose(body: str) -> bool:
    """Return whether the text after a dollar begins with Chinese punctuation, as no formula does."""
    return body.lstrip()[:1] in _PUNCTUATION


def _is_money(body: str, before: str, after: str) -> bool:
    """Return whether the dollar before or behind the text belongs to an amount."""
    if body[0] in _DIGITS:
        return after.isascii() and (after.isalpha() or after == "\\") and _AMOUNT_AND_STOP.fullmatch(body) is not None
    return (body[-1].isdigit() or _CHINESE.search(body) is not None) and _AFTER_AMOUNT.fullmatch(body) is not None


def _is_spaced_tex(body: str, before: str, after: str) -> bool:
    """Return whether a text with a space inside its dollars is a formula: `$ x^2 $`, not `it costs 5$ and 6 $`."""
    inner = body.strip()
    if not inner:
        return False
    if inner[0] in _PUNCTUATION:
        return False
    if inner[0] != "\\" and any(char.isascii() and char.isalnum() for char in (before, after)):
        return False
    if "\\" in inner or "^" in inner or "_" in inner:
        return True
    letters = _LETTERS.findall(inner)
    if not letters or max(map(len, letters)) > 1 or not inner.isascii():
        return len(inner) == 1 and inner.isalpha() and not _CHINESE.match(inner)
    signs = "=<>+-*/|(," if inner[0].isalpha() else "="
    return len(inner) == 1 or any(sign in inner for sign in signs)


def _has_signs_of_tex(body: str) -> bool:
    """Return whether a text with a space inside one dollar is a formula: `$x = y $`, not `$FOO_BAR and $`."""
    if _COMMAND.search(body):
        return True
    return any(sign in body for sign in "^_=") and all(len(letters) <= 2 for letters in _LETTERS.findall(body))
