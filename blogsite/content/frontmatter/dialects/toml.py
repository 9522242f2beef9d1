"""TOML front matter between lines of +++ (Hugo, Zola), parsed by the standard library's tomllib."""

from __future__ import annotations

import re
import tomllib

from frontmatter.default_handlers import BaseHandler

from blogsite.content.frontmatter.raw_fields import MAX_LENGTH, FrontMatterError, RawField, RawFields, freeze

_OPENER = re.compile(r"\s*^\+{3,}[ \t]*$\n?", re.M)
_CLOSER = re.compile(r"^\+{3,}[ \t]*$\n?", re.M)
_HEADER = re.compile(r"[ \t]*+\[+([^\[\]#]*)\]+[ \t]*(?:#.*)?")
_KEY = re.compile(r"([ \t]*+)([\w.\"' \t-]*)=[ \t]*")
_LONG_QUOTES = re.compile(r'"""|\'\'\'')
_ERROR_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.S)
_MANY_DOTS = re.compile(r"(?<![\w\"'.-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){50}")

Places = dict[tuple[str, ...], tuple[int, int, int]]
"""(table, key) → line, column of the value, column of the key."""


class TomlDialect(BaseHandler):
    """TOML between two lines of three or more plus signs."""

    FM_BOUNDARY = _OPENER
    START_DELIMITER = END_DELIMITER = "+++"

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter, with empty lines before it so that its lines are those of the file, and the body."""
        opener = _OPENER.match(text)
        if not opener:
            raise ValueError("no line of plus signs")
        start = opener.end()
        closer = _CLOSER.search(text, start)
        if not closer:
            raise FrontMatterError(
                (text.count("\n", 0, start), 1, "the front matter is never closed", "add a line +++ after it")
            )
        return "\n" * text.count("\n", 0, start) + text[start : closer.start()], text[closer.end() :]

    def load(self, fm: str) -> RawFields:
        """Return the fields. Raises FrontMatterError if it is not valid TOML."""
        if len(fm) > MAX_LENGTH or _MANY_DOTS.search(fm):
            raise FrontMatterError(
                (1, 1, "the front matter is too long or nested too deeply", "move what is not a setting out")
            )
        try:
            table = freeze(tomllib.loads(fm))
        except (ValueError, RecursionError, TypeError) as problem:
            raise FrontMatterError(_explain(fm, problem)) from None
        locations = _places(fm)
        entries = {}
        for key, value in table.items_:
            line, column, key_column = locations.get(("", key)) or locations.get((key, "")) or (1, 1, 1)
            inner = tuple((name, *at[:2]) for (parent, name), at in locations.items() if parent == key and name)
            entries[key] = RawField(key, value, line, column, key_column, inner=inner)
        return entries


def _places(front_matter: str) -> Places:
    """Return the positions of the keys, from a scan of the lines outside multi-line strings."""
    locations: Places = {}
    table, inside = "", ""
    for number, line in enumerate(front_matter.split("\n"), 1):
        if not inside:
            if header := _HEADER.fullmatch(line):
                table = header[1].strip("\"' \t")
                locations.setdefault((table, ""), (number, line.index("[") + 1, line.index("[") + 1))
                continue
            if match := _KEY.match(line):
                locations.setdefault((table, match[2].strip("\"' \t")), (number, match.end() + 1, len(match[1]) + 1))
        for quotes in _LONG_QUOTES.findall(line):
            inside = "" if inside == quotes else inside or quotes
    return locations


def _explain(front_matter: str, problem: BaseException) -> tuple[int, int, str, str]:
    hint = 'write `key = "text"`; dates and numbers are without quotes, lists in []'
    if isinstance(problem, RecursionError):
        return 1, 1, "the front matter is nested too deeply", hint
    match = _ERROR_PLACE.fullmatch(str(problem))
    if not match:
        return 1, 1, f"the front matter is not valid TOML: {problem}", hint
    words = match[1][:1].lower() + match[1][1:]
    line, column = (int(match[2]), int(match[3])) if match[2] else (front_matter.count("\n") or 1, 1)
    return line, column, f"the front matter is not valid TOML: {words}", hint
