"""digest(value): one short name for a frozen value, so that "is it the same?" is a comparison of two strings.

Anything that is not plain frozen data is refused: what has no digest cannot become an input that nobody declared.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

Digest = str
"""40 hexadecimal digits."""

Feed = Callable[[bytes], None]


def digest(value: object) -> Digest:
    """The digest of VALUE: equal for equal values, in any process, on any machine.

    Raises TypeError for a value that is not made of None, bool, int, float, str, bytes, dates, tuples, frozen sets and
    frozen dataclasses alone.
    """
    state = hashlib.blake2b(digest_size=20)
    _feed(value, state.update)
    return state.hexdigest()


def digest_bytes(data: bytes) -> Digest:
    """The digest of a file's bytes."""
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def _feed(value: object, feed: Feed) -> None:
    kind = type(value)
    writer = _WRITERS.get(kind)
    if writer is None:
        if not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"no digest for {kind.__name__}: {value!r}")
        writer = _WRITERS[kind] = _dataclass_writer(kind)
    writer(value, feed)


def _dataclass_writer(kind: type) -> Callable[[Any, Feed], None]:
    names = _field_names(kind)
    head = f"({kind.__qualname__} {len(names)} ".encode()

    def write(value: Any, feed: Feed) -> None:
        feed(head)
        for name in names:
            _feed(getattr(value, name), feed)

    return write


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _write_str(value: str, feed: Feed) -> None:
    data = value.encode("utf-8", "surrogatepass")
    feed(b"s%d:" % len(data))
    feed(data)


def _write_bytes(value: bytes, feed: Feed) -> None:
    feed(b"b%d:" % len(value))
    feed(value)


def _write_tuple(value: tuple[object, ...], feed: Feed) -> None:
    feed(b"t%d:" % len(value))
    for item in value:
        _feed(item, feed)


def _write_frozenset(value: frozenset[object], feed: Feed) -> None:
    feed(b"S%d:" % len(value))
    for item in sorted(map(digest, value)):
        feed(item.encode())


_WRITERS: dict[type, Callable[[Any, Feed], None]] = {
    type(None): lambda value, feed: feed(b"n"),
    bool: lambda value, feed: feed(b"1" if value else b"0"),
    int: lambda value, feed: feed(b"i%d;" % value),
    float: lambda value, feed: feed(f"f{value!r};".encode()),
    str: _write_str,
    bytes: _write_bytes,
    tuple: _write_tuple,
    frozenset: _write_frozenset,
    datetime: lambda value, feed: feed(f"d{value.isoformat()};".encode()),
    date: lambda value, feed: feed(f"D{value.isoformat()};".encode()),
}


class Digester:
    """Digests that are remembered for values of certain classes while they live: those that many outputs share."""

    def __init__(self, shared: tuple[type, ...]) -> None:
        self._known: dict[int, tuple[object, str]] = {}
        self._shared = frozenset(shared)

    def of(self, value: Any) -> bytes:
        """20 bytes: equal for equal values."""
        if type(value) in self._shared:
            return bytes.fromhex(self._remembered(value))
        parts: list[str] = []
        self._write(value, parts.append)
        return _hash("".join(parts)).digest()

    def fields(self, value: Any) -> list[bytes]:
        """The digest of each field of a frozen dataclass, in order."""
        kind: Any = type(value)
        return [self.of(item) for item in _shape(kind)[1](value)]

    def _remembered(self, value: Any) -> str:
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        parts: list[str] = []
        self._write_fields(value, parts.append)
        result = _hash("".join(parts)).hexdigest()
        self._known[id(value)] = (value, result)
        return result

    def _write(self, value: Any, put: Callable[[str], None]) -> None:
        kind = type(value)
        if kind is str:
            put(f"s{len(value)}:{value}")
        elif kind is tuple:
            put(f"t{len(value)}:")
            for item in value:
                self._write(item, put)
        elif value is None or kind is bool or kind is int:
            put(f"{value!r};")
        elif kind in self._shared:
            put(f"r{self._remembered(value)}")
        elif dataclasses.is_dataclass(kind):
            self._write_fields(value, put)
        else:
            put(f"d{digest(value)}")

    def _write_fields(self, value: Any, put: Callable[[str], None]) -> None:
        kind: Any = type(value)
        head, items = _shape(kind)
        put(head)
        for item in items(value):
            self._write(item, put)


@cache
def _shape(kind: Any) -> tuple[str, Callable[[Any], tuple[object, ...]]]:
    """What stands before the fields of a frozen dataclass, and how to get them all."""
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise TypeError(f"no digest for {kind.__name__}")
    names = _field_names(kind)
    head = f"({kind.__qualname__} {len(names)} "
    if len(names) > 1:
        return head, attrgetter(*names)
    return head, lambda value: tuple(getattr(value, name) for name in names)


def _hash(text: str) -> hashlib.blake2b:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20)
