"""Frozen dataclasses that travel: between processes, and into the store and out of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any


class Record:
    """A frozen dataclass that is pickled as the call that makes it, which takes half the time of what slots do."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        kind: Any = type(self)
        return kind, values_of(kind)(self)


@cache
def names_of(kind: Any) -> tuple[str, ...]:
    """The names of all fields, in order, of a frozen dataclass; raises TypeError for any other class."""
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise TypeError(f"{kind.__name__} is no frozen dataclass")
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gets the values of those fields, in order."""
    names = names_of(kind)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
