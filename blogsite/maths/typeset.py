"""Formulas → HTML. (Until the engine is there: the TeX as text.)"""

from __future__ import annotations

import re
from html import escape

from blogsite.model import Formula

_PLACEHOLDER = re.compile("\x02f([0-9]+)\x03")


class Typeset:
    """The formulas of a build, made."""

    def fill(self, html: str, formulas: tuple[Formula, ...], *, feed: bool = False) -> str:
        """HTML with every formula in the place of its placeholder."""
        if not formulas:
            return html

        def put(found: re.Match[str]) -> str:
            formula = formulas[int(found[1])]
            kind = "display" if formula.display else "inline"
            ids = f' id="{escape(formula.ids[0])}"' if formula.ids else ""
            return f'<span class="math {kind}"{ids}>{escape(formula.tex, quote=False)}</span>'

        return _PLACEHOLDER.sub(put, html)
