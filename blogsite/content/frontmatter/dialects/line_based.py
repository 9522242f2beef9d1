"""Front matter of plain lines without fences: Pelican's, Nikola's, and the links of Vitalik Buterin's blog.

Values are taken literally: quotes, colons and brackets have no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from frontmatter.default_handlers import BaseHandler

from blogsite.content.frontmatter.key_lines import is_field, key_of
from blogsite.content.frontmatter.raw_fields import FrontMatterError, PlainScalar, RawField, RawFields
from blogsite.core.values import Value

_PELICAN = re.compile(r"([ ]{0,3})([A-Za-z][\w-]*+(?: [\w-]++)*+)[ \t]*+(?::(?=[ \t]|$)|：)[ \t]*(.*)", re.ASCII)
_NIKOLA = re.compile(r"(\.\.[ \t]+)([A-Za-z][\w-]*):[ \t]*(.*)", re.ASCII)
_LINK = re.compile(r"(\[)([A-Za-z][\w -]*)\]:[ \t]*(?:<>|#)[ \t]*\((.*)\)[ \t]*", re.ASCII)
_NAMES_A_POST = re.compile(r"^\.\.[ \t]+(?:title|slug|date):", re.M)
_MOST_LINES = 200


class PelicanDialect(BaseHandler):
    """`Key: value` on every line up to the first empty one, with a Title or Date (Pelican, MultiMarkdown)."""

    FM_BOUNDARY = _PELICAN

    def detect(self, text: str) -> bool:
        return key_of(text.lstrip("\n")) != ""

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter and the body. Raises ValueError if a line is not of this form."""
        start = len(text) - len(text.lstrip("\n"))
        end = text.find("\n\n", start, start + (1 << 20))
        if end < 0:
            end = len(text)
        front_matter = text[:end]
        lines = front_matter[start:].split("\n")
        keys = {match[2].lower() for line in lines if (match := _PELICAN.fullmatch(line))}
        shaped = all(_PELICAN.fullmatch(line) or line[:1] in (" ", "\t") for line in lines)
        if not shaped or len(lines) > _MOST_LINES or keys.isdisjoint(("title", "date")):
            raise ValueError("not every line is `Key: value`")
        return front_matter, text[end:].removeprefix("\n")

    def load(self, fm: str) -> RawFields:
        """Return the fields; an indented line continues the value before it."""
        return _entries(fm, _PELICAN)


class NikolaDialect(BaseHandler):
    """`.. key: value` lines in a comment at the top (Nikola)."""

    FM_BOUNDARY = re.compile(r"\s*(?:<!--[ \t]*\n)?(?=\.\.[ \t]+[a-z_]+:)")

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter and the body. Raises ValueError if the comment does not end."""
        start = len(text) - len(text.lstrip())
        commented = text.startswith("<!--", start)
        end = text.find("-->" if commented else "\n\n", start)
        if end < 0:
            if commented:
                raise FrontMatterError(
                    (text.count("\n", 0, start) + 1, 1, "the comment is never closed", "add a line -->")
                )
            end = len(text)
        if text.count("\n", start, end) > _MOST_LINES:
            raise ValueError("too many lines for front matter")
        if not _NAMES_A_POST.search(text, start, end):
            raise ValueError("neither a title nor a date")
        body = end + 3 if commented and end < len(text) else end
        return text[:end].replace("<!--", "    ", 1), text[body:].removeprefix("\n")

    def load(self, fm: str) -> RawFields:
        """Return the fields."""
        return _entries(fm, _NIKOLA)


class LinkDialect(BaseHandler):
    """`[key]: <> (value)` lines, which are invisible in Markdown."""

    FM_BOUNDARY = re.compile(r"\s*\[[A-Za-z][\w -]*\]:[ \t]*(?:<>|#)[ \t]*\(")

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter and the body. Raises ValueError if the lines set no known field."""
        lines = text.split("\n", _MOST_LINES)
        count = next((i for i, line in enumerate(lines) if line.strip() and not _LINK.fullmatch(line)), len(lines))
        front_matter = lines[:count]
        if not any((match := _LINK.fullmatch(line)) and is_field(match[2]) for line in front_matter):
            raise ValueError("no line of a known key")
        return "\n".join(front_matter), "\n".join(lines[count:])

    def load(self, fm: str) -> RawFields:
        """Return the fields."""
        return _entries(fm, _LINK)


def _entries(front_matter: str, pattern: re.Pattern[str]) -> RawFields:
    entries: RawFields = {}
    key = ""
    for number, line in enumerate(front_matter.split("\n"), 1):
        if match := pattern.fullmatch(line):
            key = match[2]
            value = match[3].strip()
            before = entries.pop(key, None)
            column = match.start(3) + 1 if value else match.start(2) + 1
            entries[key] = RawField(
                key, _value(value), number, column, match.start(2) + 1, before.line if before else 0
            )
        elif key and line.strip():
            entry = entries[key]
            joined = " ".join(_words([entry.value, line.strip()]))
            entries[key] = RawField(key, _value(joined), entry.line, entry.column, entry.key_column, entry.first_line)
    return entries


def _words(values: Iterable[Value]) -> Iterable[str]:
    return (str(value) for value in values if value is not None)


def _value(text: str) -> Value:
    return PlainScalar(text) if text else None
