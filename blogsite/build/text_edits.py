"""Plan a build after edits of nothing but the text of a few posts, without assembling the site.

The store has the page of each post as it was planned. With the new text in it, it is the page that planning the whole
site would lead to, provided that everything other pages depend on is as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from blogsite.build.changes import BuildSnapshot, SiteInputs, contents_digest, site_without_posts
from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.full_plan import read_templates
from blogsite.build.output_folder import OutputFolder
from blogsite.build.output_plan import BuildPlan, plan_outputs
from blogsite.build.parsing import KnownPosts, parse_digest, parse_sources
from blogsite.build.store.records import OutputRecord, load_post
from blogsite.content.model import Post, Source
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.file_state import Stat
from blogsite.images.inspection import FileInspector
from blogsite.pages.posts import PostPage, with_text
from blogsite.site.outputs import Page
from blogsite.site.summary import listed_texts, update_diagnostics

MAX_EDITS = 20
"""If more posts have changed, planning the whole site costs little beside the rest."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A post before and after an edit, and its page before."""

    before: Post
    after: Post
    page: Page


def apply_text_edits(
    diagnostics: Iterable[Diagnostic], edits: Iterable[TextEdit]
) -> tuple[Set[Diagnostic], list[Page]] | None:
    """Return the site's diagnostics and the posts' pages after the edits.

    Returns None if an edit changes anything that the other pages of the site may depend on, but for their texts.
    """
    known: Set[Diagnostic] = set(diagnostics)
    pages = []
    for edit in edits:
        changed = update_diagnostics(known, edit.before, edit.after)
        if changed is None:
            return None
        known = changed
        pages.append(with_text(edit.page, edit.after))
    return known, pages


def plan_text_edits(
    context: BuildContext,
    folder: OutputFolder,
    inputs: SiteInputs,
    last: BuildSnapshot,
    stats: Mapping[str, Stat],
) -> BuildPlan | None:
    """Plan the pages of the posts that were edited since the `last` build, which left `stats` in the output folder.

    Returns None if more than texts may have changed. The posts that were parsed to find this out are in the store.
    """
    known = context.store.posts(parse_digest(context))
    sources = _edited_sources(inputs.site_files.sources, known, last)
    kept = context.store.pages(folder.key, [source.path for source in sources])
    if not sources or len(kept) != len(sources) or not all(isinstance(p.context, PostPage) for p in kept.values()):
        return None
    with context.times.measure("parse"):
        before = {source.path: load_post(known[source.path][1]) for source in sources}
        after = parse_sources(context, sources, known)
        _drop_texts(context, before.values())
    edits = [TextEdit(before[path], after[path], kept[path]) for path in before if path in after]
    if len(edits) != len(before) or any(_shows_elsewhere(edit, last) for edit in edits):
        return None
    applied = apply_text_edits(last.diagnostics, edits)
    if applied is None:
        return None
    diagnostics, pages = applied
    with context.times.measure("plan"):
        loaded = _load_without_posts(context, inputs, last, pages[0])
        templates = read_templates(context, inputs.site_files)
        records = context.store.outputs(folder.key, [page.path for page in pages])
        plan = plan_outputs(context, loaded, templates, pages, folder, records)
        others = {path: OutputRecord(b"", digest, stats[path], True) for path, digest in folder.files.items()}
        for item in plan.stale:
            del others[item.output.path]
    digests = {path: state.digest for path, (state, _) in known.items()} | {path: after[path].digest for path in after}
    snapshot = replace(last, contents=contents_digest(digests))
    plan = replace(plan, fresh={**others, **plan.fresh})
    stale = tuple(item.output for item in plan.stale if isinstance(item.output, Page))
    return BuildPlan(plan, tuple(diagnostics), snapshot, loaded, templates, stale)


def _edited_sources(sources: Sequence[Source], known: KnownPosts, last: BuildSnapshot) -> Sequence[Source]:
    """Return the sources that may differ from those of the last build; none if they are too many or others are gone."""
    if known.keys() != {source.path for source in sources}:
        return ()
    if contents_digest({path: state.digest for path, (state, _) in known.items()}) != last.contents:
        return ()  # the store has posts that were parsed since the last build
    edited = [source for source in sources if not known[source.path][0].matches(source.stat)]
    return edited if len(edited) <= MAX_EDITS else ()


def _shows_elsewhere(edit: TextEdit, last: BuildSnapshot) -> bool:
    """Return whether a text that the edit changes is part of lists or feeds."""
    return listed_texts(edit.before) != listed_texts(edit.after) or edit.before.body.fragment in last.feed_texts


def _drop_texts(context: BuildContext, posts: Iterable[Post]) -> None:
    with context.store.transaction():
        context.store.drop_fragments(text for post in posts for text in (post.body.fragment, post.excerpt.fragment))
        context.store.drop_unused_formulas()


def _load_without_posts(context: BuildContext, inputs: SiteInputs, last: BuildSnapshot, page: Page) -> LoadedSite:
    assert isinstance(page.context, PostPage)
    infos = context.store.file_infos(context.code)
    files = FileInspector(context.root, infos)
    files.infos.update(infos)  # all of them are saved again with the build
    return LoadedSite(inputs.site_files, site_without_posts(page.context.site, last), files)
