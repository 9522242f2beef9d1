"""A quick start of the preview: the pages that the last build or preview left in the store, if nothing has changed.

The pages that are opened first (posts, home page, 404) are kept as they were planned. Each is rendered when it is
requested, while the whole site is being loaded in the background.
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

from blogsite.build.changes import (
    BuildSnapshot,
    SiteInputs,
    read_inputs,
    shortcuts_enabled,
    site_without_posts,
    take_snapshot,
)
from blogsite.build.context import WORK_FOLDER, BuildContext, LoadedSite
from blogsite.build.full_plan import read_templates
from blogsite.content.status import PUBLISHED_ONLY, PublishFilter
from blogsite.core.diagnostics import SiteError
from blogsite.core.executor import batched
from blogsite.core.frozen import DamagedRecordError
from blogsite.images.inspection import FileInspector
from blogsite.pages import preview_pages
from blogsite.preview.site_state import SiteState
from blogsite.preview.source_cache import SourceCache
from blogsite.site.model import SiteInfo
from blogsite.site.outputs import Asset, Output, Page

PAGES_PER_STEP = 200
"""Pages that are saved before requests have a turn."""


@dataclass(frozen=True)
class StoredState(SiteState):
    """A state of the site of which only stored pages and static files are known."""

    folder: str = ""
    """The output folder whose pages these are in the store."""
    found: dict[str, Output | None] = field(default_factory=dict)

    def known_output(self, path: str) -> Output | None:
        return self.found.get(path)

    def output(self, path: str) -> Output | None:
        """Return the output at `path`, if it is stored. To be called in the thread that has the store."""
        if path not in self.found:
            self.found[path] = _stored_page(self.context, self.folder, path, self.loaded.site.info)
        return self.found[path]


class WarmStart:
    """The pages that previews of one site, which publish the same posts, keep in the store."""

    def __init__(self, root: Path, publish_filter: PublishFilter) -> None:
        self._folder = os.path.realpath(root / WORK_FOLDER)
        self._publish_filter = publish_filter
        self._saved: object = None
        """The snapshot in the store, as this process saved or found it."""
        self._pages: Mapping[str, Page] | None = None
        """The pages in the store, if this process saved them."""

    def load(self, context: BuildContext) -> StoredState | None:
        """Return the site as the last preview or build left it; None if anything may have changed since."""
        if not shortcuts_enabled():
            return None
        with suppress(DamagedRecordError, sqlite3.Error):
            inputs = read_inputs(context, self._publish_filter)
            public = os.path.realpath(context.root / context.config.output)
            for folder, publish_filter in ((self._folder, self._publish_filter), (public, PUBLISHED_ONLY)):
                snapshot = context.store.build_snapshot(folder, context.code)
                if (
                    isinstance(snapshot, BuildSnapshot)
                    and (publish_filter == self._publish_filter or not snapshot.unpublished)
                    and snapshot.has_same_sources(inputs)
                    and snapshot.only_sources_differ(replace(inputs, publish_filter=publish_filter))
                    and (info := self._site_info(context, folder)) is not None
                ):
                    if folder == self._folder:
                        self._saved = snapshot
                    return _stored_state(context, inputs, snapshot, info, folder)
        return None

    def save(self, sources: SourceCache, state: SiteState) -> Iterator[None]:
        """Save the pages of `state`, unless the disk has changed since; in steps, for idle moments."""
        if (snapshot := self._snapshot_of(sources, state)) is None:
            return
        yield
        store, code, folder = state.context.store, state.context.code, self._folder
        pages = {page.path: page for page in preview_pages(state.outputs.values())}
        is_ours = self._saved is not None and store.build_snapshot(folder, code) == self._saved
        if is_ours and isinstance(self._saved, BuildSnapshot) and _is_same(self._saved, snapshot):
            self._pages = pages
            return
        mark = token_hex(8)  # in the place of a snapshot while pages are being saved: no reader takes it for one
        with store.transaction():
            if not is_ours or self._pages is None:
                store.forget_folder(folder)
                self._pages = {}
            store.save_build_snapshot(folder, code, mark)
        self._saved, before, self._pages = mark, self._pages, None
        yield
        for batch in batched(pages.values(), PAGES_PER_STEP):
            new = [page for page in batch if before.get(page.path) != page]
            with store.transaction():
                if store.build_snapshot(folder, code) != mark:
                    return
                store.save_pages(folder, new)
            yield
        with store.transaction():
            if store.build_snapshot(folder, code) != mark:
                return
            store.forget_outputs(folder, before.keys() - pages.keys())
            store.save_build_snapshot(folder, code, snapshot)
        self._saved, self._pages = snapshot, pages

    def _site_info(self, context: BuildContext, folder: str) -> SiteInfo | None:
        for path in ("404.html", "index.html"):
            page = _stored_page(context, folder, path)
            if page is not None:
                page_context: Any = page.context
                info: SiteInfo = replace(page_context.site, preview=self._publish_filter.preview)
                return info
        return None

    def _snapshot_of(self, sources: SourceCache, state: SiteState) -> BuildSnapshot | None:
        """Return the snapshot that the next preview must find; None if the disk may have changed."""
        looked_at = time.time_ns()
        with suppress(SiteError, OSError):
            if not sources.matches_disk():
                return None
            site, config = state.loaded.site, state.context.config
            inputs = SiteInputs(config, self._publish_filter, sources.site_files, sources.theme, site.now, looked_at)
            return replace(take_snapshot(site).of_inputs(inputs), diagnostics=site.diagnostics)
        return None


def _stored_state(
    context: BuildContext, inputs: SiteInputs, snapshot: BuildSnapshot, info: SiteInfo, folder: str
) -> StoredState:
    site_files = inputs.site_files
    loaded = LoadedSite(site_files, site_without_posts(info, snapshot), FileInspector(context.root, {}))
    found: dict[str, Output | None] = {
        info.asset(file.path)[1:]: Asset(info.asset(file.path)[1:], file) for file in site_files.static
    }
    return StoredState(context, loaded, read_templates(context, site_files), folder=folder, found=found)


def _is_same(saved: BuildSnapshot, snapshot: BuildSnapshot) -> bool:
    """Return whether two snapshots are of the same pages, though taken at different times."""
    if snapshot.covers(saved.valid_from) or saved.covers(snapshot.valid_from):
        saved = replace(saved, valid_from=snapshot.valid_from, valid_until=snapshot.valid_until)
    return replace(saved, looked_at=snapshot.looked_at) == snapshot


def _stored_page(context: BuildContext, folder: str, path: str, info: SiteInfo | None = None) -> Page | None:
    """Return a page from the store, with `info` in the place of its site info if given."""
    with suppress(DamagedRecordError, sqlite3.Error):
        page = context.store.page(folder, path)
        if page is not None and info is not None:
            page_context: Any = page.context
            return replace(page, context=replace(page_context, site=info))
        return page
    return None
