"""One state of the site in memory: what each page is made of, found out for a single page or for all of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from blogsite.build.changes import shortcuts_enabled
from blogsite.build.context import BuildContext, LoadedSite, now
from blogsite.build.full_plan import read_templates
from blogsite.build.loader import decode_used_images
from blogsite.build.text_edits import MAX_EDITS, TextEdit, apply_text_edits
from blogsite.content.model import Post
from blogsite.content.status import PublishFilter, publication_status
from blogsite.core.diagnostics import Diagnostic, stop_on_errors
from blogsite.core.urls import output_path
from blogsite.images.inspection import FileInspector
from blogsite.pages import produce
from blogsite.pages.posts import PostPage
from blogsite.preview.source_cache import SourceCache, SourceChanges
from blogsite.render.environment import Templates
from blogsite.site.assemble import assemble
from blogsite.site.model import Site, SitePost
from blogsite.site.outputs import Asset, Output, Page
from blogsite.site.summary import replace_text


@dataclass(frozen=True)
class SiteState:
    """The site at one moment, without errors that would keep it from being published."""

    context: BuildContext
    loaded: LoadedSite
    templates: Templates
    edited: tuple[Output, ...] = ()
    """The outputs that were edited since the site was assembled, the latest last. They win over `outputs`."""

    @cached_property
    def outputs(self) -> Mapping[str, Output]:
        """Every output by its path. Raises SiteError for errors that keep the site from being published."""
        outputs, clashes = produce(self.loaded.site)
        stop_on_errors([*self.loaded.site.diagnostics, *clashes])
        return {output.path: output for output in outputs}

    @property
    def has_all_outputs(self) -> bool:
        """Whether `outputs` has been computed."""
        return "outputs" in self.__dict__

    def known_output(self, path: str) -> Output | None:
        """Return the output at `path`, if that is known without computing all of them."""
        for output in self.edited:
            if output.path == path:
                return output
        return self.outputs.get(path) if self.has_all_outputs else None

    def output(self, path: str) -> Output | None:
        """Return the output at `path`, if there is one."""
        return self.known_output(path) or self.outputs.get(path)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of the site; those of formulas are found when a page is rendered."""
        return self.loaded.site.diagnostics


def assemble_state(
    sources: SourceCache, publish_filter: PublishFilter, files: FileInspector, known: Templates
) -> SiteState:
    """Assemble the site of the cached posts. Raises SiteError if it has errors.

    Returns the `known` templates themselves if they are the same, because cached pages are compared by identity.
    """
    context, posts = sources.context, sources.posts_in_order()
    decode_used_images(context, files, posts, sources.site_files)
    context.workers.stop()
    site = assemble(context.config, posts, sources.site_files, now(), publish_filter, files)
    state = SiteState(context, LoadedSite(sources.site_files, site, files), {})
    assert state.outputs is not None
    templates = read_templates(context, sources.site_files)
    return _with_templates(state, known if known == templates else templates)


# ── small changes ────────────────────────────────────────────────────────────────────────────────────────────────────


def apply_changes(state: SiteState, sources: SourceCache, changes: SourceChanges) -> SiteState | None:
    """Return the state after changes of texts, static files and templates; None if the site has to be assembled."""
    if (
        not shortcuts_enabled()
        or changes.others
        or len(changes.posts) > MAX_EDITS
        or state.context is not sources.context
        or _is_outdated(state)
    ):
        return None
    if not changes:
        return state
    if changes.static and not dict(state.loaded.site.info.assets).keys().isdisjoint(changes.static):
        return None  # every page has a digest of the file in its address
    changed = replace(state, loaded=replace(state.loaded, site_files=sources.site_files))
    if not changes.posts and not changes.static:
        vars(changed)["outputs"] = state.outputs
    edited = _with_texts(changed, changes.posts) if changes.posts else changed
    if edited is None:
        return None
    if changes.static:
        edited = _with_static_files(edited, sources, changes.static)
    if changes.templates:
        edited = _with_templates(edited, read_templates(sources.context, sources.site_files))
    return edited


def _is_outdated(state: SiteState) -> bool:
    """Return whether a post has been published or has expired since, or its page counts the days until then."""
    site, moment = state.loaded.site, now()
    if site.next_change is not None and site.next_change <= moment:
        return True
    zone = state.context.config.timezone
    waiting = (item for item in (*site.posts, *site.hidden, *site.pages) if item.state in ("future", "expired"))
    return any(publication_status(item.post.meta, moment, zone)[1] != item.reason for item in waiting)


def _with_texts(state: SiteState, changes: Sequence[tuple[Post | None, Post | None]]) -> SiteState | None:
    """Return the state with edited posts; None if an edit may change more than texts."""
    site, edits = state.loaded.site, []
    for before, after in changes:
        if before is None or after is None or (found := _find_post(site, after.source)) is None:
            return None
        group, index = found
        items: tuple[SitePost, ...] = getattr(site, group)
        page = state.output(output_path(items[index].url))
        if not isinstance(page, Page) or not isinstance(page.context, PostPage):
            return None
        edits.append(TextEdit(before, after, page))
        items = (*items[:index], replace_text(items[index], after), *items[index + 1 :])
        site = replace(site, **{group: items})  # type: ignore[arg-type]
    applied = apply_text_edits(site.diagnostics, edits)
    if applied is None:
        return None
    diagnostics, pages = applied
    return _with_outputs(state, replace(site, diagnostics=tuple(sorted(diagnostics))), pages)


def _find_post(site: Site, source: str) -> tuple[str, int] | None:
    """Return the field of `site` that has the post of a source, and its index there."""
    for group in ("posts", "hidden", "pages"):
        for index, item in enumerate(getattr(site, group)):
            if item.post.source == source:
                return group, index
    return None


def _with_static_files(state: SiteState, sources: SourceCache, changed: Sequence[str]) -> SiteState:
    """Return the state in which the static files at these paths have new content."""
    site = state.loaded.site
    new = {file.path: file for file in sources.site_files.static if file.path in changed}
    files = tuple((path, new[path] if path in new and file.root else file) for path, file in site.files)
    assets = [Asset(path, file) for path, file in files if file.path in new and file.root]
    return _with_outputs(state, replace(site, files=files), assets)


def _with_templates(state: SiteState, templates: Templates) -> SiteState:
    """Return the state with other templates of the same names."""
    same = replace(state, templates=templates)
    if state.has_all_outputs:
        vars(same)["outputs"] = state.outputs
    return same


def _with_outputs(state: SiteState, site: Site, edited: Sequence[Output]) -> SiteState:
    paths = {output.path for output in edited}
    others = (output for output in state.edited if output.path not in paths)
    return replace(state, loaded=replace(state.loaded, site=site), edited=(*others, *edited))


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Switch the garbage collector off: inside, many objects are created and hardly any becomes garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
