r"""The package siunitx, version 3, with the names of version 2: \num, \unit, \qty, \ang, lists and ranges.

Digits are grouped and units spaced as the package does by default; of its options those are obeyed that change what a
number or a unit looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from blogsite.maths.packages.numbers import Number, Options, number
from blogsite.maths.packages.physics import quantity
from blogsite.maths.packages.reader import Handler, Piece, Reader, Span
from blogsite.maths.packages.units import follows_at_once, unit, upright

_Format = Callable[[str, str, Options], str]
"""Number, unit and options, as they are written → TeX."""


def _options(reader: Reader) -> Options:
    """Read the options in brackets; those of \\sisetup before it in the formula count, too."""
    return Options({**reader.setup, **_listed_options(reader, reader.option())}, reader.own)


def _listed_options(reader: Reader, span: Span | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in reader.parts(span) if span is not None else ():
        key, _, value = reader.text(part).partition("=")
        value = value.strip()
        found[key.strip()] = value[1:-1] if value.startswith("{") and value.endswith("}") else value
    return found


def _command(form: _Format, has_number: bool = True, has_unit: bool = True) -> Handler:
    """Return the handler of a command with options, and then a number, a unit, or both."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        options = _options(reader)
        value = reader.group() if has_number else None
        before = reader.option() if has_number and has_unit else None
        sign = reader.group() if has_unit else None
        if (has_number and value is None) or (has_unit and sign is None):
            return None
        return [f"{{{reader.text(before)}{form(reader.text(value), reader.text(sign), options)}}}"]

    return handle


def _quantity(value: str, sign: str, options: Options) -> str:
    return _with_unit(number(value, options), unit(sign, options), options)


def _with_unit(value: Number, sign: str, options: Options) -> str:
    if not sign or not value.tex:
        return value.tex + sign
    space = options.get("quantity-product", options.get("number-unit-product", "\\,"))
    amount = f"({value.tex})" if value.is_sum else value.tex
    return amount + ("" if follows_at_once(sign) else space) + sign


def _listed(items: list[str], options: Options) -> str:
    r"""Join a list as the package does: 1, 2 and 3."""
    if len(items) < 3:
        return _words(options.get("list-pair-separator", " and ")).join(items)
    between = _words(options.get("list-separator", ", "))
    return between.join(items[:-1]) + _words(options.get("list-final-separator", " and ")) + items[-1]


def _words(text: str) -> str:
    return f"\\text{{{text}}}"


def _list(value: str, sign: str, options: Options) -> str:
    return _listed([_quantity(item, sign, options) for item in value.split(";") if item.strip()], options)


def _product(value: str, sign: str, options: Options) -> str:
    factors = value.replace("\\times", "x").replace("×", "x").split("x")
    return "\\times ".join(_quantity(factor, sign, options) for factor in factors)


def _range(from_to: tuple[str, str], sign: str, options: Options) -> str:
    phrase = options.get("range-phrase", "to")
    phrase = f" {phrase} " if phrase.isalpha() and phrase.isascii() else phrase
    return _words(phrase).join(_quantity(end, sign, options) for end in from_to)


def _range_command(has_unit: bool) -> Handler:
    def handle(reader: Reader) -> Sequence[Piece] | None:
        options = _options(reader)
        spans = reader.groups(3 if has_unit else 2)
        if spans is None:
            return None
        low, high, sign = (*map(reader.text, spans), "")[:3]
        return [f"{{{_range((low, high), sign, options)}}}"]

    return handle


def _angle(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \ang{1;2;3}: degrees, minutes, seconds."""
    options = _options(reader)
    span = reader.group()
    if span is None:
        return None
    signs = zip(reader.text(span).split(";"), "°′″", strict=False)
    return ["{" + "".join(number(part, options).tex + upright(sign) for part, sign in signs if part.strip()) + "}"]


def _quantity_by_form(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \qty{1}{m} as this package does, and \qty(…) and \qty{…} as physics does."""
    start = reader.at
    made = _command(_quantity)(reader)
    if made is not None:
        return made
    reader.at = start
    return quantity(reader)


def _setup(reader: Reader) -> Sequence[Piece] | None:
    span = reader.group()
    if span is None:
        return None
    reader.setup.update(_listed_options(reader, span))
    return [""]


_NUMBER = _command(lambda value, sign, options: number(value, options).tex, has_unit=False)
_UNIT = _command(lambda value, sign, options: unit(sign, options), has_number=False)
_QUANTITY = _command(_quantity)

SIUNITX: Mapping[str, Handler] = {
    "num tablenum complexnum numproduct": _NUMBER,
    "numlist": _command(_list, has_unit=False),
    "numrange": _range_command(has_unit=False),
    "unit si": _UNIT,
    "qty": _quantity_by_form,
    "SI complexqty": _QUANTITY,
    "qtylist SIlist": _command(_list),
    "qtyproduct": _command(_product),
    "qtyrange SIrange": _range_command(has_unit=True),
    "ang": _angle,
    "sisetup": _setup,
}
"""Commands that the engine does not know. None means something else to it."""
