"""blogsite.toml → Config. Every key has one line in a table below; an unknown one is an error with the nearest known.

All mistakes of the file are found in one pass, each with its line and column.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from blogsite.errors import Mistake, Place, SiteError, error
from blogsite.model import EMPTY, CardDesign, ImageFormat, Images, Table, Value
from blogsite.notes import MarkdownSettings
from blogsite.urls import PERMALINKS, TOKENS, is_pattern

FILE_NAME = "blogsite.toml"
LONGEST_SIDE = 16_383
"""The most px in a row or a column that every format of [images] can have."""


@dataclass(frozen=True)
class Config:
    """The settings of a site, checked: every field holds a value that the rest of the program can rely on."""

    title: str = "Blog"
    subtitle: str = ""
    base_url: str = ""
    author: str = ""
    language: str = "en"
    timezone: str = "UTC"
    per_page: int = 10
    excerpt_length: int = 300
    permalink: str = "/posts/:slug/"
    feed_limit: int = 20
    feed_content: str = "full"
    extra_feeds: tuple[str, ...] = ()
    badge: str = "d MMM"
    undated: str = "error"
    output: str = "public"
    menu: tuple[tuple[str, str], ...] = ()
    math_enable: bool = True
    math_output: str = "html"
    math_number: str = "ams"
    math_dialect: str = "default"
    math_macros: tuple[tuple[str, str], ...] = ()
    markdown_extensions: tuple[str, ...] = ()
    markdown_soft_breaks: str = "cjk"
    images_resize: bool = True
    images_widths: tuple[int, ...] = (480, 800, 1200, 1600)
    images_format: ImageFormat = "webp"
    images_quality: int = 80
    theme: Table = EMPTY
    tags_map: tuple[tuple[str, str], ...] = ()
    tags_feeds: bool = False
    build_jobs: int = 0
    """0: as many as there are cores."""
    extra: Table = EMPTY
    places: tuple[tuple[str, int, int], ...] = ()
    """(key, line, column) of what the file sets."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def place(self, name: str) -> Place:
        """Where the file sets NAME; the file as a whole where it does not."""
        for key, line, column in self.places:
            if key == name:
                return Place(FILE_NAME, line, column)
        return Place(FILE_NAME)

    def markdown(self) -> MarkdownSettings:
        """The settings that shape a post's HTML."""
        return MarkdownSettings(
            language=self.language,
            soft_breaks=self.markdown_soft_breaks,
            math=self.math_enable,
            math_dialect=self.math_dialect,
            math_number=self.math_number,
            math_macros=self.math_macros,
            extensions=self.markdown_extensions,
        )

    def images(self) -> Images:
        """The settings for pictures."""
        return Images(self.images_resize, self.images_widths, self.images_format, self.images_quality)

    def cards(self) -> CardDesign | None:
        """What social cards look like, in the theme's colours where they have none of their own; None without cards.

        Other sites ask for them by their full address, so that a site without base_url has none.
        """
        wanted, colours = self.theme.get("cards"), self.theme.get("colours")
        if not wanted or not self.base_url:
            return None
        chosen = {**(colours if isinstance(colours, Table) else {}), **(wanted if isinstance(wanted, Table) else {})}
        return CardDesign(**{key: str(chosen[key]) for key in _CARD_KEYS if key in chosen})

    def without_places(self) -> Config:
        """The settings alone, as an input of what depends on all of them."""
        return replace(self, places=())


# ── readers: value of TOML → value of Config; ValueError says what was expected ──────────────────────────────────────

Reader = Callable[[Any], Any]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("a text in quotes")


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
        widths = {_count(1, LONGEST_SIDE)(item) for item in value}
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


_CARD_KEYS = tuple(field.name for field in fields(CardDesign))


def _is_cards(value: Any) -> bool:
    return isinstance(value, bool) or (_are_texts(value) and set(value) <= {*_CARD_KEYS})


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
"""What each provider of comments may be told."""


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
    "markdown.extensions": _texts,
    "markdown.soft_breaks": _one_of("cjk", "keep"),
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
_SECTIONS = {key.split(".")[0] for key in KEYS if "." in key}


def parse_config(text: str, path: str = FILE_NAME) -> Config:
    """The settings of a configuration file's TEXT; raises SiteError with every mistake in it."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # besides TOMLDecodeError: numbers too long, nests too deep
        raise SiteError([_syntax_mistake(text, path, problem)]) from None
    values: dict[str, Any] = {}
    places: list[tuple[str, int, int]] = []
    mistakes: list[Mistake] = []
    for key, value in _flatten(document).items():
        line, column = _locate(text, key)
        place = Place(path, line, column)
        if key not in KEYS:
            mistakes.append(error(place, f"unknown key {key}", _nearest(key)))
            continue
        name = key.replace(".", "_")
        places.append((name, line, column))
        try:
            values[name] = KEYS[key](value)
        except ValueError as wanted:
            mistakes.append(error(place, f"{key} has a value that cannot be used", f"write {wanted}"))
    if mistakes:
        raise SiteError(mistakes)
    return Config(**values, places=tuple(places))


def freeze(table: Mapping[str, Any], depth: int = 20) -> Table:
    """The same data, frozen; a date without a time stands at its midnight, without a zone.

    Raises ValueError where tables or lists stand in each other deeper than DEPTH.
    """
    return Table(tuple((str(key), _frozen(value, depth)) for key, value in table.items()))


def _frozen(value: Any, depth: int) -> Value:
    if not depth:
        raise ValueError("tables and lists that do not stand in each other so deep")
    if isinstance(value, Mapping):
        return freeze(value, depth - 1)
    if isinstance(value, list | tuple):
        return tuple(_frozen(item, depth - 1) for item in value)
    if value is None or isinstance(value, str | bool | int | float | datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return str(value)


def _flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if key in _SECTIONS and isinstance(value, dict):
            flat |= {f"{key}.{name}": item for name, item in value.items()}
        else:
            flat[key] = value
    return flat


def _nearest(key: str) -> str:
    close = get_close_matches(key, [*_SECTIONS, *KEYS], n=1, cutoff=0.5)
    by_last_word = [known for known in KEYS if known.split(".")[-1] == key.split(".")[-1]]
    if close or by_last_word:
        return f"did you mean {(by_last_word or close)[0]}? Values of your own go below [extra]"
    return "remove it, or put it below [extra] if a template of yours reads it"


def _locate(text: str, key: str) -> tuple[int, int]:
    """Line and column of KEY in the file's text; (1, 1) where it is written in a way that a scan does not see."""
    section, _, _name = key.rpartition(".")
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            current = header[1].strip("\"'")
            if current == key or current.startswith(key + "."):
                return number, line.index("[") + 1
        elif found := re.match(r"\s*(?P<key>[\w.\"'-]+)\s*=", line):
            written = found["key"].replace('"', "").replace("'", "")
            full = f"{current}.{written}" if current else written
            if full in (key, section) or full.startswith(key + "."):
                return number, found.start("key") + 1
    return 1, 1


def _syntax_mistake(text: str, path: str, problem: Exception) -> Mistake:
    message = "values nest too deep" if isinstance(problem, RecursionError) else str(problem)
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    what = re.sub(r"\s*\(at .*?\)$", "", message)
    hint = 'texts stand in quotes, flags are true or false, lists are ["a", "b"]'
    return error(Place(path, line, column), f"this is no TOML: {what[:1].lower()}{what[1:]}", hint)


assert {key.replace(".", "_") for key in KEYS} == {field.name for field in fields(Config)} - {"places"}
