"""Read the value of a raw field, in whatever form its dialect gives it, as the value of a field of FrontMatter.

A reader raises UnreadableError for a value that it cannot use; its message continues the sentence "KEY …".
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from blogsite.content.frontmatter.dates import DateError, parse_date
from blogsite.content.frontmatter.raw_fields import text_of
from blogsite.core.values import Table, Value


@dataclass(frozen=True, slots=True)
class DialectTraits:
    """What the meaning of a value depends on besides itself: the dialect and the zone of the post."""

    zone: tzinfo
    key: str = ""
    """The key of the value, in lower case."""
    spaces_split: bool = False
    """Tags and categories without commas are separated by spaces (Jekyll)."""
    lists_nest: bool = False
    """A list of categories is one path from the top (Hexo)."""
    semicolons_first: bool = False
    """Semicolons separate, and commas only where there are none (Pelican)."""

    def under(self, key: str) -> DialectTraits:
        """Return the same for the value of another key."""
        return DialectTraits(self.zone, key, self.spaces_split, self.lists_nest, self.semicolons_first)


class UnreadableError(ValueError):
    """A value of the wrong kind, with a message and a hint."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


Reader = Callable[[Value, DialectTraits], Any]

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def describe_kind(value: Value) -> str:
    """Return the kind of a value in words."""
    if isinstance(value, tuple):
        return "a list"
    return "a mapping" if isinstance(value, Table) else f"`{text_of(value)[:60]}`"


def is_scalar(value: Value) -> bool:
    """Return whether a value is neither a list nor a mapping."""
    return type(value) is not tuple and type(value) is not Table


def text(value: Value, shape: DialectTraits) -> str:
    """Read a text on one line; a number as it is written."""
    if not is_scalar(value):
        raise UnreadableError(f"must be a text, not {describe_kind(value)}", "put the value in quotes")
    return one_line(text_of(value)) if value is not None else ""


def one_line(written: str) -> str:
    return " ".join(map(str.strip, written.split("\n"))).strip() if "\n" in written else written.strip()


def title(value: Value, shape: DialectTraits) -> str:
    """Read a text with character references resolved, but for those of <, > and &, which Markdown needs."""
    written = text(value, shape)
    return _ENTITY.sub(_character, written) if "&" in written else written


def _character(entity: re.Match[str]) -> str:
    char = html.unescape(entity[0])
    return entity[0] if char in "<>&" or not char.isprintable() else char


def prose(value: Value, shape: DialectTraits) -> str:
    """Read a text that may have several paragraphs."""
    if not is_scalar(value):
        raise UnreadableError(f"must be a text, not {describe_kind(value)}", "put the value in quotes")
    return text_of(value).strip() if value is not None else ""


# ── yes and no ───────────────────────────────────────────────────────────────────────────────────────────────────────

_YES = frozenset(["true", "yes", "on", "y", "1"])
_NO = frozenset(["false", "no", "off", "n", "0", "none", "never"])


def flag(value: Value, shape: DialectTraits) -> bool:
    """Read a truth value, however it is written."""
    word = text_of(value).strip().lower() if is_scalar(value) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise UnreadableError(f"must be true or false, not {describe_kind(value)}", "write true or false, without quotes")


def switch(value: Value, shape: DialectTraits) -> bool:
    """Read a truth value; of a mapping its `enable`; the name of a tool means true."""
    if isinstance(value, Table):
        inner = next((value[key] for key in ("enable", "enabled", "show", "on") if key in value), None)
        return True if inner is None else switch(inner, shape)
    word = text_of(value).strip().lower() if not isinstance(value, tuple) else ""
    if word in _TOOLS:
        return True
    return flag(value, shape)


_TOOLS = frozenset(
    ["katex", "mathjax", "latex", "mathml", "disqus", "giscus", "utterances", "gitalk", "valine", "waline", "twikoo"]
)


def rank(value: Value, shape: DialectTraits) -> bool:
    """Read whether a post is pinned: true, or any number but 0."""
    if is_scalar(value) and re.fullmatch(r"[-+]?\d{1,18}", text_of(value).strip()):
        return int(text_of(value)) != 0
    return flag(value, shape)


def negated(reader: Reader) -> Reader:
    """Return the reader of a key that means the opposite of its field: `published: false`, `disable_math: true`."""

    def read(value: Value, shape: DialectTraits) -> bool:
        return not reader(value, shape)

    return read


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def moment(value: Value, shape: DialectTraits) -> datetime:
    """Read a date."""
    if not is_scalar(value) or value is True or value is False:
        raise UnreadableError(f"must be a date, not {describe_kind(value)}", "write it as 2024-09-27 10:30")
    try:
        return parse_date(value if isinstance(value, date) else text_of(value), shape.zone)
    except DateError as problem:
        raise UnreadableError(f"cannot be read: {problem.message}", problem.hint) from None


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────

_PATTERN = re.compile(r":(?:year|month|day|slug|title|name|categories|filename|id)\b|\{[a-z]+[:}]")
_STYLES = frozenset(["date", "pretty", "ordinal", "weekdate", "none"])
_FILE = re.compile(r"\.(?:html?|xml|json|txt|php|aspx?)$", re.I)


def url(value: Value, shape: DialectTraits) -> str:
    """Read the address of a post: a path from "/", with "/" at its end unless it names a file."""
    path = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*", "", text(value, shape)).split("#")[0].split("?")[0].strip()
    if not path or path.lower() in _STYLES:
        return ""
    if _PATTERN.search(path):
        hint = 'write the address itself here; a pattern for all posts is permalink = "…" in blogsite.toml'
        raise UnreadableError(f"is a pattern, not an address: {path}", hint)
    path = "/" + path.lstrip("/")
    for name in ("index.html", "index.htm"):
        if path.lower().endswith("/" + name):
            path = path[: -len(name)]
    return path if path.endswith("/") or _FILE.search(path) else path + "/"


def slug(value: Value, shape: DialectTraits) -> str:
    """Read a name without the slashes around it."""
    return text(value, shape).strip("/").strip()


def image(value: Value, shape: DialectTraits) -> str:
    """Read the address of an image: a text, a mapping that has one, or the first of a list; `false` is none."""
    if isinstance(value, Table):
        keys = ("path", "src", "image", "url", "relative", "href", "feature", "teaser")
        return next((image(value[key], shape) for key in keys if isinstance(value.get(key), str)), "")
    if isinstance(value, tuple):
        return image(value[0], shape) if value else ""
    written = text(value, shape)
    return "" if written.lower() in _NO or written.lower() in _YES else written


def language(value: Value, shape: DialectTraits) -> str:
    """Read a language tag: "zh-CN"."""
    written = text(value, shape).replace("_", "-")
    if written and not re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", written):
        raise UnreadableError(f"is no language tag: `{written[:60]}`", 'write a tag such as "zh-CN" or "en"')
    return written


# Names that mean the usual template in the generator that the post comes from.
USUAL_LAYOUTS = frozenset(["posts", "default", "draft", "pages", "single", "false", "none", "nil", "null"])


def layout(value: Value, shape: DialectTraits) -> str:
    """Read the name of a template, without its extension; "" for other generators' names of usual templates."""
    written = re.sub(r"\.(?:html?|tmpl|jinja2?|j2|njk|liquid)$", "", text(value, shape))
    return (
        "" if written.lower() in USUAL_LAYOUTS else written.lower() if written.lower() in ("post", "page") else written
    )
