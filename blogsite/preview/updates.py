"""A new state of the site, and what is told of it: to people in one line, to browsers where style sheets suffice."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from blogsite.core.diagnostics import Diagnostic
from blogsite.preview.site_state import SiteState
from blogsite.preview.source_cache import ChangedPaths, SourceChanges


@dataclass(frozen=True, slots=True)
class Update:
    """A new state of the site: what changed, what is to be said of it, and what it was before."""

    number: int
    changed: str
    diagnostics: tuple[Diagnostic, ...]
    """Those that are new."""
    before: SiteState | None
    style_sheets: tuple[tuple[str, str], ...] = ()
    """Site addresses that these had and have, where nothing else has changed."""


def exchanged(news: SourceChanges, before: SiteState | None, after: SiteState | None) -> tuple[tuple[str, str], ...]:
    """The style sheets that have changed, if nothing else has: their site addresses before and after."""
    if before is None or after is None:
        return ()
    if news.posts or news.templates or news.others or not all(path.endswith(".css") for path in news.static):
        return ()
    old, new = before.loaded.site.info, after.loaded.site.info
    return tuple((old.asset(path), new.asset(path)) for path in news.static)


def named(root: Path, news: SourceChanges, changed_paths: ChangedPaths | None) -> str:
    """What has changed, for people: at most one path and the number of others."""
    posts = [post.source for pair in news.posts for post in pair if post]
    names = list(dict.fromkeys(posts))
    names += [f"static/{path}" for path in news.static] + [f"templates/{path}" for path in news.templates]
    if news.others or not names:
        present = [path for path in changed_paths or () if os.path.lexists(path)] or changed_paths or ()
        told = (os.path.relpath(path, root).replace(os.sep, "/") for path in present)
        names = list(dict.fromkeys([*names, *sorted(told)]))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else "the site's folders"
