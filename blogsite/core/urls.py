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
    """No address can be made; the two arguments are what is wrong and what to do."""


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def checked_address(path: str) -> str:
    """PATH, plain or percent-encoded, as a site address: from "/" on, ending in "/" unless it names an .html file.

    Raises AddressError for a path that would leave the output folder or that no file system can hold.
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
    """A decoded path as it stands in an href."""
    return path if _PLAIN.fullmatch(path) else quote(path, safe="/~!$&'()*,;=:@")


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
