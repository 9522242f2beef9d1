"""The driver: it reads as the picture in ARCHITECTURE.md.

read ─► parse ─► assemble ─► pages ─► typeset ─► render ─► publish
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from blogsite.assemble import PUBLIC, View, assemble
from blogsite.config import FILE_NAME, Config, parse_config
from blogsite.digest import Digest
from blogsite.errors import Mistake, Place, SiteError, UsageError, error
from blogsite.model import Asset, Entry, File, Formula, Fragment, Output, Page, Post, Site, Source
from blogsite.publish import Folder, Publication, Stage, Staged
from blogsite.read import Inventory, locate, read_bytes, scan

if TYPE_CHECKING:
    from blogsite.maths.typeset import Typeset

WORK = ".blogsite"
"""The folder, in the site's root, for all that a build leaves for the next one."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What the command line may ask of a build."""

    view: View = PUBLIC
    output: Path | None = None
    base_url: str | None = None
    strict: bool = False
    dry_run: bool = False
    clean: bool = False


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
class Report:
    """What a build did."""

    posts: int
    left_out: tuple[Entry, ...]
    """Posts that are not to be seen, with their reasons."""
    changes: Publication
    mistakes: tuple[Mistake, ...]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A site in memory: what was read, and the texts of its posts."""

    inventory: Inventory
    site: Site
    fragments: dict[Digest, Fragment]


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
    return datetime.fromtimestamp(int(epoch), UTC) if epoch and epoch.isdigit() else datetime.now(UTC)


def load(root: Path, config: Config, view: View, moment: datetime, times: Times, progress: Progress) -> Loaded:
    """The site at ROOT as it is to be seen at MOMENT."""
    with times.of("read"):
        inventory = scan(root)
    with times.of("parse"):
        posts, fragments = _parse_all(root, config, inventory.sources, progress)
    with times.of("assemble"):
        site = assemble(config, posts, inventory, moment, view, _measure(root))
    return Loaded(inventory, site, fragments)


def build(root: Path, config: Config, options: BuildOptions, progress: Progress) -> Report:
    """The site at ROOT is built into its output folder; raises SiteError, with nothing published, for its mistakes."""
    times = Times()
    if options.base_url is not None:
        config = replace(config, base_url=options.base_url)
    folder = Folder(options.output or root / config.output, take_over=options.clean)
    loaded = load(root, config, options.view, now(), times, progress)
    with times.of("pages"):
        from blogsite.pages import produce

        outputs, clashes = produce(loaded.site)
    mistakes = [*loaded.site.mistakes, *clashes]
    _stop_if(mistakes, strict=options.strict)
    stage = Stage(folder, root / WORK)
    try:
        with times.of("typeset"):
            typeset = _typeset_all(config, loaded, outputs, mistakes)
        with times.of("render"):
            staged = _render_all(root, loaded, outputs, typeset, stage, mistakes, progress)
        _stop_if(mistakes, strict=options.strict)
        with times.of("publish"):
            changes = folder.compare(staged) if options.dry_run else folder.publish(staged)
    finally:
        stage.discard()
    return Report(len(loaded.site.posts), loaded.site.left_out, changes, tuple(sorted(set(mistakes))), times.seconds)


def _stop_if(mistakes: Sequence[Mistake], *, strict: bool) -> None:
    """Raise SiteError with all mistakes if one of them keeps the site from being published."""
    if strict:
        mistakes = [replace(mistake, severity="error") for mistake in mistakes]
    if any(mistake.severity == "error" for mistake in mistakes):
        raise SiteError(mistakes)


def _parse_all(
    root: Path, config: Config, sources: Sequence[Source], progress: Progress
) -> tuple[list[Post], dict[Digest, Fragment]]:
    from blogsite.parse import ParseSettings, parse

    settings = ParseSettings(config.markdown(), config.timezone, config.excerpt_length)
    posts: list[Post] = []
    fragments: dict[Digest, Fragment] = {}
    for count, source in enumerate(sources, 1):
        try:
            data = read_bytes(root, source)
        except FileNotFoundError:
            continue  # removed since the folder was read
        except OSError as problem:
            hint = "give yourself the right to read it"
            raise SiteError([error(Place(source.path), f"the file cannot be read: {problem.strerror}", hint)]) from None
        parsed = parse(source.path, source.kind, data, settings)
        posts.append(parsed.post)
        fragments.update(parsed.fragments)
        progress("parse", count, len(sources))
    return posts, fragments


def _typeset_all(config: Config, loaded: Loaded, outputs: Sequence[Output], mistakes: list[Mistake]) -> Typeset:
    """Every formula that an output shows is made; what cannot be is added to MISTAKES, at its place in its post."""
    from blogsite.maths.typeset import Typeset, mistakes_of, typeset
    from blogsite.render import formulas_of

    shown: dict[bool, list[Formula]] = {False: [], True: []}
    by_source: dict[str, list[Formula]] = {}
    for output in outputs:
        if isinstance(output, Asset):
            continue
        for formula, in_feed in formulas_of(output, loaded.fragments):
            shown[in_feed].append(formula)
            if isinstance(output, Page) and output.source:
                by_source.setdefault(output.source, []).append(formula)
    how: Literal["html", "mathml"] = "mathml" if config.math_output == "mathml" else "html"
    made = typeset(shown[False], how) | typeset(shown[True], "mathml")
    for source, formulas in by_source.items():
        mistakes += mistakes_of(source, formulas, made, how)
    return Typeset(how, made)


def _render_all(
    root: Path,
    loaded: Loaded,
    outputs: Sequence[Output],
    typeset: Typeset,
    stage: Stage,
    mistakes: list[Mistake],
    progress: Progress,
) -> list[Staged]:
    """Every output staged; what goes wrong is added to MISTAKES, once for each place in a template."""
    from blogsite.render import Renderer

    renderer = Renderer(root, loaded.site.info, loaded.inventory.templates, loaded.fragments, typeset)
    staged: list[Staged] = []
    reported: set[tuple[Place, str]] = set()
    for count, output in enumerate(outputs, 1):
        if isinstance(output, Asset):
            staged.append(stage.add(output.path, read_bytes(root, output.file)))
            continue
        rendered = renderer.render(output)
        if rendered.mistake is None:
            staged.append(stage.add(output.path, rendered.data))
        elif (rendered.mistake.place, rendered.mistake.what) not in reported:
            reported.add((rendered.mistake.place, rendered.mistake.what))
            mistakes.append(rendered.mistake)
        progress("render", count, len(outputs))
    return staged


def _measure(root: Path) -> Callable[[File], tuple[int, int]]:
    """A function from a picture to its size in px; (0, 0) for one that is none."""
    import imagesize

    @cache
    def measure(file: File) -> tuple[int, int]:
        try:
            width, height = imagesize.get(locate(root, file))
        except Exception:  # a damaged picture can raise anything; the page does without its size
            return 0, 0
        return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)

    return measure
