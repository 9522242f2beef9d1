"""The driver: it reads as the picture in ARCHITECTURE.md.

read ─► parse ─► assemble ─► pages ─► plan ─► typeset ─► render ─► publish
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.build.code_version import code_digest
from blogsite.build.context import WORK, Progress, Times, Workshop, now
from blogsite.build.last_build import (
    LastBuild,
    are_settled,
    files_of,
    frame_of,
    look_at_outputs,
    outputs_of,
    seen_in,
    stats_of,
)
from blogsite.build.loader import load, read
from blogsite.build.lock import only_build_of
from blogsite.build.output_folder import Folder, Publication, Staged
from blogsite.build.planner import Plan
from blogsite.build.staging import Stage
from blogsite.build.store.records import Made
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.content.discovery import Inventory, theme_templates
from blogsite.content.model import File
from blogsite.content.status import PUBLIC, View
from blogsite.core.diagnostics import Mistake, Place, SiteError, unwritable
from blogsite.core.executor import Pool
from blogsite.core.file_state import SETTLING, Stat, is_settled, stat_of

if TYPE_CHECKING:
    from blogsite.build import make, rendering


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What the command line may ask of a build."""

    view: View = PUBLIC
    output: Path | None = None
    base_url: str | None = None
    strict: bool = False
    dry_run: bool = False
    clean: bool = False
    jobs: int = 0
    executor: Executor | None = None
    """Where the tasks run; without one, in processes of this machine."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did and has to say."""

    posts: int
    changes: Publication
    mistakes: tuple[Mistake, ...]
    left_out: tuple[tuple[str, str], ...]
    """(path, reason) of the posts that are not to be seen."""
    reasons: Mapping[str, tuple[str, ...]]
    """Output path → why it was made again."""
    seconds: Mapping[str, float]
    note: str = ""


def build(
    root: Path, config: Config, options: BuildOptions, progress: Progress, waiting: Callable[[], None] = lambda: None
) -> Report:
    """The site at ROOT is built into its output folder; raises SiteError, with nothing published, for its mistakes.

    WAITING is called if another build of the folder has to end first.
    """
    if options.base_url is not None:
        config = replace(config, base_url=options.base_url)
    path = options.output or root / config.output
    try:
        with (
            only_build_of(path, root / WORK, waiting),
            Pool(options.jobs or config.build_jobs, options.executor) as pool,
        ):
            code = code_digest(config.markdown_extensions)

            def work(store: Store) -> Report:
                workshop = Workshop(root, config, store, pool, code, Times(), progress)
                return _build(workshop, Folder(path, take_over=options.clean), options)

            return with_store(root / WORK / "store.sqlite", work)
    except OSError as problem:
        refused = os.path.relpath(problem.filename or path, root).replace(os.sep, "/")
        raise SiteError([unwritable(refused, problem)]) from None


def _build(workshop: Workshop, folder: Folder, options: BuildOptions) -> Report:
    store, times, moment, looked = workshop.store, workshop.times, now(), time.time_ns()
    name = os.path.realpath(folder.path)
    if options.clean:
        store.clear()
        workshop.encoded.clear()
    if not options.dry_run:
        Stage.sweep(folder, workshop.root / WORK)
    inventory = read(workshop)
    with times.of("compare"):
        theme = theme_templates()
        frame, sources = frame_of(workshop.config, options.view, inventory, theme), stats_of(inventory.sources)
        last = store.build(name, workshop.code)
        if not isinstance(last, LastBuild) or last.frame != frame or not last.is_in_time(moment):
            last = None
        stats = _untouched(folder, files_of(inventory, theme), last) if last else None
    work: make.Work | None = None
    if last and stats is not None:
        if last.sources == sources and are_settled(inventory.sources, last.moment):
            return _same_again(workshop, folder, last, moment, options)
        from blogsite.build.text_only_rebuild import shortcut

        work = None if options.dry_run else shortcut(workshop, folder, name, last, inventory, stats)
    work = work or _everything(workshop, folder, name, inventory, moment, options)
    known = replace(work.build, frame=frame, sources=sources, moment=looked)
    mistakes = [*work.mistakes]
    from blogsite.build import rendering, typesetting

    with times.of("typeset"):
        typesetting.typeset(workshop, work.loaded, work.plan.stale)
    stage = Stage.of(folder, workshop.root / WORK, dry=options.dry_run)
    try:
        with times.of("render"):
            rows = rendering.render(workshop, work.loaded, work.templates, work.plan.stale, stage)
            remade = _without_mistakes(rows, mistakes)
        mistakes += [flaw for item in remade for flaw in item.flaws]
        mistakes += [flaw for made in work.plan.fresh.values() for flaw in made.mistakes]
        _stop_if(mistakes, strict=options.strict)
        staged = [
            *(item.staged for item in remade),
            *(Staged(path, made.digest, None) for path, made in work.plan.fresh.items()),
        ]
        with times.of("publish"):
            changes = folder.compare(staged)
            made = (
                {} if options.dry_run else _publish(workshop, folder, name, stage, staged, changes, work.plan, remade)
            )
    finally:
        stage.discard()
    said = tuple(sorted(set(mistakes)))
    if not options.dry_run:
        known = replace(
            known, outputs=outputs_of(folder, {path: item.stat for path, item in made.items()}), mistakes=said
        )
        with store.together():
            store.save_looks(workshop.code, work.loaded.files.looks)
            if all(item.settled for item in made.values()):
                store.save_build(name, workshop.code, known)
    reasons = {item.output.path: item.reasons for item in work.plan.stale}
    left_out = known.why_left_out(moment, workshop.config)
    return Report(known.posts, changes, said, left_out, reasons, times.seconds, store.note)


def _everything(
    workshop: Workshop, folder: Folder, name: str, inventory: Inventory, moment: datetime, options: BuildOptions
) -> make.Work:
    """What is to be made, by all that stands on disk."""
    loaded = load(workshop, inventory, options.view, moment)
    with workshop.times.of("pages"):
        from blogsite.pages import produce
        from blogsite.pages.feeds import texts_in_feeds

        outputs, clashes = produce(loaded.site)
    mistakes = (*loaded.site.mistakes, *clashes)
    _stop_if(mistakes, strict=False)  # a strict build tells of its warnings when it knows them all
    from blogsite.build import make

    with workshop.times.of("plan"):
        templates = make.read_templates(workshop, loaded)
        plan = make.plan(workshop, loaded, templates, outputs, folder, workshop.store.outputs(name))
        if (plan.stale or plan.gone) and not options.dry_run:
            site = loaded.site
            workshop.encoded.keep({made.key for group in (site.variants, site.drawings) for made in group})
    return make.Work(loaded, templates, plan, mistakes, seen_in(loaded.site, texts_in_feeds(outputs)))


def _untouched(folder: Folder, files: Sequence[File], last: LastBuild) -> dict[str, Stat] | None:
    """The stats of all outputs, if they, and FILES, all inputs but the sources, are as the last build knew them."""
    if not are_settled(files, last.moment):
        return None
    stats = look_at_outputs(folder)
    return stats if stats is not None and outputs_of(folder, stats) == last.outputs else None


def _same_again(workshop: Workshop, folder: Folder, last: LastBuild, moment: datetime, options: BuildOptions) -> Report:
    """The last build's report: nothing that it depends on has changed."""
    _stop_if(last.mistakes, strict=options.strict)
    changes = Publication((), tuple(folder.ours), ())
    left_out = last.why_left_out(moment, workshop.config)
    return Report(last.posts, changes, last.mistakes, left_out, {}, workshop.times.seconds, workshop.store.note)


def _without_mistakes(rows: Iterable[object], mistakes: list[Mistake]) -> list[rendering.Remade]:
    """The outputs that were made; MISTAKES gains the others, once for each place in a template."""
    from blogsite.build.rendering import Remade

    remade: list[Remade] = []
    reported: set[tuple[Place, str]] = set()
    for row in rows:
        if isinstance(row, Remade):
            remade.append(row)
        elif isinstance(row, Mistake) and (row.place, row.what) not in reported:
            reported.add((row.place, row.what))
            mistakes.append(row)
    return remade


def _publish(
    workshop: Workshop,
    folder: Folder,
    name: str,
    stage: Stage,
    staged: Sequence[Staged],
    changes: Publication,
    plan: Plan,
    remade: Sequence[rendering.Remade],
) -> dict[str, Made]:
    """The folder holds what is staged, and the record says so: forgotten first, so that a kill cannot make it lie.

    Returns what stands in the folder, by path.
    """
    store = workshop.store
    with store.together():
        store.forget_outputs(name, [*plan.gone, *(item.output.path for item in plan.stale)])
    folder.publish(staged, changes, stage.whole)
    if remade:
        time.sleep(SETTLING)
    looked = time.time_ns()
    stats = [stat_of(os.lstat(os.path.join(folder.path, item.staged.path))) for item in remade]
    made = {
        item.staged.path: Made(item.ingredients, item.staged.digest, stat, is_settled(stat, looked), item.flaws)
        for item, stat in zip(remade, stats, strict=True)
    }
    from blogsite.pages import asked_for_first

    pages = asked_for_first(item.output for item in plan.stale)
    with store.together():
        store.save_outputs(name, made)
        store.save_pages(name, pages)
    return {**plan.fresh, **made}


def _stop_if(mistakes: Sequence[Mistake], *, strict: bool) -> None:
    """Raise SiteError with all mistakes if one of them keeps the site from being published."""
    if strict:
        mistakes = [replace(mistake, severity="error") for mistake in mistakes]
    if any(mistake.severity == "error" for mistake in mistakes):
        raise SiteError(mistakes)
