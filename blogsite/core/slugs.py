"""Slugs: names of posts, tags and categories as parts of an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SLUG_BYTES = 180


MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".mkdn")


_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_](?=.)")


_ASCII_SLUG = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")


@lru_cache(maxsize=65536)
def slugify(text: str, keep: str = "") -> str:
    """Return a text as one segment of a path, in NFC, at most 180 bytes long; "" if nothing of it can be kept.

    Letters, digits and symbols of every script, inner "_" and ".", and the characters of `keep` are kept. Everything
    else between them becomes one "-".
    """
    if len(text) <= SLUG_BYTES and _ASCII_SLUG.fullmatch(text):
        return text
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if _stays(char) or char in keep:
            out.append(char)
        elif out and out[-1] != "-":
            out.append("-")
    return _shorten("".join(out)).strip("-_.\u200d" if not keep else "-_.\u200d ")


def _stays(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in "_."
    category = unicodedata.category(char)
    return category[0] in "LMNS" or char == "\u200d"  # the joiner holds composed emoji together


def _shorten(slug: str) -> str:
    return slug.encode()[:SLUG_BYTES].decode(errors="ignore") if len(slug.encode()) > SLUG_BYTES else slug


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
    return _DATED.sub("", name, count=1) if _DATED.match(name) else name
