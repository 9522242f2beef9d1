"""The driver: it reads as the picture in ARCHITECTURE.md.

read ─► parse ─► assemble ─► pages ─► plan ─► typeset ─► render ─► publish
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.assemble import PUBLIC, View
from blogsite.config import Config
from blogsite.digest import Digest, digest, digest_bytes
from blogsite.errors import Mistake, Place, SiteError, unwritable
from blogsite.load import WORK, Progress, Times, Workshop, load, now, read, theme_templates
from blogsite.lock import only_build_of
from blogsite.model import Entry, Meta, Site, Stat
from blogsite.plan import Plan, code_digest
from blogsite.pool import Pool
from blogsite.publication import publication
from blogsite.publish import Folder, Publication, Stage, Staged
from blogsite.read import Inventory, stat_of
from blogsite.rows import Made, is_settled
from blogsite.store import Store, with_store

if TYPE_CHECKING:
    from blogsite import make


SETTLING = 0.025
"""Seconds until most file systems give a file that is written again another time stamp."""


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
class LeftOut:
    """A post that is not to be seen, and of its head what says why."""

    source: str
    meta: Meta


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


@dataclass(frozen=True, slots=True)
class _Record:
    """What the last build of a folder saw and said; the next one says the same if nothing has changed."""

    inputs: Digest
    outputs: Digest
    moment: int
    """When the inputs were looked at, in ns since 1970."""
    since: datetime
    until: datetime
    """The same posts are to be seen from one moment until the other."""
    posts: int
    mistakes: tuple[Mistake, ...]
    left_out: tuple[LeftOut, ...]


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
    if not options.dry_run:
        Stage.sweep(folder, workshop.root / WORK)
    inventory = read(workshop)
    inputs = _inputs(workshop, inventory, options.view)
    if (report := _same_again(workshop, folder, name, inputs, inventory, moment, options)) is not None:
        return report
    loaded = load(workshop, inventory, options.view, moment)
    with times.of("pages"):
        from blogsite.pages import produce

        outputs, clashes = produce(loaded.site)
    mistakes = [*loaded.site.mistakes, *clashes]
    _stop_if(mistakes, strict=False)  # a strict build tells of its warnings when it knows them all
    from blogsite import make

    with times.of("plan"):
        templates = make.read_templates(workshop, loaded)
        plan = make.plan(workshop, loaded, templates, outputs, folder, name)
    with times.of("typeset"):
        make.typeset(workshop, loaded, plan.stale)
    stage = Stage.of(folder, workshop.root / WORK, dry=options.dry_run)
    try:
        with times.of("render"):
            remade = _without_mistakes(make.render(workshop, loaded, templates, plan.stale, stage), mistakes)
        mistakes += [flaw for item in remade for flaw in item.flaws]
        mistakes += [flaw for made in plan.fresh.values() for flaw in made.mistakes]
        _stop_if(mistakes, strict=options.strict)
        staged = [
            *(item.staged for item in remade),
            *(Staged(path, made.digest, None) for path, made in plan.fresh.items()),
        ]
        with times.of("publish"):
            changes = folder.compare(staged)
            made = {} if options.dry_run else _publish(workshop, folder, name, staged, changes, plan, remade)
    finally:
        stage.discard()
    said = tuple(sorted(set(mistakes)))
    left_out = tuple(LeftOut(entry.post.source, _dates_of(entry)) for entry in loaded.site.left_out)
    if not options.dry_run:
        since, until = _lasts(loaded.site)
        state = _state(folder, {path: item.stat for path, item in made.items()})
        settled = all(item.settled for item in made.values())
        record = _Record(inputs, state, looked, since, until, len(loaded.site.posts), said, left_out)
        with store.together():
            store.save_looks(workshop.code, loaded.files.looks)
            if settled:
                store.save_build(name, workshop.code, record)
    reasons = {item.output.path: item.reasons for item in plan.stale}
    return Report(
        len(loaded.site.posts),
        changes,
        said,
        _reasons(left_out, moment, workshop.config),
        reasons,
        times.seconds,
        store.note,
    )


def _same_again(
    workshop: Workshop,
    folder: Folder,
    name: str,
    inputs: Digest,
    inventory: Inventory,
    moment: datetime,
    options: BuildOptions,
) -> Report | None:
    """The last build's report, if nothing it depends on has changed, by stat alone; None if that cannot be said."""
    with workshop.times.of("compare"):
        last = workshop.store.build(name, workshop.code)
        if not isinstance(last, _Record) or last.inputs != inputs:
            return None
        if moment != last.since and not last.since <= moment < last.until:
            return None
        if not _are_settled(inventory, last.moment):
            return None
        try:
            stats = {path: stat_of(os.lstat(os.path.join(folder.path, path))) for path in folder.ours}
        except OSError:
            return None
        if _state(folder, stats) != last.outputs:
            return None
    _stop_if(last.mistakes, strict=options.strict)
    changes = Publication((), tuple(folder.ours), ())
    left_out = _reasons(last.left_out, moment, workshop.config)
    return Report(last.posts, changes, last.mistakes, left_out, {}, workshop.times.seconds, workshop.store.note)


def _inputs(workshop: Workshop, inventory: Inventory, view: View) -> Digest:
    """The digest of all that a build depends on, files by their stat."""
    return digest((workshop.config, view, inventory, theme_templates()))


def _are_settled(inventory: Inventory, moment: int) -> bool:
    """Whether no input was so young at MOMENT (ns) that it may have been written again in the same tick."""
    files = (*inventory.files, *inventory.static, *inventory.templates, *(file for _, file in theme_templates()))
    stats = (*(source.stat for source in inventory.sources), *(file.stat for file in files))
    return all(is_settled(stat, moment) for stat in stats)


def _state(folder: Folder, stats: Mapping[str, Stat]) -> Digest:
    """The digest of the manifest and of the stat of each file that it names."""
    lines = [f"{path}\0{s.size} {s.mtime_ns} {s.ctime_ns} {s.inode}" for path, s in sorted(stats.items())]
    return digest_bytes(folder.manifest + "\n".join(lines).encode())


def _lasts(site: Site) -> tuple[datetime, datetime]:
    """From when until when the site stays as it is; a moment alone where a page says how long its post must wait."""
    shown = (*site.posts, *site.hidden, *site.pages)
    waiting = any(entry.state == "future" for entry in shown)
    return site.now, site.now if waiting else site.next_change or datetime.max.replace(tzinfo=UTC)


def _without_mistakes(rows: Iterable[object], mistakes: list[Mistake]) -> list[make.Remade]:
    """The outputs that were made; MISTAKES gains the others, once for each place in a template."""
    from blogsite.make import Remade

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
    staged: Sequence[Staged],
    changes: Publication,
    plan: Plan,
    remade: Sequence[make.Remade],
) -> dict[str, Made]:
    """The folder holds what is staged, and the record says so: forgotten first, so that a kill cannot make it lie.

    Returns what stands in the folder, by path.
    """
    store = workshop.store
    wanted = {item.path for item in staged}
    gone = [path for path in store.outputs(name) if path not in wanted]
    with store.together():
        store.forget_outputs(name, [*gone, *(item.output.path for item in plan.stale)])
    folder.publish(staged, changes)
    if remade:
        time.sleep(SETTLING)
    looked = time.time_ns()
    stats = [stat_of(os.lstat(os.path.join(folder.path, item.staged.path))) for item in remade]
    made = {
        item.staged.path: Made(item.ingredients, item.staged.digest, stat, is_settled(stat, looked), item.flaws)
        for item, stat in zip(remade, stats, strict=True)
    }
    with store.together():
        store.save_outputs(name, made)
    return {**plan.fresh, **made}


def _stop_if(mistakes: Sequence[Mistake], *, strict: bool) -> None:
    """Raise SiteError with all mistakes if one of them keeps the site from being published."""
    if strict:
        mistakes = [replace(mistake, severity="error") for mistake in mistakes]
    if any(mistake.severity == "error" for mistake in mistakes):
        raise SiteError(mistakes)


def _dates_of(entry: Entry) -> Meta:
    meta = entry.post.meta
    return Meta(date=meta.date, publish=meta.publish, expires=meta.expires, draft=meta.draft, hidden=meta.hidden)


def _reasons(left_out: Iterable[LeftOut], moment: datetime, config: Config) -> tuple[tuple[str, str], ...]:
    return tuple((item.source, publication(item.meta, moment, config.timezone)[1]) for item in left_out)
