"""Typeset formulas and put them into HTML, each wrapped in a <span> and kept with the punctuation behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple, TypeAlias

from blogsite.config.settings import MathFormat
from blogsite.content.model import Formula
from blogsite.core.diagnostics import Diagnostic, Location, warning
from blogsite.core.digest import Digest
from blogsite.maths.katex import EngineError, Result, TeX, formula_key, render_many

SHORT = 40
"""Maximum length, in characters of TeX, of a formula that is kept on the line of the punctuation behind it."""

_PLACE = re.compile("\x02f([0-9]+)\x03([，。、；：？！）」』”’,.;:?!)]{0,3})")


class Rendered(NamedTuple):
    """A formula's HTML without wrapper, or the error for which there is none."""

    html: str
    error: str = ""


RenderedByKey: TypeAlias = "dict[Digest, Rendered]"
TypesetFunction: TypeAlias = Callable[[Sequence[TeX], MathFormat], "list[Result]"]


def engine_input(formula: Formula) -> TeX:
    """Return what the engine needs of a formula: equal for equal formulas, wherever they are."""
    return TeX(formula.tex, formula.display, formula.macros)


def typeset(
    formulas: Iterable[Formula], output: MathFormat = "html", make: TypesetFunction = render_many
) -> RenderedByKey:
    """Typeset formulas, equal ones once. Returns formula key → result, without those that are known to be wrong."""
    wanted = {
        formula_key(tex, output): tex for tex in (engine_input(formula) for formula in formulas if not formula.error)
    }
    return {
        name: Rendered("", result.message) if isinstance(result, EngineError) else Rendered(result)
        for name, result in zip(wanted, make(list(wanted.values()), output) if wanted else [], strict=True)
    }


def wrap_formula(formula: Formula, rendered: Rendered, glue: str = "", ids: Sequence[str] = ()) -> str:
    """Return a formula's HTML for a page, with the punctuation `glue` that must not begin the next line."""
    kind = "display" if formula.display else "inline"
    attribute = f' id="{escape(ids[0])}"' if ids else ""
    anchors = "".join(f'<span id="{escape(name)}"></span>' for name in ids[1:])
    error = formula.error or rendered.error
    inner = (
        f'<code class="math-error" title="{escape(error)}">{escape(formula.source, quote=False)}</code>'
        if error
        else rendered.html
    )
    whole = f'<span class="math {kind}"{attribute}>{anchors}{inner}</span>'
    if glue and not formula.display and len(formula.tex) <= SHORT:
        return f'<span class="math-nobreak">{whole}{glue}</span>'
    return whole + glue


class TypesetFormulas:
    """The typeset formulas of a build, by key. What is missing when HTML is filled is typeset then, in one batch."""

    def __init__(
        self, output: MathFormat = "html", made: RenderedByKey | None = None, make: TypesetFunction = render_many
    ) -> None:
        self.output: MathFormat = output
        self.made: RenderedByKey = {} if made is None else made
        self._make = make

    def fill(self, html: str, formulas: Sequence[Formula], *, feed: bool = False) -> str:
        r"""Replace each \x02fN\x03 in HTML by its formula; in a feed as MathML, without ids and glue.

        An id is used once only.
        """
        if "\x02f" not in html:
            return html
        output: MathFormat = "mathml" if feed else self.output
        names = [None if formula.error else formula_key(engine_input(formula), output) for formula in formulas]
        if missing := [f for f, name in zip(formulas, names, strict=True) if name and name not in self.made]:
            self.made.update(typeset(missing, output, self._make))
        seen: set[str] = set()

        def put(match: re.Match[str]) -> str:
            index = int(match[1])
            formula, name = formulas[index], names[index]
            rendered = _NOTHING if name is None else self.made[name]
            if feed:
                return wrap_formula(formula, rendered) + match[2]
            ids = [name for name in formula.ids if name not in seen] if formula.ids else ()
            seen.update(ids)
            return wrap_formula(formula, rendered, match[2], ids)

        return _PLACE.sub(put, html)

    def warnings(self, path: str, formulas: Iterable[Formula]) -> list[Diagnostic]:
        """Return a warning for each formula of a post that could not be typeset, at its opening delimiter."""
        if not any(rendered.error for rendered in self.made.values()):
            return []
        hint = "correct the formula; it is shown as it was written"
        return [
            warning(Location(path, formula.line, formula.column), rendered.error, hint, "formula-invalid")
            for formula in formulas
            if not formula.error
            and (rendered := self.made.get(formula_key(engine_input(formula), self.output)))
            and rendered.error
        ]


_NOTHING = Rendered("")
