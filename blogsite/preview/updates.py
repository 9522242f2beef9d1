"""A new state of the site, and what is told of it: to people in one line, to browsers where style sheets suffice."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from blogsite.core.diagnostics import Mistake
from blogsite.preview.site_state import Shown
from blogsite.preview.source_cache import News, Touched


@dataclass(frozen=True, slots=True)
class Update:
    """A new state of the site: what changed, what is to be said of it, and what it was before."""

    number: int
    changed: str
    mistakes: tuple[Mistake, ...]
    """Those that are new."""
    before: Shown | None
    style_sheets: tuple[tuple[str, str], ...] = ()
    """Site addresses that these had and have, where nothing else has changed."""


def exchanged(news: News, before: Shown | None, after: Shown | None) -> tuple[tuple[str, str], ...]:
    """The style sheets that have changed, if nothing else has: their site addresses before and after."""
    if before is None or after is None:
        return ()
    if news.posts or news.templates or news.others or not all(path.endswith(".css") for path in news.static):
        return ()
    old, new = before.loaded.site.info, after.loaded.site.info
    return tuple((old.asset(path), new.asset(path)) for path in news.static)


def named(root: Path, news: News, touched: Touched | None) -> str:
    """What has changed, for people: at most one path and the number of others."""
    posts = [post.source for pair in news.posts for post in pair if post]
    names = list(dict.fromkeys(posts))
    names += [f"static/{path}" for path in news.static] + [f"templates/{path}" for path in news.templates]
    if news.others or not names:
        present = [path for path in touched or () if os.path.lexists(path)] or touched or ()
        told = (os.path.relpath(path, root).replace(os.sep, "/") for path in present)
        names = list(dict.fromkeys([*names, *sorted(told)]))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else "the site's folders"
