"""Explain YAML errors in plain words: what is wrong, and what to write instead.

libyaml reports where it gave up, often a line below the mistake, so the lines themselves are looked at first.
"""

from __future__ import annotations

import re
from typing import Any

from blogsite.content.frontmatter.key_lines import is_field

Found = tuple[int, int, str, str]
"""(line, column, message, hint)."""

_WIDE_COLON = re.compile(r"([A-Za-z_-]+)[ \t]*：")
_NO_SPACE = re.compile(r"([A-Za-z_-]+)[ \t]*:(?=[^\s:/])")
_KEY_VALUE = re.compile(r"([ \t]*(?:-[ \t]+)?)([\w.-]+)([ \t]*:[ \t]+)(\S.*)")
_SPECIAL = "@`%&*!|>{}[],?#\"'-"
_GENERAL = "front matter is lines of `key: value`; put a value with special characters in quotes"


def explain(front_matter: str, problem: Any) -> list[Found]:
    """Return the mistakes that explain why front matter cannot be read; `problem` is libyaml's exception, if any."""
    lines = front_matter.split("\n")
    found = [diagnostic for number, line in enumerate(lines, 1) for diagnostic in _bad_colon(number, line)]
    if found or problem is None:
        return found or [(1, 1, "the front matter is not a list of keys and values", _GENERAL)]
    mark = getattr(problem, "problem_mark", None)
    context = getattr(problem, "context_mark", None)
    number = min(mark.line + 1, len(lines)) if mark else 1
    words = f"{getattr(problem, 'context', '') or ''} {getattr(problem, 'problem', '') or problem}".strip()
    if "quoted scalar" in words and context:
        line = lines[min(context.line, len(lines) - 1)]
        return [(context.line + 1, context.column + 1, "the quote that opens here is never closed", in_quotes(line))]
    for candidate in (number, number - 1, context.line + 1 if context else 0):
        if 1 <= candidate <= len(lines) and (diagnostic := _bad_line(candidate, lines[candidate - 1])):
            return [diagnostic]
    column = mark.column + 1 if mark and mark.line + 1 == number else 1
    return [(number, column, f"the front matter is not valid YAML: {words}", _GENERAL)]


def _bad_colon(number: int, line: str) -> list[Found]:
    """Return the mistake of a colon after a known field's name that is full-width or has no space after it."""
    if (wide := _WIDE_COLON.match(line)) and is_field(wide[1]):
        column = wide.end()
        return [(number, column, f"the colon after {wide[1]} is a full-width one (：)", f"write `{wide[1]}: …`")]
    if (tight := _NO_SPACE.match(line)) and is_field(tight[1]):
        message = f"there is no space after the colon of {tight[1]}"
        return [(number, tight.end(), message, f"write `{tight[1]}: …` with a space")]
    return []


def _bad_line(number: int, line: str) -> Found | None:
    """Return the mistake in a line, if it is one of the usual ones."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" in blanks:
        return number, blanks.index("\t") + 1, "a tab indents this line", "indent it with spaces: YAML allows no tabs"
    match = _KEY_VALUE.fullmatch(line)
    if not match:
        return None
    indent, key, colon, value = match.groups()
    column = len(indent) + len(key) + len(colon) + 1
    if value[0] in _SPECIAL:
        message = f"the value of {key} starts with {value[0]}, which means something else to YAML"
        return number, column, message, in_quotes(line)
    if inner := re.search(r":(?=\s|$)", value):
        return number, column + inner.start(), f"the value of {key} holds a colon", in_quotes(line)
    return None


def in_quotes(line: str) -> str:
    """Return the hint to put a value in quotes, with the corrected line if that is certain."""
    match = _KEY_VALUE.fullmatch(line)
    if not match or len(line) > 80:
        return "put the whole value in quotes"
    _, key, _, value = match.groups()
    value = value.strip()
    if value[0] in "\"'" and (value[-1] == value[0] or value.count(value[0]) == 1):
        value = value.strip(value[0])
    quote = "'" if '"' in value or "\\" in value else '"'
    if quote in value or not value:
        return f"put the {key} in quotes"
    return f"put the {key} in quotes: {key}: {quote}{value}{quote}"
