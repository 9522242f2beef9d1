"""Slugs: names of posts, tags and categories as parts of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SLUG_BYTES = 180
"""Maximum length of a slug in bytes of UTF-8."""

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".mkdn")
"""File name extensions of posts and pages."""

_ZERO_WIDTH_JOINER = "\u200d"
_DATE_PREFIX = re.compile(r"\A(\d{4}-\d{1,2}-\d{1,2})[-_](?=.)")
_ASCII_SLUG = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")


@lru_cache(maxsize=65536)
def slugify(text: str, keep: str = "") -> str:
    """Return a text as one segment of a path, in NFC, at most SLUG_BYTES long; "" if nothing of it can be kept.

    Letters, digits and symbols of every script, inner "_" and ".", and the characters of `keep` are kept. Everything
    else between them becomes one "-".
    """
    if len(text) <= SLUG_BYTES and _ASCII_SLUG.fullmatch(text):
        return text
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if _is_slug_character(char) or char in keep:
            out.append(char)
        elif out and out[-1] != "-":
            out.append("-")
    slug = "".join(out).encode()[:SLUG_BYTES].decode(errors="ignore")
    return slug.strip(f"-_.{_ZERO_WIDTH_JOINER}" if not keep else f"-_.{_ZERO_WIDTH_JOINER} ")


def _is_slug_character(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in "_."
    return unicodedata.category(char)[0] in "LMNS" or char == _ZERO_WIDTH_JOINER  # which joins the parts of an emoji


def title_slug(title: str) -> str:
    """Return the slug that is made of a title, with the Latin letters small: "Hello World" → "hello-world"."""
    return slugify(title.lower())


def term_slug(name: str) -> str:
    """Return the slug of a tag or category; it keeps "+" and "#", so that C, C++ and C# differ."""
    return slugify(name, "+#")


def post_name(path: str) -> str:
    """Return the name of a post by the path of its source: the file's without extension, or a bundle's folder."""
    parts = path.split("/")
    name = parts[-1]
    for suffix in MARKDOWN_SUFFIXES:
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return parts[-2] if name == "index" and len(parts) > 2 else name


def without_date(name: str) -> str:
    """Return a name without the date in front: "2024-1-02-entropy" → "entropy". A date alone is kept."""
    return _DATE_PREFIX.sub("", name)


def date_in_name(name: str) -> str:
    """Return the date in front of a name as it is written there: "2024-1-02-entropy" → "2024-1-02"; "" if none."""
    found = _DATE_PREFIX.match(name)
    return found[1] if found else ""
