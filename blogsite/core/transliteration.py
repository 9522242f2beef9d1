"""Slugs of titles in ASCII, as Pelican makes them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec

from blogsite.core.slugs import slugify


def pelican_slug(title: str) -> str:
    """Return the slug that Pelican makes of a title: "信息熵 & co" → "xin-xi-shang-co".

    Its source is `pelican.utils.slugify` with the default SLUG_REGEX_SUBSTITUTIONS. Without the package Unidecode
    letters beyond ASCII stay as they are, as with Pelican's SLUGIFY_USE_UNICODE.
    """
    text = unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", "", title))
    if not text.isascii() and has_unidecode():
        from unidecode import unidecode  # only blogs that come from Pelican need it

        text = unidecode(text)
    words = re.sub(r"[^\w\s-]", "", text).strip()
    return slugify(re.sub(r"[-\s]+", "-", words).lower())


def is_transliterated(title: str) -> bool:
    """Return whether all letters of the title are ASCII in its slug: they are so already, or Unidecode is installed."""
    return unicodedata.normalize("NFKC", title).isascii() or has_unidecode()


@cache
def has_unidecode() -> bool:
    """Return whether the package Unidecode is installed."""
    return find_spec("unidecode") is not None
