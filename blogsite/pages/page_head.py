"""What every page says in its <head>."""

from __future__ import annotations

from dataclasses import dataclass

from blogsite.core.frozen import Record
from blogsite.site.model import SiteInfo


@dataclass(frozen=True, slots=True)
class PageHead(Record):
    """The data of <head>. `url` is the page's site address, "" if it has none of its own (404)."""

    title: str
    url: str
    description: str = ""
    image: str = ""
    """Site address or URL of an image that represents the page."""
    kind: str = "website"
    math: bool = False
    lang: str = ""
    """Language tag of the page's text, if it is not the site's."""
    listed: bool = True
    """Whether search engines may list the page."""


def titled(info: SiteInfo, title: str) -> str:
    """Return the title for a browser's tab: that of the page and that of the site."""
    return f"{title} - {info.title}" if title else info.title
