"""Typeset the formulas of the stale outputs: each distinct one once, in batches, unless the store has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.parsing import restore_fragments
from blogsite.build.store.records import load_fragment
from blogsite.config.settings import MathFormat
from blogsite.content.model import Formula, RichText
from blogsite.core.digest import Digest
from blogsite.core.executor import batched
from blogsite.core.frozen import DamagedRecordError
from blogsite.maths.compression import dump_rendered, dump_tex, load_tex
from blogsite.maths.html import Rendered, engine_input
from blogsite.maths.katex import EngineError, TeX, formula_key, render_many
from blogsite.pages.feeds import Feed
from blogsite.render.placeholders import fill_equation_numbers
from blogsite.render.renderer import texts_of
from blogsite.site.model import Content
from blogsite.site.outputs import DataFile, Page

FORMULAS_PER_TASK = 500
"""No more formulas than this are typeset without starting worker processes."""
OUTPUTS_PER_BATCH = 500
"""Outputs whose formulas are collected in one query."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TypesetTask:
    """Formulas to typeset, as (key, TeX as `dump_tex` writes it)."""

    formulas: tuple[tuple[str, bytes], ...]


def typeset_batch(task: TypesetTask) -> list[tuple[str, bytes]]:
    """Return the key of each formula and its HTML or error, as `dump_rendered` writes it."""
    by_format: dict[MathFormat, list[tuple[str, TeX]]] = {}
    for name, data in task.formulas:
        math_format, tex = load_tex(data)
        by_format.setdefault(math_format, []).append((name, tex))
    rows = []
    for math_format, formulas in by_format.items():
        results = render_many([tex for _, tex in formulas], math_format)
        for (name, _), result in zip(formulas, results, strict=True):
            rendered = Rendered("", result.message) if isinstance(result, EngineError) else Rendered(result)
            rows.append((name, dump_rendered(rendered)))
    return rows


def typeset(context: BuildContext, loaded: LoadedSite, outputs: Sequence[Page | DataFile]) -> None:
    """Typeset every formula on these outputs that the store does not have, and save it there."""
    missing: dict[bytes, None] = {}
    for batch in batched(outputs, OUTPUTS_PER_BATCH):
        missing |= dict.fromkeys(context.store.formulas_to_typeset(formula_keys(context, loaded, batch)))
    tasks = (TypesetTask(tuple(context.store.formula_sources(batch))) for batch in batched(missing, FORMULAS_PER_TASK))
    done, in_parallel = 0, len(missing) > FORMULAS_PER_TASK
    for rows in context.workers.map(typeset_batch, tasks, parallel=in_parallel):
        with context.store.transaction():
            context.store.save_rendered_formulas(rows)
        done += len(rows)
        context.progress("typeset", done, len(missing))
    if in_parallel:
        context.workers.stop()  # V8 keeps its memory, which rendering can use better


def formula_keys(context: BuildContext, loaded: LoadedSite, outputs: Sequence[Page | DataFile]) -> dict[str, None]:
    """Return the keys of all formulas on these outputs, in order, after adding their TeX to the store."""
    texts = [(math_format_of(context, output), text) for output in outputs for text in texts_on(output)]
    known = stored_fragments(context, loaded, _fragments(texts), context.store.formula_keys)
    keys: dict[str, None] = {}
    unknown: dict[str, bytes] = {}
    for math_format, text in texts:
        if isinstance(text, RichText):
            unknown |= _with_keys(text.fragment.formulas, math_format)
            continue
        own = known[text.fragment] if math_format == context.config.math_output else None
        if own is None:
            data = stored_fragments(context, loaded, [text.fragment], context.store.fragments)[text.fragment]
            unknown |= _with_keys(fill_equation_numbers(load_fragment(data).formulas, text.resolved), math_format)
        else:
            keys |= dict.fromkeys(own)
    if unknown:
        with context.store.transaction():
            context.store.add_formulas(unknown.items())
    return keys | dict.fromkeys(unknown)


def stored_fragments(
    context: BuildContext,
    loaded: LoadedSite,
    digests: Iterable[Digest],
    query: Callable[[Iterable[Digest]], dict[Digest, Row]],
) -> dict[Digest, Row]:
    """Return what `query` finds in the store for each text, after restoring those that the store has lost."""
    wanted = dict.fromkeys(digests)
    rows = query(wanted)
    if lost := wanted.keys() - rows.keys():
        restore_fragments(context, loaded, lost)
        rows |= query(lost)
        if lost - rows.keys():
            raise DamagedRecordError("texts are missing from the store")
    return rows


def math_format_of(context: BuildContext, output: Page | DataFile) -> MathFormat:
    """Return the format of the formulas on an output: in feeds MathML, elsewhere as the settings say."""
    in_feed = isinstance(output.context if isinstance(output, Page) else output.inputs, Feed)
    return "mathml" if in_feed else context.config.math_output


def texts_on(output: Page | DataFile) -> Iterator[Content | RichText]:
    """Yield the texts that an output shows."""
    return texts_of(output.context if isinstance(output, Page) else output.inputs)


def _fragments(texts: Iterable[tuple[MathFormat, Content | RichText]]) -> list[Digest]:
    return [text.fragment for _, text in texts if isinstance(text, Content)]


def _with_keys(formulas: Sequence[Formula], math_format: MathFormat) -> Mapping[str, bytes]:
    texs = [engine_input(formula) for formula in formulas if not formula.error]
    return {formula_key(tex, math_format): dump_tex(tex, math_format) for tex in texs}
