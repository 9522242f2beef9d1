"""Fill the placeholders of a text, in whole posts, excerpts and feeds alike."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from blogsite.content.model import Formula, HtmlFragment
from blogsite.render.filters import with_base
from blogsite.site.model import Content, ResolvedReference

_PLACEHOLDER = re.compile("\x02(?:n([0-9]+)(?:\\.(size|text))?|self)\x03")
_SIZED = re.compile('(?: width="([0-9]+)")?(?: height="([0-9]+)")?\x02n([0-9]+)\\.sized\x03')
_POST_LINK = re.compile('(<a class="(post-link)[^"<>]*" href=")\x02n([0-9]+)\x03("[^<>]*>)(.*?)</a>', re.DOTALL)


def fill_placeholders(fragment: HtmlFragment, content: Content, base: str, sizes: str = "") -> str:
    """Return a fragment's HTML with its references resolved. Formulas are still placeholders.

    Addresses begin with `base`. With `sizes`, the width at which images are shown, these offer their variants.
    """
    resolved = content.resolved

    def answer(found: re.Match[str]) -> str:
        if found[1] is None:
            return escape(with_base(content.url, base))
        known = resolved[int(found[1])]
        if found[2] == "text":
            return escape(known.text, quote=False).replace('"', "&quot;")  # it may be part of an alternative text
        if found[2] == "size":
            return _size(known) + (_source_set(known, base, sizes) if sizes and known.variants else "")
        return escape(with_base(known.url, base))

    def sized(found: re.Match[str]) -> str:
        known = resolved[int(found[3])]
        width, height = _completed(int(found[1] or 0), int(found[2] or 0), known)
        size = f' width="{width}"' * bool(width) + f' height="{height}"' * bool(height)
        if not sizes or not known.variants or not width:
            return size
        return size + _source_set(known, base, f"(min-width: {width}px) {width}px, 100vw")

    def post_link(found: re.Match[str]) -> str:
        known = resolved[int(found[3])]
        if known.url:
            return f"{found[1]}\x02n{found[3]}\x03{found[4]}{escape(known.text, quote=False) or found[5]}</a>"
        return f'<span class="broken-link">{escape(known.text, quote=False)}</span>' if known.text else found[5]

    html = fragment.html
    if "\x02" not in html:
        return html
    if "post-link" in html:
        html = _POST_LINK.sub(post_link, html)
    if ".sized\x03" in html:
        html = _SIZED.sub(sized, html)
    return _PLACEHOLDER.sub(answer, html)


def fill_equation_numbers(
    formulas: tuple[Formula, ...], resolved: tuple[ResolvedReference, ...]
) -> tuple[Formula, ...]:
    """Return the formulas with the numbers of other posts' equations in their TeX."""
    if not any(formula.references for formula in formulas):
        return formulas
    return tuple(_settled(formula, resolved) for formula in formulas)


def _settled(formula: Formula, resolved: tuple[ResolvedReference, ...]) -> Formula:
    tex = formula.tex
    for placeholder, index in formula.references:
        tex = tex.replace(placeholder, resolved[index].text)
    return replace(formula, tex=tex, references=())


def _size(answer: ResolvedReference) -> str:
    return f' width="{answer.width}" height="{answer.height}"' if answer.width and answer.height else ""


def _completed(width: int, height: int, answer: ResolvedReference) -> tuple[int, int]:
    """Return a size of which only one side may be given, by the proportions of the image if they are known."""
    if not answer.width or not answer.height:
        return width, height
    return width or max(round(height * answer.width / answer.height), 1), (
        height or max(round(width * answer.height / answer.width), 1)
    )


def _source_set(answer: ResolvedReference, base: str, sizes: str) -> str:
    candidates = ", ".join(f"{with_base(url, base)} {width}w" for url, width in answer.variants)
    return f' srcset="{escape(candidates)}" sizes="{escape(sizes)}"'
