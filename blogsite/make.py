"""plan ─► typeset ─► render: the stale outputs of a site, staged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from blogsite.errors import Mistake, Place, SiteError, error
from blogsite.fill import settle
from blogsite.load import Loaded, Workshop
from blogsite.model import Asset, Content, Data, Formula, Output, Page, Rich
from blogsite.pages.feeds import Feed
from blogsite.plan import Plan, Stale, closures, computed_names, make_plan
from blogsite.publish import Stage, Staged
from blogsite.read import read_bytes
from blogsite.render import texts_of
from blogsite.store import chunks, load_fragment
from blogsite.tasks import RenderSetup, RenderTask, TypesetTask, dump_tex, render_batch, typeset_batch

How: TypeAlias = Literal["html", "mathml"]

RENDERED_AT_ONCE = 24
"""Outputs in a task; fewer stale ones than this are rendered here, without starting processes."""
TYPESET_AT_ONCE = 1500
"""Formulas in a task."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A stale output, staged: what it was made of and the flaws of its formulas."""

    staged: Staged
    ingredients: bytes
    flaws: tuple[Mistake, ...]


def plan(workshop: Workshop, loaded: Loaded, outputs: Sequence[Output], folder: Path, name: str) -> Plan:
    """Which outputs are to be made again; raises SiteError for templates that name others by computing."""
    texts = {}
    mistakes: list[Mistake] = []
    for file in loaded.inventory.templates:
        try:
            texts[file.path] = read_bytes(workshop.root, file).decode()
        except (OSError, UnicodeDecodeError):
            what = "the template cannot be read as UTF-8"
            mistakes.append(error(Place(f"templates/{file.path}"), what, "save it in UTF-8"))
    mistakes += computed_names(texts)
    if mistakes:
        raise SiteError(mistakes)
    files = {output.path: loaded.files.digest(output.file) for output in outputs if isinstance(output, Asset)}
    return make_plan(outputs, workshop.store.outputs(name), folder, workshop.code, closures(texts), files)


def typeset(workshop: Workshop, stale: Sequence[Stale]) -> None:
    """The store has every formula that the stale outputs show."""
    pages = [item.output for item in stale if not isinstance(item.output, Asset)]
    keys: set[str] = set()
    for batch in chunks(pages, 500):
        keys |= _formulas(workshop, batch)
    unmade = list(workshop.store.unmade_formulas(keys))
    tasks = (TypesetTask(_how(workshop), tuple(batch)) for batch in chunks(unmade, TYPESET_AT_ONCE))
    done = 0
    for rows in workshop.pool.map(typeset_batch, tasks, worthwhile=len(unmade) > TYPESET_AT_ONCE):
        with workshop.store.together():
            workshop.store.save_formulas(rows)
        done += len(rows)
        workshop.progress("typeset", done, len(unmade))


def render(workshop: Workshop, loaded: Loaded, stale: Sequence[Stale], stage: Stage) -> Iterator[Remade | Mistake]:
    """Each stale output staged, in order, or the mistake that kept it from being made."""
    pages = [item for item in stale if not isinstance(item.output, Asset)]
    for item in stale:
        if isinstance(item.output, Asset):
            yield Remade(stage.add(item.output.path, read_bytes(workshop.root, item.output.file)), item.ingredients, ())
    shared = stage if workshop.pool.is_here else None
    setup = RenderSetup(str(workshop.root), loaded.site.info, loaded.inventory.templates, _how(workshop), shared)
    ingredients = {item.output.path: item.ingredients for item in pages}
    tasks = (_task(workshop, setup, batch) for batch in chunks(pages, RENDERED_AT_ONCE))
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


def _task(workshop: Workshop, setup: RenderSetup, stale: Sequence[Stale]) -> RenderTask:
    outputs = tuple(item.output for item in stale if not isinstance(item.output, Asset))
    digests = dict.fromkeys(content.fragment for output in outputs for content in _contents(output))
    texts = workshop.store.texts(digests)
    made = workshop.store.formulas(_formulas(workshop, outputs))
    return RenderTask(setup, outputs, tuple(texts.items()), tuple(made.items()))


def _formulas(workshop: Workshop, outputs: Sequence[Page | Data]) -> set[str]:
    """The keys of all formulas that the outputs show; the store knows the TeX of each."""
    contents = {output.path: _contents(output) for output in outputs}
    known = workshop.store.keys(dict.fromkeys(content.fragment for shown in contents.values() for content in shown))
    keys: set[str] = set()
    loose: dict[str, bytes] = {}
    for output in outputs:
        how = _how(workshop, output)
        for content in contents[output.path]:
            settled = known[content.fragment] if how == _how(workshop) else None
            if settled is None:
                fragment = load_fragment(workshop.store.texts([content.fragment])[content.fragment])
                loose |= _keyed(settle(fragment.formulas, content.answers), how)
            else:
                keys.update(settled)
        for rich in _riches(output):
            if rich.fragment.formulas:
                loose |= _keyed(rich.fragment.formulas, how)
    workshop.store.add_formulas(loose.items())
    return keys | loose.keys()


def _keyed(formulas: Sequence[Formula], how: How) -> dict[str, bytes]:
    from blogsite.maths.engine import key
    from blogsite.maths.typeset import tex_of

    texs = [tex_of(formula) for formula in formulas if not formula.error]
    return {key(tex, how): dump_tex(tex) for tex in texs}


def _how(workshop: Workshop, output: Page | Data | None = None) -> How:
    """What formulas become on a page, in a feed always MathML."""
    in_feed = isinstance(output.context if isinstance(output, Page) else output.inputs if output else None, Feed)
    return "mathml" if in_feed or workshop.config.math_output == "mathml" else "html"


def _contents(output: Page | Data) -> list[Content]:
    shown = texts_of(output.context if isinstance(output, Page) else output.inputs)
    return [text for text in shown if isinstance(text, Content)]


def _riches(output: Page | Data) -> Iterator[Rich]:
    shown = texts_of(output.context if isinstance(output, Page) else output.inputs)
    return (text for text in shown if isinstance(text, Rich))
