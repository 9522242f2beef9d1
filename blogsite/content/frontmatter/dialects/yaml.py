"""YAML front matter: between lines of dashes, or (Hexo) with the closing line alone.

libyaml's events are read instead of its values: each key has its position, aliases cannot multiply data, and plain
scalars stay text, so that 2018-02-31, 010, 12:30 and no mean what their field makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from blogsite.content.frontmatter.key_lines import is_field, key_of, names_a_field
from blogsite.content.frontmatter.raw_fields import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_SIZE,
    FrontMatterError,
    NoFrontMatterError,
    PlainScalar,
    RawField,
    RawFields,
    printable,
)
from blogsite.content.frontmatter.yaml_errors import explain, in_quotes
from blogsite.core.values import Table, Value

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_OPENER = re.compile(r"\s*^-{3,}[ \t]*$\n?", re.M)
_CLOSER = re.compile(r"^(?:-{3,}|\.{3})[ \t]*$\n?", re.M)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_SCAFFOLD = re.compile(r"^[ \t]*+[\w-]++[ \t]*+:[ \t]++(\{\{.*\}\})[ \t]*$", re.M)
_TABS = re.compile(r"^[ ]*\t[ \t]*(?=\S)|(?<=[:-])[ ]*\t[ \t]*", re.M)
"""Tabs that indent a line, or follow a key or a list item's dash. YAML forbids them, Hexo takes them for spaces."""


class YamlDialect(YAMLHandler):
    """YAML between two lines of three or more dashes, or `...`. A horizontal rule at the start of a text is none."""

    FM_BOUNDARY = _OPENER

    def detect(self, text: str) -> bool:
        return _OPENER.match(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter, with empty lines before it so that its lines are those of the file, and the body.

        Raises ValueError if there is none.
        """
        opener = _OPENER.match(text)
        if not opener:
            raise ValueError("no line of dashes")
        start = opener.end()
        closer = _CLOSER.search(text, start)
        end, body = (closer.start(), closer.end()) if closer else _unclosed(text, start)
        return "\n" * text.count("\n", 0, start) + text[start:end], text[body:]

    def load(self, fm: str, **kwargs: object) -> RawFields:
        """Return the fields. Raises FrontMatterError, or NoFrontMatterError if it is text between two rules."""
        return load(fm)


class BareYamlDialect(YamlDialect):
    """`key: value` from the first line on, closed by a line of dashes (Hexo)."""

    def detect(self, text: str) -> bool:
        return is_field(key_of(text))

    def split(self, text: str) -> tuple[str, str]:
        closer = _CLOSER.search(text)
        if not closer or not names_a_post(text[: closer.start()]):
            raise ValueError("no line of dashes after the keys")
        return text[: closer.start()], text[closer.end() :]


def names_a_post(front_matter: str) -> bool:
    """Return whether a text has the lines of front matter, with a title or a date."""
    lines = front_matter.split("\n")
    keys = {key_of(line) for line in lines}
    shaped = all(not line.strip() or line[0] in " \t-#" or key_of(line) for line in lines)
    return shaped and not keys.isdisjoint(("title", "date"))


def _unclosed(text: str, start: int) -> tuple[int, int]:
    """Return the end of front matter that is never closed: the first empty line, if there are known keys before it."""
    gap = re.compile(r"^[ \t]*(?:\n|\Z)", re.M).search(text, start)
    end = gap.start() if gap else len(text)
    if names_a_post(text[start:end]):
        return end, end
    if is_field(key_of(text[start:])):
        hint = "add a line --- after its last key"
        raise FrontMatterError((text.count("\n", 0, start) or 1, 1, "the front matter is never closed", hint))
    raise ValueError("no closing line")


def is_closed(text: str, body: str) -> bool:
    """Return whether a line of dashes or dots closes the front matter before `body`."""
    front_matter = text[: len(text) - len(body)]
    return _CLOSER.match(front_matter, front_matter.rstrip("\n").rfind("\n") + 1) is not None


def load(front_matter: str) -> RawFields:
    """Return the fields of a YAML mapping. Raises FrontMatterError, or NoFrontMatterError if it is something else."""
    if len(front_matter) > MAX_LENGTH:
        raise FrontMatterError((1, 1, "the front matter is too long", "close it with a line --- after its last key"))
    source = _TABS.sub(lambda tabs: " " * len(tabs[0]), front_matter) if "\t" in front_matter else front_matter
    try:
        if "{{" in front_matter and (scaffold := _SCAFFOLD.search(front_matter)):
            raise _scaffold(front_matter, scaffold)
        entries = _Document(source).entries()
        if entries is None:
            raise FrontMatterError(*explain(front_matter, None))
    except (yaml.YAMLError, FrontMatterError) as problem:
        if not names_a_field(front_matter):
            raise NoFrontMatterError from None
        raise (
            problem if isinstance(problem, FrontMatterError) else FrontMatterError(*explain(front_matter, problem))
        ) from None
    if not any(is_field(key) for key in entries) and _is_prose(front_matter, entries):
        raise NoFrontMatterError
    return entries


def _scaffold(front_matter: str, match: re.Match[str]) -> FrontMatterError:
    line = front_matter.count("\n", 0, match.start(1)) + 1
    message = f"{match[1]} was never filled in: this file is a scaffold, not a post"
    return FrontMatterError(
        (line, match.start(1) - front_matter.rfind("\n", 0, match.start(1)), message, "move it out of this folder")
    )


def _is_prose(front_matter: str, entries: RawFields) -> bool:
    """Return whether a mapping of unknown keys is text: "Note: this." between two rules."""
    return any(" " in key for key in entries) or bool(re.search(r"^[ \t]*\n[ \t]*\S", front_matter.lstrip("\n"), re.M))


class _Document:
    """Builds frozen values from YAML events. Raises FrontMatterError for what is too deep, too large or a wrong key."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.split("\n") if "#" in source else None
        self.events = _events(source)
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.unused: dict[str, Any] = {}
        self.size = 0

    def entries(self) -> RawFields | None:
        """Return the fields of the document's mapping: {} for an empty document, None if it is no mapping."""
        for event in self.events:
            kind = type(event)
            if kind is yaml.MappingStartEvent:
                break
            if kind is not yaml.StreamStartEvent and kind is not yaml.DocumentStartEvent:
                return {} if kind is yaml.StreamEndEvent else None
        entries: RawFields = {}
        while type(event := next(self.events)) is not yaml.MappingEndEvent:
            key = self._key(event)
            start = event.start_mark
            event = next(self.events)
            value = self._value(event, MAX_DEPTH)
            mark = event.start_mark if event.start_mark.line == start.line and value is not None else start
            before = entries.pop(key, None)
            entries[key] = RawField(
                key,
                value,
                mark.line + 1,
                mark.column + 1,
                start.column + 1,
                before.line if before else 0,
                self.lines is not None and self._is_cut(event),
            )
        for mark in self.unused.values():
            raise self._sign(mark, "&")
        for _ in self.events:  # what follows the mapping may be no YAML
            pass
        return entries

    def _key(self, event: Any) -> str:
        if type(event) is not yaml.ScalarEvent:
            raise _at(
                event.start_mark, "a key must be a word", "write `key: value`; put a text with {, [ or * in quotes"
            )
        return event.value

    def _value(self, event: Any, depth: int) -> Value:
        self.size += 1
        if self.size > MAX_SIZE:
            raise _at(event.start_mark, "the front matter holds too much", "move what is not a setting out of it")
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if event.tag and not event.tag.startswith("tag:yaml.org,2002:"):
            raise self._sign(event.start_mark, "!")
        size = self.size
        value: Value
        if kind is yaml.ScalarEvent:
            text: str = event.value
            if event.implicit[0]:
                value = None if text in _NULLS else PlainScalar(text)
            else:
                value = printable(text) if event.style == '"' else text
        elif depth == 0:
            raise _at(
                event.start_mark, "the front matter is nested too deeply", "put text that starts with [ or { in quotes"
            )
        elif kind is yaml.SequenceStartEvent:
            items: list[Value] = []
            while type(inner := next(self.events)) is not yaml.SequenceEndEvent:
                items.append(self._value(inner, depth - 1))
            value = tuple(items)
        else:
            table: dict[str, Value] = {}
            while type(inner := next(self.events)) is not yaml.MappingEndEvent:
                key = self._key(inner)
                table[key] = self._value(next(self.events), depth - 1)
            value = Table(tuple(table.items()))
        if event.anchor:
            self.anchors[event.anchor] = (value, self.size - size)
            self.unused[event.anchor] = event.start_mark
        return value

    def _alias(self, event: Any) -> Value:
        if event.anchor not in self.anchors:
            raise self._sign(event.start_mark, "*")
        value, size = self.anchors[event.anchor]
        self.unused.pop(event.anchor, None)
        self.size += size
        if self.size > MAX_SIZE:
            raise _at(event.start_mark, "the front matter holds too much", f"write it without so many *{event.anchor}")
        return value

    def _sign(self, mark: Any, sign: str) -> FrontMatterError:
        """Read a text that starts with "*", "&" or "!", which would make it an alias, an anchor or a tag."""
        line = self.source.split("\n")[mark.line]
        return _at(mark, f"a value that starts with {sign} must be in quotes", in_quotes(line))

    def _is_cut(self, event: Any) -> bool:
        """Return whether a comment follows a plain scalar on its line."""
        if type(event) is not yaml.ScalarEvent or not event.implicit[0] or self.lines is None:
            return False
        end: Any = event.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        return rest.lstrip(" \t").startswith("#")


def _events(source: str) -> Iterator[Any]:
    loader = Loader(source)
    event = None
    try:
        while type(event) is not yaml.StreamEndEvent:
            event = loader.get_event()
            yield event
    finally:
        loader.dispose()


def _at(mark: Any, message: str, hint: str) -> FrontMatterError:
    return FrontMatterError((mark.line + 1, mark.column + 1, message, hint))
