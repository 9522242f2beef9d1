r"""Numbers as the package siunitx prints them: digits in groups of three, × 10^{-3}, uncertainties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import NamedTuple

_SPACE = re.compile(r"\\[,;: ]|[\s~]+")
_NUMBER = re.compile(
    r"""(?P<relation>[<>=]|\\(?:le|ge|leq|geq|ll|gg|approx|sim)(?![A-Za-z]))?
        (?P<sign>\+-|-\+|[+-])?
        (?P<whole>\d*)(?:(?P<mark>[.,])(?P<decimals>\d*))?
        (?:\((?P<short>\d+(?:[.,]\d+)?)\)|\+-(?P<long>\d*(?:[.,]\d*)?))?
        (?P<imaginary>[ij])?
        (?:[eEdD](?P<exponent>[+-]?\d+))?""",
    re.VERBOSE,
)
_COMPLEX = re.compile(r"(.*[\d.,)])([+-])([\d.,]*(?:[eEdD][+-]?\d+)?)([ij])")
_SIGNS = {"+-": "\\pm ", "-+": "\\mp ", "+": "+", "-": "-"}
_SPELLED = (("\\pm", "+-"), ("±", "+-"), ("\\mp", "-+"), ("−", "-"), ("\\times", "x"), ("×", "x"))


class Options(NamedTuple):
    """The options of a command, and the macros that the author has defined, with backslash."""

    values: Mapping[str, str] = MappingProxyType({})
    own: Set[str] = frozenset()

    def get(self, key: str, default: str = "-") -> str:
        return self.values.get(key, default)


class Number(NamedTuple):
    """A number as TeX; `is_sum` if it has to be in brackets before a unit or a power of ten."""

    tex: str
    is_sum: bool = False


def number(text: str, options: Options) -> Number:
    """Return a number, or a product of numbers, as TeX. What is no number stays as it is, in a group."""
    plain = _SPACE.sub("", text)
    for written, sign in _SPELLED:
        plain = plain.replace(written, sign)
    factors = [_single(part, options) for part in plain.split("x")] if plain else []
    if not factors or None in factors:
        return Number(f"{{{text.strip()}}}" if plain else "")
    made = [factor for factor in factors if factor is not None]
    if len(made) == 1:
        return made[0]
    return Number("\\times ".join(f"({factor.tex})" if factor.is_sum else factor.tex for factor in made))


def _single(text: str, options: Options) -> Number | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        parts = _COMPLEX.fullmatch(text)
        first = _single(parts[1], options) if parts else None
        second = _single((parts[3] or "") + parts[4], options) if parts else None
        if parts is None or first is None or second is None:
            return None
        return Number(f"{first.tex}{parts[2]}{second.tex}", is_sum=True)
    whole, decimals, exponent = match["whole"], match["decimals"] or "", match["exponent"]
    is_bare = not whole and not decimals
    if is_bare and exponent is None and match["imaginary"] is None:
        return None
    relation = {"<": "<", ">": ">", "=": "="}.get(match["relation"] or "", (match["relation"] or "") + " ").lstrip()
    mantissa, separate = "", ""
    if not is_bare:
        uncertainty = match["short"] or match["long"] or ""
        decimals, short, separate = _uncertainty(decimals, uncertainty, match["long"] is not None)
        if _is_separate(options):
            short = ""
        else:
            separate = ""
        mantissa = _digits(whole or "0", decimals, options) + (f"({short})" if short else "")
    if separate:
        mantissa += "\\pm " + _digits(*_parts(separate), options)
    if match["imaginary"]:
        mantissa += f"\\mathrm{{{match['imaginary']}}}"
    if exponent is not None:
        power = f"10^{{{exponent.removeprefix('+')}}}"
        if is_bare and not match["imaginary"]:
            mantissa = power
        else:
            product = options.get("exponent-product", "\\times")
            mantissa = (f"({mantissa})" if separate else mantissa) + f"{product} {power}"
            separate = ""
    return Number(relation + _SIGNS.get(match["sign"] or "", "") + mantissa, is_sum=bool(separate))


def _parts(text: str) -> tuple[str, str]:
    whole, _, decimals = text.replace(",", ".").partition(".")
    return whole or "0", decimals


def _uncertainty(decimals: str, text: str, is_long: bool) -> tuple[str, str, str]:
    """Return the decimals, as many as the uncertainty has, and it in both forms: "10" for "(10)", and "0.010"."""
    if not text:
        return decimals, "", ""
    if not is_long and "." not in text and "," not in text:  # digits of the last places
        padded = text.rjust(len(decimals) + 1, "0")
        cut = len(padded) - len(decimals)
        return decimals, text, padded[:cut] + ("." + padded[cut:] if decimals else "")
    whole, places = _parts(text)
    length = max(len(decimals), len(places))
    decimals, places = decimals.ljust(length, "0"), places.ljust(length, "0")
    return decimals, (whole + places).lstrip("0") or "0", whole + ("." + places if places else "")


def _is_separate(options: Options) -> bool:
    return options.get("separate-uncertainty") in ("true", "") or options.get("uncertainty-mode") == "separate"


def _digits(whole: str, decimals: str, options: Options) -> str:
    """Return digits in groups, with the decimal marker."""
    kind = options.get("group-digits", "all")
    separator = options.get("group-separator", "\\,")
    least = options.get("group-minimum-digits", "5")
    enough = int(least) if least.isdecimal() else 5
    separator = separator if separator.startswith("\\") else f"{{{separator}}}"
    if kind in ("all", "true", "", "integer") and len(whole) >= enough:
        first = len(whole) % 3 or 3
        whole = separator.join([whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))])
    if kind in ("all", "true", "", "decimal") and len(decimals) >= enough:
        decimals = separator.join(decimals[at : at + 3] for at in range(0, len(decimals), 3))
    marker = options.get("output-decimal-marker", ".")
    return whole + (f"{{{marker}}}{decimals}" if decimals and marker != "." else "." + decimals if decimals else "")
