r"""Units as the package siunitx prints them: of macros, \kilo\metre\per\second, or of letters, km.s^{-1}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from blogsite.maths.packages.numbers import Options
from blogsite.maths.packages.unit_names import CONSTANTS, POWERS_BEFORE, POWERS_BEHIND, PREFIXES, UNITS
from blogsite.maths.tex import argument

_TOKEN = re.compile(
    r"""\\(?P<name>[A-Za-z]+) | (?P<percent>\\%) | (?P<power>\^)\s* | (?P<index>_)\s*
    | (?P<letters>[^\W\d_]+(?:[′″'])?|[°℃℉%′″µμΩÅ$€]+[^\W\d_]*) | (?P<between>[.~\s]+|\\[,;:]) | (?P<other>\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_WITHOUT_SPACE = ("\\text{°}", "{}^{\\prime}", "{}^{\\prime\\prime}")
"""Units that follow their number at once."""


@dataclass(slots=True)
class _Factor:
    """One unit with its power; `below` if \\per stands before it. A sign that is no unit has `is_unit` false."""

    tex: str
    power: str = ""
    below: bool = False
    index: str = ""
    is_unit: bool = True


def unit(text: str, options: Options) -> str:
    r"""Return units as TeX. The author's macros win, as those of \DeclareSIUnit do."""
    factors = list(_factors(text.strip(), options.own))
    mode = options.get("per-mode", "power")
    below = [factor for factor in factors if factor.below]
    product = options.get("inter-unit-product", "\\,")
    if not below or mode not in ("symbol", "fraction", "repeated-symbol", "single-symbol", "symbol-or-fraction"):
        if mode == "power-positive-first":
            factors.sort(key=lambda factor: factor.below)
        return _joined(factors, product, negative=True)
    above = _joined([factor for factor in factors if not factor.below], product)
    if mode == "fraction":
        return f"\\frac{{{above or 1}}}{{{_joined(below, product)}}}"
    if mode == "single-symbol" and len(below) > 1:
        return _joined(factors, product, negative=True)
    slash = options.get("per-symbol", "/")
    if mode == "repeated-symbol":
        return (above or "1") + "".join(slash + _joined([factor], product) for factor in below)
    denominator = _joined(below, product)
    return f"{above or 1}{slash}" + (f"({denominator})" if len(below) > 1 else denominator)


def follows_at_once(tex: str) -> bool:
    """Return whether this unit stands without a space behind its number: an angle in degrees, minutes or seconds."""
    return tex in _WITHOUT_SPACE


def upright(sign: str) -> str:
    """Return the sign of a unit as TeX."""
    if sign in ("′", "″"):
        return "{}^{\\prime}" if sign == "′" else "{}^{\\prime\\prime}"
    return "".join(
        "\\Omega " if part in "ΩΩ" else f"\\text{{{part}}}" for part in re.split("([ΩΩ])", sign) if part
    ).replace("%", "\\%")


def _factors(text: str, own: Set[str]) -> Iterator[_Factor]:
    prefix = power = ""
    below = False
    last: _Factor | None = None
    at = 0
    while (match := _TOKEN.match(text, at)) is not None:
        at = match.end()
        name = match["name"]
        is_own = name is not None and "\\" + name in own
        if name is not None and not is_own and name in PREFIXES:
            prefix += PREFIXES[name]
            continue
        if name == "per":
            below = True
        elif name in POWERS_BEFORE:
            power = POWERS_BEFORE[name]
        elif name == "raiseto":
            power, at = _argument(text, at)
        elif match["power"] or match["index"] or name in ("tothe", "of", *POWERS_BEHIND):
            value, at = (POWERS_BEHIND[name], at) if name in POWERS_BEHIND else _argument(text, at)
            if last is not None and (match["index"] or name == "of"):
                last.index = f"\\text{{{value}}}" if name == "of" else value
            elif last is not None:
                last.power = value
        elif match["between"]:
            continue
        else:
            tex, is_unit, at = _sign(text, match, at, is_own)
            last = _Factor(_prefixed(prefix, tex), power, below and is_unit, is_unit=is_unit)
            yield last
            prefix, power, below = "", "", below and not is_unit
    if prefix:
        yield _Factor(upright(prefix))


def _prefixed(prefix: str, tex: str) -> str:
    if not prefix:
        return tex
    return f"\\text{{{prefix}{tex[6:]}" if tex.startswith("\\text{") else upright(prefix) + tex


def _sign(text: str, match: re.Match[str], at: int, is_own: bool) -> tuple[str, bool, int]:
    """Return the TeX of a unit or another sign, whether it is a unit, and the offset behind it."""
    name = match["name"]
    if name is None:
        if match["letters"] or match["percent"]:
            return upright(match[0].replace("\\", "")), True, at
        return ("\\" if match[0] == "\\" else match[0]) if match[0] not in "{}" else "", False, at
    if not is_own and name in UNITS:
        return upright(UNITS[name]), True, at
    if not is_own and name in CONSTANTS:
        return CONSTANTS[name], True, at
    if name in ("cdot", "times"):
        return match[0] + " ", False, at
    group = argument(text, at) if text[at : at + 1] == "{" else None  # \mathrm{m}
    return ("{" + match[0] + "}", True, at) if group is None else (f"{match[0]}{{{group[0]}}}", True, group[1])


def _argument(text: str, at: int) -> tuple[str, int]:
    found = argument(text, at)
    return ("", at) if found is None else found


def _joined(factors: list[_Factor], product: str, negative: bool = False) -> str:
    made: list[str] = []
    for index, factor in enumerate(factors):
        if index and factor.is_unit and factors[index - 1].is_unit:
            made.append(product)
        power = factor.power
        if negative and factor.below:
            power = power.removeprefix("-") if power.startswith("-") else "-" + (power or "1")
        base = factor.tex if factor.tex.count("{") < 2 or not (power or factor.index) else f"{{{factor.tex}}}"
        made.append(base + (f"_{{{factor.index}}}" if factor.index else "") + (f"^{{{power}}}" if power else ""))
    return "".join(made)
