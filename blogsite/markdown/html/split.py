"""The structure of balanced HTML, and where it may be cut.

*Balanced* HTML, as balance.py leaves it:

- every `<` begins a tag, a comment or a raw element (script, style, …), and each of these is complete;
- tags are closed in the order they were opened, and no start tag closes an element implicitly (as <li> does);
- no `<` or `>` is inside a tag or a comment;
- names are in lower case, but for those within <svg> and <math>.

Placeholders may be in attribute values, beside attributes, and in text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from blogsite.markdown.html.elements import RAW, VOID, names

SPACE = r"[ \t\n\f\r]"


TOKEN = re.compile(
    rf"<(?:!--[^<>]*>|(?P<raw>{RAW})(?=[ \t\n\f\r/>])[^<>]*>(?:.*?</(?P=raw)>)"
    r"|(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:._-]*+)[^<>]*>)",
    re.DOTALL,
)
"""A comment, raw element or tag of balanced HTML."""

# ── is it balanced? ──────────────────────────────────────────────────────────────────────────────────────────────────

_ATTRIBUTES = rf'(?:{SPACE}++[a-zA-Z0-9:_.-]++(?:="[^"<>]*+")?+|\x02[^\x03<>]*+\x03)*+'
_LEAVES = (
    r'(?:[^<]++|<span(?: class="[^"<>]*+")?+>[^<]*+</span>'
    rf"|<(a|code|em|h[2-6]|p|strong|sup|td|th){_ATTRIBUTES}>[^<]*+</\3>)*+"
)
_GLANCE = re.compile(
    rf"<(?:([a-z][a-z0-9]*+){_ATTRIBUTES}>|/([a-z][a-z0-9]*+)>|(?:br|hr|img|input){_ATTRIBUTES}{SPACE}?/?>"
    rf"|!--[^<>]*-->){_LEAVES}|(<)"
)
"""A tag or comment with the text and simple elements that follow it: (start, end, _, whatever is none of these)."""
_PLAIN_VOID = frozenset({"br", "hr", "img", "input"})
_UNCOMMON = VOID | {*RAW.split("|"), "body", "button", "head", "html", "plaintext", "select", "svg", "math", "image"}
_PARENTS = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",)}


def looks_balanced(html: str) -> bool:
    """Return whether HTML is balanced, by a quick test of common HTML; False may be wrong."""
    opened, in_table = [""], False
    for start, end, _, other in _GLANCE.findall(html):
        if start:
            if start in _PARENTS:
                if opened[-1] not in _PARENTS[start]:
                    return False
            elif start in _UNCOMMON:
                if start not in _PLAIN_VOID:
                    return False
                continue
            elif start == "table":
                if in_table:
                    return False
                in_table = True
            opened.append(start)
        elif end:
            if opened.pop() != end:
                return False
            if end == "table":
                in_table = False
        elif other:
            return False
    return len(opened) == 1


# ── where to cut it ──────────────────────────────────────────────────────────────────────────────────────────────────

_SEEN_WHEN_EMPTY = names("audio button canvas math object select svg video")
_SUBSTANCE = _SEEN_WHEN_EMPTY | {"embed", "img", "input", "meter", "picture", "progress"}
_COMMENT_OR_BREAK = re.compile(r"<(?:!--|br(?![a-z0-9:._-]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Open:
    """An open element: where its start tag begins and ends."""

    name: str
    written: str
    start: int
    content: int
    shut: bool = False
    """Whatever the caller wants to remember of it."""


def close_at(html: str, end: int, opened: list[Open]) -> tuple[int, str]:
    """Return where balanced HTML that is cut at `end` really ends, and the tags that close the open elements.

    `opened` are the elements that are open at `end`. Space, line breaks and comments before the cut are dropped, and
    elements that hold nothing else.
    """
    still = list(opened)
    while True:
        floor = still[-1].content if still else 0
        end = _trimmed(html, floor, end)
        if not still or end > floor or still[-1].name in _SEEN_WHEN_EMPTY:
            return end, "".join(f"</{element.written}>" for element in reversed(still))
        end = still.pop().start


def _trimmed(html: str, floor: int, end: int) -> int:
    """Return the end of HTML without trailing space, line breaks and comments, but not before `floor`."""
    while end > floor:
        if html[end - 1].isspace():
            end -= 1
            continue
        if html[end - 1] != ">":
            break
        start = html.rfind("<", floor, end)
        if start < 0 or html.find(">", start) < end - 1 or not _COMMENT_OR_BREAK.match(html, start):
            break
        end = start
    return end


def is_bare(html: str, start: int) -> bool:
    """Return whether balanced HTML shows nothing to a reader from `start` on."""
    for token in TOKEN.finditer(html, start):
        if html[start : token.start()].strip():
            return False
        if (token["name"] or token["raw"] or "").lower() in _SUBSTANCE or (token["raw"] or "").lower() == "iframe":
            return False
        start = token.end()
    return not html[start:].strip()
