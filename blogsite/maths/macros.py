r"""Macros: what \newcommand and the like define, and the definitions that each formula needs.

A definition is kept as TeX that makes it globally, so that the engine needs no list of macros. Optional arguments and
paired delimiters are expressed by what KaTeX and Temml have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from blogsite.maths.packages import expanded, package_commands
from blogsite.maths.tex import argument, commands, group_end, option, skip_space

_DEFINING_NAMES = (
    *("newcommand", "renewcommand", "providecommand", "def", "gdef", "edef", "xdef", "let"),
    *("DeclareMathOperator", "DeclarePairedDelimiter", "DeclareSIUnit"),
)
DEFINERS = "|".join(_DEFINING_NAMES)
DEFINING = frozenset("\\" + name for name in _DEFINING_NAMES)

_DEFINER = re.compile(rf"(?:\\(?:global|long|outer)\s*)*\\({DEFINERS})(?![A-Za-z@])(\*?)")
_NAME = re.compile(r"\s*(\{\s*)?(\\(?:[A-Za-z@]+|[^A-Za-z@\s]))(?(1)\s*\})")
_BARE_NAME = re.compile(r"\s*\{\s*([A-Za-z]+)\s*\}")
r"""A name without backslash, which MathJax accepts: \newcommand{sign}{…}."""
_PARAMETERS = re.compile(r"[^{}\\]*")
_SKIP = re.compile(rf"\\(?:global|long|outer|{DEFINERS})(?![A-Za-z@])|\\.|[{{}}]", re.DOTALL)
_PARAMETER = re.compile(r"#([1-9])")
_EQUALS = re.compile(r"\s*=? ?")


@dataclass(frozen=True, slots=True)
class Definition:
    """A macro: its name with backslash, the TeX that defines it, and the commands that this TeX uses."""

    name: str
    tex: str
    uses: frozenset[str]
    original: str = ""
    r"""The command that \let copies, as it is at that moment."""


@dataclass(slots=True)
class Macros:
    """The macros defined so far, in terms of what the engine knows and of commands of these packages."""

    packages: tuple[str, ...] = ()
    table: dict[str, Definition] = field(default_factory=dict)

    def define(self, definitions: Iterable[Definition]) -> None:
        """Add definitions after the earlier ones."""
        for definition in definitions:
            original = self.table.get(definition.original)
            if original is not None:
                tex = original.tex.replace(original.name, definition.name, 1)
                definition = Definition(definition.name, tex, original.uses)
            elif not definition.uses.isdisjoint(package_commands(self.packages)):
                definition = self._without_packages(definition)
            self.table.pop(definition.name, None)
            self.table[definition.name] = definition

    def used_by(self, used: set[str]) -> tuple[tuple[str, str], ...]:
        """Return (name, TeX that defines it) of each macro that a formula with these commands may need, in order."""
        wanted = used & self.table.keys()
        if not wanted:
            return ()
        waiting = list(wanted)
        while waiting:
            for name in self.table[waiting.pop()].uses:
                if name in self.table and name not in wanted:
                    wanted.add(name)
                    waiting.append(name)
        return tuple((name, definition.tex) for name, definition in self.table.items() if name in wanted)

    def copy(self) -> Macros:
        return Macros(self.packages, dict(self.table))

    def _without_packages(self, definition: Definition) -> Definition:
        head, brace, body = definition.tex.partition("{")
        body = expanded(body, self.packages, {*self.table, definition.name})
        return Definition(definition.name, head + brace + body, frozenset(commands(body)))


@lru_cache(maxsize=16)
def site_macros(pairs: tuple[tuple[str, str], ...], packages: tuple[str, ...] = ()) -> Macros:
    r"""Return the macros of the settings: ("R", r"\mathbb{R}"), ("\\abs", r"\lvert #1\rvert"). Copy before defining."""
    macros = Macros(packages)
    for name, body in pairs:
        name = name if name.startswith("\\") else "\\" + name
        if _NAME.fullmatch(name) and group_end("{" + body + "}", 0) == len(body) + 2:
            count = max((int(digit) for digit in _PARAMETER.findall(body)), default=0)
            macros.define([_made(name, _numbered(count), body)])
    return macros


def take_definitions(tex: str) -> tuple[str, list[Definition]]:
    """Return TeX without the definitions that are in no group of it, and these definitions."""
    kept: list[str] = []
    definitions: list[Definition] = []
    depth = start = at = 0
    while (match := _SKIP.search(tex, at)) is not None:
        at = match.end()
        token = match[0]
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif depth == 0 and len(token) > 2:
            parsed = definition_at(tex, match.start())
            if parsed is not None:
                kept.append(tex[start : match.start()])
                definitions += parsed[0]
                start = at = parsed[1]
    kept.append(tex[start:])
    return "".join(kept), definitions


def definition_at(text: str, at: int) -> tuple[list[Definition], int] | None:
    """Return the definitions made by the command at this offset, and the offset behind it; None if it makes none."""
    match = _DEFINER.match(text, at)
    if match is None:
        return None
    kind, star = match.groups()
    name_match = _NAME.match(text, match.end())
    bare = _BARE_NAME.match(text, match.end()) if name_match is None and kind.endswith("command") else None
    if name_match is not None:
        name, at = name_match[2], name_match.end()
    elif bare is not None:
        name, at = "\\" + bare[1], bare.end()
    else:
        return None
    if kind == "let":
        return _let(text, name, at)
    if kind in ("def", "gdef", "edef", "xdef"):
        parameters = _PARAMETERS.match(text, at)
        at = parameters.end() if parameters else at
        end = group_end(text, at) if text[at : at + 1] == "{" else -1
        if parameters is None or end < 0:
            return None
        definer = "\\xdef" if kind in ("edef", "xdef") else "\\gdef"
        return [_made(name, parameters[0].strip(), text[at + 1 : end - 1], definer)], end
    if kind == "DeclareMathOperator":
        body = argument(text, at)
        return None if body is None else ([_made(name, "", f"\\operatorname{star}{{{body[0]}}}")], body[1])
    if kind == "DeclareSIUnit":
        settings = option(text, at)
        body = argument(text, settings[1] if settings else at)
        return None if body is None else ([_made(name, "", f"\\unit{{{body[0]}}}")], body[1])
    if kind == "DeclarePairedDelimiter":
        return _paired(text, name, at)
    return _newcommand(text, name, at)


def _newcommand(text: str, name: str, at: int) -> tuple[list[Definition], int] | None:
    count = default = None
    if (found := option(text, at)) is not None:
        digits, at = found
        if not digits.strip().isdecimal() or int(digits) > 9:
            return None
        count = int(digits)
        if (found := option(text, at)) is not None:
            default, at = found
    body = argument(text, at)
    if body is None:
        return None
    if default is None or not count:
        return [_made(name, _numbered(count or 0), body[0])], body[1]
    inner = "\\opt@" + (name[1:] if name[1:].isalpha() else "sign")
    chooser = f"\\@ifnextchar[{{{inner}}}{{{inner}[{default}]}}"
    parameters = "[#1]" + "".join(f"#{number}" for number in range(2, count + 1))
    return [_made(inner, parameters, body[0]), _made(name, "", chooser)], body[1]


def _paired(text: str, name: str, at: int) -> tuple[list[Definition], int] | None:
    left = argument(text, at)
    right = argument(text, left[1]) if left else None
    if left is None or right is None:
        return None
    large, small = "\\large@" + name[1:], "\\small@" + name[1:]
    return [
        _made(large, "#1", f"\\left{left[0]}#1\\right{right[0]}"),
        _made(small, "#1", f"\\mathopen{{{left[0]}}}#1\\mathclose{{{right[0]}}}"),
        _made(name, "", f"\\@ifstar{{{large}}}{{{small}}}"),
    ], right[1]


def _let(text: str, name: str, at: int) -> tuple[list[Definition], int] | None:
    equals = _EQUALS.match(text, at)
    at = skip_space(text, equals.end() if equals else at)
    target = argument(text, at)
    if target is None or text[at] == "{":
        return None
    return [Definition(name, f"\\global\\let{name}={target[0]} ", frozenset((target[0],)), target[0])], target[1]


def _made(name: str, parameters: str, body: str, definer: str = "\\gdef") -> Definition:
    return Definition(name, f"{definer}{name}{parameters}{{{body}}}", frozenset(commands(body)))


def _numbered(count: int) -> str:
    return "".join(f"#{number}" for number in range(1, count + 1))
