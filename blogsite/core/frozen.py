"""Frozen dataclasses that travel: between processes, and into the store and out of it."""

from __future__ import annotations

import dataclasses
import pickle
import zlib
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any


class Record:
    """A frozen dataclass that is pickled as the call that makes it, which takes half the time of what slots do."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        kind: Any = type(self)
        return kind, field_getter(kind)(self)


@cache
def field_names(kind: Any) -> tuple[str, ...]:
    """The names of all fields, in order, of a frozen dataclass; raises TypeError for any other class."""
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise TypeError(f"{kind.__name__} is no frozen dataclass")
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def field_getter(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gets the values of those fields, in order."""
    names = field_names(kind)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


class DamageError(Exception):
    """A row does not hold what was put into it."""


def seal(name: str, data: bytes) -> bytes:
    """The data as a row of this name keeps it."""
    return zlib.crc32(data, zlib.crc32(name.encode("utf-8", "surrogatepass"))).to_bytes(4, "big") + data


def unseal(name: str, sealed: object) -> bytes:
    """The data that was sealed for a row of this name; raises DamageError for anything else."""
    if not isinstance(sealed, bytes) or seal(name, sealed[4:]) != sealed:
        raise DamageError(name)
    return sealed[4:]


def unpickled(data: bytes) -> Any:
    """What was pickled; raises DamageError where this version of the program has no such value any more."""
    try:
        return pickle.loads(data)
    except Exception as problem:
        raise DamageError(str(problem)) from problem
