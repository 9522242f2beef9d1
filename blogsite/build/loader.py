"""read ─► parse ─► assemble: a site in memory, parsing only the sources that changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from blogsite.build.code_version import code_digest
from blogsite.build.context import WORK, Loaded, Progress, Times, Workshop, now
from blogsite.build.parsing import _read, _unreadable, posts_of, settings_of
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.content.discovery import Inventory, scan
from blogsite.content.model import Post
from blogsite.content.status import View
from blogsite.core.diagnostics import Place, SiteError, UsageError, error
from blogsite.core.digest import Digest, digest_bytes
from blogsite.core.executor import Pool
from blogsite.core.values import EMPTY
from blogsite.images.inspection import Files
from blogsite.images.processing import look_at_all, shown_by
from blogsite.images.social_cards import font_of
from blogsite.site.assemble import assemble
from blogsite.site.model import Site


def read(workshop: Workshop) -> Inventory:
    """What stands on disk."""
    with workshop.times.of("read"):
        try:
            inventory, design = scan(workshop.root), workshop.config.cards()
            return replace(inventory, font=font_of(workshop.root, design)) if design else inventory
        except UsageError as problem:
            raise SiteError([error(workshop.config.place("theme"), str(problem), problem.hint)]) from None
        except OSError as problem:
            path = os.path.relpath(problem.filename or workshop.root, workshop.root).replace(os.sep, "/")
            raise SiteError([_unreadable(path, problem)]) from None


def load(workshop: Workshop, inventory: Inventory, view: View, moment: datetime) -> Loaded:
    """The site as it is to be seen at MOMENT."""
    files = Files(workshop.root, workshop.store.looks(workshop.code))
    with workshop.times.of("parse"):
        posts = posts_of(workshop, inventory.sources)
    with workshop.times.of("assemble"):
        look_ahead(workshop, files, posts, inventory)
        site = assemble(workshop.config, posts, inventory, moment, view, files)
    return Loaded(inventory, site, files)


def restore_texts(workshop: Workshop, loaded: Loaded, lost: Collection[Digest]) -> None:
    """The store has these texts of the site's posts again; raises SiteError for a file that was changed meanwhile."""
    from blogsite.build.parsing import ParseTask, parse_batch

    settings = settings_of(workshop.config)
    sources = {source.path: source for source in loaded.inventory.sources}
    for entry in (*loaded.site.posts, *loaded.site.hidden, *loaded.site.pages):
        post = entry.post
        if post.body.fragment not in lost and post.excerpt.fragment not in lost:
            continue
        source = sources[post.source]
        data = _read(workshop.root, source) or b""
        if digest_bytes(data) != post.digest:
            what = "the file was changed while the site was being built"
            raise SiteError([error(Place(post.source), what, "build again")])
        task = ParseTask(settings, workshop.config.math_output, ((source.path, source.kind, data),))  # type: ignore[arg-type]
        with workshop.store.together():
            for row in parse_batch(task):
                workshop.store.save_fragments((text.digest, text.data, text.keys) for text in row.texts)
                workshop.store.add_formulas(row.formulas)


def look_ahead(workshop: Workshop, files: Files, posts: Iterable[Post], inventory: Inventory) -> None:
    """Many pictures that posts show are decoded at once, before assembling asks for them one by one."""
    if workshop.config.images_resize:
        look_at_all(files, workshop.pool, shown_by(posts, (*inventory.files, *inventory.static)), workshop.progress)


def look_at(root: Path, config: Config, view: View, progress: Progress) -> Site:
    """The site as it is to be seen now, for commands that make nothing of it; no picture is decoded or drawn."""
    config = replace(config, images_resize=False, theme=EMPTY)
    code = code_digest(config.markdown_extensions)
    with Pool(config.build_jobs) as pool:

        def work(store: Store) -> Site:
            workshop = Workshop(root, config, store, pool, code, Times(), progress)
            return load(workshop, read(workshop), view, now()).site

        return with_store(root / WORK / "store.sqlite", work)
