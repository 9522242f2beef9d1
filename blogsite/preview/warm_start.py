"""What one preview leaves for the next: the pages that are asked for first, served at once while nothing has changed.

A build that left no post out leaves the same for a preview that comes after it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from blogsite.build.context import WORK, BuildContext, LoadedSite, now
from blogsite.build.last_build import LastBuild, are_settled, files_of, frame_of, outline, seen_in, stats_of
from blogsite.build.loader import read
from blogsite.build.make import read_templates
from blogsite.content.discovery import theme_templates
from blogsite.content.status import PUBLISHED_ONLY, PublishFilter
from blogsite.core.diagnostics import SiteError
from blogsite.core.executor import chunks
from blogsite.core.frozen import DamageError
from blogsite.images.inspection import FileInspector
from blogsite.pages import asked_for_first
from blogsite.site.outputs import Asset, Output, Page
from blogsite.preview.site_state import SiteState
from blogsite.preview.source_cache import SourceCache
from blogsite.site.model import SiteInfo

KEPT_AT_ONCE = 200
"""Pages that are written to the store before somebody else has a turn."""


@dataclass(frozen=True)
class WarmState(SiteState):
    """A state of the site of which some pages are known, and nothing else."""

    folder: str = ""
    """Whose pages these are in the store."""
    found: dict[str, Output | None] = field(default_factory=dict)

    def known(self, path: str) -> Output | None:
        return self.found.get(path)

    def output(self, path: str) -> Output | None:
        """The output at PATH, if it is remembered; for the thread that has the store."""
        if path not in self.found:
            self.found[path] = _page(self.context, self.folder, path, self.loaded.site.info)
        return self.found[path]


class WarmStart:
    """The pages that are kept of one site, for previews that show the same posts."""

    def __init__(self, root: Path, publish_filter: PublishFilter) -> None:
        self._folder = os.path.realpath(root / WORK)
        self._view = publish_filter
        self._last: object = None
        """What the store says of the pages in it, which nobody else has changed as long as it does."""
        self._pages: Mapping[str, Page] | None = None
        """Those pages, where they are known."""

    def recall(self, context: BuildContext) -> WarmState | None:
        """The site as it stands on disk, if nothing has changed since somebody kept it."""
        with suppress(DamageError, sqlite3.Error):
            site_files, theme, moment = read(context), theme_templates(), now()
            sources = stats_of(site_files.sources)
            public = os.path.realpath(context.root / context.config.output)
            for folder, publish_filter in ((self._folder, self._view), (public, PUBLISHED_ONLY)):
                last = context.store.build(folder, context.code)
                if (
                    isinstance(last, LastBuild)
                    and last.sources == sources
                    and last.is_in_time(moment)
                    and are_settled(files_of(site_files, theme), last.moment)
                    and are_settled(site_files.sources, last.moment)
                    and last.frame == frame_of(context.config, publish_filter, site_files, theme)
                    and (publish_filter == self._view or not last.left_out)
                    and (info := self._info(context, folder)) is not None
                ):
                    loaded = LoadedSite(site_files, outline(info, last), FileInspector(context.root, {}))
                    found: dict[str, Output | None] = {
                        info.asset(file.path)[1:]: Asset(info.asset(file.path)[1:], file) for file in site_files.static
                    }
                    if folder == self._folder:
                        self._last = last
                    return WarmState(context, loaded, read_templates(context, loaded), folder=folder, found=found)
        return None

    def _info(self, context: BuildContext, folder: str) -> SiteInfo | None:
        for path in ("404.html", "index.html"):
            page = _page(context, folder, path)
            if page is not None:
                of_page: Any = page.context
                info: SiteInfo = replace(of_page.site, preview=self._view.preview)
                return info
        return None

    def keep(self, source_cache: SourceCache, shown: SiteState) -> Iterator[None]:
        """The store has the pages of SHOWN, as long as they are what stands on disk; in steps."""
        if (known := self._known(source_cache, shown)) is None:
            return
        yield
        store, code, folder = shown.context.store, shown.context.code, self._folder
        pages = {page.path: page for page in asked_for_first(shown.outputs.values())}
        is_ours = self._last is not None and store.build(folder, code) == self._last
        if is_ours and isinstance(self._last, LastBuild) and _is_same(self._last, known):
            self._pages = pages
            return
        mark = token_hex(8)  # no state of a site: whoever reads it meanwhile knows nothing
        with store.transaction():
            if not is_ours or self._pages is None:
                store.forget_folder(folder)
                self._pages = {}
            store.save_build(folder, code, mark)
        self._last, before, self._pages = mark, self._pages, None
        yield
        for batch in chunks(pages.values(), KEPT_AT_ONCE):
            new = [page for page in batch if before.get(page.path) != page]
            with store.transaction():
                if store.build(folder, code) != mark:
                    return
                store.save_pages(folder, new)
            yield
        with store.transaction():
            if store.build(folder, code) != mark:
                return
            store.forget_outputs(folder, before.keys() - pages.keys())
            store.save_build(folder, code, known)
        self._last, self._pages = known, pages

    def _known(self, source_cache: SourceCache, shown: SiteState) -> LastBuild | None:
        """What the next preview must find; None where the disk may be another by now."""
        moment = time.time_ns()
        with suppress(SiteError, OSError):
            if not source_cache.stands_still():
                return None
            site, site_files = shown.loaded.site, source_cache.site_files
            return replace(
                seen_in(site),
                frame=frame_of(shown.context.config, self._view, site_files, source_cache.theme),
                sources=stats_of(site_files.sources),
                moment=moment,
                diagnostics=site.diagnostics,
            )
        return None


def _is_same(last: LastBuild, known: LastBuild) -> bool:
    """Whether the pages are the same, though they may have been made at different moments."""
    if known.is_in_time(last.since) or last.is_in_time(known.since):
        last = replace(last, since=known.since, until=known.until)
    return replace(last, moment=known.moment) == known


def _page(context: BuildContext, folder: str, path: str, info: SiteInfo | None = None) -> Page | None:
    """The page at PATH as the store has it, on a site that says INFO of itself."""
    with suppress(DamageError, sqlite3.Error):
        page = context.store.page(folder, path)
        if page is not None and info is not None:
            of_page: Any = page.context
            return replace(page, context=replace(of_page, site=info))
        return page
    return None
