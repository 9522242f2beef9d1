"""TODO."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.output_folder import StagedFile
from blogsite.build.planner import StaleOutput
from blogsite.build.staging import Staging
from blogsite.build.store.records import load_fragment
from blogsite.build.typesetting import _formulas, _kept, _texts, how_of
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest
from blogsite.core.executor import chunks
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.images.processing import check_cards, check_format, draw_all, encode_all
from blogsite.maths.compression import load_rendered
from blogsite.site.outputs import Asset, DataFile, Page
from blogsite.render.environment import Templates
from blogsite.site.model import Content, SiteInfo

if TYPE_CHECKING:
    from blogsite.maths.katex import MathFormat
    from blogsite.render.renderer import Renderer


@dataclass(frozen=True, slots=True)
class RenderSetup:
    """What all outputs of a build share. With `stage`, the files are staged where they are made."""

    info: SiteInfo
    templates: tuple[tuple[str, str], ...]
    """Name and text of each."""
    math_output: MathFormat
    stage: Staging | None


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Outputs, and all the texts and formulas that they show, as the store keeps them."""

    setup: RenderSetup
    outputs: tuple[Page | DataFile, ...]
    texts: tuple[tuple[Digest, bytes], ...]
    formulas: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class RenderedRow:
    """An output: staged, or its bytes, or the mistake that kept it from being made; and the flaws of its formulas."""

    path: str
    staged: StagedFile | None = None
    data: bytes | None = None
    diagnostic: Diagnostic | None = None
    flaws: tuple[Diagnostic, ...] = ()


def render_batch(task: RenderTask) -> list[RenderedRow]:
    """One row for each output, in order."""
    from blogsite.maths import katex as engine

    engine.close()  # its memory is better used for pages
    setup = task.setup
    renderer = _renderer(setup)
    renderer.fragments = {digest: load_fragment(data) for digest, data in task.texts}
    renderer.typeset.made = {key: load_rendered(data) for key, data in task.formulas}
    rows = []
    for output in task.outputs:
        rendered = renderer.render(output)
        if rendered.diagnostic:
            rows.append(RenderedRow(output.path, diagnostic=rendered.diagnostic))
            continue
        staged = setup.stage.add(output.path, rendered.data) if setup.stage else None
        rows.append(RenderedRow(output.path, staged, None if staged else rendered.data, flaws=renderer.flaws(output)))
    return rows


@lru_cache(maxsize=1)
def _renderer(setup: RenderSetup) -> Renderer:
    from blogsite.maths.html import Typeset
    from blogsite.render.renderer import Renderer

    return Renderer(setup.info, dict(setup.templates), {}, Typeset(setup.math_output))


RENDERED_AT_ONCE = 24
"""Outputs in a task; fewer stale ones than this are rendered here, without starting processes."""


@dataclass(frozen=True, slots=True)
class RenderedOutput:
    """A stale output, staged: what it was made of and the flaws of its formulas."""

    staged: StagedFile
    ingredients: bytes
    flaws: tuple[Diagnostic, ...]


def render(
    context: BuildContext, loaded: LoadedSite, templates: Templates, stale: Sequence[StaleOutput], stage: Staging
) -> Iterator[RenderedOutput | Diagnostic]:
    """Each stale output staged, in order, or the mistake that kept it from being made."""
    pages = [item for item in stale if isinstance(item.output, Page | DataFile)]
    for item in stale:
        if isinstance(item.output, Asset):
            data = loaded.files.content(item.output.file)
            yield RenderedOutput(stage.add(item.output.path, data), item.ingredients, ())
    shared = stage if context.workers.is_local else None
    setup = RenderSetup(loaded.site.info, tuple(templates.items()), how_of(context), shared)
    ingredients = {item.output.path: item.ingredients for item in pages}
    tasks = (task_of(context, loaded, setup, batch) for batch in chunks(pages, RENDERED_AT_ONCE))
    done = 0
    for rows in context.workers.map(render_batch, tasks, parallel=len(pages) > RENDERED_AT_ONCE):
        for row in rows:
            if row.diagnostic:
                yield row.diagnostic
                continue
            staged = row.staged or stage.add(row.path, row.data or b"")
            yield RenderedOutput(staged, ingredients[row.path], row.flaws)
        done += len(rows)
        context.progress("render", done, len(pages))
    variants = {item.output: item.ingredients for item in stale if isinstance(item.output, ImageVariant)}
    kept = context.image_cache
    if variants:
        check_format(context.config.images_format, context.config.location("images_format"))
        for variant, data in encode_all(loaded.files, context.workers, kept, variants, context.progress):
            yield RenderedOutput(stage.add(variant.path, data), variants[variant], ())
    drawings = {item.output: item.ingredients for item in stale if isinstance(item.output, SocialCardImage)}
    check_cards(drawings, context.config.location("theme"))
    for drawing, data in draw_all(context.workers, kept, drawings, context.progress):
        yield RenderedOutput(stage.add(drawing.path, data), drawings[drawing], ())


def task_of(context: BuildContext, loaded: LoadedSite, setup: RenderSetup, stale: Sequence[StaleOutput]) -> RenderTask:
    """The stale outputs with all the texts and formulas that they show."""
    outputs = tuple(item.output for item in stale if isinstance(item.output, Page | DataFile))
    shown = [_texts(output) for output in outputs]
    digests = dict.fromkeys(text.fragment for texts in shown for text in texts if isinstance(text, Content))
    kept = _kept(context, loaded, digests, context.store.texts)
    made = context.store.formulas(_formulas(context, loaded, outputs, shown))
    return RenderTask(setup, outputs, tuple(kept.items()), tuple(made.items()))
