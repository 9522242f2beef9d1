"""The site's files and parsed posts in memory, brought up to date from the paths that the watcher reports."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path

from blogsite.build.changes import other_files, read_site_files
from blogsite.build.context import BuildContext
from blogsite.build.parsing import load_posts, parse_digest, parse_sources
from blogsite.content.discovery import SiteFiles, locate, read_bytes, theme_templates
from blogsite.content.model import File, Post, Source
from blogsite.core.digest import digest_bytes
from blogsite.core.file_state import CLOCK_TICK, FileState, Stat, stat_is_reliable, stat_of
from blogsite.images.inspection import PICTURES

ChangedPaths = Collection[str]
"""Absolute paths that may have changed."""
EMPTY_FILE_WAIT = 0.005
"""Seconds between two reads of an empty file."""
EMPTY_FILE_READS = 20
"""Reads of empty files after one change, before they count as empty."""


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """The differences between two states of the disk."""

    posts: tuple[tuple[Post | None, Post | None], ...] = ()
    """Each changed post before and after; None where it did not exist."""
    static: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    """Paths of files that existed before and have other content now."""
    others: bool = False
    """More than the content of known files: files were added or removed, or images changed."""

    def __bool__(self) -> bool:
        return bool(self.posts or self.static or self.templates or self.others)


class SourceCache:
    """The site's files and its parsed posts as they were at the last refresh."""

    def __init__(self, context: BuildContext) -> None:
        """List all files, and parse the posts that the store does not have."""
        self.context = context
        self._parse_digest = parse_digest(context)
        looked_at = time.time_ns()
        self.theme = theme_templates()
        self.site_files = read_site_files(context)
        self._first_seen = dict.fromkeys(other_files(self.site_files, self.theme), looked_at)
        """File that is no Markdown source → a time (ns) before it was first read in this state."""
        self.posts = {post.source: post for post in load_posts(context, self.site_files.sources)}
        self._states = {
            source.path: FileState(source.stat, looked_at, self.posts[source.path].digest)
            for source in self.site_files.sources
            if source.path in self.posts
        }
        context.workers.stop()
        self._is_complete = True
        """False after a refresh that failed: the next one looks at every file."""

    def use(self, context: BuildContext) -> bool:
        """Use another context from now on, if the posts would be the same with it; return whether they would."""
        if parse_digest(context) != self._parse_digest:
            return False
        self.context = context
        return True

    def posts_in_order(self) -> list[Post]:
        """Return the posts in the order of their sources."""
        return [self.posts[source.path] for source in self.site_files.sources if source.path in self.posts]

    def refresh(self, changed_paths: ChangedPaths | None) -> SourceChanges:
        """Take in what changed: at these paths, or (None, or if some are not known files) anywhere.

        Raises SiteError if a file cannot be read; the next refresh then looks at everything.
        """
        before, root = self.site_files, self.context.root
        was_complete, self._is_complete = self._is_complete, False
        updated = _update_stats(before, root, changed_paths) if changed_paths is not None and was_complete else None
        if updated is None:
            time.sleep(CLOCK_TICK)
        looked_at = time.time_ns()
        if updated is None:
            self.site_files = read_site_files(self.context)
            named = {os.path.relpath(path, root).replace(os.sep, "/") for path in changed_paths or ()}
            sources = [source for source in self.site_files.sources if source.path in named or self._may_differ(source)]
        else:
            self.site_files, sources = updated
        after = self.site_files
        if updated is None or after.static is not before.static or after.templates is not before.templates:
            self.theme = theme_templates()
            files = other_files(after, self.theme)
            self._first_seen = {file: self._first_seen.get(file, looked_at) for file in files}
        posts = self._parse_changed(sources)
        self._is_complete = True
        return _compare(before, after, posts, same_paths=updated is not None)

    def matches_disk(self) -> bool:
        """Return whether every file is certainly as it was at the last refresh."""
        if theme_templates() != self.theme or read_site_files(self.context) != self.site_files:
            return False
        if not all(stat_is_reliable(file.stat, looked_at) for file, looked_at in self._first_seen.items()):
            return False
        root, posts = self.context.root, self.posts
        uncertain = (source for source in self.site_files.sources if self._may_differ(source))
        return all(
            source.path in posts and digest_bytes(read_bytes(root, source)) == posts[source.path].digest
            for source in uncertain
        )

    def _may_differ(self, source: Source) -> bool:
        state = self._states.get(source.path)
        return state is None or source.path not in self.posts or not state.matches(source.stat)

    def _parse_changed(self, sources: Sequence[Source]) -> list[tuple[Post | None, Post | None]]:
        """Parse those of the sources whose bytes differ; return each post before and after."""
        changed: list[tuple[Post | None, Post | None]] = []
        stale: list[Source] = []
        waits = repeat(EMPTY_FILE_WAIT, EMPTY_FILE_READS)  # for all of them: a site may have many empty files
        for source in sources:
            looked_at = time.time_ns()
            try:
                digest = digest_bytes(self._read(source, waits))
            except OSError:
                digest = ""  # parsing says what is wrong
            known = self.posts.get(source.path)
            if known is None or known.digest != digest:
                stale.append(source)
                self._states.pop(source.path, None)
            else:
                self._states[source.path] = FileState(source.stat, looked_at, digest)
        if stale:
            looked_at = time.time_ns()
            parsed = parse_sources(self.context, stale, {})
            self.context.workers.stop()
            for source in stale:
                before, after = self.posts.pop(source.path, None), parsed.get(source.path)
                changed.append((before, after))
                if after is not None:
                    self.posts[source.path] = after
                    self._states[source.path] = FileState(source.stat, looked_at, after.digest)
        if len(self.posts) != len(self.site_files.sources):
            present = {source.path for source in self.site_files.sources}
            self.posts = {path: post for path, post in self.posts.items() if path in present}
        return changed

    def _read(self, source: Source, waits: Iterator[float]) -> bytes:
        """Return the bytes of a source. An empty file is usually about to be written, so it is read again."""
        while not (data := read_bytes(self.context.root, source)) and (seconds := next(waits, 0)):
            time.sleep(seconds)
        return data


# ── stats of changed files ───────────────────────────────────────────────────────────────────────────────────────────


def _update_stats(
    site_files: SiteFiles, root: Path, changed_paths: ChangedPaths
) -> tuple[SiteFiles, list[Source]] | None:
    """Return the files with new stats at these paths, and the sources among them.

    Returns None if a path is not a known source, static file or template, so that the site has to be listed again.
    """
    known_sources = {f"{root}{os.sep}{source.path}": source for source in site_files.sources}
    known_files = {str(locate(root, file)): file for file in (*site_files.static, *site_files.templates)}
    others = {f"{root}{os.sep}{file.path}" for file in site_files.files}
    if not known_files.keys().isdisjoint(changed_paths):
        time.sleep(CLOCK_TICK)  # so that the new stat stands for the content that is read afterwards
    sources: dict[str, Source] = {}
    files: dict[str, File] = {}
    for path in changed_paths:
        stat = _stat_of_plain_file(path)
        if path in known_sources and stat:
            source = known_sources[path]
            sources[source.path] = replace(source, stat=stat)
        elif path in known_files and stat:
            files[path] = replace(known_files[path], stat=stat)
        elif os.path.lexists(path) or _is_known(path, known_sources.keys(), known_files.keys(), others):
            return None
    if sources:
        changed = tuple(sources.get(source.path, source) for source in site_files.sources)
        site_files = replace(site_files, sources=changed)
    if files:
        site_files = replace(
            site_files,
            static=_replace_files(site_files.static, files, root),
            templates=_replace_files(site_files.templates, files, root),
        )
    return site_files, list(sources.values())


def _is_known(path: str, *groups: Collection[str]) -> bool:
    """Return whether `path` is in one of the groups of paths, or a folder of such a path."""
    folder = path + os.sep
    return any(path in group or any(name.startswith(folder) for name in group) for group in groups)


def _stat_of_plain_file(path: str) -> Stat | None:
    """Return the stat of a file; None for links, folders and missing files, which need a new listing of the site."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return stat_of(status) if os.path.isfile(path) and not os.path.islink(path) else None


def _replace_files(files: tuple[File, ...], changed: Mapping[str, File], root: Path) -> tuple[File, ...]:
    new = tuple(changed.get(str(locate(root, file)), file) for file in files)
    return files if new == files else new


# ── comparing two listings ───────────────────────────────────────────────────────────────────────────────────────────


def _compare(
    before: SiteFiles, after: SiteFiles, posts: Iterable[tuple[Post | None, Post | None]], *, same_paths: bool
) -> SourceChanges:
    static, templates = _changed_files(before.static, after.static), _changed_files(before.templates, after.templates)
    contents_alone = (
        static is not None
        and templates is not None
        and not any(path.lower().endswith(PICTURES) for path in static)
        and (same_paths or _other_inputs(before) == _other_inputs(after))
    )
    return SourceChanges(tuple(posts), static or (), templates or (), not contents_alone)


def _other_inputs(site_files: SiteFiles) -> object:
    """Return everything but the content of sources, static files and templates."""
    sources = [(source.path, source.attachments) for source in site_files.sources]
    return sources, site_files.files, site_files.diagnostics, site_files.font


def _changed_files(before: Sequence[File], after: Sequence[File]) -> tuple[str, ...] | None:
    """Return the paths of the files with another stat; None if files were added or removed."""
    if before is after:
        return ()
    if [file.path for file in before] != [file.path for file in after]:
        return None
    return tuple(new.path for old, new in zip(before, after, strict=True) if old != new)
