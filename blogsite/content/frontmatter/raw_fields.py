"""The fields of front matter as a dialect parsed them, with their positions, and the errors of parsing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from blogsite.core.values import Table, Value

MAX_DEPTH = 32
MAX_SIZE = 10_000
"""Maximum number of values, counting those that an alias repeats each time."""
MAX_LENGTH = 1 << 20
"""Maximum number of characters."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class PlainScalar(str):
    """A text without quotes in its dialect, so that it may stand for a number or a truth value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RawField:
    """A key with its value. `line` and `column`, from 1, are those of the value if it stands on the line of its key."""

    key: str
    value: Value
    line: int
    column: int
    key_column: int = 1
    first_line: int = 0
    """The line of an earlier use of the same key, or 0."""
    cut: bool = False
    """A comment follows the value on its line."""
    inner: tuple[tuple[str, int, int], ...] = ()
    """(key, line, column) of the entries of the value's mapping, where the dialect knows them."""

    def items(self) -> tuple[RawField, ...]:
        """Return the entries of the value's mapping as raw fields."""
        if not isinstance(self.value, Table):
            return ()
        locations = {key: (line, column) for key, line, column in self.inner}
        here = (self.line, self.column)
        return tuple(
            RawField(key, value, *locations.get(key, here), self.key_column) for key, value in self.value.items_
        )


RawFields = dict[str, RawField]


class FrontMatterError(ValueError):
    """Front matter that cannot be read: (line, column, message, hint) of each mistake."""

    def __init__(self, *diagnostics: tuple[int, int, str, str]) -> None:
        self.diagnostics = diagnostics
        super().__init__(diagnostics[0][2])


class NoFrontMatterError(ValueError):
    """A text that looked like front matter and is part of the body."""


def printable(text: str) -> str:
    """Replace each character that front matter must not hold by a space, so that columns stay."""
    return _CONTROL.sub(" ", text) if _CONTROL.search(text) else text


def freeze(document: Mapping[str, Any]) -> Table:
    """Freeze data that tomllib or json parsed. Raises ValueError if it is too deep or too large."""
    budget = [MAX_SIZE]
    frozen = _frozen(document, MAX_DEPTH, budget)
    assert isinstance(frozen, Table)
    return frozen


def _frozen(value: Any, depth: int, budget: list[int]) -> Value:
    budget[0] -= 1
    if depth < 0 or budget[0] < 0:
        raise ValueError("it is nested too deeply" if depth < 0 else "it holds too many values")
    if isinstance(value, Mapping):
        return Table(tuple((printable(str(key)), _frozen(item, depth - 1, budget)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_frozen(item, depth - 1, budget) for item in value)
    return _frozen_scalar(value)


def _frozen_scalar(value: Any) -> Value:
    if value is None or isinstance(value, bool | datetime):
        return value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, int):
        return value if value.bit_length() <= 64 else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return datetime.combine(value, time()) if isinstance(value, date) else str(value)


_INT = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})?\.\d{1,17}(?:[eE][-+]?\d{1,2})?", re.ASCII)
_WORDS: dict[str, bool] = {"true": True, "false": False}


def convert_plain_scalars(value: Value) -> Value:
    """Return a value for templates: plain scalars become numbers and truth values."""
    if isinstance(value, PlainScalar):
        text = str(value)
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
    if isinstance(value, tuple):
        return tuple(map(convert_plain_scalars, value))
    return (
        Table(tuple((key, convert_plain_scalars(item)) for key, item in value.items_))
        if isinstance(value, Table)
        else value
    )


def texts(values: Iterable[Value]) -> Iterable[str]:
    """Yield the scalars among the values, and in lists among them, as text, without null and mappings."""
    for value in values:
        if isinstance(value, tuple):
            yield from texts(value)
        elif value is not None and not isinstance(value, Table):
            yield text_of(value)


def text_of(value: Value) -> str:
    """Return a scalar as its author wrote it, as far as its dialect preserves that."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
