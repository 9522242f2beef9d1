"""Publication status: whether a post is shown now, as one of five states with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from blogsite.content.model import FrontMatter


def publication_status(meta: FrontMatter, now: datetime, zone_name: str) -> tuple[State, str]:
    """Return the state of a post at `now`, and the reason on one line ("" if it is published)."""
    if meta.draft:
        return "draft", "draft"
    begins = meta.publish or meta.date
    if begins and begins > now:
        return "future", f"future by {format_duration(begins - now)} in {zone_name}"
    if meta.expires and meta.expires <= now:
        return "expired", f"expired {format_duration(now - meta.expires)} ago in {zone_name}"
    if meta.hidden:
        return "hidden", "hidden: it has a page but stands in no list"
    return "published", ""


def next_change(meta: FrontMatter, now: datetime) -> datetime | None:
    """Return the next time after `now` at which `publication_status` changes by itself."""
    moments = [moment for moment in (meta.publish or meta.date, meta.expires) if moment and moment > now]
    return min(moments) if moments and not meta.draft else None


def format_duration(length: timedelta) -> str:
    """Return a length of time in its largest unit: "3 h", "12 days"."""
    seconds = int(length.total_seconds())
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{seconds} s"


State = Literal["published", "draft", "future", "expired", "hidden"]


@dataclass(frozen=True, slots=True)
class PublishFilter:
    """Which posts are shown besides the published ones, and whether the site is a preview."""

    drafts: bool = False
    future: bool = False
    preview: bool = False


PUBLISHED_ONLY = PublishFilter()
"""The filter of a site for its readers."""
