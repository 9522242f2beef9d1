"""Raw HTML in Markdown: what is a tag and what only looks like one, and where a block of HTML ends.

The rules are CommonMark's: a blank line ends the HTML, and Markdown goes on. They are more lenient where CommonMark
loses what authors mean: HTML also ends when all its elements are closed, inline elements do not begin a block, and a
comment that is never closed is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from blogsite.markdown.html.elements import BLOCK_STARTS, KNOWN_ELEMENTS, RAW_BLOCKS, VOID

TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)")
COMPLETE = re.compile(r"""</?[A-Za-z][\w-]*(?:[^<>"']|"[^"]*"|'[^']*')*>\s*$""")
START = re.compile(r"<(?:(/?)([A-Za-z][A-Za-z0-9-]*)(?=[\s>]|/>|$)|!--|\?|!\[CDATA\[|![A-Za-z])")
ENDS = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>"}


@dataclass(slots=True)
class HtmlStart:
    """How a block of HTML ends: with the text `until`; or, if that is "", at a blank line or when all is closed."""

    until: str


def html_start(line: str, at: int, interrupts: bool, closes: Callable[[str], bool]) -> HtmlStart | None:
    """Return the block of HTML that begins with the "<" at this column, or None.

    `closes` tells whether a text, in lower case, occurs on this line or below; `interrupts` that a paragraph is open.
    """
    match = START.match(line, at)
    if not match:
        return None
    if match[2] is None:
        until = ENDS.get(match[0], ">")
        return HtmlStart(until) if closes(until) else None
    name = match[2].lower()
    if name in RAW_BLOCKS:
        until = f"</{name}"
        return HtmlStart(until if not match[1] and closes(until) else "")
    if name in BLOCK_STARTS:
        return HtmlStart("")
    if "-" in name and not interrupts and COMPLETE.match(line, at):
        custom = match[1] or "=" in line or closes(f"</{name}")
        return HtmlStart("") if custom else None
    return None


def depth(line: str) -> int:
    """Return how many more elements a line opens than it closes, without those that need no end tag."""
    level = 0
    for match in TAG.finditer(line):
        name = match[2].lower()
        if (name in BLOCK_STARTS or name in RAW_BLOCKS) and name not in VOID:
            level += -1 if match[1] else 1
    return level - line.count("/>")


def is_element(tag: str, rest: str, text: str) -> bool:
    """Return whether this is the tag of an element, and not `<int>` as people write it in prose."""
    match = TAG.match(tag)
    if not match:
        return True
    name = match[2].lower()
    if name in KNOWN_ELEMENTS:
        return True
    if "-" not in name or not name.replace("-", "").replace(".", "").isalnum():
        return False
    return bool(match[1]) or "=" in rest.partition(">")[0] or f"</{match[2]}" in text
