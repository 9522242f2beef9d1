"""Read the front matter of a file, in whatever dialect it is written.

All mistakes are found in one pass. A field is set by the first of its names that has a value (see fields.py); other
keys are kept in `extra`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

import frontmatter

from blogsite.content.frontmatter.dates import DateError, parse_date
from blogsite.content.frontmatter.dialects import DIALECTS
from blogsite.content.frontmatter.dialects.json import JsonDialect
from blogsite.content.frontmatter.dialects.line_based import PelicanDialect
from blogsite.content.frontmatter.dialects.toml import TomlDialect
from blogsite.content.frontmatter.dialects.yaml import BareYamlDialect, YamlDialect, is_closed
from blogsite.content.frontmatter.fields import normalise_key
from blogsite.content.frontmatter.keys import FieldCollector
from blogsite.content.frontmatter.raw_fields import FrontMatterError, RawFields, printable
from blogsite.content.frontmatter.title_heading import first_heading, has_chapters, same_title
from blogsite.content.frontmatter.values import DialectTraits, title
from blogsite.content.model import FrontMatter
from blogsite.core.diagnostics import Diagnostic, Location, error, warning
from blogsite.core.values import Table

CategoryLists = Literal["auto", "nested", "flat"]


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The front matter of a file and its body, the text that begins on line `first_line` of the file."""

    meta: FrontMatter
    body: str
    first_line: int
    diagnostics: tuple[Diagnostic, ...]


def read_front_matter(text: str, path: str, *, zone: tzinfo, category_lists: CategoryLists = "auto") -> ParsedFile:
    """Read the front matter of the file at `path` (from the site's root); dates without a zone are in `zone`.

    `category_lists` says whether a flat list of categories is one path ("nested") or several categories ("flat");
    "auto" takes it for a path in posts that look like Hexo's. Without a title in the front matter, the first-level
    heading that the body begins with becomes the title and is blanked out, unless there are more of its level. Without
    a date, that of the file's name or address is used.
    """
    text = text.removeprefix("\ufeff")
    dialect, entries, body, diagnostics = _taken_apart(text, path)
    reading = FieldCollector(path, _shape(dialect, entries, path, zone, category_lists), diagnostics)
    reading.sort(entries.values())
    fields = reading.fields()
    first_line = text.count("\n", 0, len(text) - len(body)) + 1
    body = _titled(body, first_line, fields, reading, has_head=bool(entries))
    _dated(path, zone, fields, reading)
    if "/_drafts/" in "/" + path:
        fields["draft"] = True
    locations = tuple(sorted(reading.locations.items(), key=lambda item: item[1]))
    meta = FrontMatter(
        **fields,
        extra=Table(tuple(reading.extra.items())),
        locations=tuple((name, line, column) for name, (line, column) in locations),
    )
    return ParsedFile(meta, body, first_line, tuple(sorted(set(diagnostics))))


def _taken_apart(text: str, path: str) -> tuple[object, RawFields, str, list[Diagnostic]]:
    """Return the dialect of a text (None without front matter), the raw fields, the body, and the mistakes."""
    untried = iter(DIALECTS)
    while (dialect := frontmatter.detect_format(text, untried)) is not None:
        body = text
        try:
            front_matter, body = dialect.split(text)
            entries = dialect.load(printable(front_matter))
            return dialect, entries, body, _unclosed(path, text, body) if type(dialect) is YamlDialect else []
        except FrontMatterError as problem:
            return (
                dialect,
                {},
                body,
                [
                    error(Location(path, *at), message, hint, "front-matter-invalid")
                    for *at, message, hint in problem.diagnostics
                ],
            )
        except ValueError:  # by python-frontmatter's convention: the text is not of this dialect
            continue
    return None, {}, text, []


def _unclosed(path: str, text: str, body: str) -> list[Diagnostic]:
    if is_closed(text, body):
        return []
    message = "the front matter is never closed; it is taken to end at the first empty line"
    line = text.count("\n", 0, len(text) - len(body))
    return [
        warning(Location(path, max(line, 1), 1), message, "add a line --- after its last key", "front-matter-unclosed")
    ]


# ── the shape of a post: what its values mean in the generator that it comes from ───────────────────────────────────

_NOT_HEXO = frozenset(
    [
        "layout",
        "draft",
        "lastmod",
        "publishdate",
        "expirydate",
        "aliases",
        "weight",
        "linktitle",
        "showtoc",
        "params",
        "images",
        "authors",
        "pin",
        "last_modified_at",
        "redirect_from",
        "taxonomies",
        "extra",
    ]
)
_HEXO_DATE = re.compile(
    r"\s*(?:\d{4}-\d{1,2}-\d{1,2} +\d{1,2}:\d\d:\d\d|\d{4}/\d{1,2}/\d{1,2}(?: +\d{1,2}:\d\d(:\d\d)?)?)\s*"
)
_DATED_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[-_ .]|$)")


def _shape(
    dialect: object, entries: RawFields, path: str, zone: tzinfo, category_lists: CategoryLists
) -> DialectTraits:
    keys = {normalise_key(key) for key in entries}
    lines = isinstance(dialect, PelicanDialect)
    jekyll = not lines and ("layout" in keys or "/_posts/" in "/" + path)
    nest = category_lists == "nested" or (category_lists == "auto" and _is_hexo(dialect, entries, keys, path))
    return DialectTraits(zone, spaces_split=jekyll, lists_nest=nest, semicolons_first=lines)


def _is_hexo(dialect: object, entries: RawFields, keys: set[str], path: str) -> bool:
    """Return whether a post looks like Hexo's: its date has seconds or slashes, and no key is Jekyll's or Hugo's."""
    if isinstance(dialect, BareYamlDialect) or "abbrlink" in keys:
        return True
    if isinstance(dialect, TomlDialect | JsonDialect | PelicanDialect) or not keys.isdisjoint(_NOT_HEXO):
        return False
    date = next((entry.value for key, entry in entries.items() if normalise_key(key) == "date"), None)
    return isinstance(date, str) and bool(_HEXO_DATE.fullmatch(date)) and not _DATED_NAME.match(_own_name(path))


def _own_name(path: str) -> str:
    """Return the file's name; for the index file of a bundle, that of its folder."""
    *folders, name = path.split("/")
    return folders[-1] if folders and name.startswith("index.") else name


# ── title and date from elsewhere ────────────────────────────────────────────────────────────────────────────────────


def _titled(body: str, first_line: int, fields: dict[str, Any], reading: FieldCollector, *, has_head: bool) -> str:
    """Return the body without the heading that is its title, and set a missing title to that of the heading.

    If the body has more headings of its level, they are chapters, and the title stays empty.
    """
    heading = first_heading(body)
    if heading is None or (has_head and not fields.get("title") and has_chapters(body[heading.end :])):
        return body
    written = title(heading.text, reading.shape)
    if not fields.get("title"):
        fields["title"] = written
        line = first_line + body.count("\n", 0, heading.start)
        reading.locations["title"] = (line, 1)
    elif not same_title(fields["title"], written):
        return body
    return heading.blanked(body)


_ADDRESS_DATE = re.compile(r"(?:^|/)(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?=[-/]|$)")


def _dated(path: str, zone: tzinfo, fields: dict[str, Any], reading: FieldCollector) -> None:
    """Set a missing date to publishDate, or to the date in the file's name or address."""
    publish: datetime | None = fields.get("publish")
    if not fields.get("date") and publish:
        fields["date"] = publish
    if publish and fields["date"] == publish:
        del fields["publish"]
    if fields.get("date"):
        return
    for source, text in (("name", _own_name(path)), ("address", fields.get("url", ""))):
        match = (_DATED_NAME if source == "name" else _ADDRESS_DATE).search(text)
        if not match or (source == "name" and match.start()):
            continue
        try:
            fields["date"] = parse_date("-".join(match.groups()), zone)
        except DateError as problem:
            if source == "address" or "date" in reading.locations:
                continue
            message = f"the date in the file's name cannot be read: {problem.message}"
            reading.diagnostics.append(
                error(Location(path), message, "rename the file, or write date: in its front matter", "date-missing")
            )
        return
