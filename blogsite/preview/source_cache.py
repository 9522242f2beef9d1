"""The files of a site and its parsed posts, kept in memory and brought up to date from what is said to have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path

from blogsite.build.context import BuildContext
from blogsite.build.last_build import files_of
from blogsite.build.loader import read
from blogsite.build.parsing import name_of_posts, parse_sources, posts_of
from blogsite.content.discovery import SiteFiles, locate, read_bytes, theme_templates
from blogsite.content.model import File, Post, Source
from blogsite.core.digest import digest_bytes
from blogsite.core.file_state import CLOCK_TICK, FileState, Stat, stat_is_reliable, stat_of
from blogsite.images.inspection import PICTURES

ChangedPaths = Collection[str]
"""Absolute paths of which somebody says that they have changed."""
MOMENT = 0.005
"""Seconds between two looks at a file that is empty."""
MOMENTS = 20


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """What differs from the last time: posts, static files and templates that were known, by path; or anything else."""

    posts: tuple[tuple[Post | None, Post | None], ...] = ()
    """What each was and what it is."""
    static: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    others: bool = False
    """More than the contents of known files: files came or went, or pictures changed."""

    def __bool__(self) -> bool:
        return bool(self.posts or self.static or self.templates or self.others)


class SourceCache:
    """What stands on disk, as it was when last looked at."""

    def __init__(self, context: BuildContext) -> None:
        """Everything is read, and parsed where the store does not know it."""
        self.context = context
        self._name = name_of_posts(context)
        moment = time.time_ns()
        self.theme = theme_templates()
        self.site_files = read(context)
        self._since = dict.fromkeys(files_of(self.site_files, self.theme), moment)
        """Files that are no sources, and the moment (ns) after which they were first looked into in this state."""
        self.posts = {post.source: post for post in posts_of(context, self.site_files.sources)}
        self._seen = {
            source.path: FileState(source.stat, moment, self.posts[source.path].digest)
            for source in self.site_files.sources
            if source.path in self.posts
        }
        context.workers.stop()
        self._sure = True

    def fits(self, context: BuildContext) -> bool:
        """Whether the posts would be the same if WORKSHOP had parsed them; it is used from now on if so."""
        if name_of_posts(context) != self._name:
            return False
        self.context = context
        return True

    def ordered(self) -> list[Post]:
        """The posts in the order of their sources."""
        return [self.posts[source.path] for source in self.site_files.sources if source.path in self.posts]

    def look(self, changed_paths: ChangedPaths | None) -> SourceChanges:
        """What is new since the last look: among TOUCHED, or (None, or where these are not known files) anywhere.

        Raises SiteError for what cannot be read; the next look is then at everything.
        """
        before, root = self.site_files, self.context.root
        sure, self._sure = self._sure, False
        patched = _patched(before, root, changed_paths) if changed_paths is not None and sure else None
        if patched is None:
            time.sleep(CLOCK_TICK)
        moment = time.time_ns()
        if patched is None:
            self.site_files = read(self.context)
            named = {os.path.relpath(path, root).replace(os.sep, "/") for path in changed_paths or ()}
            suspects = [
                source for source in self.site_files.sources if source.path in named or self._may_differ(source)
            ]
        else:
            self.site_files, suspects = patched
        after = self.site_files
        if patched is None or after.static is not before.static or after.templates is not before.templates:
            self.theme = theme_templates()
            files = files_of(self.site_files, self.theme)
            self._since = {file: self._since.get(file, moment) for file in files}
        posts = self._parse(suspects)
        self._sure = True
        return _news(before, self.site_files, posts, sure=patched is not None)

    def stands_still(self) -> bool:
        """Whether all on disk is as it was looked at; no file can have been written since without a trace."""
        if theme_templates() != self.theme or read(self.context) != self.site_files:
            return False
        if not all(stat_is_reliable(file.stat, since) for file, since in self._since.items()):
            return False
        root, posts = self.context.root, self.posts
        young = (source for source in self.site_files.sources if self._may_differ(source))
        return all(
            source.path in posts and digest_bytes(read_bytes(root, source)) == posts[source.path].digest
            for source in young
        )

    def _may_differ(self, source: Source) -> bool:
        seen = self._seen.get(source.path)
        return seen is None or source.path not in self.posts or not seen.matches(source.stat)

    def _text(self, source: Source, moments: Iterator[float]) -> bytes:
        """What is in a file; one that is empty is being written, as a rule, and gets some MOMENTS to change."""
        while not (data := read_bytes(self.context.root, source)) and (moment := next(moments, 0)):
            time.sleep(moment)
        return data

    def _parse(self, sources: Sequence[Source]) -> list[tuple[Post | None, Post | None]]:
        """What the post was and is, of those that have changed; files that are gone are no posts any more."""
        changed: list[tuple[Post | None, Post | None]] = []
        stale: list[Source] = []
        moments = repeat(MOMENT, MOMENTS)  # for all of them: a site may have empty files
        for source in sources:
            moment = time.time_ns()
            try:
                name = digest_bytes(self._text(source, moments))
            except OSError:
                name = ""  # parsing says what is wrong with it
            known = self.posts.get(source.path)
            if known is None or known.digest != name:
                stale.append(source)
                self._seen.pop(source.path, None)
            else:
                self._seen[source.path] = FileState(source.stat, moment, name)
        if stale:
            moment = time.time_ns()
            parsed = parse_sources(self.context, stale)
            self.context.workers.stop()
            for source in stale:
                before, after = self.posts.pop(source.path, None), parsed.get(source.path)
                changed.append((before, after))
                if after is not None:
                    self.posts[source.path] = after
                    self._seen[source.path] = FileState(source.stat, moment, after.digest)
        if len(self.posts) != len(self.site_files.sources):
            present = {source.path for source in self.site_files.sources}
            self.posts = {path: post for path, post in self.posts.items() if path in present}
        return changed


def _news(
    before: SiteFiles, after: SiteFiles, posts: Iterable[tuple[Post | None, Post | None]], *, sure: bool
) -> SourceChanges:
    static, templates = _restated(before.static, after.static), _restated(before.templates, after.templates)
    same = (
        static is not None
        and templates is not None
        and not any(path.lower().endswith(PICTURES) for path in static)
        and (sure or _outline(before) == _outline(after))
    )
    return SourceChanges(tuple(posts), static or (), templates or (), not same)


def _outline(site_files: SiteFiles) -> object:
    """All but the stats of sources, and of what is known to be compared elsewhere."""
    sources = [(source.path, source.attachments) for source in site_files.sources]
    return sources, site_files.files, site_files.diagnostics, site_files.font


def _restated(before: Sequence[File], after: Sequence[File]) -> tuple[str, ...] | None:
    """The paths of the files that have another stat now, or stand elsewhere; None if files came or went."""
    if before is after:
        return ()
    if [file.path for file in before] != [file.path for file in after]:
        return None
    return tuple(new.path for old, new in zip(before, after, strict=True) if old != new)


def _patched(site_files: SiteFiles, root: Path, changed_paths: ChangedPaths) -> tuple[SiteFiles, list[Source]] | None:
    """The inventory with new stats for the touched files, and the sources among them; None if that is not all."""
    known = _Known(site_files, root)
    if not known.layered.keys().isdisjoint(changed_paths):
        time.sleep(CLOCK_TICK)  # what is read now is then what a look at the stat stands for
    sources: dict[str, Source] = {}
    files: dict[str, File] = {}
    for path in changed_paths:
        status = _status(path)
        if path in known.sources and status:
            source = known.sources[path]
            sources[source.path] = replace(source, stat=status)
        elif path in known.layered and status:
            files[path] = replace(known.layered[path], stat=status)
        elif os.path.lexists(path) or known.has(path):
            return None
    if sources:
        changed = tuple(sources.get(source.path, source) for source in site_files.sources)
        site_files = replace(site_files, sources=changed)
    if files:
        site_files = replace(
            site_files,
            static=_with(site_files.static, files, root),
            templates=_with(site_files.templates, files, root),
        )
    return site_files, list(sources.values())


class _Known:
    """The files of an inventory by their absolute paths."""

    def __init__(self, site_files: SiteFiles, root: Path) -> None:
        self.sources: Mapping[str, Source] = {f"{root}{os.sep}{source.path}": source for source in site_files.sources}
        self.layered = {str(locate(root, file)): file for file in (*site_files.static, *site_files.templates)}
        self._files = {f"{root}{os.sep}{file.path}" for file in site_files.files}

    def has(self, path: str) -> bool:
        """Whether PATH is a file of the inventory, or a folder with one in it."""
        names = (self.sources.keys(), self.layered.keys(), self._files)
        folder = path + os.sep
        return any(path in group or any(name.startswith(folder) for name in group) for group in names)


def _status(path: str) -> Stat | None:
    """The stat of a plain file, None for anything else; whether links may be followed, only a walk can tell."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return stat_of(status) if os.path.isfile(path) and not os.path.islink(path) else None


def _with(files: tuple[File, ...], changed: Mapping[str, File], root: Path) -> tuple[File, ...]:
    new = tuple(changed.get(str(locate(root, file)), file) for file in files)
    return files if new == files else new
