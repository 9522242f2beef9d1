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

from blogsite.assemble import PUBLIC, View
from blogsite.config import Config
from blogsite.digest import Digest, digest
from blogsite.errors import Mistake, Place, SiteError
from blogsite.load import WORK, Progress, Times, Workshop, load, now, read
from blogsite.lock import only_build_of
from blogsite.model import Entry, Meta
from blogsite.plan import Plan, code_digest, is_untouched
from blogsite.pool import Pool
from blogsite.publication import publication
from blogsite.publish import Folder, Publication, Stage, Staged
from blogsite.read import Inventory
from blogsite.store import Made, Store, tick

if TYPE_CHECKING:
    from blogsite import make


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
    moment: int
    next_change: datetime | None
    posts: int
    mistakes: tuple[Mistake, ...]
    left_out: tuple[LeftOut, ...]
    outputs: tuple[str, ...]


def build(
    root: Path, config: Config, options: BuildOptions, progress: Progress, waiting: Callable[[], None] = lambda: None
) -> Report:
    """The site at ROOT is built into its output folder; raises SiteError, with nothing published, for its mistakes.

    WAITING is called if another build of the folder has to end first.
    """
    if options.base_url is not None:
        config = replace(config, base_url=options.base_url)
    path = options.output or root / config.output
    with (
        only_build_of(path, root / WORK, waiting),
        Pool(options.jobs or config.build_jobs, options.executor) as pool,
    ):
        folder = Folder(path, take_over=options.clean)
        store = Store(root / WORK / "store.sqlite")
        try:
            workshop = Workshop(root, config, store, pool, code_digest(config.markdown_extensions), Times(), progress)
            return _build(workshop, folder, options)
        finally:
            store.close()


def _build(workshop: Workshop, folder: Folder, options: BuildOptions) -> Report:
    store, times, moment = workshop.store, workshop.times, now()
    name = os.path.realpath(folder.path)
    if options.clean:
        store.clear()
    inventory = read(workshop)
    inputs = _inputs(workshop, inventory, options.view)
    if (report := _same_again(workshop, folder, name, inputs, inventory, moment, options)) is not None:
        return report
    loaded = load(workshop, inventory, options.view, moment)
    with times.of("pages"):
        from blogsite.pages import produce

        outputs, clashes = produce(loaded.site)
    mistakes = [*loaded.site.mistakes, *clashes]
    _stop_if(mistakes, strict=options.strict)
    from blogsite import make

    with times.of("plan"):
        plan = make.plan(workshop, loaded, outputs, folder.path, name)
    with times.of("typeset"):
        make.typeset(workshop, plan.stale)
    stage = Stage.of(folder, workshop.root / WORK)
    try:
        with times.of("render"):
            remade = _without_mistakes(make.render(workshop, loaded, plan.stale, stage), mistakes)
        mistakes += [flaw for item in remade for flaw in item.flaws]
        mistakes += [flaw for made in plan.fresh.values() for flaw in made.mistakes]
        _stop_if(mistakes, strict=options.strict)
        staged = [
            *(item.staged for item in remade),
            *(Staged(path, made.digest, None) for path, made in plan.fresh.items()),
        ]
        with times.of("publish"):
            changes = folder.compare(staged)
            if not options.dry_run:
                _publish(workshop, folder, name, staged, plan, remade)
    finally:
        stage.discard()
    said = tuple(sorted(set(mistakes)))
    left_out = tuple(LeftOut(entry.post.source, _dates_of(entry)) for entry in loaded.site.left_out)
    if not options.dry_run:
        paths = tuple(item.path for item in staged)
        record = _Record(inputs, time.time_ns(), loaded.site.next_change, len(loaded.site.posts), said, left_out, paths)
        with store.together():
            store.save_files(loaded.files.looks)
            store.save_build(name, record)
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
        last = workshop.store.build(name)
        if not isinstance(last, _Record) or last.inputs != inputs or (last.next_change and last.next_change <= moment):
            return None
        if not _is_settled(inventory, last.moment):
            return None
        made = workshop.store.outputs(name)
        if folder.ours.keys() != made.keys() or any(path not in made for path in last.outputs):
            return None
        if not all(is_untouched(folder.path / path, made[path]) for path in last.outputs):
            return None
    _stop_if(last.mistakes, strict=options.strict)
    changes = Publication((), last.outputs, ())
    left_out = _reasons(last.left_out, moment, workshop.config)
    return Report(last.posts, changes, last.mistakes, left_out, {}, workshop.times.seconds, workshop.store.note)


def _inputs(workshop: Workshop, inventory: Inventory, view: View) -> Digest:
    """The digest of all that a build depends on, files by their stat."""
    config = workshop.config.without_places()
    read = (inventory.sources, inventory.files, inventory.static, inventory.templates)
    return digest((workshop.code, config, view, read))


def _is_settled(inventory: Inventory, moment: int) -> bool:
    """Whether no input was so young at MOMENT (ns) that it may have been written again in the same tick."""
    files = (*inventory.files, *inventory.static, *inventory.templates)
    stats = [*(source.stat for source in inventory.sources), *(file.stat for file in files)]
    youngest = max((max(stat.mtime_ns, stat.ctime_ns) for stat in stats), default=0)
    return moment - youngest > tick(youngest)


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
    plan: Plan,
    remade: Sequence[make.Remade],
) -> None:
    """The folder holds what is staged, and the record says so: forgotten first, so that a kill cannot make it lie."""
    store = workshop.store
    wanted = {item.path for item in staged}
    gone = [path for path in store.outputs(name) if path not in wanted]
    with store.together():
        store.forget_outputs(name, [*gone, *(item.output.path for item in plan.stale)])
    folder.publish(staged)
    newest = max((os.lstat(folder.path / item.staged.path).st_mtime_ns for item in remade), default=0)
    time.sleep(max(0, newest + 25_000_000 - time.time_ns()) / 1e9 if tick(newest) < 1_000_000_000 else 0)
    with store.together():
        store.save_outputs(name, {item.staged.path: _made(folder.path, item) for item in remade})


def _made(folder: Path, item: make.Remade) -> Made:
    status = os.lstat(folder / item.staged.path)
    return Made(
        item.ingredients,
        item.staged.digest,
        status.st_size,
        status.st_mtime_ns,
        status.st_ino,
        time.time_ns(),
        item.flaws,
    )


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
