"""Assign the keys of front matter to fields, whatever their names and order, and read the fields' values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from blogsite.content.frontmatter.fields import (
    BY_NAME,
    FIELDS,
    IN_EXTRA,
    OPPOSITE,
    STATUS,
    WARNED,
    Field,
    normalise_key,
    similar_name,
)
from blogsite.content.frontmatter.raw_fields import RawField, convert_plain_scalars, text_of
from blogsite.content.frontmatter.values import DialectTraits, UnreadableError
from blogsite.core.diagnostics import Diagnostic, Location, error, warning
from blogsite.core.values import Table, Value

_MOST_KEYS = 100
"""Number of unknown keys that are compared with the known ones, which takes time."""


class FieldCollector:
    """Collects the raw fields of one file by the field they set, with diagnostics."""

    def __init__(self, path: str, shape: DialectTraits, diagnostics: list[Diagnostic]) -> None:
        self.path = path
        self.shape = shape
        self.diagnostics = diagnostics
        self.setters: dict[str, list[tuple[int, RawField]]] = {}
        self.opposed: dict[str, tuple[Field, RawField]] = {}
        self.status: dict[str, bool] = {}
        self.extra: dict[str, Value] = {}
        self.locations: dict[str, tuple[int, int]] = {}

    def sort(self, entries: Iterable[RawField]) -> None:
        """Assign each raw field to the field it sets, or keep it in `extra`."""
        for entry in entries:
            key = normalise_key(entry.key)
            if entry.first_line:
                hint = f"remove one of the two; line {entry.first_line} holds the other"
                self.warn(
                    entry, f"{entry.key} is given twice, and the last one counts", hint, "key-duplicate", key=True
                )
            if entry.cut and key in ("title", "summary", "excerpt", "description"):
                hint = f"put the {entry.key} in quotes if the text after # is part of it"
                self.warn(entry, f"a comment (#) cuts the {entry.key} short", hint, "value-cut")
            if field := BY_NAME.get(key):
                self.file(field, key, entry)
            elif reader := _SPECIAL.get(key):
                reader(self, key, entry)
            else:
                self.keep(key, entry)

    def file(self, field: Field, key: str, entry: RawField) -> None:
        """Add a raw field to those that set `field`."""
        if field.name == "date" and isinstance(entry.value, Table):
            for inner in entry.items():
                if normalise_key(inner.key) in ("created", "updated"):
                    name = "date" if normalise_key(inner.key) == "created" else "updated"
                    self.setters.setdefault(name, []).append((0, inner))
            return
        if key in WARNED:
            self.warn(
                entry,
                f"{entry.key}: did you mean {field.name}?",
                f"write {field.name}: (it is read as if you had)",
                "key-similar",
                key=True,
            )
        self.setters.setdefault(field.name, []).append((field.names.index(key), entry))

    def keep(self, key: str, entry: RawField) -> None:
        """Keep a value for templates, with a warning if its key looks like a field's."""
        self.extra[entry.key] = convert_plain_scalars(entry.value)
        if len(self.extra) <= _MOST_KEYS and (right := similar_name(key)):
            name = BY_NAME[right].name if right in BY_NAME else right
            message = f"unknown key {entry.key}: did you mean {right}?"
            self.warn(entry, message, f"write {name}:, or another word for a key of your own", "key-similar", key=True)

    def table(self, key: str, entry: RawField) -> None:
        """Read [extra] and params: values for templates, some of which are fields; and [taxonomies]: fields."""
        if not isinstance(entry.value, Table):
            self.keep(key, entry)
            return
        for inner in entry.items():
            name = normalise_key(inner.key)
            field = BY_NAME.get(name)
            if key != "taxonomies":
                self.extra[inner.key] = convert_plain_scalars(inner.value)
                field = field if name in IN_EXTRA else None
            elif field is None:
                self.extra[inner.key] = convert_plain_scalars(inner.value)
            if field:
                self.setters.setdefault(field.name, []).append((len(field.names), inner))

    def opposite(self, key: str, entry: RawField) -> None:
        """Read `published: false` and the like; `published: 2020-01-02` is a date."""
        field = OPPOSITE[key]
        if entry.value is None:
            return
        if field.name == "draft" and not isinstance(entry.value, bool) and re.match(r"\d{4}", text_of(entry.value)):
            self.setters.setdefault("publish", []).append((len(field.names), entry))
        else:
            self.opposed[key] = field, entry

    def state(self, key: str, entry: RawField) -> None:
        """Read `status: draft` of Pelican, Nikola and WordPress; any other status is for the theme."""
        word = entry.value.strip().lower() if isinstance(entry.value, str) else ""
        if word not in STATUS:
            self.keep(key, entry)
            return
        name, value = STATUS[word]
        self.status[name] = value
        self.locations.setdefault(name, (entry.line, entry.column))

    def hide(self, key: str, entry: RawField) -> None:
        """Read `hide: true`, or (Material) the parts of a page that are not shown."""
        if isinstance(entry.value, tuple):
            if "toc" in entry.value:
                self.status["toc"] = False
            self.keep(key, entry)
        else:
            self.setters.setdefault("hidden", []).append((len(BY_NAME["hidden"].names), entry))

    def level(self, key: str, entry: RawField) -> None:
        """Read `cate1: a` and `cate2: b`: a category within another."""
        outer = self.setters.get("categories", [])
        if key == "cate2" and entry.value is not None and outer and outer[-1][1].key.lower() == "cate1":
            rank, above = outer.pop()
            outer.append((rank, RawField(above.key, ((above.value, entry.value),), above.line, above.column)))
        elif entry.value is not None:
            self.setters.setdefault("categories", []).append((len(BY_NAME["categories"].names), entry))

    def fields(self) -> dict[str, Any]:
        """Return the values of the fields that are set."""
        found: dict[str, Any] = {}
        for field in FIELDS:
            if setters := self.setters.get(field.name):
                self._read(field, setters, found)
        for key, (field, entry) in self.opposed.items():
            value = self._value(field, key, entry)
            if value is not None and (field.name not in found or field.name == "draft"):
                found[field.name] = value or found.get(field.name, False)
                self.locations.setdefault(field.name, (entry.line, entry.column))
        for name, state in self.status.items():
            found[name] = state or found.get(name, False)
        return found

    def _read(self, field: Field, setters: list[tuple[int, RawField]], found: dict[str, Any]) -> None:
        setters.sort(key=lambda setter: setter[0])
        for _, entry in setters:
            if entry.value is None or entry.value == "" or entry.value == ():
                continue
            self.locations.setdefault(field.name, (entry.line, entry.column))
            value = self._value(field, normalise_key(entry.key), entry)
            if value == "" or value == ():
                continue
            if value is None:
                if field.severity == "error":
                    return
            elif not field.merges or field.name not in found:
                found[field.name] = value
            elif isinstance(value, tuple):
                found[field.name] = tuple(dict.fromkeys(found[field.name] + value))
            else:
                found[field.name] = found[field.name] or value
            if not field.merges and field.name in found:
                return
        entry = setters[0][1]
        self.locations.setdefault(field.name, (entry.line, entry.column))

    def _value(self, field: Field, key: str, entry: RawField) -> Any:
        """Return the value of a field, or None, with a diagnostic, if it cannot be read."""
        try:
            return field.read(entry.value, self.shape.under(key))
        except UnreadableError as problem:
            diagnostic = error if field.severity == "error" else warning
            location = Location(self.path, entry.line, entry.column)
            self.diagnostics.append(
                diagnostic(location, f"{entry.key} {problem.message}", problem.hint, "value-invalid")
            )
            return None

    def warn(self, entry: RawField, message: str, hint: str, code: str, *, key: bool = False) -> None:
        """Add a warning at the value of a raw field, or at its key."""
        location = Location(self.path, entry.line, entry.key_column if key else entry.column)
        self.diagnostics.append(warning(location, message, hint, code))


_SPECIAL = {
    "taxonomies": FieldCollector.table,
    "extra": FieldCollector.table,
    "params": FieldCollector.table,
    "status": FieldCollector.state,
    "hide": FieldCollector.hide,
    "cate1": FieldCollector.level,
    "cate2": FieldCollector.level,
} | dict.fromkeys(OPPOSITE, FieldCollector.opposite)
