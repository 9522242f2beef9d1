"""What the lines of a head look like: keys at the start of a line, those that name a field of a post among them."""

from __future__ import annotations

import re

_KEY = re.compile(r"[ \t]{0,3}[\"']?(\w[\w.-]*)[\"']?[ \t]*(?::(?=[ \t\n]|$)|：)")
_CLOSE_KEY = re.compile(r"^[\"']?([A-Za-z_-]+)[\"']?[ \t]*[:：]", re.M)

# The keys that tell a head from a text that happens to hold a colon.
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
    """The key that TEXT begins with, in lower case; "" where it begins with none."""
    match = _KEY.match(text)
    return match[1].lower() if match else ""


def is_field(key: str) -> bool:
    """Whether KEY is one that tells a head."""
    return key.lower() in TELLING


def names_a_field(head: str) -> bool:
    """Whether a line of HEAD begins with such a key, however its colon is written."""
    return any(match[1].lower() in TELLING for match in _CLOSE_KEY.finditer(head))
