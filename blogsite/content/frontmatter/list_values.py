"""Read values that may be lists: tags, categories, authors, former addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from blogsite.content.frontmatter.raw_fields import text_of
from blogsite.content.frontmatter.values import DialectTraits, UnreadableError, one_line, text
from blogsite.core.values import Table, Value

_SEPARATOR = re.compile(r"[,，、;；]")


_SEMICOLON = re.compile(r"[;；]")


def names(value: Value, shape: DialectTraits) -> tuple[str, ...]:
    """Read tags: a list, or a text that is split as the dialect does, without empty and repeated ones."""
    return _unique(_items(value, shape))


def _named(item: Table) -> str:
    """Return the name in a mapping such as {name: …, url: …}; a single `a: b` without quotes is a name, too."""
    for key in ("name", "title", "label"):
        if isinstance(found := item.get(key), str):
            return found
    raise UnreadableError("must be a list of texts, not of mappings", "put an item that holds a colon in quotes")


def _split(written: str, shape: DialectTraits) -> list[str]:
    if shape.semicolons_first and _SEMICOLON.search(written):
        return _SEMICOLON.split(written)
    if _SEPARATOR.search(written):
        return _SEPARATOR.split(written)
    if shape.spaces_split and shape.key in ("tags", "categories"):
        return written.split()
    return [written]


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    stripped = map(one_line, items)
    return tuple(dict.fromkeys(item for item in stripped if item))


def paths(value: Value, shape: DialectTraits) -> tuple[tuple[str, ...], ...]:
    """Read categories as paths from the top.

    Lists in a list are paths; a list is one path or several by its dialect; `category: a/b` is a path, too.
    """
    if isinstance(value, tuple) and (shape.lists_nest or any(isinstance(item, tuple) for item in value)):
        if not any(isinstance(item, tuple) for item in value):
            return _filled([names(value, shape)])
        return _filled(names(item, shape) if isinstance(item, tuple) else names((item,), shape) for item in value)
    found = names(value, shape)
    if shape.key == "category" and isinstance(value, str) and len(found) == 1:
        return _filled([_unique(found[0].split("/"))])
    return tuple((name,) for name in found)


def _filled(found: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(path for path in found if path))


def people(value: Value, shape: DialectTraits) -> tuple[str, ...]:
    """Read authors: a list of names or of mappings with a name; only under `authors` a text is split."""
    if isinstance(value, Table):
        return _unique([_named(value)])
    if isinstance(value, str) and shape.key != "authors":
        return _unique([text(value, shape)])
    return names(value, shape)


def _items(value: Value, shape: DialectTraits) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            if isinstance(item, Table):
                yield _named(item)
            else:
                yield from _items(item, shape) if isinstance(item, tuple) else _whole(item)
    elif isinstance(value, Table):
        raise UnreadableError("must be a list, not a mapping", f"write {shape.key or 'it'}: [a, b]")
    elif value is not None:
        yield from _split(text_of(value), shape)


def _whole(value: Value) -> Iterator[str]:
    if value is not None:
        yield text_of(value)


def first(value: Value, shape: DialectTraits) -> str:
    """Read a text, or the first of a list."""
    if isinstance(value, tuple):
        return next(iter(names(value, shape)), "")
    return text(value, shape)


def addresses(value: Value, shape: DialectTraits) -> tuple[str, ...]:
    """Read former addresses: a list, or a single one."""
    if isinstance(value, Table):
        raise UnreadableError("must be a list of addresses, not a mapping", "write aliases: [/old/address/]")
    return _unique(_items(value, shape) if isinstance(value, tuple) else _whole(value))
