"""What a change on disk means to the reader of the preview: which pages, which messages, in which words."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from blogsite.core.diagnostics import Diagnostic
from blogsite.preview.site_state import SiteState
from blogsite.preview.source_cache import ChangedPaths, SourceChanges


@dataclass(frozen=True, slots=True)
class Update:
    """A new state of the site, after a change on disk."""

    version: int
    changed: str
    """The changed files, for the terminal."""
    diagnostics: tuple[Diagnostic, ...]
    """Those that the state before did not have."""
    before: SiteState | None
    style_sheets: tuple[tuple[str, str], ...] = ()
    """(site address before, site address now) of each style sheet, if nothing else has changed."""


def changed_style_sheets(
    changes: SourceChanges, before: SiteState | None, after: SiteState | None
) -> tuple[tuple[str, str], ...]:
    """Return the site addresses, before and now, of the style sheets that changed; () if anything else did."""
    if before is None or after is None:
        return ()
    if (
        changes.posts
        or changes.templates
        or changes.others
        or not all(path.endswith(".css") for path in changes.static)
    ):
        return ()
    old, new = before.loaded.site.info, after.loaded.site.info
    return tuple((old.asset(path), new.asset(path)) for path in changes.static)


def describe_changes(root: Path, changes: SourceChanges, changed_paths: ChangedPaths | None) -> str:
    """Return the path of a changed file and the number of the others."""
    names = list(dict.fromkeys(post.source for pair in changes.posts for post in pair if post))
    names += [f"static/{path}" for path in changes.static] + [f"templates/{path}" for path in changes.templates]
    if changes.others or not names:
        present = [path for path in changed_paths or () if os.path.lexists(path)] or changed_paths or ()
        relative = (os.path.relpath(path, root).replace(os.sep, "/") for path in present)
        names = list(dict.fromkeys([*names, *sorted(relative)]))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else "the site's folders"
