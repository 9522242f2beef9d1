"""JSON front matter (Hugo): an object at the start of the file."""

from __future__ import annotations

import json
import re
from typing import Any

from frontmatter.default_handlers import JSONHandler

from blogsite.content.frontmatter.key_lines import is_field
from blogsite.content.frontmatter.raw_fields import (
    MAX_LENGTH,
    FrontMatterError,
    NoFrontMatterError,
    RawField,
    RawFields,
    freeze,
)

_OPENER = re.compile(r"\s*\{\s*\"")
_FIRST_KEY = re.compile(r"\s*\{\s*\"([^\"\n]*)\"\s*:")
_KEY = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"[ \t]*+:[ \t]*")
_DECODER = json.JSONDecoder()
_HINT = 'write `"key": "value",` on each line, without a comma after the last'


class JsonDialect(JSONHandler):
    """A JSON object; the body begins on the line after it."""

    FM_BOUNDARY = _OPENER

    def split(self, text: str) -> tuple[str, str]:
        """Return the object, with the space before it, and the body. Raises ValueError if there is none."""
        start = text.index("{")
        try:
            _, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as problem:
            raise _unreadable(text, problem) from None
        rest = text[end:]
        return text[:end], rest.removeprefix("\n") if rest.startswith("\n") else rest

    def load(self, fm: str, **kwargs: object) -> RawFields:
        """Return the fields of an object that `split` has found."""
        if len(fm) > MAX_LENGTH:
            raise FrontMatterError((1, 1, "the front matter is too long", "move what is not a setting out of it"))
        try:
            table = freeze(json.loads(fm))
        except ValueError as problem:
            raise FrontMatterError((1, 1, f"the front matter cannot be read: {problem}", _HINT)) from None
        if not any(is_field(key) for key in table):
            raise NoFrontMatterError
        locations = _places(fm)
        return {key: RawField(key, value, *locations.get(key, (1, 1, 1))) for key, value in table.items_}


def _places(front_matter: str) -> dict[str, tuple[int, int, int]]:
    """Return key → (line, column of the value, column of the key) for keys at the start of a line."""
    locations: dict[str, tuple[int, int, int]] = {}
    for number, line in enumerate(front_matter.split("\n"), 1):
        for match in _KEY.finditer(line):
            locations.setdefault(match[1], (number, match.end() + 1, match.start() + 1))
    return locations


def _unreadable(text: str, problem: Any) -> ValueError:
    """Return a FrontMatterError if the text begins with a known key, a ValueError if it is no front matter."""
    first = _FIRST_KEY.match(text)
    if not first or not is_field(first[1]):
        return ValueError("no JSON object")
    if isinstance(problem, json.JSONDecodeError):
        words = problem.msg[:1].lower() + problem.msg[1:]
        return FrontMatterError((problem.lineno, problem.colno, f"the front matter is not valid JSON: {words}", _HINT))
    words = "nested too deeply" if isinstance(problem, RecursionError) else f"not JSON: {problem}"
    return FrontMatterError((1, 1, f"the front matter is {words}", _HINT))
