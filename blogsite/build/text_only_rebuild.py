"""The plan of a build before which only the texts of a few posts have changed: their pages alone, nothing assembled.

The page of each post was kept as it was planned; with the new text in it, it is what planning all of them leads to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from blogsite.build import make
from blogsite.build.context import Loaded, Workshop
from blogsite.build.last_build import LastBuild, contents_of, outline
from blogsite.build.make import Work
from blogsite.build.output_folder import Folder
from blogsite.build.parsing import name_of_posts, parse_sources
from blogsite.build.store.records import Made, load_post
from blogsite.content.discovery import Inventory
from blogsite.content.model import Source
from blogsite.core.diagnostics import Mistake
from blogsite.core.file_state import Seen, Stat
from blogsite.images.inspection import Files
from blogsite.pages.outputs import Page
from blogsite.pages.posts import PostPage, with_text
from blogsite.site.summary import in_lists, with_new_text

MOST_AT_ONCE = 20
"""Posts; with more of them changed, assembling the site costs little beside the rest."""


def shortcut(
    workshop: Workshop, folder: Folder, name: str, last: LastBuild, inventory: Inventory, stats: Mapping[str, Stat]
) -> Work | None:
    """What is to be made if nothing but texts has changed since the LAST build, which left STATS in the folder.

    None where more may have changed; the posts that were parsed to find that out are in the store.
    """
    known = workshop.store.posts(name_of_posts(workshop))
    changed = _changed(inventory.sources, known, last)
    kept = workshop.store.pages(name, [source.path for source in changed])
    if not changed or len(kept) != len(changed):
        return None
    with workshop.times.of("parse"):
        before = {source.path: load_post(known[source.path][1]) for source in changed}
        after = parse_sources(workshop, changed, known)
        with workshop.store.together():
            workshop.store.drop_texts(
                text for post in before.values() for text in (post.body.fragment, post.excerpt.fragment)
            )
            workshop.store.drop_unused_formulas()
    mistakes: Set[Mistake] = set(last.mistakes)
    pages: list[Page] = []
    for path, old in before.items():
        new = after.get(path)
        if new is None or in_lists(old) != in_lists(new) or old.body.fragment in last.in_feeds:
            return None
        if (told := with_new_text(mistakes, old, new)) is None:
            return None
        mistakes = told
        pages.append(with_text(kept[path], new))
    with workshop.times.of("plan"):
        looks = workshop.store.looks(workshop.code)
        context = pages[0].context
        assert isinstance(context, PostPage)
        loaded = Loaded(inventory, outline(context.site, last), Files(workshop.root, looks))
        loaded.files.looks.update(looks)
        templates = make.read_templates(workshop, loaded)
        made = workshop.store.outputs(name, [page.path for page in pages])
        plan = make.plan(workshop, loaded, templates, pages, folder, made)
        others = {path: Made(b"", digest, stats[path], True) for path, digest in folder.ours.items()}
        for item in plan.stale:
            del others[item.output.path]
    digests = {path: seen.digest for path, (seen, _) in known.items()} | {path: after[path].digest for path in before}
    return Work(
        loaded,
        templates,
        replace(plan, fresh={**others, **plan.fresh}),
        tuple(mistakes),
        replace(last, contents=contents_of(digests)),
    )


def _changed(sources: Sequence[Source], known: Mapping[str, tuple[Seen, bytes]], last: LastBuild) -> Sequence[Source]:
    """The sources that are not what the last build made pages of; none if they may be too many, or others are gone."""
    if known.keys() != {source.path for source in sources}:
        return ()
    if contents_of({path: seen.digest for path, (seen, _) in known.items()}) != last.contents:
        return ()  # somebody has parsed a source since
    changed = [source for source in sources if not known[source.path][0].is_still(source.stat)]
    return changed if len(changed) <= MOST_AT_ONCE else ()
