"""The state of the site while it is served: brought up to date after every change, its pages rendered on request."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from blogsite.build.code_version import code_digest
from blogsite.build.context import STORE_FILE, WORK_FOLDER, BuildContext, Progress, StageTimes
from blogsite.build.store.store import Store
from blogsite.build.text_edits import MAX_EDITS
from blogsite.config.loader import FILE_NAME, load_config
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import BlogsiteError, Diagnostic, Location, SiteError, UsageError, error
from blogsite.core.executor import Workers
from blogsite.core.frozen import DamagedRecordError
from blogsite.images.cache import ImageCache
from blogsite.images.inspection import FileInspector
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.images.processing import check_card_design, check_image_format, draw_cached_card, encode_variant
from blogsite.preview.page_cache import CachedPage, PageCache
from blogsite.preview.site_state import SiteState, apply_changes, assemble_state, without_garbage_collection
from blogsite.preview.source_cache import ChangedPaths, SourceCache, SourceChanges
from blogsite.preview.updates import Update, changed_style_sheets, describe_changes
from blogsite.preview.warm_start import StoredState, WarmStart
from blogsite.site.outputs import Asset, DataFile, Output, Page


@dataclass(frozen=True, slots=True)
class Unavailable:
    """An output that cannot be rendered, and whether an older version of it can be shown."""

    diagnostics: tuple[Diagnostic, ...]
    has_older: bool


Resource = CachedPage | Asset | ImageVariant | SocialCardImage | Unavailable | None
"""What a session has at an output path."""


class Session:
    """A site while it is served. All methods run in one thread (see worker), but `ready` and `image_bytes`."""

    def __init__(self, root: Path, config_file: Path | None, publish_filter: PublishFilter, progress: Progress) -> None:
        self.root = root
        self.config_file = config_file
        self.version = 0
        """Counts the states of the site."""
        self.errors: tuple[Diagnostic, ...] = ()
        """The errors for which the files on disk cannot be shown."""
        self.state: SiteState | None = None
        """The latest state that can be shown."""
        self.sources: SourceCache | None = None
        self.context: BuildContext | None = None
        self.warm_start = WarmStart(root, publish_filter)
        self._publish_filter = publish_filter
        self._progress = progress
        self._pages = PageCache()
        self._store: Store | None = None
        self._files: FileInspector | None = None
        self._reported: frozenset[Diagnostic] = frozenset()
        self._older: SiteState | None = None
        """The state with the templates before the current ones, whose pages can be shown if these fail."""
        self._page_failed = False
        self._unreported: StoredState | None = None
        """The stored state that the preview began with, if the site has proved to differ and no update says so yet."""

    # ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def base_path(self) -> str:
        """The path that the site is served below: "/blog", or ""."""
        if self.state:
            return self.state.loaded.site.info.base_path
        return urlsplit(self.context.config.base_url).path.rstrip("/") if self.context else ""

    @property
    def next_change(self) -> datetime | None:
        """The next time at which a post is published or expires."""
        return self.state.loaded.site.next_change if self.state else None

    @property
    def can_be_kept(self) -> bool:
        """Whether the state is complete and without errors, so that the next preview may begin with it."""
        return bool(self.state and self.sources) and not (self.errors or self._page_failed or self.is_stored)

    @property
    def is_stored(self) -> bool:
        """Whether the state is the one that an earlier build or preview left in the store."""
        return isinstance(self.state, StoredState)

    def ready(self, path: str) -> Resource:
        """Return what is at `path` if that takes no work, else None. For any thread."""
        state = self.state
        output = state.known_output(path) if state and not self.errors else None
        if state is None or output is None:
            return None
        if isinstance(output, Asset | ImageVariant | SocialCardImage):
            return output
        return self._pages.current(state, output)

    def image_bytes(self, image: ImageVariant | SocialCardImage) -> bytes | None:
        """Return a resized image or a social card; None if its source has changed. For any thread.

        Raises SiteError if Pillow cannot make it.
        """
        context, cache = self.context, ImageCache(self.root / WORK_FOLDER)
        if isinstance(image, SocialCardImage):
            if context:
                check_card_design([image], context.config.location("theme"))
            return draw_cached_card(cache, image)
        if context:
            check_image_format(image.format, context.config.location("images_format"))
        return encode_variant(self.root, cache, image)

    def get(self, path: str, *, older: bool = False) -> Resource:
        """Return what is at `path`, rendered if necessary; with `older` the last version that could be rendered."""
        output = self._output(path)
        state = self.state
        if state is None:
            return Unavailable(self.errors, False)
        if isinstance(output, Asset | ImageVariant | SocialCardImage):
            return output
        if older:
            return self._older_page(path)
        if self.errors:
            return Unavailable(self.errors, output is not None)
        if output is None:
            return None
        try:
            return self._pages.render(state, output)
        except SiteError as problem:
            self._page_failed = True
            return Unavailable(problem.diagnostics, self._older_page(path) is not None)
        except (DamagedRecordError, sqlite3.Error) as problem:
            if self.is_stored:  # a text that the store has lost needs the whole site
                self.load_whole_site()
                return self.get(path, older=older)
            self._drop_store(problem)
            return Unavailable((_unusable_store(problem),), False)

    def exists(self, path: str) -> bool:
        """Return whether there is something at `path`."""
        return self._output(path) is not None

    def _output(self, path: str) -> Output | None:
        output = self.state.output(path) if self.state else None
        if output is None and self.is_stored:
            self.load_whole_site()
            output = self.state.output(path) if self.state else None
        return output

    def _older_page(self, path: str) -> CachedPage | None:
        for state in (self.state, self._older):
            output = state.output(path) if state else None
            if state and isinstance(output, Page | DataFile):
                try:
                    return self._pages.render(state, output)
                except (SiteError, KeyError):
                    continue
        return self._pages.latest(path)

    # ── changes on disk ──────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self, changed_paths: ChangedPaths | None) -> Update | None:
        """Take in changes at these absolute paths (None: anywhere). Returns None if nothing has changed."""
        before, errors_before = self.state, self.errors
        state, errors, changes = self._refreshed(changed_paths)
        if state is before and errors == errors_before and self.version and not self._unreported:
            return None
        if not self._page_failed:
            self._older = before if before and state and before.templates is not state.templates else None
        self._page_failed = self._page_failed and state is before
        self.state, self.errors = state, errors
        self.version += 1
        diagnostics = errors or (state.warnings if state else ())
        new = tuple(diagnostic for diagnostic in diagnostics if diagnostic not in self._reported)
        self._reported = frozenset(diagnostics)
        style_sheets = () if errors_before or errors else changed_style_sheets(changes, before, state)
        before, self._unreported = self._unreported or before, None
        return Update(self.version, describe_changes(self.root, changes, changed_paths), new, before, style_sheets)

    def load_whole_site(self) -> None:
        """Replace the stored state by the whole site. If that differs, the next refresh reports it."""
        before = self.state
        self.state, self.errors, _ = self._refreshed(None)
        same = self.state and before and self.state.loaded.site_files == before.loaded.site_files
        if isinstance(before, StoredState) and (self.errors or not same):
            self._unreported = before

    def render_edited_pages(self) -> None:
        """Render the pages of the posts that were edited last, before they are requested."""
        state = self.state
        for output in state.edited[-MAX_EDITS:] if state and not self.errors else ():
            if isinstance(output, Page | DataFile):
                self.get(output.path)

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _refreshed(
        self, changed_paths: ChangedPaths | None
    ) -> tuple[SiteState | None, tuple[Diagnostic, ...], SourceChanges]:
        """Return the latest state that can be shown, the errors of what is on disk, and what has changed."""
        state, changes = self.state, SourceChanges(others=True)
        errors: tuple[Diagnostic, ...] = ()
        try:
            state, changes = self._next_state(changed_paths)
        except SiteError as problem:
            errors = problem.diagnostics
        except UsageError as problem:
            errors = (error(Location(FILE_NAME), str(problem), problem.hint, "setting-invalid"),)
        except (DamagedRecordError, sqlite3.Error) as problem:
            self._drop_store(problem)
            errors = (_unusable_store(problem),)
        except Exception as problem:  # a fault of ours, or of an extension: start again from the files
            self.sources = None
            errors = (_unexpected(problem),)
        return state, errors, changes

    def _next_state(self, changed_paths: ChangedPaths | None) -> tuple[SiteState, SourceChanges]:
        context, sources, before = self._open_context(), self.sources, self.state
        if not self.version and before is None and (stored := self.warm_start.load(context)):
            return stored, SourceChanges(others=True)
        with without_garbage_collection():
            if sources is None or not sources.use(context):
                self.sources = sources = SourceCache(context)
                changes = SourceChanges(others=True)
            else:
                changes = sources.refresh(changed_paths)
            can_be_changed = before and not self.errors and not self.is_stored
            changed = apply_changes(before, sources, changes) if before and can_be_changed else None
        return changed or self._assemble(sources, context), changes

    def _assemble(self, sources: SourceCache, context: BuildContext) -> SiteState:
        with without_garbage_collection():
            known = self._files.infos if self._files else context.store.file_infos(context.code)
            files = FileInspector(self.root, known)
            templates = self.state.templates if self.state else {}
            state = assemble_state(sources, self._publish_filter, files, templates)
        if any(info.decode_result and info != known.get(path) for path, info in files.infos.items()):
            with suppress(sqlite3.Error), context.store.transaction():  # else images are decoded again the next time
                context.store.save_file_infos(context.code, {**known, **files.infos})
        self._files = files
        if self.state:
            gc.collect()
        gc.freeze()  # the site lives long: later collections need not look at it
        return state

    def _open_context(self) -> BuildContext:
        """Return the context for the settings on disk: the same as before if they are the same."""
        config = load_config(self.root, self.config_file)
        old = self.context
        if old is not None and old.config.without_locations() == config.without_locations():
            return old
        if self._store is None:
            self._store = Store(self.root / WORK_FOLDER / STORE_FILE)
        code = code_digest(config.markdown_extensions)
        workers = Workers(config.build_jobs)
        self.context = BuildContext(self.root, config, self._store, workers, code, StageTimes(), self._progress)
        return self.context

    def _drop_store(self, problem: Exception) -> None:
        """Forget everything that came from the store, and replace its file if it is damaged."""
        if self._store is not None:
            if isinstance(problem, DamagedRecordError) or getattr(problem, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                with suppress(sqlite3.Error, OSError):
                    self._store.replace_file()
            with suppress(sqlite3.Error):
                self._store.close()
        self._store = self.sources = self.context = self._files = None


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _unusable_store(problem: Exception) -> Diagnostic:
    message = f"the store cannot be used: {problem}"
    return error(Location(f"{WORK_FOLDER}/{STORE_FILE}"), message, "save any file to try again", "store-unusable")


def _unexpected(problem: Exception) -> Diagnostic:
    message = str(problem) if isinstance(problem, BlogsiteError) else f"{type(problem).__name__}: {problem}"
    return error(
        Location(FILE_NAME), f"the site cannot be made: {message}", "save any file to try again", "build-failed"
    )
