"""Formulas → HTML on the page: each made once, wrapped, kept with the punctuation behind it, put in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from blogsite.digest import Digest
from blogsite.errors import Mistake, Place, warning
from blogsite.maths.engine import EngineError, Output, Result, TeX, key, render_many
from blogsite.model import Formula

SHORT = 40
"""Characters of TeX up to which a formula stays on the line of the punctuation that follows it."""

_PLACE = re.compile("\x02f([0-9]+)\x03([，。、；：？！）」』”’,.;:?!)]{0,3})")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A formula's HTML without wrapper, or why there is none."""

    html: str
    error: str = ""


Made: TypeAlias = "dict[Digest, Rendered]"
Make: TypeAlias = Callable[[Sequence[TeX], Output], "list[Result]"]


def tex_of(formula: Formula) -> TeX:
    """What the engine needs of a formula: equal for equal formulas, wherever they stand."""
    return TeX(formula.tex, formula.display, formula.macros)


def typeset(formulas: Iterable[Formula], output: Output = "html", make: Make = render_many) -> Made:
    """Every formula made, equal ones once, under `key`; those that are known to be wrong are left out."""
    wanted = {key(tex, output): tex for tex in (tex_of(formula) for formula in formulas if not formula.error)}
    return {
        name: Rendered("", result.what) if isinstance(result, EngineError) else Rendered(result)
        for name, result in zip(wanted, make(list(wanted.values()), output) if wanted else [], strict=True)
    }


def mistakes_of(
    path: str, formulas: Iterable[Formula], made: Mapping[Digest, Rendered], output: Output
) -> list[Mistake]:
    """What the engine could not make of a post's formulas, each at its opening delimiter in the file."""
    hint = "correct the formula; it is shown as it was written"
    return [
        warning(Place(path, formula.line, formula.column), rendered.error, hint)
        for formula in formulas
        if not formula.error and (rendered := made.get(key(tex_of(formula), output))) is not None and rendered.error
    ]


def wrap(formula: Formula, rendered: Rendered, glue: str = "", ids: Sequence[str] = ()) -> str:
    """The formula as it stands on a page, with the punctuation GLUE that must not begin the next line."""
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


def fill_formulas(
    html: str, formulas: Sequence[Formula], made: Mapping[Digest, Rendered], output: Output, *, feed: bool = False
) -> str:
    r"""HTML with each \x02fN\x03 replaced by its formula. No id stands twice; a feed has neither ids nor glue."""
    seen: set[str] = set()

    def put(match: re.Match[str]) -> str:
        formula = formulas[int(match[1])]
        rendered = _NOTHING if formula.error else made[key(tex_of(formula), output)]
        if feed:
            return wrap(formula, rendered) + match[2]
        ids = [name for name in formula.ids if name not in seen] if formula.ids else ()
        seen.update(ids)
        return wrap(formula, rendered, match[2], ids)

    return _PLACE.sub(put, html) if "\x02f" in html else html


class Typeset:
    """The formulas of a build. What is missing when a text is filled is made then, in one batch."""

    def __init__(self, output: Output = "html", made: Made | None = None, make: Make = render_many) -> None:
        self.output: Output = output
        self.made: Made = {} if made is None else made
        self._make = make

    def fill(self, html: str, formulas: Sequence[Formula], *, feed: bool = False) -> str:
        """HTML with every formula in the place of its placeholder; in a feed as MathML."""
        output: Output = "mathml" if feed else self.output
        missing = [f for f in formulas if not f.error and key(tex_of(f), output) not in self.made]
        if missing:
            self.made.update(typeset(missing, output, self._make))
        return fill_formulas(html, formulas, self.made, output, feed=feed)


_NOTHING = Rendered("")
