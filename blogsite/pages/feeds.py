"""Feeds: Atom and JSON of the newest posts, the same Atom at further addresses, and one for each tag on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from blogsite.core.digest import Digest
from blogsite.core.frozen import Record
from blogsite.core.urls import output_path
from blogsite.site.model import Content, PostCard, Site, SiteInfo, SitePost
from blogsite.site.outputs import DataFile, Output, Page


@dataclass(frozen=True, slots=True)
class FeedItem(Record):
    """A post in a feed. `content` is the whole post or its excerpt, by the settings."""

    card: PostCard
    content: Content


@dataclass(frozen=True, slots=True)
class Feed(Record):
    """The context of feed.xml, and the inputs of feed.json."""

    site: SiteInfo
    title: str
    url: str
    """Site address of the feed."""
    home: str
    """Site address of the page that the feed belongs to."""
    updated: datetime
    items: tuple[FeedItem, ...]
    full: bool


def feeds(site: Site) -> Iterator[Output]:
    """Yield /feed.xml, /feed.json, the addresses of extra_feeds, and /tags/TAG/feed.xml; nothing without base_url."""
    if not site.info.has_feed:
        return
    for url in dict.fromkeys(("/feed.xml", *site.extra_feeds)):
        yield Page(url.lstrip("/"), "feed.xml", _feed(site, site.posts, site.info.title, url, "/"))
    yield DataFile("feed.json", "feed.json", _feed(site, site.posts, site.info.title, "/feed.json", "/"))
    if site.tag_feeds:
        by_address = {entry.url: entry for entry in site.posts}
        for term in site.tags:
            url, entries = f"{term.url}feed.xml", [by_address[link.url] for link in term.links]
            feed = _feed(site, entries, f"{term.name} - {site.info.title}", url, term.url)
            yield Page(output_path(url), "feed.xml", feed)


def _feed(site: Site, entries: Sequence[SitePost], title: str, url: str, home: str) -> Feed:
    newest = entries[: site.feed_limit]
    items = tuple(FeedItem(entry.card, entry.content if site.full_feeds else entry.card.excerpt) for entry in newest)
    dates = [date for item in items for date in (item.card.link.date, item.card.updated) if date]
    return Feed(
        site.info, title, url, home, max(dates, default=datetime(1970, 1, 1, tzinfo=UTC)), items, site.full_feeds
    )


def texts_in_feeds(outputs: Iterable[Output]) -> frozenset[Digest]:
    """Return the digests of the texts in the feeds among these outputs."""
    found: set[Digest] = set()
    for output in outputs:
        feed = output.context if isinstance(output, Page) else output.inputs if isinstance(output, DataFile) else None
        if isinstance(feed, Feed):
            found.update(item.content.fragment for item in feed.items)
    return frozenset(found)
