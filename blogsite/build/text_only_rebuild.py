"""The plan of a build before which only the texts of a few posts have changed: their pages alone, nothing assembled.

The page of each post was kept as it was planned; with the new text in it, it is what planning all of them leads to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from blogsite.build import make
from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.last_build import LastBuild, contents_of, outline
from blogsite.build.make import BuildPlan
from blogsite.build.output_folder import OutputFolder
from blogsite.build.parsing import name_of_posts, parse_sources
from blogsite.build.store.records import OutputRecord, load_post
from blogsite.content.discovery import SiteFiles
from blogsite.content.model import Source
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.file_state import FileState, Stat
from blogsite.images.inspection import FileInspector
from blogsite.site.outputs import Page
from blogsite.pages.posts import PostPage, with_text
from blogsite.site.summary import in_lists, with_new_text

MOST_AT_ONCE = 20
"""Posts; with more of them changed, assembling the site costs little beside the rest."""


def shortcut(
    context: BuildContext,
    folder: OutputFolder,
    name: str,
    last: LastBuild,
    site_files: SiteFiles,
    stats: Mapping[str, Stat],
) -> BuildPlan | None:
    """What is to be made if nothing but texts has changed since the LAST build, which left STATS in the folder.

    None where more may have changed; the posts that were parsed to find that out are in the store.
    """
    known = context.store.posts(name_of_posts(context))
    changed = _changed(site_files.sources, known, last)
    kept = context.store.pages(name, [source.path for source in changed])
    if not changed or len(kept) != len(changed):
        return None
    with context.times.of("parse"):
        before = {source.path: load_post(known[source.path][1]) for source in changed}
        after = parse_sources(context, changed, known)
        with context.store.transaction():
            context.store.drop_texts(
                text for post in before.values() for text in (post.body.fragment, post.excerpt.fragment)
            )
            context.store.drop_unused_formulas()
    diagnostics: Set[Diagnostic] = set(last.diagnostics)
    pages: list[Page] = []
    for path, old in before.items():
        new = after.get(path)
        if new is None or in_lists(old) != in_lists(new) or old.body.fragment in last.in_feeds:
            return None
        if (told := with_new_text(diagnostics, old, new)) is None:
            return None
        diagnostics = told
        pages.append(with_text(kept[path], new))
    with context.times.of("plan"):
        looks = context.store.looks(context.code)
        first = pages[0].context
        assert isinstance(first, PostPage)
        loaded = LoadedSite(site_files, outline(first.site, last), FileInspector(context.root, looks))
        loaded.files.looks.update(looks)
        templates = make.read_templates(context, loaded)
        made = context.store.outputs(name, [page.path for page in pages])
        plan = make.plan(context, loaded, templates, pages, folder, made)
        others = {path: OutputRecord(b"", digest, stats[path], True) for path, digest in folder.ours.items()}
        for item in plan.stale:
            del others[item.output.path]
    digests = {path: seen.digest for path, (seen, _) in known.items()} | {path: after[path].digest for path in before}
    return BuildPlan(
        loaded,
        templates,
        replace(plan, fresh={**others, **plan.fresh}),
        tuple(diagnostics),
        replace(last, contents=contents_of(digests)),
    )


def _changed(
    sources: Sequence[Source], known: Mapping[str, tuple[FileState, bytes]], last: LastBuild
) -> Sequence[Source]:
    """The sources that are not what the last build made pages of; none if they may be too many, or others are gone."""
    if known.keys() != {source.path for source in sources}:
        return ()
    if contents_of({path: seen.digest for path, (seen, _) in known.items()}) != last.contents:
        return ()  # somebody has parsed a source since
    changed = [source for source in sources if not known[source.path][0].matches(source.stat)]
    return changed if len(changed) <= MOST_AT_ONCE else ()
