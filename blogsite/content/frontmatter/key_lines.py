"""Recognise front matter by its lines: keys at the start of a line, and those that set a known field."""

from __future__ import annotations

import re

_KEY = re.compile(r"[ \t]{0,3}[\"']?(\w[\w.-]*)[\"']?[ \t]*(?::(?=[ \t\n]|$)|：)")
_CLOSE_KEY = re.compile(r"^[\"']?([A-Za-z_-]+)[\"']?[ \t]*[:：]", re.M)

# The keys that tell front matter from a text that happens to hold a colon.
TELLING = frozenset(
    [
        "title",
        "date",
        "layout",
        "tags",
        "tag",
        "categories",
        "category",
        "slug",
        "draft",
        "published",
        "permalink",
        "url",
        "author",
        "authors",
        "description",
        "summary",
        "excerpt",
        "updated",
        "lastmod",
        "aliases",
        "status",
        "comments",
        "keywords",
        "lang",
        "image",
        "cover",
        "subtitle",
        "modified",
    ]
)


def key_of(text: str) -> str:
    """Return the key that a text begins with, in lower case; "" if it begins with none."""
    match = _KEY.match(text)
    return match[1].lower() if match else ""


def is_field(key: str) -> bool:
    """Return whether a key sets a field that distinguishes front matter from text."""
    return key.lower() in TELLING


def names_a_field(front_matter: str) -> bool:
    """Return whether a line begins with such a key, with any kind of colon."""
    return any(match[1].lower() in TELLING for match in _CLOSE_KEY.finditer(front_matter))
