"""read ─► parse ─► assemble: a site in memory, parsing only the sources that changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from blogsite.build.code_version import code_digest
from blogsite.build.context import WORK, BuildContext, LoadedSite, Progress, StageTimes, now
from blogsite.build.parsing import _read, _unreadable, posts_of, settings_of
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles, scan
from blogsite.content.model import Post
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import Location, SiteError, UsageError, error
from blogsite.core.digest import Digest, digest_bytes
from blogsite.core.executor import Workers
from blogsite.core.values import EMPTY
from blogsite.images.inspection import FileInspector
from blogsite.images.processing import look_at_all, shown_by
from blogsite.images.social_cards import font_of
from blogsite.site.assemble import assemble
from blogsite.site.model import Site


def read(context: BuildContext) -> SiteFiles:
    """What stands on disk."""
    with context.times.of("read"):
        try:
            site_files, design = scan(context.root), context.config.cards()
            return replace(site_files, font=font_of(context.root, design)) if design else site_files
        except UsageError as problem:
            raise SiteError([error(context.config.location("theme"), str(problem), problem.hint)]) from None
        except OSError as problem:
            path = os.path.relpath(problem.filename or context.root, context.root).replace(os.sep, "/")
            raise SiteError([_unreadable(path, problem)]) from None


def load(context: BuildContext, site_files: SiteFiles, publish_filter: PublishFilter, moment: datetime) -> LoadedSite:
    """The site as it is to be seen at MOMENT."""
    files = FileInspector(context.root, context.store.looks(context.code))
    with context.times.of("parse"):
        posts = posts_of(context, site_files.sources)
    with context.times.of("assemble"):
        look_ahead(context, files, posts, site_files)
        site = assemble(context.config, posts, site_files, moment, publish_filter, files)
    return LoadedSite(site_files, site, files)


def restore_texts(context: BuildContext, loaded: LoadedSite, lost: Collection[Digest]) -> None:
    """The store has these texts of the site's posts again; raises SiteError for a file that was changed meanwhile."""
    from blogsite.build.parsing import ParseTask, parse_batch

    settings = settings_of(context.config)
    sources = {source.path: source for source in loaded.site_files.sources}
    for entry in (*loaded.site.posts, *loaded.site.hidden, *loaded.site.pages):
        post = entry.post
        if post.body.fragment not in lost and post.excerpt.fragment not in lost:
            continue
        source = sources[post.source]
        data = _read(context.root, source) or b""
        if digest_bytes(data) != post.digest:
            message = "the file was changed while the site was being built"
            raise SiteError([error(Location(post.source), message, "build again")])
        task = ParseTask(settings, context.config.math_output, ((source.path, source.kind, data),))  # type: ignore[arg-type]
        with context.store.transaction():
            for row in parse_batch(task):
                context.store.save_fragments((text.digest, text.data, text.keys) for text in row.texts)
                context.store.add_formulas(row.formulas)


def look_ahead(context: BuildContext, files: FileInspector, posts: Iterable[Post], site_files: SiteFiles) -> None:
    """Many pictures that posts show are decoded at once, before assembling asks for them one by one."""
    if context.config.images_resize:
        look_at_all(files, context.workers, shown_by(posts, (*site_files.files, *site_files.static)), context.progress)


def look_at(root: Path, config: Config, publish_filter: PublishFilter, progress: Progress) -> Site:
    """The site as it is to be seen now, for commands that make nothing of it; no picture is decoded or drawn."""
    config = replace(config, images_resize=False, theme=EMPTY)
    code = code_digest(config.markdown_extensions)
    with Workers(config.build_jobs) as workers:

        def work(store: Store) -> Site:
            context = BuildContext(root, config, store, workers, code, StageTimes(), progress)
            return load(context, read(context), publish_filter, now()).site

        return with_store(root / WORK / "store.sqlite", work)
