"""Digests of frozen values, so that comparing two values is comparing two short strings.

A value that is not plain frozen data has no digest: what a page depends on must be declared as such data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from blogsite.core.frozen import field_getter

Digest = str
"""A digest as 40 hexadecimal digits."""

Put = Callable[[str], None]


def digest(value: object) -> Digest:
    """Return the digest of a value: equal for equal values, in any process and on any machine.

    Raises TypeError for a value that is not made of None, bool, int, float, str, bytes, dates, tuples, frozen sets and
    frozen dataclasses alone.
    """
    return Digester(()).of(value).hex()


def digest_bytes(data: bytes) -> Digest:
    """Return the digest of bytes."""
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def package_version(package: str) -> str:
    """Return the installed version of a package, "?" if it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # 15 ms

    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


class Digester:
    """Computes digests and remembers those of values of certain classes, which many outputs share."""

    def __init__(self, shared: tuple[type, ...]) -> None:
        self._known: dict[int, tuple[object, str]] = {}
        self._shared = frozenset(shared)

    def of(self, value: Any) -> bytes:
        """Return the digest of a value as 20 bytes."""
        if type(value) in self._shared:
            return bytes.fromhex(self._remembered(value))
        parts: list[str] = []
        self._write((value,), parts.append)
        return _hash("".join(parts)).digest()

    def fields(self, value: Any) -> list[bytes]:
        """Return the digest of each field of a frozen dataclass, in order, as 20 bytes each."""
        kind: Any = type(value)
        return [self.of(item) for item in field_getter(kind)(value)]

    def _remembered(self, value: Any) -> str:
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        parts: list[str] = []
        self._write_fields(value, parts.append)
        result = _hash("".join(parts)).hexdigest()
        self._known[id(value)] = (value, result)
        return result

    def _write(self, values: tuple[Any, ...], put: Put) -> None:
        """Pass an unambiguous text form of the values to `put`, in pieces."""
        for value in values:
            kind = type(value)
            if kind is str:
                put(f"s{len(value)}:{value}")
            elif kind is tuple:
                put(f"t{len(value)}:")
                self._write(value, put)
            elif value is None or kind is bool or kind is int:
                put(f"{value!r};")
            elif kind in self._shared:
                put(f"r{self._remembered(value)}")
            elif kind in _WRITERS:
                put(_WRITERS[kind](value))
            else:
                self._write_fields(value, put)

    def _write_fields(self, value: Any, put: Put) -> None:
        kind: Any = type(value)
        try:
            values = field_getter(kind)(value)
        except TypeError:
            raise TypeError(f"no digest for {kind.__name__}: {value!r}") from None
        put(f"({kind.__qualname__} {len(values)} ")
        self._write(values, put)


_WRITERS: dict[type, Callable[[Any], str]] = {
    float: lambda value: f"f{value!r};",
    bytes: lambda value: f"b{value.hex()};",
    datetime: lambda value: f"d{value.isoformat()};",
    date: lambda value: f"D{value.isoformat()};",
    frozenset: lambda value: f"S{len(value)}:{''.join(sorted(map(digest, value)))}",
}


def _hash(text: str) -> hashlib.blake2b:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20)
