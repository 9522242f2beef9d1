"""Markdown in the parts of HTML elements whose content is Markdown: in the summary of a <details>, a caption, a cell.

A block of HTML ends at a blank line, and what follows within its open elements is Markdown. Then the text of their
parts in the same block is Markdown too, as in `<details><summary>**bold**</summary>` before a blank line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from blogsite.markdown.html.elements import BLOCK_STARTS, VOID

PARTS = frozenset(("summary", "figcaption", "caption", "legend", "td", "th", "dt", "dd", "li"))
"""Elements that are part of the one around."""
MARKUP = re.compile(r"[*_`\[\\~=^]|://")
"""Without these a text is no Markdown."""
TAG = re.compile(r"<!--|<(/?)([A-Za-z][\w-]*)(?=[\s/>])")
REST = re.compile(r"""(?:[^<>"']|"[^"]*"|'[^']*')*>""")
LITERAL = frozenset(("code", "kbd", "samp", "pre", "script", "style", "textarea", "math", "svg"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BARE = "data-html-line"
BARE_PARAGRAPH = re.compile(rf'<p {BARE}="">(.*?)</p>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """Where the text of a part is in the HTML, and the code in it."""

    start: int
    end: int
    literals: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Element:
    name: str
    start: int
    """Where its content begins."""
    parent: _Element | None
    is_open: bool = True


def parts(html: str, inside: bool) -> list[Part]:
    """Return the parts with Markdown in a block of HTML; `inside` tells whether elements are open before it."""
    if "</" not in html or not MARKUP.search(html):
        return []
    found: list[tuple[_Element, int]] = []
    literals: list[tuple[int, int]] = []
    innermost: _Element | None = None
    opened: Counter[str] = Counter()
    last_block = -1
    tag = TAG.search(html)
    while tag:
        name = (tag[2] or "").lower()
        if not name or (name in LITERAL and not tag[1]):
            end = html.find(f"</{tag[2]}" if name else "-->", tag.end())
            if end < 0:
                break
            end += 3 if not name else html.find(">", end) - end + 1
            literals.append((tag.start(), end))
        else:
            rest = REST.match(html, tag.end())
            if rest is None:
                break
            end = rest.end()
            if tag[1]:
                while innermost and opened[name]:
                    closed, innermost = innermost, innermost.parent
                    closed.is_open = False
                    opened[closed.name] -= 1
                    if closed.name == name:
                        if name in PARTS and last_block < closed.start:
                            found.append((closed, tag.start()))
                        break
            elif name not in VOID and not rest[0].endswith("/>"):
                innermost = _Element(name, end, innermost)
                opened[name] += 1
                if name in BLOCK_STARTS and name not in HEADINGS:
                    last_block = tag.start()
        tag = TAG.search(html, end)
    return [
        Part(
            element.start,
            end,
            tuple(literals[bisect_left(literals, (element.start, 0)) : bisect_left(literals, (end, 0))]),
        )
        for element, end in found
        if (element.parent.is_open if element.parent else inside) and MARKUP.search(html, element.start, end)
    ]


def with_parts(md: Markdown, html: str, found: list[Part]) -> str:
    """Return the text of a paragraph in which only the parts are not extracted."""
    store = md.htmlStash.store
    pieces: list[str] = []
    done = 0
    for part in found:
        pieces.append(store(html[done : part.start]))
        done = part.start
        for start, end in part.literals:
            pieces += (html[done:start], store(html[start:end]))
            done = end
        pieces.append(html[done : part.end])
        done = part.end
    return "".join([*pieces, store(html[done:])])


class BareParagraphs(Postprocessor):
    """Removes the paragraphs around HTML with parts, while the HTML is not restored yet."""

    def run(self, text: str) -> str:
        return BARE_PARAGRAPH.sub(r"\1", text) if BARE in text else text
