"""Find the placeholders of formulas in finished HTML, and tell those in text from those that must be source again.

In code, attributes, comments, scripts and titles the author's source is restored; in attributes that are read, as
alternative texts, it becomes readable text. So delimiters.py may find TeX anywhere without knowing the grammar of
Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

PLACEHOLDER = re.compile("\x02f([0-9]+)\x03")

_TOKEN = re.compile(
    "\x02f([0-9]+)\x03"
    r"""|<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][A-Za-z0-9]*+)((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""",
    re.DOTALL,
)
_COLOURED = re.compile("<code[^<>\x02]*>(?:[^<\x02]|</?span[^<>\x02]*>)*+</code>(?=</pre>)")
_CODE = frozenset(("code", "pre", "kbd"))
_RAW = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}
_DECODED = ("textarea", "title")


_READ_ALOUD = re.compile(
    r"""\s(?:alt|title|aria-(?:label|description|valuetext)|placeholder|label|summary)\s*=\s*(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
"""An attribute with a text for readers."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The position of a formula in the text, by the number of its placeholder."""

    index: int
    in_link: bool = False
    in_attribute: bool = False
    """Whether it is part of a text that cannot have markup: an alternative text, a tooltip."""


def split(html: str, source: Callable[[int], str]) -> Iterator[str | Slot]:
    """Split HTML into text without placeholders and slots; `source` returns the source of what is no formula."""
    done = at = code = links = 0

    def restored(start: int, end: int, quoting: Callable[[str], str]) -> str:
        return PLACEHOLDER.sub(lambda found: quoting(source(int(found[1]))), html[start:end])

    while (match := _TOKEN.search(html, at)) is not None:
        start, at = match.span()
        index, closing, tag, _ = match.groups()
        if index is not None:
            yield html[done:start]
            yield escape(source(int(index)), quote=False) if code else Slot(int(index), links > 0)
            done = at
            continue
        if "\x02f" in match[0]:
            yield html[done:start]
            done = start
            for attribute in _READ_ALOUD.finditer(html, start, at) if tag else ():
                inner, done_with = attribute.span(attribute.lastindex or 0)
                yield restored(done, inner, escape)
                for number, piece in enumerate(PLACEHOLDER.split(html[inner:done_with])):
                    yield Slot(int(piece), in_attribute=True) if number % 2 else piece
                done = done_with
            yield restored(done, at, escape if tag else str)
            done = at
        name = tag.lower() if tag else ""
        if name in _CODE:
            code = max(0, code - 1) if closing else code + 1
            if name == "pre" and (coloured := _COLOURED.match(html, at)):
                at = coloured.end()  # hundreds of tags of which none matters here
        elif name == "a":
            links = 0 if closing else 1
        elif name in _RAW and not closing:
            end = _RAW[name].search(html, at)
            stop = end.start() if end else len(html)
            if html.find("\x02f", at, stop) >= 0:
                yield html[done:at]
                yield restored(at, stop, _escape_text if name in _DECODED else str)
                done = stop
            at = stop
    yield html[done:]


def _escape_text(text: str) -> str:
    return escape(text, quote=False)
