"""read ─► parse ─► assemble: a site in memory, parsing only the sources that changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from blogsite.build.planner import code_digest
from blogsite.build.store.records import Seen, chunks, load_post
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import FILE_NAME, Config, parse_config
from blogsite.content.discovery import Inventory, read_bytes, scan, stat_of, theme_root
from blogsite.content.model import EMPTY, File, Post, Source
from blogsite.content.parse_context import ParseSettings
from blogsite.core.diagnostics import Mistake, Place, SiteError, UsageError, error
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.executor import Pool
from blogsite.core.urls import category_lists
from blogsite.images.cache import Encoded
from blogsite.images.inspection import Files
from blogsite.images.processing import look_at_all, shown_by
from blogsite.images.social_cards import font_of
from blogsite.site.assemble import View, assemble
from blogsite.site.model import Site

WORK = ".blogsite"
"""The folder, in the site's root, for all that a build leaves for the next one."""
PARSED_AT_ONCE = 20
"""Sources in a task; fewer stale ones than this are parsed here, without starting processes."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


@dataclass(slots=True)
class Times:
    """Seconds that each stage took, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the stages of one build work with."""

    root: Path
    config: Config
    store: Store
    pool: Pool
    code: Digest
    times: Times
    progress: Progress

    @property
    def encoded(self) -> Encoded:
        """The pictures that are kept from one build to the next."""
        return Encoded(self.root / WORK)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A site in memory; its texts are in the store."""

    inventory: Inventory
    site: Site
    files: Files


def load_config(root: Path, config_file: Path | None = None) -> Config:
    """The settings of the site at ROOT: of its blogsite.toml, or the defaults where it has none.

    Raises UsageError where ROOT is no site: a folder with neither blogsite.toml nor posts/.
    """
    path = config_file or root / FILE_NAME
    if not path.is_file():
        if config_file:
            raise UsageError(f"there is no file {config_file}")
        if not (root / "posts").is_dir():
            what = f"{root} is no site: it has neither {FILE_NAME} nor posts/"
            raise UsageError(what, "make one with: blogsite init DIR")
        return Config()
    try:
        return parse_config(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise SiteError([error(Place(path.name), "the file is no UTF-8", "save it in UTF-8")]) from None


def now() -> datetime:
    """The moment of this build: SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(epoch or ""), UTC)
    return datetime.now(UTC)


def read(workshop: Workshop) -> Inventory:
    """What stands on disk."""
    with workshop.times.of("read"):
        try:
            inventory, design = scan(workshop.root), workshop.config.cards()
            return replace(inventory, font=font_of(workshop.root, design)) if design else inventory
        except UsageError as problem:
            raise SiteError([error(workshop.config.place("theme"), str(problem), problem.hint)]) from None
        except OSError as problem:
            path = os.path.relpath(problem.filename or workshop.root, workshop.root).replace(os.sep, "/")
            raise SiteError([_unreadable(path, problem)]) from None


def theme_templates() -> tuple[tuple[str, File], ...]:
    """The default theme's templates by the names that are always theirs: "theme/post.html"."""
    folder = theme_root() / "templates"
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".xml"))
    names = [path.relative_to(folder).as_posix() for path in found]
    files = (File(name, stat_of(path.stat()), str(folder)) for name, path in zip(names, found, strict=True))
    return tuple((f"theme/{file.path}", file) for file in files)


def load(workshop: Workshop, inventory: Inventory, view: View, moment: datetime) -> Loaded:
    """The site as it is to be seen at MOMENT."""
    files = Files(workshop.root, workshop.store.looks(workshop.code))
    with workshop.times.of("parse"):
        posts = posts_of(workshop, inventory.sources)
    with workshop.times.of("assemble"):
        look_ahead(workshop, files, posts, inventory)
        site = assemble(workshop.config, posts, inventory, moment, view, files)
    return Loaded(inventory, site, files)


def posts_of(workshop: Workshop, sources: Sequence[Source]) -> list[Post]:
    """Every source's post, from the store where it is still what was parsed; the others are parsed and kept."""
    store = workshop.store
    known = store.posts(name_of_posts(workshop))
    posts: dict[str, Post] = {}
    unsure: list[Source] = []
    for source in sources:
        row = known.get(source.path)
        if row is not None and row[0].is_still(source.stat):
            posts[source.path] = load_post(row[1])
        else:
            unsure.append(source)
    for batch in chunks(unsure, 1000):
        _parse(workshop, batch, known, posts)
        workshop.progress("parse", len(posts), len(sources))
    if unsure or len(known) != len(posts):
        with store.together():
            store.keep_posts_of([source.path for source in sources])
            store.drop_unused_formulas()
    return [posts[source.path] for source in sources if source.path in posts]


def parse_sources(
    workshop: Workshop, sources: Sequence[Source], known: Mapping[str, tuple[Seen, bytes]] | None = None
) -> dict[str, Post]:
    """Path → post of each of these that is there, parsed again unless it is as it was KNOWN to be, and kept."""
    posts: dict[str, Post] = {}
    _parse(workshop, sources, known or {}, posts)
    return posts


def name_of_posts(workshop: Workshop) -> Digest:
    """What the store knows posts by besides their paths: all that shapes them besides their files."""
    return digest((settings_of(workshop.config), workshop.config.math_output, workshop.code))


def _parse(
    workshop: Workshop,
    sources: Sequence[Source],
    known: Mapping[str, tuple[Seen, bytes]],
    posts: dict[str, Post],
) -> None:
    """POSTS gains the posts of these sources, and so does the store; those with the bytes it knows are not parsed."""
    from blogsite.build.tasks import ParseTask, parse_batch

    looks: dict[str, Seen] = {}
    same: list[tuple[str, Seen, Post, bytes]] = []
    stale: list[tuple[Source, bytes]] = []
    for source in sources:
        moment = time.time_ns()
        data = _read(workshop.root, source)
        if data is None:
            continue
        look = looks[source.path] = Seen(source.stat, moment, digest_bytes(data))
        row = known.get(source.path)
        if row is not None and row[0].digest == look.digest:
            post = posts[source.path] = load_post(row[1])
            same.append((source.path, look, post, row[1]))
        else:
            stale.append((source, data))
    many = len(stale) > PARSED_AT_ONCE
    if many:
        import blogsite.markdown.post  # noqa: F401 - once here rather than in each process that is forked
    settings, output, name = settings_of(workshop.config), workshop.config.math_output, name_of_posts(workshop)
    tasks = (
        ParseTask(settings, output, tuple((source.path, source.kind, data) for source, data in batch))  # type: ignore[arg-type]
        for batch in chunks(stale, PARSED_AT_ONCE)
    )
    store = workshop.store
    with store.together():
        store.save_posts(same, name)
    done = 0
    for rows in workshop.pool.map(parse_batch, tasks, worthwhile=many):
        kept = []
        with store.together():  # for each task, so that another command finds its turn between them
            for parsed, (source, _) in zip(rows, stale[done : done + len(rows)], strict=True):
                post = posts[source.path] = load_post(parsed.post)
                kept.append((source.path, looks[source.path], post, parsed.post))
                store.save_fragments((text.digest, text.data, text.keys) for text in parsed.texts)
                store.add_formulas(parsed.formulas)
            store.save_posts(kept, name)
        done += len(rows)


def _read(root: Path, source: Source) -> bytes | None:
    """The bytes of a source, None if it has gone since the folder was read."""
    try:
        return read_bytes(root, source)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SiteError([_unreadable(source.path, problem)]) from None


def _unreadable(path: str, problem: OSError) -> Mistake:
    return error(Place(path), f"it cannot be read: {problem.strerror}", "give yourself the right to read it")


def settings_of(config: Config) -> ParseSettings:
    """What of the configuration shapes a post."""
    return ParseSettings(config.markdown(), config.timezone, config.excerpt_length, category_lists(config.permalink))


def restore_texts(workshop: Workshop, loaded: Loaded, lost: Collection[Digest]) -> None:
    """The store has these texts of the site's posts again; raises SiteError for a file that was changed meanwhile."""
    from blogsite.build.tasks import ParseTask, parse_batch

    settings = settings_of(workshop.config)
    sources = {source.path: source for source in loaded.inventory.sources}
    for entry in (*loaded.site.posts, *loaded.site.hidden, *loaded.site.pages):
        post = entry.post
        if post.body.fragment not in lost and post.excerpt.fragment not in lost:
            continue
        source = sources[post.source]
        data = _read(workshop.root, source) or b""
        if digest_bytes(data) != post.digest:
            what = "the file was changed while the site was being built"
            raise SiteError([error(Place(post.source), what, "build again")])
        task = ParseTask(settings, workshop.config.math_output, ((source.path, source.kind, data),))  # type: ignore[arg-type]
        with workshop.store.together():
            for row in parse_batch(task):
                workshop.store.save_fragments((text.digest, text.data, text.keys) for text in row.texts)
                workshop.store.add_formulas(row.formulas)


def look_ahead(workshop: Workshop, files: Files, posts: Iterable[Post], inventory: Inventory) -> None:
    """Many pictures that posts show are decoded at once, before assembling asks for them one by one."""
    if workshop.config.images_resize:
        look_at_all(files, workshop.pool, shown_by(posts, (*inventory.files, *inventory.static)), workshop.progress)


def look_at(root: Path, config: Config, view: View, progress: Progress) -> Site:
    """The site as it is to be seen now, for commands that make nothing of it; no picture is decoded or drawn."""
    config = replace(config, images_resize=False, theme=EMPTY)
    code = code_digest(config.markdown_extensions)
    with Pool(config.build_jobs) as pool:

        def work(store: Store) -> Site:
            workshop = Workshop(root, config, store, pool, code, Times(), progress)
            return load(workshop, read(workshop), view, now()).site

        return with_store(root / WORK / "store.sqlite", work)
