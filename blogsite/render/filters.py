"""Jinja filters: plain functions, and the table of their names.

Those that need the site take the page's context; those that need texts (content, feed_content, rich) are render's own.
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
from blogsite.markdown.html.text import reading_minutes, xml_safe
from blogsite.site.citation import bibtex, citation
from blogsite.site.model import SiteInfo

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


def with_base(url: str, base: str) -> str:
    """A site address after BASE ("/blog", "https://host/blog" or ""); absolute URLs and fragments as they are."""
    return url if not url.startswith("/") or url.startswith("//") else base + url


@pass_context
def href(context: Context, url: str) -> str:
    """A site address as it stands in a link."""
    return with_base(url, _site(context).base_path)


@pass_context
def absolute(context: Context, url: str) -> str:
    """A site address with the site's host; without base_url, as in a link."""
    return with_base(url, _site(context).base_url)


@pass_context
def asset(context: Context, path: str) -> str:
    """A file below static/, by its path there, as it stands in a link."""
    site = _site(context)
    return with_base(site.asset(path), site.base_path)


def iso(date: datetime) -> str:
    """ISO 8601 with the zone, to the second."""
    return date.isoformat(timespec="seconds")


@pass_context
def citation_of(context: Context, title: RichText, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """A post as a line of text that others may cite it by."""
    return citation(_site(context), title.plain, authors, date, url)


@pass_context
def bibtex_of(context: Context, title: RichText, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """A post as an entry of BibTeX."""
    return bibtex(_site(context), title, authors, date, url)


@pass_context
def badge_of(context: Context, date: datetime) -> str:
    """The date badge: "27 Sep"."""
    return badge(date, _site(context).badge)


@pass_context
def date_in_words(context: Context, date: datetime) -> str:
    """The date in the site's language."""
    return long_date(date, _site(context).language)


@pass_context
def posts(context: Context, count: int) -> str:
    """A number of posts in words: "1 post", "12 篇"."""
    words = words_for(_site(context).language)
    return words.posts_one if count == 1 else words.posts_many.format(count=count)


@pass_context
def minutes(context: Context, count: int) -> str:
    """The time it takes to read COUNT words, and their number."""
    words = words_for(_site(context).language)
    return words.minutes.format(minutes=reading_minutes(count), words=f"{count:,}")


def as_json(value: object) -> Markup:
    """VALUE as JSON that may stand inside <script>."""
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
    "xml": xml_safe,
}
