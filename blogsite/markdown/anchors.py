"""Links within a post that lead to no element of it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from html import unescape
from urllib.parse import unquote

from blogsite.content.parse_context import ParseContext
from blogsite.core.diagnostics import Diagnostic, Location, warning

_LINK = re.compile(r"""<a\b[^<>]*?\shref="#([^"]*)\"""")
_TARGET = re.compile(r"""<[^<>]*?\s(?:id|name)=(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_ELSEWHERE = frozenset(["", "top", "more"])
"""Fragments that a browser or another page knows."""


def missing_anchors(html: str, context: ParseContext) -> list[Diagnostic]:
    """Return a warning for each link of the HTML to an id that it does not have, where the text has the link."""
    if 'href="#' not in html:
        return []
    wanted = {unescape(link) for link in _LINK.findall(html)}
    known = {unescape("".join(groups)) for groups in _TARGET.findall(html)} | {label.anchor for label in context.labels}
    found = []
    for name in sorted(wanted - known):
        plain = unquote(name)
        if plain in known or plain.lower() in _ELSEWHERE or plain.startswith(("fn", ":~:")):
            continue
        line, column = _position(name, plain, context)
        like = get_close_matches(plain, sorted(known)[:500], n=3, cutoff=0.4) if len(plain) < 120 else []
        hint = f"nearest id it has: {', '.join(like)}" if like else "correct the link, or give a heading this {#id}"
        location = Location(context.path, line, column)
        found.append(warning(location, f"this post has no #{plain}", hint, "anchor-missing"))
    return found


def _position(name: str, plain: str, context: ParseContext) -> tuple[int, int]:
    for snippet in (f"(#{plain}", f"(#{name}", f'"#{plain}', f"#{plain}", f"#{name}"):
        start = context.text.find(snippet)
        if start >= 0:
            return context.position(start + (snippet[0] != "#"))
    return context.first_line, 1
