"""Fragment + answers → HTML: the one place where placeholders are filled, for whole posts, excerpts and feeds alike."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from blogsite.content.model import Formula, Fragment
from blogsite.render.filters import with_base
from blogsite.site.model import Answer, Content

_PLACEHOLDER = re.compile("\x02(?:n([0-9]+)(?:\\.(size|text))?|self)\x03")


def fill(fragment: Fragment, content: Content, base: str, sizes: str = "") -> str:
    """The fragment's HTML with every need answered; addresses begin with BASE. Formulas still stand as placeholders.

    Images offer their variants where SIZES says how wide they are shown.
    """
    answers = content.answers

    def answer(found: re.Match[str]) -> str:
        if found[1] is None:
            return escape(with_base(content.url, base))
        known = answers[int(found[1])]
        if found[2] == "text":
            return escape(known.text, quote=False)
        if found[2] == "size":
            return _size(known) + (_source_set(known, base, sizes) if sizes and known.variants else "")
        return escape(with_base(known.url, base))

    return _PLACEHOLDER.sub(answer, fragment.html) if "\x02" in fragment.html else fragment.html


def settle(formulas: tuple[Formula, ...], answers: tuple[Answer, ...]) -> tuple[Formula, ...]:
    """The formulas with the numbers of other posts' equations in their TeX."""
    if not any(formula.needs for formula in formulas):
        return formulas
    return tuple(_settled(formula, answers) for formula in formulas)


def _settled(formula: Formula, answers: tuple[Answer, ...]) -> Formula:
    tex = formula.tex
    for placeholder, index in formula.needs:
        tex = tex.replace(placeholder, answers[index].text)
    return replace(formula, tex=tex, needs=())


def _size(answer: Answer) -> str:
    return f' width="{answer.width}" height="{answer.height}"' if answer.width and answer.height else ""


def _source_set(answer: Answer, base: str, sizes: str) -> str:
    candidates = ", ".join(f"{with_base(url, base)} {width}w" for url, width in answer.variants)
    return f' srcset="{escape(candidates)}" sizes="{escape(sizes)}"'
