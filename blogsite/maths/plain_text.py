r"""Formulas as readable text, for descriptions, titles, alternative texts and search: `\frac{a}{b}` → a/b, `x^2` → x².

The author's spaces are kept, but for those that only end a command. What Unicode cannot raise or lower is written with
^ and _ and, if it is longer than a letter, in parentheses. Unknown commands become their names. Takes linear time, and
every string has a text, TeX or not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from blogsite.content.model import Formula
from blogsite.maths.macros import take_definitions
from blogsite.maths.plain_commands import HANDLERS, INFIX
from blogsite.maths.plain_reader import Reader, TooMuchError
from blogsite.maths.tex import LONGEST, without_comments

_SIMPLE = re.compile(r"[^\\{}_^&~'$%\x02]*")
_DEFINITION = re.compile(r"\\[gx]def(\\(?:[A-Za-z@]+|.))((?:\[#1\])?(?:#[1-9])*)\{(.*)\}", re.DOTALL)
_COPY = re.compile(r"\\global\\let(\\(?:[A-Za-z@]+|.))=(\\(?:[A-Za-z@]+|.)|.) ?", re.DOTALL)
_PLACEHOLDER = re.compile("\x02[^\x02\x03]*\x03")
_LOOSE_SPACE = re.compile(r"(?<=[(\[{⟨]) | (?=[)\]},;⟩]|\.(?: |\Z))")
_MARKUP = re.compile(r"[\\{}$]")


@lru_cache(maxsize=4096)
def readable(tex: str, macros: tuple[tuple[str, str], ...] = ()) -> str:
    """Return TeX without delimiters as text on one line, without backslashes, dollars and lone braces.

    `macros` are (name, TeX that defines it), as a Formula has them.
    """
    if _SIMPLE.fullmatch(tex):
        return " ".join(tex.split())
    if len(tex) > LONGEST:
        return _stripped(tex)
    rest, definitions = take_definitions(without_comments(tex))
    try:
        known = _macros((*(definition for _, definition in macros), *(item.tex for item in definitions)))
        made = Reader(rest, known, HANDLERS, INFIX).everything()
    except TooMuchError:
        made = _stripped(rest)
    made = " ".join(_without_lone_braces(made).split())
    return unicodedata.normalize("NFC", _LOOSE_SPACE.sub("", made) if " " in made else made)


def formula_text(formula: Formula) -> str:
    """Return a formula as readable text; a number of another post's equation is the placeholder of its reference."""
    if formula.error or not formula.tex:
        return readable(formula.source.strip("`$ \n"))
    tex = formula.tex
    if formula.references:
        shown = {placeholder: f"\x02n{index}.text\x03" for placeholder, index in formula.references}
        tex = _PLACEHOLDER.sub(lambda found: shown.get(found[0], ""), tex)
    return readable(tex, formula.macros)


def _macros(definitions: Iterable[str]) -> dict[str, tuple[str, str]]:
    found = {}
    for definition in definitions:
        if match := _DEFINITION.fullmatch(definition):
            found[match[1]] = (match[2], match[3])
        elif match := _COPY.fullmatch(definition):
            found[match[1]] = ("", match[2])
    return found


def _stripped(tex: str) -> str:
    return " ".join(_MARKUP.sub(" ", tex).split())


def _without_lone_braces(text: str) -> str:
    if "{" not in text and "}" not in text:
        return text
    lone: set[int] = set()
    opened: list[int] = []
    for at, char in enumerate(text):
        if char == "{":
            opened.append(at)
        elif char == "}" and opened:
            opened.pop()
        elif char == "}":
            lone.add(at)
    lone.update(opened)
    return "".join(char for at, char in enumerate(text) if at not in lone)
