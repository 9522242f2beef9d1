"""Addresses in the site and the files they stand for.

A *site address* starts with "/", is percent-encoded, and knows nothing of base_url: "/posts/%E7%86%B5/".
An *output path* is the same decoded, relative to the output folder, with index.html for an address that ends in "/":
"posts/熵/index.html".
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

SEGMENT_BYTES = 240


_PLAIN = re.compile(r"[A-Za-z0-9_./~-]*")


class AddressError(ValueError):
    """An address that cannot be used; its two arguments are the message and the hint."""


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def checked_address(path: str) -> str:
    """Return a path, plain or percent-encoded, as a site address.

    It starts with "/", and ends with "/" unless it names a file. Raises AddressError for a path that would leave the
    output folder or that no file system can hold.
    """
    return site_address(re.sub(r"^[a-z]+://[^/]*", "", unquote(path.strip())), path)


def site_address(path: str, written: str = "") -> str:
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
    is_file = re.search(r"\.(html?|xml|json|txt)$", joined, re.I) and not decoded.endswith("/")
    return encode(joined if is_file else joined + "/")


def encode(path: str) -> str:
    """Percent-encode a path for an href."""
    return path if _PLAIN.fullmatch(path) else quote(path, safe="/~!$&'()*,;=:@")


def output_path(address: str) -> str:
    """Return the output path of a site address: "/posts/a/" → "posts/a/index.html"."""
    path = unquote(address.split("#")[0].split("?")[0]).lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def folder_address(address: str) -> str:
    """Return the address below which the files of a post are published: "/a/" → "/a/", "/a.html" → "/a/"."""
    return address if address.endswith("/") else address.rsplit(".", 1)[0] + "/"


def term_address(kind: str, slugs: tuple[str, ...]) -> str:
    """Return the address of a tag, category or series: ("a", "b") → "/categories/a/b/"."""
    return encode(f"/{kind}/" + "".join(slug + "/" for slug in slugs))


def page_number_address(base: str, number: int) -> str:
    """Return the address of a numbered list page: "/", 3 → "/page/3/"."""
    return f"{base}page/{number}/"
