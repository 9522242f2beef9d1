"""The schema of blogsite.toml: each key with the function that checks its value.

A check raises ValueError with what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from blogsite.config.settings import CardDesign
from blogsite.core.permalinks import PERMALINKS, TOKENS, is_pattern
from blogsite.core.values import Table, Value

MAX_IMAGE_SIDE = 16_383
"""Maximum width and height of an image in px that every format of [images] supports."""

Reader = Callable[[Any], Any]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("text in quotes")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _count(low: int, high: int | None = None) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= (value if high is None else high):
            return value
        raise ValueError(f"a whole number from {low}" + ("" if high is None else f" to {high}"))

    return read


def _widths(value: Any) -> tuple[int, ...]:
    try:
        widths = {_count(1, MAX_IMAGE_SIDE)(item) for item in value}
    except (TypeError, ValueError):
        widths = set()
    if isinstance(value, list) and widths:
        return tuple(sorted(widths))
    raise ValueError("a list of widths in px, as [480, 800, 1200, 1600]")


def _one_of(*choices: str) -> Reader:
    def read(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(" or ".join(f'"{choice}"' for choice in choices))

    return read


def _some_of(*choices: str) -> Reader:
    def read(value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(item in choices for item in value):
            return tuple(value)
        raise ValueError("a list of " + " and ".join(f'"{choice}"' for choice in choices))

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError('a list of texts, as ["a", "b"]')


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return tuple(value.items())
    raise ValueError('a table of texts, as {"name" = "text"}')


def _table(value: Any) -> Table:
    if isinstance(value, dict):
        return freeze(value)
    raise ValueError("a table")


def _menu(value: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(value, list) and all(isinstance(item, dict) and set(item) == {"name", "url"} for item in value):
        return tuple((_text(item["name"]), _text(item["url"])) for item in value)
    raise ValueError("tables [[menu]] with name and url, and nothing else")


def _base_url(value: Any) -> str:
    if isinstance(value, str) and (not value or re.fullmatch(r"https?://[^/\s?#\\]+(?:/[^\s?#\\]*)?", value)):
        with suppress(ValueError):  # a host or port that cannot be one
            _ = urlsplit(value).port
            return value.rstrip("/")
    raise ValueError('an address such as "https://example.org" or "https://example.org/blog/"')


def _language(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", value):
        return value.replace("_", "-")
    raise ValueError('a language tag such as "zh-CN" or "en"')


def _timezone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except (ValueError, KeyError, OSError):  # OSError: the name of a folder of zones
        raise ValueError('a time zone such as "Asia/Shanghai" or "UTC"') from None
    return str(value)


def _permalink(value: Any) -> str:
    if isinstance(value, str) and (value in PERMALINKS or is_pattern(value)):
        return value
    presets = ", ".join(f'"{name}"' for name in PERMALINKS)
    raise ValueError(f"one of {presets}, or a path from / with {' '.join(':' + token for token in TOKENS)}")


def _feed_paths(value: Any) -> tuple[str, ...]:
    paths = _texts(value)
    if all(re.fullmatch(r"/[^\s?#\\]*[^\s?#/\\]", path) and _is_plain_path(path) for path in paths):
        return paths
    raise ValueError('paths of files from the root, as ["/atom.xml"]')


def _is_plain_path(path: str) -> bool:
    return path.isprintable() and ".." not in path.split("/") and all(len(part) < 200 for part in path.split("/"))


def _output(value: Any) -> str:
    if isinstance(value, str) and value.strip("./ ") and value.isprintable():
        return value
    raise ValueError('a folder such as "public"')


def _colours(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(item, str) or (key == "dark" and _are_texts(item)) for key, item in value.items()
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


CARD_KEYS = tuple(field.name for field in fields(CardDesign))


def _is_cards(value: Any) -> bool:
    return isinstance(value, bool) or (_are_texts(value) and set(value) <= {*CARD_KEYS})


_COMMENTS = {
    "utterances": {"repo", "label", "issue_term"},
    "giscus": {
        "repo",
        "repo_id",
        "category",
        "category_id",
        "mapping",
        "strict",
        "reactions_enabled",
        "input_position",
    },
}
"""Provider of comments → its keys."""


def _is_comments(value: Any) -> bool:
    return (
        _are_texts(value)
        and value.get("provider") in _COMMENTS
        and set(value) <= _COMMENTS[value["provider"]] | {"provider"}
        and re.fullmatch(r"[\w.-]+/[\w.-]+", value.get("repo", "")) is not None
        and (value["provider"] != "giscus" or {"repo_id", "category_id"} <= set(value))
    )


# Of each key below [theme]: whether a value can be used, and what to write.
_THEME_KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "colours": (_colours, 'a table of colours, as {accent = "#8a3324", dark = {accent = "#e0a080"}}'),
    "fonts": (_are_texts, 'a table of fonts, as {body = "Georgia, serif"}'),
    "width": (lambda value: isinstance(value, str | int) and value is not True, 'a width, as "40em"'),
    "favicon": (lambda value: isinstance(value, str), 'an address, as "/favicon.svg"'),
    "social": (_are_texts, 'a table of addresses, as {GitHub = "https://github.com/…"}'),
    "licence": (
        lambda value: isinstance(value, str) or (_are_texts(value) and set(value) == {"name", "url"}),
        "a text, or a table with name and url",
    ),
    "image": (lambda value: isinstance(value, str), 'the address of a picture, as "/cover.png"'),
    "cards": (_is_cards, 'true, false, or a table, as {accent = "#8a3324", font = "fonts/own.otf"}'),
    "comments": (
        lambda value: isinstance(value, bool) or _is_comments(value),
        'true, false, or a table, as {provider = "utterances", repo = "owner/name"} '
        '(provider = "giscus" has repo_id, category and category_id besides)',
    ),
    "cite": (lambda value: isinstance(value, bool), "true or false"),
    "copy_tex": (lambda value: isinstance(value, bool), "true or false"),
}


def _theme(value: Any) -> Table:
    if isinstance(value, dict) and "colors" in value:
        if "colours" in value:
            raise ValueError("colours or colors, not both")
        value = {"colours" if key == "colors" else key: item for key, item in value.items()}
    table = _table(value)
    for key, item in value.items():
        if key not in _THEME_KEYS:
            raise ValueError(f"a table with no other keys than {', '.join(_THEME_KEYS)} (not {key})")
        is_usable, wanted = _THEME_KEYS[key]
        if not is_usable(item):
            raise ValueError(f"{key} as {wanted}")
    return table


# ── the keys: one line each; [section] stands before the dot ─────────────────────────────────────────────────────────

KEYS: dict[str, Reader] = {
    "title": _text,
    "subtitle": _text,
    "base_url": _base_url,
    "author": _text,
    "language": _language,
    "timezone": _timezone,
    "per_page": _count(1),
    "excerpt_length": _count(1),
    "permalink": _permalink,
    "feed_limit": _count(1),
    "feed_content": _one_of("full", "summary"),
    "extra_feeds": _feed_paths,
    "badge": _text,
    "undated": _one_of("error", "page"),
    "output": _output,
    "menu": _menu,
    "math.enable": _flag,
    "math.output": _one_of("html", "mathml"),
    "math.number": _one_of("ams", "all", "labelled"),
    "math.dialect": _one_of("default", "kramdown", "blogdown"),
    "math.macros": _pairs,
    "math.packages": _some_of("physics", "siunitx"),
    "markdown.extensions": _texts,
    "markdown.soft_breaks": _one_of("cjk", "keep"),
    "links.titles": _flag,
    "links.book_titles": _flag,
    "images.resize": _flag,
    "images.widths": _widths,
    "images.format": _one_of("webp", "avif"),
    "images.quality": _count(1, 100),
    "theme": _theme,
    "tags.map": _pairs,
    "tags.feeds": _flag,
    "build.jobs": _count(1),
    "extra": _table,
}


def freeze(table: Mapping[str, Any], depth: int = 20) -> Table:
    """Return the same data, frozen. A date without a time becomes its midnight, without a zone.

    Raises ValueError if tables or lists are nested deeper than `depth`.
    """
    return Table(tuple((str(key), _frozen(value, depth)) for key, value in table.items()))


def _frozen(value: Any, depth: int) -> Value:
    if not depth:
        raise ValueError("tables and lists that are nested less deeply")
    if isinstance(value, Mapping):
        return freeze(value, depth - 1)
    if isinstance(value, list | tuple):
        return tuple(_frozen(item, depth - 1) for item in value)
    if value is None or isinstance(value, str | bool | int | float | datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return str(value)
