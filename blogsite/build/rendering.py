"""Render the stale outputs into the staging folder, on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.output_folder import StagedFile
from blogsite.build.output_plan import BuildPlan, RenderedOutput
from blogsite.build.staging import Staging
from blogsite.build.store.records import load_fragment
from blogsite.build.typesetting import formula_keys, stored_fragments, texts_on, typeset
from blogsite.config.settings import MathFormat
from blogsite.core.diagnostics import Diagnostic, Location
from blogsite.core.digest import Digest
from blogsite.core.executor import batched
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.images.processing import check_card_design, check_image_format, draw_cards, encode_variants
from blogsite.maths import katex
from blogsite.maths.compression import load_rendered
from blogsite.maths.html import TypesetFormulas
from blogsite.render.renderer import Renderer
from blogsite.site.model import Content, SiteInfo
from blogsite.site.outputs import Asset, DataFile, Page

OUTPUTS_PER_TASK = 24
"""No more outputs than this are rendered without starting worker processes."""


# ── in a worker process ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RenderSetup:
    """What all outputs of a build share."""

    info: SiteInfo
    templates: tuple[tuple[str, str], ...]
    """(name, text) of each."""
    math_format: MathFormat
    staging: Staging | None
    """Where the worker writes the files itself; None if it cannot see the disk of the build."""


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Outputs to render, with the texts and formulas that they show, as the store keeps them."""

    setup: RenderSetup
    outputs: tuple[Page | DataFile, ...]
    fragments: tuple[tuple[Digest, bytes], ...]
    formulas: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A rendered output: its staged file or its bytes, with warnings; or the error of its template."""

    path: str
    staged: StagedFile | None = None
    data: bytes | None = None
    error: Diagnostic | None = None
    warnings: tuple[Diagnostic, ...] = ()
    """Those of the formulas that could not be typeset."""


def render_batch(task: RenderTask) -> list[RenderResult]:
    """Render the outputs of a task, in order."""
    katex.close()  # pages can use its memory better
    staging, renderer = task.setup.staging, _renderer(task.setup)
    renderer.fragments = {digest: load_fragment(data) for digest, data in task.fragments}
    renderer.typeset.made = {key: load_rendered(data) for key, data in task.formulas}
    results = []
    for output in task.outputs:
        rendered = renderer.render(output)
        if rendered.diagnostic:
            results.append(RenderResult(output.path, error=rendered.diagnostic))
            continue
        staged = staging.add(output.path, rendered.data) if staging else None
        data = None if staged else rendered.data
        results.append(RenderResult(output.path, staged, data, warnings=renderer.warnings(output)))
    return results


@lru_cache(maxsize=1)
def _renderer(setup: RenderSetup) -> Renderer:
    return Renderer(setup.info, dict(setup.templates), {}, TypesetFormulas(setup.math_format))


# ── in the main process ──────────────────────────────────────────────────────────────────────────────────────────────


def render_stale(
    context: BuildContext, plan: BuildPlan, staging: Staging
) -> tuple[list[RenderedOutput], list[Diagnostic]]:
    """Typeset the formulas of the stale outputs and render these into `staging`.

    Returns what was rendered and the errors of templates, each of them once.
    """
    loaded = plan.loaded
    assert loaded is not None, "a plan with stale outputs has a site"
    outputs = [item.output for item in plan.outputs.stale]
    ingredients = {item.output.path: item.ingredients for item in plan.outputs.stale}
    pages = [output for output in outputs if isinstance(output, Page | DataFile)]
    rendered: list[RenderedOutput] = []
    errors: dict[tuple[Location, str], Diagnostic] = {}

    def add(staged: StagedFile, warnings: tuple[Diagnostic, ...] = ()) -> None:
        rendered.append(RenderedOutput(staged, ingredients[staged.path], warnings))

    with context.times.measure("typeset"):
        typeset(context, loaded, pages)
    with context.times.measure("render"):
        for output in outputs:
            if isinstance(output, Asset):
                add(staging.add(output.path, loaded.files.published_bytes(output.file)))
        for result in _render_pages(context, loaded, plan.templates, pages, staging):
            if result.error:
                errors.setdefault((result.error.location, result.error.message), result.error)
            else:
                add(result.staged or staging.add(result.path, result.data or b""), result.warnings)
        for image, data in _make_images(context, loaded, outputs):
            add(staging.add(image.path, data))
    return rendered, [*errors.values()]


def render_task(
    context: BuildContext, loaded: LoadedSite, setup: RenderSetup, outputs: Sequence[Page | DataFile]
) -> RenderTask:
    """Return the task of rendering these outputs, with all texts and formulas that they show."""
    shown = [text.fragment for output in outputs for text in texts_on(output) if isinstance(text, Content)]
    fragments = stored_fragments(context, loaded, shown, context.store.fragments)
    formulas = context.store.rendered_formulas(formula_keys(context, loaded, outputs))
    return RenderTask(setup, tuple(outputs), tuple(fragments.items()), tuple(formulas.items()))


def _render_pages(
    context: BuildContext,
    loaded: LoadedSite,
    templates: Mapping[str, str],
    outputs: Sequence[Page | DataFile],
    staging: Staging,
) -> Iterator[RenderResult]:
    shared = staging if context.workers.is_local else None
    setup = RenderSetup(loaded.site.info, tuple(templates.items()), context.config.math_output, shared)
    tasks = (render_task(context, loaded, setup, batch) for batch in batched(outputs, OUTPUTS_PER_TASK))
    done = 0
    for results in context.workers.map(render_batch, tasks, parallel=len(outputs) > OUTPUTS_PER_TASK):
        yield from results
        done += len(results)
        context.progress("render", done, len(outputs))


def _make_images(
    context: BuildContext, loaded: LoadedSite, stale: Sequence[object]
) -> Iterator[tuple[ImageVariant | SocialCardImage, bytes]]:
    """Yield each resized image and social card with its bytes."""
    cache, workers, progress = context.image_cache, context.workers, context.progress
    variants = [output for output in stale if isinstance(output, ImageVariant)]
    if variants:
        check_image_format(context.config.images_format, context.config.location("images_format"))
        yield from encode_variants(loaded.files, workers, cache, variants, progress)
    cards = [output for output in stale if isinstance(output, SocialCardImage)]
    check_card_design(cards, context.config.location("theme"))
    yield from draw_cards(workers, cache, cards, progress)
