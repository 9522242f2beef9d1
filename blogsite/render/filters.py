"""Jinja filters and the table of their names.

Filters that need the site are passed the page's context; those that need texts (content, feed_content, rich) are in
renderer.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from blogsite.content.model import RichText
from blogsite.core.i18n import badge, long_date, words_for
from blogsite.markdown.html.text import reading_minutes, without_invalid_xml
from blogsite.site.citation import bibtex, citation
from blogsite.site.model import SiteInfo

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


def with_base(url: str, base: str) -> str:
    """Return a site address with `base` in front ("/blog", "https://host/blog" or ""); URLs are unchanged."""
    return url if not url.startswith("/") or url.startswith("//") else base + url


@pass_context
def href(context: Context, url: str) -> str:
    """Return a site address for a link."""
    return with_base(url, _site(context).base_path)


@pass_context
def absolute(context: Context, url: str) -> str:
    """Return a site address with the site's host; without base_url, as for a link."""
    return with_base(url, _site(context).base_url)


@pass_context
def asset(context: Context, path: str) -> str:
    """Return the address of a file below static/, for a link."""
    site = _site(context)
    return with_base(site.asset(path), site.base_path)


def iso(date: datetime) -> str:
    """Return a time in ISO 8601 with the zone, to the second."""
    return date.isoformat(timespec="seconds")


@pass_context
def citation_of(context: Context, title: RichText, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """Return a post as a line of text by which others may cite it."""
    return citation(_site(context), title.plain, authors, date, url)


@pass_context
def bibtex_of(context: Context, title: RichText, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """Return a post as a BibTeX entry."""
    return bibtex(_site(context), title, authors, date, url)


@pass_context
def badge_of(context: Context, date: datetime) -> str:
    """Return the date badge: "27 Sep"."""
    return badge(date, _site(context).badge)


@pass_context
def date_in_words(context: Context, date: datetime) -> str:
    """Return the date in the site's language."""
    return long_date(date, _site(context).language)


@pass_context
def posts(context: Context, count: int) -> str:
    """Return a number of posts in words: "1 post", "12 篇"."""
    words = words_for(_site(context).language)
    return words.posts_one if count == 1 else words.posts_many.format(count=count)


@pass_context
def minutes(context: Context, count: int) -> str:
    """Return the time it takes to read `count` words, and their number, in words."""
    words = words_for(_site(context).language)
    return words.minutes.format(minutes=reading_minutes(count), words=f"{count:,}")


def as_json(value: object) -> Markup:
    """Return a value as JSON that may be part of a <script>."""
    text = json.dumps(value, ensure_ascii=False, default=_plain_data)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _plain_data(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return iso(value)
    return str(value)


def _site(context: Context) -> SiteInfo:
    site = context["site"]
    assert isinstance(site, SiteInfo)
    return site


FILTERS: dict[str, Callable[..., Any]] = {
    "href": href,
    "absolute": absolute,
    "asset": asset,
    "iso": iso,
    "badge": badge_of,
    "citation": citation_of,
    "bibtex": bibtex_of,
    "date": date_in_words,
    "posts": posts,
    "minutes": minutes,
    "json": as_json,
    "xml": without_invalid_xml,
}
