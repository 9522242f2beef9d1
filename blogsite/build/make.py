"""plan ─► typeset ─► render: the stale outputs of a site, staged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from blogsite.build.last_build import LastBuild
from blogsite.build.loader import Loaded, Workshop, restore_texts, theme_templates
from blogsite.build.output_folder import Folder, Staged
from blogsite.build.planner import Plan, Stale, closures, computed_names, make_plan
from blogsite.build.staging import Stage
from blogsite.build.store.records import DamageError, Made, chunks, dump_tex, load_fragment
from blogsite.build.tasks import RenderSetup, RenderTask, TypesetTask, render_batch, typeset_batch
from blogsite.content.discovery import read_bytes
from blogsite.content.model import Formula, Rich
from blogsite.core.diagnostics import Mistake, Place, SiteError, error
from blogsite.core.digest import Digest
from blogsite.images.processing import check_cards, check_format, draw_all, encode_all
from blogsite.pages.feeds import Feed
from blogsite.render.placeholders import settle
from blogsite.render.renderer import texts_of
from blogsite.site.model import Asset, Content, Data, Drawing, Output, Page, Variant

Row = TypeVar("Row")
How: TypeAlias = Literal["html", "mathml"]

RENDERED_AT_ONCE = 24
"""Outputs in a task; fewer stale ones than this are rendered here, without starting processes."""
TYPESET_AT_ONCE = 500
"""Formulas in a task."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A stale output, staged: what it was made of and the flaws of its formulas."""

    staged: Staged
    ingredients: bytes
    flaws: tuple[Mistake, ...]


Templates: TypeAlias = "dict[str, str]"
"""Name → text; a name "theme/…" is the default theme's, also where the site has its own."""


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be made, of what, and what is known of this build beforehand."""

    loaded: Loaded
    templates: Templates
    plan: Plan
    mistakes: tuple[Mistake, ...]
    """Those of the site; formulas may have more."""
    build: LastBuild
    """As the next build will know it, but for its outputs and mistakes."""


def read_templates(workshop: Workshop, loaded: Loaded) -> Templates:
    """Every template; raises SiteError for those that cannot be read, or that name others by computing."""
    texts = {}
    mistakes: list[Mistake] = []
    for name, file in (*theme_templates(), *((file.path, file) for file in loaded.inventory.templates)):
        try:
            texts[name] = read_bytes(workshop.root, file).decode()
        except (OSError, UnicodeDecodeError):
            what = "the template cannot be read as UTF-8"
            mistakes.append(error(Place(f"templates/{name}"), what, "save it in UTF-8"))
    mistakes += computed_names(texts)
    if mistakes:
        raise SiteError(mistakes)
    return texts


def plan(
    workshop: Workshop,
    loaded: Loaded,
    templates: Templates,
    outputs: Sequence[Output],
    folder: Folder,
    made: Mapping[str, Made],
) -> Plan:
    """Which outputs are to be made again, with MADE in the folder by the last build."""
    files = {output.path: loaded.files.published(output.file) for output in outputs if isinstance(output, Asset)}
    return make_plan(outputs, made, folder.path, folder.ours, workshop.code, closures(templates), files)


def typeset(workshop: Workshop, loaded: Loaded, stale: Sequence[Stale]) -> None:
    """The store has every formula that the stale outputs show."""
    pages = [item.output for item in stale if isinstance(item.output, Page | Data)]
    unmade: dict[bytes, None] = {}
    for batch in chunks(pages, 500):
        keys = _formulas(workshop, loaded, batch, [_texts(output) for output in batch])
        unmade |= dict.fromkeys(workshop.store.unmade_formulas(keys))
    tasks = (TypesetTask(tuple(workshop.store.texs(batch))) for batch in chunks(unmade, TYPESET_AT_ONCE))
    done, many = 0, len(unmade) > TYPESET_AT_ONCE
    for rows in workshop.pool.map(typeset_batch, tasks, worthwhile=many):
        with workshop.store.together():
            workshop.store.save_formulas(rows)
        done += len(rows)
        workshop.progress("typeset", done, len(unmade))
    if many:
        workshop.pool.stop()  # the engine does not give back its memory, which is better used for pages


def render(
    workshop: Workshop, loaded: Loaded, templates: Templates, stale: Sequence[Stale], stage: Stage
) -> Iterator[Remade | Mistake]:
    """Each stale output staged, in order, or the mistake that kept it from being made."""
    pages = [item for item in stale if isinstance(item.output, Page | Data)]
    for item in stale:
        if isinstance(item.output, Asset):
            data = loaded.files.content(item.output.file)
            yield Remade(stage.add(item.output.path, data), item.ingredients, ())
    shared = stage if workshop.pool.is_here else None
    setup = RenderSetup(loaded.site.info, tuple(templates.items()), how_of(workshop), shared)
    ingredients = {item.output.path: item.ingredients for item in pages}
    tasks = (task_of(workshop, loaded, setup, batch) for batch in chunks(pages, RENDERED_AT_ONCE))
    done = 0
    for rows in workshop.pool.map(render_batch, tasks, worthwhile=len(pages) > RENDERED_AT_ONCE):
        for row in rows:
            if row.mistake:
                yield row.mistake
                continue
            staged = row.staged or stage.add(row.path, row.data or b"")
            yield Remade(staged, ingredients[row.path], row.flaws)
        done += len(rows)
        workshop.progress("render", done, len(pages))
    variants = {item.output: item.ingredients for item in stale if isinstance(item.output, Variant)}
    kept = workshop.encoded
    if variants:
        check_format(workshop.config.images_format, workshop.config.place("images_format"))
        for variant, data in encode_all(loaded.files, workshop.pool, kept, variants, workshop.progress):
            yield Remade(stage.add(variant.path, data), variants[variant], ())
    drawings = {item.output: item.ingredients for item in stale if isinstance(item.output, Drawing)}
    check_cards(drawings, workshop.config.place("theme"))
    for drawing, data in draw_all(workshop.pool, kept, drawings, workshop.progress):
        yield Remade(stage.add(drawing.path, data), drawings[drawing], ())


def task_of(workshop: Workshop, loaded: Loaded, setup: RenderSetup, stale: Sequence[Stale]) -> RenderTask:
    """The stale outputs with all the texts and formulas that they show."""
    outputs = tuple(item.output for item in stale if isinstance(item.output, Page | Data))
    shown = [_texts(output) for output in outputs]
    digests = dict.fromkeys(text.fragment for texts in shown for text in texts if isinstance(text, Content))
    kept = _kept(workshop, loaded, digests, workshop.store.texts)
    made = workshop.store.formulas(_formulas(workshop, loaded, outputs, shown))
    return RenderTask(setup, outputs, tuple(kept.items()), tuple(made.items()))


def _kept(
    workshop: Workshop,
    loaded: Loaded,
    digests: Mapping[Digest, None],
    ask: Callable[[Iterable[Digest]], dict[Digest, Row]],
) -> dict[Digest, Row]:
    """What the store answers for each of these texts; those it has lost are made anew."""
    rows = ask(digests)
    if lost := digests.keys() - rows.keys():
        restore_texts(workshop, loaded, lost)
        rows |= ask(lost)
        if lost - rows.keys():
            raise DamageError("texts are lost")
    return rows


def _formulas(
    workshop: Workshop, loaded: Loaded, outputs: Sequence[Page | Data], shown: Sequence[Sequence[Content | Rich]]
) -> dict[str, None]:
    """The keys of all formulas in the texts that the outputs show, in order; the store knows the TeX of each."""
    digests = dict.fromkeys(text.fragment for texts in shown for text in texts if isinstance(text, Content))
    known = _kept(workshop, loaded, digests, workshop.store.keys)
    keys: dict[str, None] = {}
    loose: dict[str, bytes] = {}
    for output, texts in zip(outputs, shown, strict=True):
        how = how_of(workshop, output)
        for text in texts:
            if isinstance(text, Rich):
                loose |= _keyed(text.fragment.formulas, how)
                continue
            settled = known[text.fragment] if how == how_of(workshop) else None
            if settled is None:
                data = _kept(workshop, loaded, {text.fragment: None}, workshop.store.texts)[text.fragment]
                loose |= _keyed(settle(load_fragment(data).formulas, text.answers), how)
            else:
                keys |= dict.fromkeys(settled)
    if loose:
        with workshop.store.together():
            workshop.store.add_formulas(loose.items())
    return keys | dict.fromkeys(loose)


def _keyed(formulas: Sequence[Formula], how: How) -> dict[str, bytes]:
    if not formulas:
        return {}
    from blogsite.maths.html import tex_of
    from blogsite.maths.katex import key

    texs = [tex_of(formula) for formula in formulas if not formula.error]
    return {key(tex, how): dump_tex(tex, how) for tex in texs}


def how_of(workshop: Workshop, output: Page | Data | None = None) -> How:
    """What formulas become on a page, in a feed always MathML."""
    in_feed = isinstance(output.context if isinstance(output, Page) else output.inputs if output else None, Feed)
    return "mathml" if in_feed or workshop.config.math_output == "mathml" else "html"


def _texts(output: Page | Data) -> list[Content | Rich]:
    return list(texts_of(output.context if isinstance(output, Page) else output.inputs))
