"""Read blogsite.toml into a Config, and report every mistake in it with its line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from blogsite.config.schema import CARD_KEYS, KEYS
from blogsite.config.settings import CardDesign, ImageFormat, ImageSettings, MarkdownSettings, MathFormat
from blogsite.core.diagnostics import Diagnostic, Location, SiteError, UsageError, error
from blogsite.core.values import EMPTY, Table

FILE_NAME = "blogsite.toml"


@dataclass(frozen=True)
class Config:
    """The checked settings of a site."""

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
    math_output: MathFormat = "html"
    math_number: str = "ams"
    math_dialect: str = "default"
    math_macros: tuple[tuple[str, str], ...] = ()
    math_packages: tuple[str, ...] = ()
    markdown_extensions: tuple[str, ...] = ()
    markdown_soft_breaks: str = "cjk"
    links_titles: bool = True
    links_book_titles: bool = False
    images_resize: bool = True
    images_widths: tuple[int, ...] = (480, 800, 1200, 1600)
    images_format: ImageFormat = "webp"
    images_quality: int = 80
    theme: Table = EMPTY
    tags_map: tuple[tuple[str, str], ...] = ()
    tags_feeds: bool = False
    build_jobs: int = 0
    """Number of worker processes; 0: as many as there are CPU cores."""
    extra: Table = EMPTY
    locations: tuple[tuple[str, int, int], ...] = ()
    """(field, line, column) of each setting in the file."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def location(self, name: str) -> Location:
        """Return the location of a setting in the file, or the file as a whole if it is not set there."""
        for key, line, column in self.locations:
            if key == name:
                return Location(FILE_NAME, line, column)
        return Location(FILE_NAME)

    def markdown_settings(self) -> MarkdownSettings:
        """Return the settings that the HTML of posts depends on."""
        return MarkdownSettings(
            language=self.language,
            soft_breaks=self.markdown_soft_breaks,
            math=self.math_enable,
            math_dialect=self.math_dialect,
            math_number=self.math_number,
            math_macros=self.math_macros,
            math_packages=self.math_packages,
            extensions=self.markdown_extensions,
            title_links=self.links_titles,
            book_titles=self.links_book_titles,
        )

    def image_settings(self) -> ImageSettings:
        """Return the settings for resized images."""
        return ImageSettings(self.images_resize, self.images_widths, self.images_format, self.images_quality)

    def card_design(self) -> CardDesign | None:
        """Return the design of social cards, by default in the theme's colours; None if the site has no cards.

        A site without base_url has none, because other sites need the full address of a card.
        """
        wanted, colours = self.theme.get("cards"), self.theme.get("colours")
        if not wanted or not self.base_url:
            return None
        chosen = {**(colours if isinstance(colours, Table) else {}), **(wanted if isinstance(wanted, Table) else {})}
        return CardDesign(**{key: str(chosen[key]) for key in CARD_KEYS if key in chosen})

    def without_locations(self) -> Config:
        """Return the settings alone, to compare whether any of them has changed."""
        return replace(self, locations=())


_SECTIONS = {key.split(".")[0] for key in KEYS if "." in key}


def parse_config(text: str, path: str = FILE_NAME) -> Config:
    """Parse the text of a configuration file. Raises SiteError with every mistake in it."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # besides TOMLDecodeError: numbers too long, nests too deep
        raise SiteError([_syntax_mistake(text, path, problem)]) from None
    values: dict[str, Any] = {}
    locations: list[tuple[str, int, int]] = []
    diagnostics: list[Diagnostic] = []
    for key, value in _flatten(document).items():
        line, column = _locate(text, key)
        location = Location(path, line, column)
        if key not in KEYS:
            diagnostics.append(error(location, f"unknown key {key}", _nearest(key), "setting-unknown"))
            continue
        name = key.replace(".", "_")
        locations.append((name, line, column))
        try:
            values[name] = KEYS[key](value)
        except ValueError as wanted:
            diagnostics.append(
                error(location, f"{key} has a value that cannot be used", f"write {wanted}", "setting-invalid")
            )
    if diagnostics:
        raise SiteError(diagnostics)
    return Config(**values, locations=tuple(locations))


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
    """Return the line and column of a key; (1, 1) if this simple search does not find it."""
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


def _syntax_mistake(text: str, path: str, problem: Exception) -> Diagnostic:
    text_of_problem = "values are nested too deeply" if isinstance(problem, RecursionError) else str(problem)
    found = re.search(r"\(at line (\d+), column (\d+)\)", text_of_problem)
    lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    message = re.sub(r"\s*\(at .*?\)$", "", text_of_problem)
    hint = 'text is in quotes, flags are true or false, lists are ["a", "b"]'
    return error(
        Location(path, line, column),
        f"the file is not valid TOML: {message[:1].lower()}{message[1:]}",
        hint,
        "setting-invalid",
    )


assert {key.replace(".", "_") for key in KEYS} == {field.name for field in fields(Config)} - {"locations"}


def load_config(root: Path, config_file: Path | None = None) -> Config:
    """Return the settings of the site at `root`: those of its blogsite.toml, or the defaults if it has none.

    Raises UsageError if `root` is no site: a folder without blogsite.toml and posts/.
    """
    path = config_file or root / FILE_NAME
    if not path.is_file():
        if config_file:
            raise UsageError(f"there is no file {config_file}")
        if not (root / "posts").is_dir():
            message = f"{root} is not a site: it has neither {FILE_NAME} nor posts/"
            raise UsageError(message, "make one with: blogsite init DIR")
        return Config()
    try:
        return parse_config(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise SiteError(
            [error(Location(path.name), "the file is not in UTF-8", "save it in UTF-8", "encoding-invalid")]
        ) from None
