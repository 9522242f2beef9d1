"""What has changed since the last build of an output folder.

A build leaves a BuildSnapshot in the store: digests of everything it read and wrote. The next build, and the start of
a preview, compare it with the SiteInputs on disk. If they are equal but for the text of a few posts, only the pages of
these posts are planned (text_edits.py); otherwise the whole site is assembled and every output is compared
(full_plan.py). Both go through `planner.plan_outputs`. `BLOGSITE_NO_SHORTCUTS=1` always plans the whole site.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from blogsite.build.context import BuildContext, now
from blogsite.build.output_folder import OutputFolder
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles, scan_site, theme_templates
from blogsite.content.model import File, FrontMatter, Source
from blogsite.content.status import PublishFilter, publication_status
from blogsite.core.diagnostics import Diagnostic, SiteError, UsageError, error, unreadable_file
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.file_state import Stat, stat_is_reliable, stat_of
from blogsite.images.social_cards import card_font
from blogsite.site.model import Site, SiteInfo, SitePost

NO_SHORTCUTS = "BLOGSITE_NO_SHORTCUTS"


def shortcuts_enabled() -> bool:
    """Return whether a build may plan fewer outputs than all of them, and a preview start from stored pages."""
    return os.environ.get(NO_SHORTCUTS, "") in ("", "0")


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SiteInputs:
    """Everything a build depends on except the program itself: settings, files by their stat, and the time."""

    config: Config
    publish_filter: PublishFilter
    site_files: SiteFiles
    theme: tuple[tuple[str, File], ...]
    """The theme's templates with their names."""
    now: datetime
    looked_at: int
    """Time before the files were listed, in ns since the epoch."""

    @cached_property
    def environment(self) -> Digest:
        """The digest of all inputs but the stats of the Markdown sources."""
        sources = tuple((source.path, source.kind, source.attachments) for source in self.site_files.sources)
        return digest((self.config, self.publish_filter, replace(self.site_files, sources=()), sources, self.theme))

    @cached_property
    def source_stats(self) -> Digest:
        """The digest of the stat of each Markdown source."""
        return digest_bytes(_stat_lines({source.path: source.stat for source in self.site_files.sources}))

    @property
    def other_files(self) -> tuple[File, ...]:
        """Every file but the Markdown sources."""
        return other_files(self.site_files, self.theme)


def read_inputs(context: BuildContext, publish_filter: PublishFilter) -> SiteInputs:
    """List the site's files. Raises SiteError if a folder cannot be read."""
    moment, looked_at = now(), time.time_ns()
    site_files = read_site_files(context)
    with context.times.measure("compare"):
        return SiteInputs(context.config, publish_filter, site_files, theme_templates(), moment, looked_at)


def other_files(site_files: SiteFiles, theme: Iterable[tuple[str, File]]) -> tuple[File, ...]:
    """Return every file that a build depends on but the Markdown sources."""
    fonts = (site_files.font,) if site_files.font else ()
    return (*site_files.files, *site_files.static, *site_files.templates, *(file for _, file in theme), *fonts)


# ── the snapshot ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class UnpublishedPost:
    """A post that is not published, with the fields of its front matter that say why."""

    source: str
    meta: FrontMatter


@dataclass(frozen=True, slots=True)
class BuildSnapshot:
    """What a build read, wrote and reported."""

    contents: Digest
    """Digest of the content of each Markdown source."""
    valid_from: datetime
    valid_until: datetime
    """Between these times the same posts are published."""
    posts: int
    unpublished: tuple[UnpublishedPost, ...]
    feed_texts: frozenset[Digest]
    """The texts that are part of feeds."""
    environment: Digest = ""
    source_stats: Digest = ""
    looked_at: int = 0
    """The digests and the time of the build's SiteInputs."""
    outputs: Digest = ""
    """Digest of the output folder's manifest and the stat of each file in it."""
    diagnostics: tuple[Diagnostic, ...] = ()

    def covers(self, moment: datetime) -> bool:
        """Return whether the same posts are published at `moment`."""
        return moment == self.valid_from or self.valid_from <= moment < self.valid_until

    def only_sources_differ(self, inputs: SiteInputs) -> bool:
        """Return whether nothing but Markdown sources can have changed since the build."""
        return (
            self.environment == inputs.environment
            and self.covers(inputs.now)
            and stats_are_reliable(inputs.other_files, self.looked_at)
        )

    def has_same_sources(self, inputs: SiteInputs) -> bool:
        """Return whether no Markdown source can have changed since the build."""
        sources = inputs.site_files.sources
        return self.source_stats == inputs.source_stats and stats_are_reliable(sources, self.looked_at)

    def unpublished_reasons(self, moment: datetime, config: Config) -> tuple[tuple[str, str], ...]:
        """Return (path, reason) of each post that is not published at `moment`."""
        return tuple(
            (post.source, publication_status(post.meta, moment, config.timezone)[1]) for post in self.unpublished
        )

    def of_inputs(self, inputs: SiteInputs) -> BuildSnapshot:
        """Return the snapshot of a build of these inputs."""
        return replace(
            self,
            environment=inputs.environment,
            source_stats=inputs.source_stats,
            looked_at=inputs.looked_at,
        )


def take_snapshot(site: Site, feed_texts: frozenset[Digest] = frozenset()) -> BuildSnapshot:
    """Return the snapshot of an assembled site, without its inputs, outputs and diagnostics."""
    shown = (*site.posts, *site.hidden, *site.pages)
    # The page of a future post says in how many days it will be published: it is right for this moment alone.
    counting_down = any(post.state == "future" for post in shown)
    return BuildSnapshot(
        contents=contents_digest({item.post.source: item.post.digest for item in (*shown, *site.unpublished)}),
        valid_from=site.now,
        valid_until=site.now if counting_down else site.next_change or _FOREVER,
        posts=len(site.posts),
        unpublished=tuple(UnpublishedPost(item.post.source, _status_fields(item)) for item in site.unpublished),
        feed_texts=feed_texts,
    )


def site_without_posts(info: SiteInfo, snapshot: BuildSnapshot) -> Site:
    """Return a Site of which only what rendering a planned page needs is known."""
    next_change = None if snapshot.valid_until in (snapshot.valid_from, _FOREVER) else snapshot.valid_until
    diagnostics = snapshot.diagnostics
    return Site(info, (), (), (), (), (), (), snapshot.valid_from, diagnostics=diagnostics, next_change=next_change)


def contents_digest(digests: Mapping[str, Digest]) -> Digest:
    """Return the digest of all sources from the digest of each by path."""
    return digest_bytes("\n".join(f"{path}\0{name}" for path, name in sorted(digests.items())).encode())


def outputs_digest(folder: OutputFolder, stats: Mapping[str, Stat]) -> Digest:
    """Return the digest of an output folder's manifest and the stat of each file that it lists."""
    return digest_bytes(folder.manifest.data + _stat_lines(stats))


def output_stats(folder: OutputFolder) -> dict[str, Stat] | None:
    """Return the stat of each file that the manifest lists; None if one of them is missing."""
    try:
        return {path: stat_of(os.lstat(os.path.join(folder.path, path))) for path in folder.files}
    except OSError:
        return None


def stats_are_reliable(files: Iterable[File | Source], looked_at: int) -> bool:
    """Return whether an unchanged stat since `looked_at` (ns) proves unchanged content for each of the files."""
    return all(stat_is_reliable(file.stat, looked_at) for file in files)


_FOREVER = datetime.max.replace(tzinfo=UTC)


def _status_fields(item: SitePost) -> FrontMatter:
    meta = item.post.meta
    return FrontMatter(date=meta.date, publish=meta.publish, expires=meta.expires, draft=meta.draft, hidden=meta.hidden)


def _stat_lines(stats: Mapping[str, Stat]) -> bytes:
    lines = [f"{path}\0{s.size} {s.mtime_ns} {s.ctime_ns} {s.inode}" for path, s in sorted(stats.items())]
    return "\n".join(lines).encode()


def read_site_files(context: BuildContext) -> SiteFiles:
    """List the site's files, with the font of the social cards. Raises SiteError if a folder cannot be read."""
    with context.times.measure("read"):
        try:
            site_files, design = scan_site(context.root), context.config.card_design()
            return replace(site_files, font=card_font(context.root, design)) if design else site_files
        except UsageError as problem:
            raise SiteError(
                [error(context.config.location("theme"), str(problem), problem.hint, "setting-invalid")]
            ) from None
        except OSError as problem:
            path = os.path.relpath(problem.filename or context.root, context.root).replace(os.sep, "/")
            raise SiteError([unreadable_file(path, problem)]) from None
