"""A site that can be shown: what every page is made of, found out for one page at once, for all of them when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from blogsite.build.context import BuildContext, LoadedSite, now
from blogsite.build.loader import look_ahead
from blogsite.build.make import read_templates
from blogsite.content.model import Post
from blogsite.content.status import PublishFilter, publication_status
from blogsite.core.diagnostics import Diagnostic, SiteError
from blogsite.core.urls import output_path
from blogsite.images.inspection import FileInspector
from blogsite.pages import produce
from blogsite.site.outputs import Asset, Output, Page
from blogsite.pages.posts import PostPage, own_page
from blogsite.preview.source_cache import SourceCache, SourceChanges
from blogsite.render.environment import Templates
from blogsite.site.assemble import assemble
from blogsite.site.model import Content, Site, SitePost
from blogsite.site.summary import with_new_text

MOST_AT_ONCE = 20
"""Posts that are taken in one by one; with more changed, assembling the site anew is quicker."""


@dataclass(frozen=True)
class SiteState:
    """One state of the site without mistakes that would keep it from being published."""

    context: BuildContext
    loaded: LoadedSite
    templates: Templates
    early: tuple[Output, ...] = ()
    """What is known before the others are: what was edited last."""

    @cached_property
    def outputs(self) -> Mapping[str, Output]:
        """Every output by its path. Raises SiteError for what keeps the site from being published."""
        outputs, clashes = produce(self.loaded.site)
        diagnostics = (*self.loaded.site.diagnostics, *clashes)
        if any(diagnostic.severity == "error" for diagnostic in diagnostics):
            raise SiteError(diagnostics)
        return {output.path: output for output in outputs}

    @property
    def is_complete(self) -> bool:
        """Whether all outputs are known already."""
        return "outputs" in self.__dict__

    def known(self, path: str) -> Output | None:
        """The output at PATH, if it can be told without finding out all of them."""
        for output in self.early:
            if output.path == path:
                return output
        return self.outputs.get(path) if self.is_complete else None

    def output(self, path: str) -> Output | None:
        """The output at PATH, if there is one."""
        return self.known(path) or self.outputs.get(path)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return self.loaded.site.diagnostics


def show(source_cache: SourceCache, publish_filter: PublishFilter, files: FileInspector, known: Templates) -> SiteState:
    """The site as it is to be seen now; raises SiteError for what keeps it from being published.

    KNOWN templates are taken where they are the same.
    """
    posts = source_cache.ordered()
    look_ahead(source_cache.context, files, posts, source_cache.site_files)
    source_cache.context.workers.stop()
    site = assemble(source_cache.context.config, posts, source_cache.site_files, now(), publish_filter, files)
    shown = SiteState(source_cache.context, LoadedSite(source_cache.site_files, site, files), {})
    assert shown.outputs is not None
    templates = read_templates(source_cache.context, shown.loaded)
    return with_templates(shown, known if known == templates else templates)


# ── changes that concern little ──────────────────────────────────────────────────────────────────────────────────────


def changed_little(shown: SiteState, source_cache: SourceCache, news: SourceChanges) -> SiteState | None:
    """SHOWN with this news, where that asks nothing of assemble; None where the site has to be assembled anew."""
    if news.others or len(news.posts) > MOST_AT_ONCE or shown.context is not source_cache.context or _is_past(shown):
        return None
    if not news:
        return shown
    if news.static and not dict(shown.loaded.site.info.assets).keys().isdisjoint(news.static):
        return None  # every page names it by what is in it
    changed: SiteState | None = replace(shown, loaded=replace(shown.loaded, site_files=source_cache.site_files))
    assert changed is not None
    if not news.posts and not news.static:
        vars(changed)["outputs"] = shown.outputs
    for before, after in news.posts:
        if (changed := with_post(changed, before, after)) is None:
            return None
    if news.static:
        changed = with_static(changed, source_cache, news.static)
    if news.templates:
        changed = with_templates(changed, read_templates(source_cache.context, changed.loaded))
    return changed


def with_post(shown: SiteState, before: Post | None, after: Post | None) -> SiteState | None:
    """SHOWN with one post in place of what it was; None unless it is the same to all others but for its texts.

    Nothing is asked of assemble: the post has the address, the state, the terms and the answers that it had.
    """
    site = shown.loaded.site
    if before is None or after is None:
        return None
    diagnostics = with_new_text(set(site.diagnostics), before, after)
    if diagnostics is None:
        return None
    for group in ("posts", "hidden", "pages"):
        entries: tuple[SitePost, ...] = getattr(site, group)
        index = next((number for number, entry in enumerate(entries) if entry.post.source == after.source), -1)
        if index < 0:
            continue
        old = entries[index]
        page = shown.output(output_path(old.url))
        if not isinstance(page, Page) or not isinstance(page.context, PostPage):
            return None
        new = _entry(old, after)
        entries = (*entries[:index], new, *entries[index + 1 :])
        site = replace(site, diagnostics=tuple(sorted(diagnostics)), **{group: entries})  # type: ignore[arg-type]
        early = own_page(site, new, older=page.context.older, newer=page.context.newer)
        return _at_site(shown, site, [early])
    return None


def _is_past(shown: SiteState) -> bool:
    """Whether some post has become due or has expired, or what is said of one that will is no longer so."""
    site, moment = shown.loaded.site, now()
    if site.next_change is not None and site.next_change <= moment:
        return True
    zone = shown.context.config.timezone
    waiting = (entry for entry in (*site.posts, *site.hidden, *site.pages) if entry.state in ("future", "expired"))
    return any(publication_status(entry.post.meta, moment, zone)[1] != entry.reason for entry in waiting)


def with_static(shown: SiteState, source_cache: SourceCache, changed: Sequence[str]) -> SiteState:
    """SHOWN with the same static files, of which those at these paths have changed."""
    site = shown.loaded.site
    new = {file.path: file for file in source_cache.site_files.static if file.path in changed}
    files = tuple((path, new[path] if path in new and file.root else file) for path, file in site.files)
    early = [Asset(path, file) for path, file in files if file.path in new and file.root]
    return _at_site(shown, replace(site, files=files), early)


def with_templates(shown: SiteState, templates: Templates) -> SiteState:
    """SHOWN with these templates, by the same names as before."""
    same = replace(shown, templates=templates)
    if shown.is_complete:
        vars(same)["outputs"] = shown.outputs
    return same


def _at_site(shown: SiteState, site: Site, early: Sequence[Output]) -> SiteState:
    paths = {output.path for output in early}
    others = (output for output in shown.early if output.path not in paths)
    return replace(shown, loaded=replace(shown.loaded, site=site), early=(*others, *early))


def _entry(old: SitePost, post: Post) -> SitePost:
    """What assemble makes of POST, which differs from the one of OLD in its texts alone."""
    excerpt = Content(post.excerpt.fragment, old.url, old.card.excerpt.resolved, post.excerpt_has_math)
    more = "" if post.whole else old.url + ("#more" if post.has_break else "")
    card = replace(old.card, excerpt=excerpt, more=more, description=post.meta.description or post.summary)
    content = replace(old.content, fragment=post.body.fragment)
    return replace(old, post=replace(post, kind=old.post.kind), card=card, content=content)
