"""Pages at the former addresses of posts, which forward to the present ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from blogsite.core.frozen import Record
from blogsite.core.urls import AddressError, output_path, parse_address
from blogsite.pages.page_head import PageHead, titled
from blogsite.site.model import Site, SiteInfo
from blogsite.site.outputs import Output, Page


@dataclass(frozen=True, slots=True)
class RedirectPage(Record):
    """The context of redirect.html."""

    site: SiteInfo
    page: PageHead
    target: str
    title: str


def redirects(site: Site) -> Iterator[Output]:
    """Yield a forwarding page for each alias of a post."""
    for entry in (*site.posts, *site.hidden, *site.pages):
        for alias in entry.post.meta.aliases:
            with suppress(AddressError):  # assemble has reported it
                address = parse_address(alias)
                if address == entry.url:
                    continue
                title = entry.post.title.plain
                head = PageHead(titled(site.info, title), entry.url, listed=False)
                context = RedirectPage(site.info, head, entry.url, title)
                yield Page(output_path(address), "redirect.html", context, entry.post.source)
