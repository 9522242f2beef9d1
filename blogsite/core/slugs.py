"""TODO."""

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
    """TEXT as one segment of a path, in NFC: letters, digits and symbols of every script, "_" and "." inside, and the
    characters of KEEP stay, everything else between them becomes one "-"; at most 180 bytes; "" where nothing stays."""
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
    """The slug of a tag or category: C, C++ and C# stay three."""
    return slugify(name, "+#")


def stem(path: str) -> str:
    """The name that a source's path gives a post, with its date: the file's without extension, a bundle's folder."""
    parts = path.split("/")
    name = parts[-1]
    for suffix in MARKDOWN_SUFFIXES:
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return parts[-2] if name == "index" and len(parts) > 2 else name


def undated(name: str) -> str:
    """NAME without the date before it: "2024-1-02-entropy" → "entropy"; a date alone stays."""
    return _DATED.sub("", name, count=1) if _DATED.match(name) else name
