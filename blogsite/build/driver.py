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
from blogsite.build.context import WORK, BuildContext, Progress, StageTimes, now
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
from blogsite.build.output_folder import OutputChanges, OutputFolder, StagedFile
from blogsite.build.planner import OutputPlan
from blogsite.build.staging import Staging
from blogsite.build.store.records import OutputRecord
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles, theme_templates
from blogsite.content.model import File
from blogsite.content.status import PUBLISHED_ONLY, PublishFilter
from blogsite.core.diagnostics import Diagnostic, Location, SiteError, unwritable
from blogsite.core.executor import Workers
from blogsite.core.file_state import CLOCK_TICK, Stat, stat_is_reliable, stat_of

if TYPE_CHECKING:
    from blogsite.build import make, rendering


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What the command line may ask of a build."""

    publish_filter: PublishFilter = PUBLISHED_ONLY
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
    changes: OutputChanges
    diagnostics: tuple[Diagnostic, ...]
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
            Workers(options.jobs or config.build_jobs, options.executor) as workers,
        ):
            code = code_digest(config.markdown_extensions)

            def work(store: Store) -> Report:
                context = BuildContext(root, config, store, workers, code, StageTimes(), progress)
                return _build(context, OutputFolder(path, take_over=options.clean), options)

            return with_store(root / WORK / "store.sqlite", work)
    except OSError as problem:
        refused = os.path.relpath(problem.filename or path, root).replace(os.sep, "/")
        raise SiteError([unwritable(refused, problem)]) from None


def _build(context: BuildContext, folder: OutputFolder, options: BuildOptions) -> Report:
    store, times, moment, looked = context.store, context.times, now(), time.time_ns()
    name = os.path.realpath(folder.path)
    if options.clean:
        store.clear()
        context.image_cache.clear()
    if not options.dry_run:
        Staging.sweep(folder, context.root / WORK)
    site_files = read(context)
    with times.of("compare"):
        theme = theme_templates()
        frame, sources = (
            frame_of(context.config, options.publish_filter, site_files, theme),
            stats_of(site_files.sources),
        )
        last = store.build(name, context.code)
        if not isinstance(last, LastBuild) or last.frame != frame or not last.is_in_time(moment):
            last = None
        stats = _untouched(folder, files_of(site_files, theme), last) if last else None
    work: make.BuildPlan | None = None
    if last and stats is not None:
        if last.sources == sources and are_settled(site_files.sources, last.moment):
            return _same_again(context, folder, last, moment, options)
        from blogsite.build.text_only_rebuild import shortcut

        work = None if options.dry_run else shortcut(context, folder, name, last, site_files, stats)
    work = work or _everything(context, folder, name, site_files, moment, options)
    known = replace(work.build, frame=frame, sources=sources, moment=looked)
    diagnostics = [*work.diagnostics]
    from blogsite.build import rendering, typesetting

    with times.of("typeset"):
        typesetting.typeset(context, work.loaded, work.plan.stale)
    stage = Staging.of(folder, context.root / WORK, dry=options.dry_run)
    try:
        with times.of("render"):
            rows = rendering.render(context, work.loaded, work.templates, work.plan.stale, stage)
            remade = _without_mistakes(rows, diagnostics)
        diagnostics += [flaw for item in remade for flaw in item.flaws]
        diagnostics += [flaw for made in work.plan.fresh.values() for flaw in made.diagnostics]
        _stop_if(diagnostics, strict=options.strict)
        staged = [
            *(item.staged for item in remade),
            *(StagedFile(path, made.digest, None) for path, made in work.plan.fresh.items()),
        ]
        with times.of("publish"):
            changes = folder.compare(staged)
            made = {} if options.dry_run else _publish(context, folder, name, stage, staged, changes, work.plan, remade)
    finally:
        stage.discard()
    said = tuple(sorted(set(diagnostics)))
    if not options.dry_run:
        known = replace(
            known, outputs=outputs_of(folder, {path: item.stat for path, item in made.items()}), diagnostics=said
        )
        with store.transaction():
            store.save_looks(context.code, work.loaded.files.looks)
            if all(item.settled for item in made.values()):
                store.save_build(name, context.code, known)
    reasons = {item.output.path: item.reasons for item in work.plan.stale}
    left_out = known.why_left_out(moment, context.config)
    return Report(known.posts, changes, said, left_out, reasons, times.seconds, store.note)


def _everything(
    context: BuildContext,
    folder: OutputFolder,
    name: str,
    site_files: SiteFiles,
    moment: datetime,
    options: BuildOptions,
) -> make.BuildPlan:
    """What is to be made, by all that stands on disk."""
    loaded = load(context, site_files, options.publish_filter, moment)
    with context.times.of("pages"):
        from blogsite.pages import produce
        from blogsite.pages.feeds import texts_in_feeds

        outputs, clashes = produce(loaded.site)
    diagnostics = (*loaded.site.diagnostics, *clashes)
    _stop_if(diagnostics, strict=False)  # a strict build tells of its warnings when it knows them all
    from blogsite.build import make

    with context.times.of("plan"):
        templates = make.read_templates(context, loaded)
        plan = make.plan(context, loaded, templates, outputs, folder, context.store.outputs(name))
        if (plan.stale or plan.gone) and not options.dry_run:
            site = loaded.site
            context.image_cache.keep({made.key for group in (site.variants, site.drawings) for made in group})
    return make.BuildPlan(loaded, templates, plan, diagnostics, seen_in(loaded.site, texts_in_feeds(outputs)))


def _untouched(folder: OutputFolder, files: Sequence[File], last: LastBuild) -> dict[str, Stat] | None:
    """The stats of all outputs, if they, and FILES, all inputs but the sources, are as the last build knew them."""
    if not are_settled(files, last.moment):
        return None
    stats = look_at_outputs(folder)
    return stats if stats is not None and outputs_of(folder, stats) == last.outputs else None


def _same_again(
    context: BuildContext, folder: OutputFolder, last: LastBuild, moment: datetime, options: BuildOptions
) -> Report:
    """The last build's report: nothing that it depends on has changed."""
    _stop_if(last.diagnostics, strict=options.strict)
    changes = OutputChanges((), tuple(folder.ours), ())
    left_out = last.why_left_out(moment, context.config)
    return Report(last.posts, changes, last.diagnostics, left_out, {}, context.times.seconds, context.store.note)


def _without_mistakes(rows: Iterable[object], diagnostics: list[Diagnostic]) -> list[rendering.RenderedOutput]:
    """The outputs that were made; MISTAKES gains the others, once for each place in a template."""
    from blogsite.build.rendering import RenderedOutput

    remade: list[RenderedOutput] = []
    reported: set[tuple[Location, str]] = set()
    for row in rows:
        if isinstance(row, RenderedOutput):
            remade.append(row)
        elif isinstance(row, Diagnostic) and (row.location, row.message) not in reported:
            reported.add((row.location, row.message))
            diagnostics.append(row)
    return remade


def _publish(
    context: BuildContext,
    folder: OutputFolder,
    name: str,
    stage: Staging,
    staged: Sequence[StagedFile],
    changes: OutputChanges,
    plan: OutputPlan,
    remade: Sequence[rendering.RenderedOutput],
) -> dict[str, OutputRecord]:
    """The folder holds what is staged, and the record says so: forgotten first, so that a kill cannot make it lie.

    Returns what stands in the folder, by path.
    """
    store = context.store
    with store.transaction():
        store.forget_outputs(name, [*plan.gone, *(item.output.path for item in plan.stale)])
    folder.publish(staged, changes, stage.whole)
    if remade:
        time.sleep(CLOCK_TICK)
    looked = time.time_ns()
    stats = [stat_of(os.lstat(os.path.join(folder.path, item.staged.path))) for item in remade]
    made = {
        item.staged.path: OutputRecord(
            item.ingredients, item.staged.digest, stat, stat_is_reliable(stat, looked), item.flaws
        )
        for item, stat in zip(remade, stats, strict=True)
    }
    from blogsite.pages import asked_for_first

    pages = asked_for_first(item.output for item in plan.stale)
    with store.transaction():
        store.save_outputs(name, made)
        store.save_pages(name, pages)
    return {**plan.fresh, **made}


def _stop_if(diagnostics: Sequence[Diagnostic], *, strict: bool) -> None:
    """Raise SiteError with all mistakes if one of them keeps the site from being published."""
    if strict:
        diagnostics = [replace(diagnostic, severity="error") for diagnostic in diagnostics]
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise SiteError(diagnostics)
