"""Load a site: list its files, parse those that changed, assemble the posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from blogsite.build.changes import read_site_files
from blogsite.build.code_version import code_digest
from blogsite.build.context import STORE_FILE, WORK_FOLDER, BuildContext, LoadedSite, Progress, StageTimes, now
from blogsite.build.parsing import load_posts
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles
from blogsite.content.model import Post
from blogsite.content.status import PublishFilter
from blogsite.core.executor import Workers
from blogsite.core.values import EMPTY
from blogsite.images.inspection import FileInspector
from blogsite.images.processing import decode_images, images_used_by
from blogsite.site.assemble import assemble
from blogsite.site.model import Site


def load_site(
    context: BuildContext, site_files: SiteFiles, publish_filter: PublishFilter, moment: datetime
) -> LoadedSite:
    """Parse the sources that changed and assemble the site as it is published at `moment`."""
    files = FileInspector(context.root, context.store.file_infos(context.code))
    with context.times.measure("parse"):
        posts = load_posts(context, site_files.sources)
    with context.times.measure("assemble"):
        decode_used_images(context, files, posts, site_files)
        site = assemble(context.config, posts, site_files, moment, publish_filter, files)
    return LoadedSite(site_files, site, files)


def decode_used_images(
    context: BuildContext, files: FileInspector, posts: Iterable[Post], site_files: SiteFiles
) -> None:
    """Decode the images of the posts on all cores, before assembling needs their sizes one by one."""
    if context.config.images_resize:
        used = images_used_by(posts, (*site_files.files, *site_files.static))
        decode_images(files, context.workers, used, context.progress)


def load_site_readonly(root: Path, config: Config, publish_filter: PublishFilter, progress: Progress) -> Site:
    """Return the assembled site for commands that build nothing; no image is decoded and no social card drawn."""
    config = replace(config, images_resize=False, theme=EMPTY)
    code = code_digest(config.markdown_extensions)
    with Workers(config.build_jobs) as workers:

        def load(store: Store) -> Site:
            context = BuildContext(root, config, store, workers, code, StageTimes(), progress)
            return load_site(context, read_site_files(context), publish_filter, now()).site

        return with_store(root / WORK_FOLDER / STORE_FILE, load)
