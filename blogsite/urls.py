"""Slugs, permalinks, addresses: the rules of them all, in one place.

A *site address* starts with "/", is percent-encoded, and knows nothing of base_url: "/posts/%E7%86%B5/".
An *output path* is the same decoded, relative to the output folder, with index.html for an address that ends in "/":
"posts/熵/index.html".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, unquote

SLUG_BYTES = 180
SEGMENT_BYTES = 240
TOKENS = ("year", "month", "day", "slug", "title", "filename", "categories", "id")
MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".mkdn")

_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_](?=.)")
_TOKEN = re.compile(r":([a-z]+)")
_ASCII_SLUG = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Preset:
    """A permalink that gives the addresses of the generator it is named after."""

    pattern: str
    lower: bool = False


PERMALINKS = {
    "jekyll": Preset("/:categories/:year/:month/:day/:title.html"),
    "jekyll-pretty": Preset("/:categories/:year/:month/:day/:title/"),
    "hugo": Preset("/posts/:slug/", lower=True),
    "hexo": Preset("/:year/:month/:day/:title/"),
    "pelican": Preset("/:slug.html", lower=True),
}


class AddressError(ValueError):
    """No address can be made; the two arguments are what is wrong and what to do."""


def is_pattern(text: str) -> bool:
    """Whether TEXT is a permalink pattern: a path from / with known tokens, one of which tells posts apart."""
    tokens = _TOKEN.findall(text)
    names_a_post = any(token in tokens for token in ("slug", "title", "filename", "id"))
    return text.startswith("/") and names_a_post and all(token in TOKENS for token in tokens) and ".." not in text


# ── slugs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def post_address(
    permalink: str,
    *,
    source: str,
    slug: str,
    date: datetime | None,
    categories: tuple[tuple[str, ...], ...],
    id: str,
) -> str:
    """The site address of a post by the site's PERMALINK, DATE being in the site's zone; raises AddressError."""
    preset = PERMALINKS.get(permalink) or Preset(permalink)
    name = stem(source)
    own_slug = slugify(slug) or slugify(undated(name))

    def value(token: re.Match[str]) -> str:
        match token[1]:
            case "slug":
                return own_slug
            case "title":
                return own_slug if slug else slugify(undated(name))
            case "filename":
                return slugify(name)
            case "categories":
                return "/".join(slug for path in categories for slug in map(term_slug, path))
            case "id":
                if not id:
                    raise AddressError(
                        "the permalink of this site needs an id, and the post has none",
                        "add id: to the head of the post",
                    )
                return slugify(id)
            case _ if date is None:
                raise AddressError(
                    "the permalink of this site needs a date, and the post has none",
                    "add date: to the head of the post",
                )
            case "year":
                return f"{date.year:04d}"
            case "month":
                return f"{date.month:02d}"
            case _:
                return f"{date.day:02d}"

    if not own_slug:
        raise AddressError(f"no address can be made of the name {name}", "add slug: to the head of the post")
    path = re.sub(r"/{2,}", "/", _TOKEN.sub(value, preset.pattern))
    return checked_address(path.lower() if preset.lower else path)


def checked_address(path: str) -> str:
    """PATH, plain or percent-encoded, as a site address: from "/" on, ending in "/" unless it names an .html file.

    Raises AddressError for a path that would leave the output folder or that no file system can hold.
    """
    decoded = unicodedata.normalize("NFC", unquote(path.strip()))
    decoded = re.sub(r"^[a-z]+://[^/]*", "", decoded)
    segments = [segment for segment in decoded.split("/") if segment not in ("", ".")]
    if segments and segments[-1].lower() in ("index.html", "index.htm"):
        segments.pop()
        decoded += "/"
    if ".." in segments or any("\\" in segment or not segment.isprintable() for segment in segments):
        raise AddressError(
            f"the address {path} leads out of the site", "write a path from / without .., \\ and control characters"
        )
    if any(len(segment.encode()) > SEGMENT_BYTES for segment in segments):
        raise AddressError(
            "the address has a part that is too long for a file name", f"at most {SEGMENT_BYTES} bytes between two /"
        )
    if not segments:
        raise AddressError("the address is that of the home page", "write a path of its own, such as /about/")
    joined = "/" + "/".join(segments)
    is_file = re.search(r"\.(html?|xml|json|txt)$", joined, re.I) and not decoded.endswith("/")
    return encode(joined if is_file else joined + "/")


def encode(path: str) -> str:
    """A decoded path as it stands in an href."""
    return quote(path, safe="/~!$&'()*,;=:@")


def output_path(address: str) -> str:
    """The output path of a site address: "/posts/a/" → "posts/a/index.html"."""
    path = unquote(address.split("#")[0].split("?")[0]).lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def folder_address(address: str) -> str:
    """The address below which a post's files land: its own, or for one that is an .html file that of its name."""
    return address if address.endswith("/") else address.rsplit(".", 1)[0] + "/"


def term_address(kind: str, slugs: tuple[str, ...]) -> str:
    """The address of a tag, category or series by its slugs from the top: ("a", "b") → "/categories/a/b/"."""
    return encode(f"/{kind}/" + "".join(slug + "/" for slug in slugs))


def page_number_address(base: str, number: int) -> str:
    """The address of a numbered list page below BASE: "/" , 3 → "/page/3/"."""
    return f"{base}page/{number}/"
