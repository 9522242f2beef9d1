"""Values of configuration and front matter, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from blogsite.core.frozen import Record

Value: TypeAlias = "str | int | float | bool | datetime | tuple[Value, ...] | Table | None"


@dataclass(frozen=True, slots=True)
class Table(Record, Mapping[str, Value]):
    """A frozen mapping with text keys, in the order in which they were written. Templates read `table.key`."""

    items_: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, key: str) -> Value:
        for name, value in self.items_:
            if name == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.items_)

    def __len__(self) -> int:
        return len(self.items_)


EMPTY = Table()
