"""TODO."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.loader import restore_texts
from blogsite.build.planner import StaleOutput
from blogsite.build.store.records import load_fragment
from blogsite.content.model import Formula, RichText
from blogsite.core.digest import Digest
from blogsite.core.executor import chunks
from blogsite.core.frozen import DamageError
from blogsite.maths.compression import dump_rendered, dump_tex, load_tex
from blogsite.pages.feeds import Feed
from blogsite.site.outputs import DataFile, Page
from blogsite.render.placeholders import settle
from blogsite.render.renderer import texts_of
from blogsite.site.model import Content

if TYPE_CHECKING:
    from blogsite.maths.katex import MathFormat, TeX


@dataclass(frozen=True, slots=True)
class TypesetTask:
    """Formulas to make: (key, TeX as `dump_tex` writes it)."""

    formulas: tuple[tuple[str, bytes], ...]


def typeset_batch(task: TypesetTask) -> list[tuple[str, bytes]]:
    """Key and result of each formula, as `dump_rendered` writes it."""
    from blogsite.maths.html import Rendered
    from blogsite.maths.katex import EngineError, render_many

    wanted: dict[MathFormat, list[tuple[str, TeX]]] = {}
    for name, data in task.formulas:
        output, tex = load_tex(data)
        wanted.setdefault(output, []).append((name, tex))
    rows = []
    for output, formulas in wanted.items():
        results = render_many([tex for _, tex in formulas], output)
        for (name, _), result in zip(formulas, results, strict=True):
            made = Rendered("", result.message) if isinstance(result, EngineError) else Rendered(result)
            rows.append((name, dump_rendered(made)))
    return rows


Row = TypeVar("Row")


How: TypeAlias = Literal["html", "mathml"]


TYPESET_AT_ONCE = 500
"""Formulas in a task."""


def typeset(context: BuildContext, loaded: LoadedSite, stale: Sequence[StaleOutput]) -> None:
    """The store has every formula that the stale outputs show."""
    pages = [item.output for item in stale if isinstance(item.output, Page | DataFile)]
    unmade: dict[bytes, None] = {}
    for batch in chunks(pages, 500):
        keys = _formulas(context, loaded, batch, [_texts(output) for output in batch])
        unmade |= dict.fromkeys(context.store.unmade_formulas(keys))
    tasks = (TypesetTask(tuple(context.store.texs(batch))) for batch in chunks(unmade, TYPESET_AT_ONCE))
    done, many = 0, len(unmade) > TYPESET_AT_ONCE
    for rows in context.workers.map(typeset_batch, tasks, parallel=many):
        with context.store.transaction():
            context.store.save_formulas(rows)
        done += len(rows)
        context.progress("typeset", done, len(unmade))
    if many:
        context.workers.stop()  # the engine does not give back its memory, which is better used for pages


def _kept(
    context: BuildContext,
    loaded: LoadedSite,
    digests: Mapping[Digest, None],
    ask: Callable[[Iterable[Digest]], dict[Digest, Row]],
) -> dict[Digest, Row]:
    """What the store answers for each of these texts; those it has lost are made anew."""
    rows = ask(digests)
    if lost := digests.keys() - rows.keys():
        restore_texts(context, loaded, lost)
        rows |= ask(lost)
        if lost - rows.keys():
            raise DamageError("texts are lost")
    return rows


def _formulas(
    context: BuildContext,
    loaded: LoadedSite,
    outputs: Sequence[Page | DataFile],
    shown: Sequence[Sequence[Content | RichText]],
) -> dict[str, None]:
    """The keys of all formulas in the texts that the outputs show, in order; the store knows the TeX of each."""
    digests = dict.fromkeys(text.fragment for texts in shown for text in texts if isinstance(text, Content))
    known = _kept(context, loaded, digests, context.store.keys)
    keys: dict[str, None] = {}
    loose: dict[str, bytes] = {}
    for output, texts in zip(outputs, shown, strict=True):
        how = how_of(context, output)
        for text in texts:
            if isinstance(text, RichText):
                loose |= _keyed(text.fragment.formulas, how)
                continue
            settled = known[text.fragment] if how == how_of(context) else None
            if settled is None:
                data = _kept(context, loaded, {text.fragment: None}, context.store.texts)[text.fragment]
                loose |= _keyed(settle(load_fragment(data).formulas, text.resolved), how)
            else:
                keys |= dict.fromkeys(settled)
    if loose:
        with context.store.transaction():
            context.store.add_formulas(loose.items())
    return keys | dict.fromkeys(loose)


def _keyed(formulas: Sequence[Formula], how: How) -> dict[str, bytes]:
    if not formulas:
        return {}
    from blogsite.maths.html import tex_of
    from blogsite.maths.katex import key

    texs = [tex_of(formula) for formula in formulas if not formula.error]
    return {key(tex, how): dump_tex(tex, how) for tex in texs}


def how_of(context: BuildContext, output: Page | DataFile | None = None) -> How:
    """What formulas become on a page, in a feed always MathML."""
    in_feed = isinstance(output.context if isinstance(output, Page) else output.inputs if output else None, Feed)
    return "mathml" if in_feed or context.config.math_output == "mathml" else "html"


def _texts(output: Page | DataFile) -> list[Content | RichText]:
    return list(texts_of(output.context if isinstance(output, Page) else output.inputs))
