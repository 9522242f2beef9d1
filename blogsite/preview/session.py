"""The site as it is being written: brought up to date at every change, its pages made when they are asked for.

All of it happens in one thread (see worker), but for `at_once`, which any thread may ask.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from blogsite.build.code_version import code_digest
from blogsite.build.context import WORK, BuildContext, Progress, StageTimes
from blogsite.build.parsing import settings_of
from blogsite.build.store.store import Store
from blogsite.config.loader import FILE_NAME, load_config
from blogsite.content.model import Post
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import BlogsiteError, Diagnostic, Location, SiteError, UsageError, error
from blogsite.core.executor import Workers
from blogsite.core.frozen import DamageError
from blogsite.core.urls import output_path
from blogsite.images.cache import ImageCache
from blogsite.images.inspection import FileInspector
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.images.processing import check_cards, check_format, draw_one, encode_one
from blogsite.site.outputs import Asset, DataFile, Output, Page
from blogsite.preview.page_cache import CachedPage, PageCache
from blogsite.preview.site_state import MOST_AT_ONCE, SiteState, changed_little, show
from blogsite.preview.source_cache import ChangedPaths, SourceCache, SourceChanges
from blogsite.preview.updates import Update, exchanged, named
from blogsite.preview.warm_start import WarmStart, WarmState
from blogsite.render.dependencies import closures

A_WHILE = 0.25
"""Seconds that go by before what nobody waits for is begun."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a page cannot be had, and whether an older one can."""

    diagnostics: tuple[Diagnostic, ...]
    has_older: bool


ResolvedReference = CachedPage | Asset | ImageVariant | SocialCardImage | Broken | None
"""What there is at a path: a page, a file, a version of a picture, a card, mistakes instead, or nothing."""


class Session:
    """One site and all that is known of it while it is served."""

    def __init__(self, root: Path, config_file: Path | None, publish_filter: PublishFilter, progress: Progress) -> None:
        self.root = root
        self.number = 0
        self.broken: tuple[Diagnostic, ...] = ()
        """Why what stands on disk cannot be shown."""
        self.shown: SiteState | None = None
        """The newest state of the site that can be."""
        self._good: SiteState | None = None
        """The state before, where SHOWN has pages that cannot be made."""
        self._flawed = False
        self.config_file = config_file
        self._view = publish_filter
        self._progress = progress
        self._printer = PageCache()
        self._shelf: SourceCache | None = None
        self._workshop: BuildContext | None = None
        self._store: Store | None = None
        self._files: FileInspector | None = None
        self._told: frozenset[Diagnostic] = frozenset()
        self._memory = WarmStart(root, publish_filter)
        self._untold: WarmState | None = None
        """What the site was remembered to be, where it was found to be another and nobody has heard of that."""

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def base_path(self) -> str:
        """The path below which the site is served: "/blog", or ""."""
        if self.shown:
            return self.shown.loaded.site.info.base_path
        return urlsplit(self._workshop.config.base_url).path.rstrip("/") if self._workshop else ""

    @property
    def next_change(self) -> datetime | None:
        """When the site will be another by itself."""
        return self.shown.loaded.site.next_change if self.shown else None

    def at_once(self, path: str) -> ResolvedReference:
        """The answer for PATH if it is ready; None where it is not, or there is none. For any thread."""
        shown = self.shown
        output = shown.known(path) if shown and not self.broken else None
        if shown is None or output is None:
            return None
        if isinstance(output, Asset | ImageVariant | SocialCardImage):
            return output
        return self._printer.ready(shown, output)

    def picture(self, wanted: ImageVariant | SocialCardImage) -> bytes | None:
        """The bytes of a version of a picture, or of a card; None where the picture is another by now. For any thread.

        Raises SiteError where they cannot be made at all.
        """
        context, kept = self._workshop, ImageCache(self.root / WORK)
        if isinstance(wanted, SocialCardImage):
            if context:
                check_cards([wanted], context.config.location("theme"))
            return draw_one(kept, wanted)
        if context:
            check_format(wanted.format, context.config.location("images_format"))
        return encode_one(self.root, kept, wanted)

    def answer(self, path: str, *, older: bool = False) -> ResolvedReference:
        """What there is at PATH now; if OLDER, the last that could be had there."""
        output = self._output(path)
        shown = self.shown
        if shown is None:
            return Broken(self.broken, False)
        if isinstance(output, Asset | ImageVariant | SocialCardImage):
            return output
        if older:
            return self._older(path)
        if self.broken:
            return Broken(self.broken, output is not None)
        if output is None:
            return None
        try:
            return self._printer.print(shown, output)
        except SiteError as problem:
            self._flawed = True
            return Broken(problem.diagnostics, self._older(path) is not None)
        except (DamageError, sqlite3.Error) as problem:
            if isinstance(shown, WarmState):  # which cannot make a text again that was lost
                self._bring_in()
                return self.answer(path, older=older)
            self._forget(problem)
            return Broken((_unusable(problem),), False)

    def has(self, path: str) -> bool:
        """Whether there is something at PATH."""
        return self._output(path) is not None

    def _output(self, path: str) -> Output | None:
        """The output at PATH; the whole site is in memory if what is remembered of it does not tell."""
        output = self.shown.output(path) if self.shown else None
        if output is None and isinstance(self.shown, WarmState):
            self._bring_in()
            output = self.shown.output(path)
        return output

    def _older(self, path: str) -> CachedPage | None:
        for shown in (self.shown, self._good):
            output = shown.output(path) if shown else None
            if shown and isinstance(output, Page | DataFile):
                try:
                    return self._printer.print(shown, output)
                except (SiteError, KeyError):
                    continue
        return self._printer.last(path)

    # ── following ────────────────────────────────────────────────────────────────────────────────────────────────

    def update(self, changed_paths: ChangedPaths | None) -> Update | None:
        """The site is as it stands on disk; None if nothing has changed. TOUCHED: absolute paths, None for any."""
        before, broken = self.shown, self.broken
        shown, broken_now, news = self._found(changed_paths)
        if shown is before and broken_now == broken and self.number and not self._untold:
            return None
        if not self._flawed:
            self._good = before if before and shown and before.templates is not shown.templates else None
        self._flawed = self._flawed and shown is before
        self.shown, self.broken = shown, broken_now
        self.number += 1
        diagnostics = broken_now or (shown.warnings if shown else ())
        new = tuple(diagnostic for diagnostic in diagnostics if diagnostic not in self._told)
        self._told = frozenset(diagnostics)
        sheets = () if broken or broken_now else exchanged(news, before, shown)
        before, self._untold = self._untold or before, None
        return Update(self.number, named(self.root, news, changed_paths), new, before, sheets)

    def _found(
        self, changed_paths: ChangedPaths | None
    ) -> tuple[SiteState | None, tuple[Diagnostic, ...], SourceChanges]:
        """The newest state that can be shown, and why what stands on disk cannot."""
        shown, news = self.shown, SourceChanges(others=True)
        broken_now: tuple[Diagnostic, ...] = ()
        try:
            shown, news = self._look(changed_paths)
        except SiteError as problem:
            broken_now = problem.diagnostics
        except UsageError as problem:
            broken_now = (error(Location(FILE_NAME), str(problem), problem.hint),)
        except (DamageError, sqlite3.Error) as problem:
            self._forget(problem)
            broken_now = (_unusable(problem),)
        except Exception as problem:  # a mistake of ours, or of an extension: what is shown stays, and all is read anew
            self._shelf = None
            broken_now = (_unexpected(problem),)
        return shown, broken_now, news

    def _bring_in(self) -> None:
        """The whole site is in memory, not what was remembered of it; if it is another, the next update says so."""
        before = self.shown
        self.shown, self.broken, _ = self._found(None)
        same = self.shown and before and self.shown.loaded.site_files == before.loaded.site_files
        if isinstance(before, WarmState) and (self.broken or not same):
            self._untold = before

    def prepare(self) -> None:
        """The pages of the posts that were edited last are made, so that they are there before they are asked for."""
        shown = self.shown
        for output in shown.early[-MOST_AT_ONCE:] if shown and not self.broken else ():
            if isinstance(output, Page | DataFile):
                self.answer(output.path)

    def warm_up(self) -> Iterator[None]:
        """What the first pages and the first edit need is there before it is asked for; in steps, for idle moments."""
        yield from _quiet(A_WHILE)
        if isinstance(self.shown, WarmState):
            self._bring_in()
        yield
        posts = self.shown.loaded.site.posts if self.shown else ()
        for path in (*(output_path(entry.url) for entry in posts[:1]), "index.html", "404.html"):
            self.answer(path)
            yield
        with_math = next((entry for entry in posts if entry.post.has_math), None)
        for entry in (*posts[:1], *((with_math,) if with_math else ())):
            with suppress(OSError):  # it has gone
                self._practise(entry.post)
            yield

    def _practise(self, post: Post) -> None:
        """Parser and engine have been at work on a post, so that they have imported and compiled what they need."""
        from blogsite.build.parsing import ParseTask, parse_batch
        from blogsite.build.typesetting import TypesetTask, typeset_batch

        assert self._workshop
        config = self._workshop.config
        source = (post.source, post.kind, (self.root / post.source).read_bytes())
        for row in parse_batch(ParseTask(settings_of(config), config.math_output, (source,))):  # type: ignore[arg-type]
            typeset_batch(TypesetTask(row.formulas[:1]))

    def compare(self, before: SiteState | None, tell: Callable[[int], None]) -> Iterator[None]:
        """TELL is called with the number of outputs that are not as they were; in steps, for idle moments."""
        yield
        shown = self.shown
        if shown is None or self.broken or isinstance(before, WarmState):
            return
        with _without_collections():
            old, outputs = before.outputs if before else {}, shown.outputs
        yield
        reshaped: set[str] = set()
        if before and before.templates is not shown.templates:
            was, now = closures(before.templates), closures(shown.templates)
            reshaped = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
        stale = 0
        for number, (path, output) in enumerate(outputs.items()):
            stale += (isinstance(output, Page) and output.template in reshaped) or old.get(path) != output
            if number % 200 == 0:
                yield
        tell(stale)

    def keep(self) -> Iterator[None]:
        """The next preview has the pages that are asked for first at once; in steps, for idle moments."""
        yield from _quiet(A_WHILE)
        if self.shown and self._shelf and not (self.broken or self._flawed or isinstance(self.shown, WarmState)):
            yield from self._memory.keep(self._shelf, self.shown)

    def close(self) -> None:
        """The store is closed."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _look(self, changed_paths: ChangedPaths | None) -> tuple[SiteState, SourceChanges]:
        context, source_cache, before = self._open(), self._shelf, self.shown
        if not self.number and before is None and (remembered := self._memory.recall(context)):
            return remembered, SourceChanges(others=True)
        with _without_collections():
            if source_cache is None or not source_cache.fits(context):
                self._shelf = source_cache = SourceCache(context)
                news = SourceChanges(others=True)
            else:
                news = source_cache.look(changed_paths)
            is_known = before and not self.broken and not isinstance(before, WarmState)
            changed = changed_little(before, source_cache, news) if before and is_known else None
        return changed or self._anew(source_cache, context), news

    def _anew(self, source_cache: SourceCache, context: BuildContext) -> SiteState:
        with _without_collections():
            known = self._files.looks if self._files else context.store.looks(context.code)
            files = FileInspector(self.root, known)
            shown = show(source_cache, self._view, files, self.shown.templates if self.shown else {})
        if any(look.decode_result and look != known.get(path) for path, look in files.looks.items()):
            with suppress(sqlite3.Error), context.store.transaction():  # else they are decoded again, the next time
                context.store.save_looks(context.code, {**known, **files.looks})
        self._files = files
        if self.shown:
            gc.collect()
        gc.freeze()  # these values live long: no later collection has to go through them
        return shown

    def _open(self) -> BuildContext:
        """What the stages work with, for the settings as they stand on disk."""
        config = load_config(self.root, self.config_file)
        old = self._workshop
        if old is not None and old.config.without_places() == config.without_places():
            return old
        if self._store is None:
            self._store = Store(self.root / WORK / "store.sqlite")
        code = code_digest(config.markdown_extensions)
        workers = Workers(config.build_jobs)
        self._workshop = BuildContext(self.root, config, self._store, workers, code, StageTimes(), self._progress)
        return self._workshop

    def _forget(self, problem: Exception) -> None:
        """Nothing is known of what the store holds; one that is damaged is another. All is read at the next look."""
        if self._store is not None:
            if isinstance(problem, DamageError) or getattr(problem, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                with suppress(sqlite3.Error, OSError):
                    self._store.begin_anew()
            with suppress(sqlite3.Error):
                self._store.close()
        self._store = self._shelf = self._workshop = self._files = None


def _quiet(seconds: float) -> Iterator[None]:
    """SECONDS pass, in which others have their turns."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)
        yield


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _unusable(problem: Exception) -> Diagnostic:
    return error(Location(f"{WORK}/store.sqlite"), f"the store cannot be used: {problem}", "save any file to try again")


def _unexpected(problem: Exception) -> Diagnostic:
    message = str(problem) if isinstance(problem, BlogsiteError) else f"{type(problem).__name__}: {problem}"
    return error(Location(FILE_NAME), f"the site cannot be made: {message}", "save any file to try again")


@contextmanager
def _without_collections() -> Iterator[None]:
    """Garbage is not looked for inside: many values come to be there, and hardly any ceases to."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
