"""What the last build of a folder saw and said, so that the next one knows whether anything is new to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeAlias

from blogsite.build.output_folder import OutputFolder
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles
from blogsite.content.model import File, FrontMatter, Source
from blogsite.content.status import PublishFilter, publication_status
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.file_state import Stat, stat_is_reliable, stat_of
from blogsite.site.model import Site, SiteInfo, SitePost

Theme: TypeAlias = "tuple[tuple[str, File], ...]"
"""The theme's templates, as `theme_templates` names them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A post that is not to be seen, and of its head what says why."""

    source: str
    meta: FrontMatter


@dataclass(frozen=True, slots=True)
class LastBuild:
    """The next build says the same if nothing has changed."""

    contents: Digest
    """What was in each source."""
    since: datetime
    until: datetime
    """The same posts are to be seen from one moment until the other."""
    posts: int
    left_out: tuple[LeftOut, ...]
    in_feeds: frozenset[Digest]
    """The texts that stand in feeds."""
    frame: Digest = ""
    """All that the build depends on, files by their stat, but for the stats of the sources."""
    sources: Digest = ""
    """Those stats."""
    moment: int = 0
    """When the inputs were looked at, in ns since 1970."""
    outputs: Digest = ""
    """The manifest, and the stat of each file that it names."""
    diagnostics: tuple[Diagnostic, ...] = ()

    def is_in_time(self, moment: datetime) -> bool:
        """Whether the site is at MOMENT what it was."""
        return moment == self.since or self.since <= moment < self.until

    def why_left_out(self, moment: datetime, config: Config) -> tuple[tuple[str, str], ...]:
        """(path, reason) of each post that is not to be seen at MOMENT."""
        return tuple((item.source, publication_status(item.meta, moment, config.timezone)[1]) for item in self.left_out)


def seen_in(site: Site, in_feeds: frozenset[Digest] = frozenset()) -> LastBuild:
    """What is known of the site as it was assembled; IN_FEEDS are the texts that stand in feeds."""
    since, until = _lasts(site)
    contents = contents_of(_digests_of(site))
    return LastBuild(contents, since, until, len(site.posts), _left_out_of(site), in_feeds)


def outline(info: SiteInfo, last: LastBuild) -> Site:
    """What making a page asks of its site, where the posts are not known."""
    forever = datetime.max.replace(tzinfo=UTC)
    next_change = None if last.until in (last.since, forever) else last.until
    return Site(info, (), (), (), (), (), (), last.since, diagnostics=last.diagnostics, next_change=next_change)


def _left_out_of(site: Site) -> tuple[LeftOut, ...]:
    """The posts of the site that are not to be seen."""
    return tuple(LeftOut(entry.post.source, _dates_of(entry)) for entry in site.left_out)


def _dates_of(entry: SitePost) -> FrontMatter:
    meta = entry.post.meta
    return FrontMatter(date=meta.date, publish=meta.publish, expires=meta.expires, draft=meta.draft, hidden=meta.hidden)


def _lasts(site: Site) -> tuple[datetime, datetime]:
    """From when until when the site stays as it is; a moment alone where a page says how long its post must wait."""
    shown = (*site.posts, *site.hidden, *site.pages)
    waiting = any(entry.state == "future" for entry in shown)
    return site.now, site.now if waiting else site.next_change or datetime.max.replace(tzinfo=UTC)


def frame_of(config: Config, publish_filter: PublishFilter, site_files: SiteFiles, theme: Theme) -> Digest:
    """The digest of all that a build depends on, files by their stat, but for the stats of the sources."""
    sources = tuple((source.path, source.kind, source.attachments) for source in site_files.sources)
    return digest((config, publish_filter, replace(site_files, sources=()), sources, theme))


def stats_of(sources: Sequence[Source]) -> Digest:
    """The digest of the stat of each source."""
    return _of_stats({source.path: source.stat for source in sources})


def contents_of(digests: Mapping[str, Digest]) -> Digest:
    """The digest of what is in each source, by path."""
    return digest_bytes("\n".join(f"{path}\0{name}" for path, name in sorted(digests.items())).encode())


def outputs_of(folder: OutputFolder, stats: Mapping[str, Stat]) -> Digest:
    """The digest of the manifest and of the stat of each file that it names."""
    return digest_bytes(folder.manifest + _of_stats(stats).encode())


def look_at_outputs(folder: OutputFolder) -> dict[str, Stat] | None:
    """The stat of each file that the manifest names; None if one is not there."""
    try:
        return {path: stat_of(os.lstat(os.path.join(folder.path, path))) for path in folder.ours}
    except OSError:
        return None


def are_settled(files: Iterable[File | Source], moment: int) -> bool:
    """Whether no file was so young at MOMENT (ns) that it may have been written again in the same tick."""
    return all(stat_is_reliable(file.stat, moment) for file in files)


def files_of(site_files: SiteFiles, theme: Theme) -> tuple[File, ...]:
    """Every file that a build depends on but for the sources."""
    fonts = (site_files.font,) if site_files.font else ()
    return (*site_files.files, *site_files.static, *site_files.templates, *(file for _, file in theme), *fonts)


def _digests_of(site: Site) -> dict[str, Digest]:
    """Path → what is in the source of each post and page, seen or not."""
    entries = (*site.posts, *site.hidden, *site.pages, *site.left_out)
    return {entry.post.source: entry.post.digest for entry in entries}


def _of_stats(stats: Mapping[str, Stat]) -> Digest:
    lines = [f"{path}\0{s.size} {s.mtime_ns} {s.ctime_ns} {s.inode}" for path, s in sorted(stats.items())]
    return digest_bytes("\n".join(lines).encode())
