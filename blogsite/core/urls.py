"""Addresses in the site, and the files that they stand for.

A *site address* starts with "/", is percent-encoded, and is without the path of base_url: "/posts/%E7%86%B5/".
An *output path* is the decoded path of a file in the output folder: "posts/熵/index.html".
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

SEGMENT_BYTES = 240
"""Maximum length of a part of an address between two "/", in bytes of UTF-8."""

_NEEDS_NO_ENCODING = re.compile(r"[A-Za-z0-9_./~-]*")
_FILE = re.compile(r"\.(html?|xml|json|txt)$", re.IGNORECASE)


class AddressError(ValueError):
    """An address that cannot be used; its two arguments are the message and the hint."""


def parse_address(text: str) -> str:
    """Return the site address that an author has written as a path or a URL, percent-encoded or not.

    Raises AddressError as `site_address` does.
    """
    return site_address(re.sub(r"^[a-z]+://[^/]*", "", unquote(text.strip())), text)


def site_address(path: str, written: str = "") -> str:
    """Return the site address of a decoded path. It ends with "/" unless the path names a file.

    Raises AddressError for a path that would leave the output folder or that no file system can hold. The message
    quotes `written`, or else the path.
    """
    decoded = path if path.isascii() else unicodedata.normalize("NFC", path)
    segments = [segment for segment in decoded.split("/") if segment not in ("", ".")]
    if segments and segments[-1].lower() in ("index.html", "index.htm"):
        segments.pop()
        decoded += "/"
    if ".." in segments or any("\\" in segment or not segment.isprintable() for segment in segments):
        raise AddressError(
            f"the address {written or path} leads out of the site",
            "write a path from / without .., \\ and control characters",
        )
    if any(len(segment.encode()) > SEGMENT_BYTES for segment in segments):
        raise AddressError(
            "the address has a part that is too long for a file name", f"at most {SEGMENT_BYTES} bytes between two /"
        )
    if not segments:
        raise AddressError("the address is that of the home page", "write a path of its own, such as /about/")
    joined = "/" + "/".join(segments)
    is_file = _FILE.search(joined) and not decoded.endswith("/")
    return percent_encode(joined if is_file else joined + "/")


def percent_encode(path: str) -> str:
    """Percent-encode a path for an href."""
    return path if _NEEDS_NO_ENCODING.fullmatch(path) else quote(path, safe="/~!$&'()*,;=:@")


def output_path(address: str) -> str:
    """Return the output path of a site address: "/posts/a/" → "posts/a/index.html"."""
    path = unquote(address.split("#")[0].split("?")[0]).lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def folder_address(address: str) -> str:
    """Return the address below which the files of a post are published: "/a/" → "/a/", "/a.html" → "/a/"."""
    return address if address.endswith("/") else address.rsplit(".", 1)[0] + "/"


def term_address(kind: str, slugs: tuple[str, ...]) -> str:
    """Return the address of a tag, category or series: "categories", ("a", "b") → "/categories/a/b/"."""
    return percent_encode(f"/{kind}/" + "".join(slug + "/" for slug in slugs))


def page_number_address(base: str, number: int) -> str:
    """Return the address of a numbered list page: "/", 3 → "/page/3/"."""
    return f"{base}page/{number}/"
