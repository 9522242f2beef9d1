"""Bare addresses become links, and end where Chinese text begins.

`见https://a.com/b，后` links `https://a.com/b`. Punctuation and brackets of the sentence are not part of an address.
Nothing is linked within links and code, also of raw HTML.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, AtomicString

# Letters below U+2000 besides ASCII: `/wiki/Größe` is one address, but Han, kana and Chinese punctuation end it.
ADDRESS = r"(?<![A-Za-z0-9])(?:https?|ftp)://[A-Za-z0-9\u00c0-\u1fff\[][!#-;=?-Z\[\]_a-z~\u00c0-\u1fff]*"
ENTITY_AT_END = re.compile(r"&[A-Za-z0-9#]+;\Z")
CLOSED = re.compile(r"<(/?)(a|code|pre|kbd|samp|script|style|textarea|button)\b", re.IGNORECASE)
TAGS_LOOKED_AT = 20


class BareAddress(InlineProcessor):
    """An address in the text."""

    TRIGGER = "://"
    ANCESTOR_EXCLUDES = ("a", "code", "kbd", "samp", "pre")

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        address = _without_end(m.group())
        if len(address) <= address.find("://") + 3 or self._inside_tag(data, m.start()):
            return None, m.start(), m.end()
        element = Element("a")
        element.set("href", address)
        element.text = AtomicString(address)
        return element, m.start(), m.start() + len(address)

    def _inside_tag(self, data: str, end: int) -> bool:
        """Return whether the nearest relevant HTML tag before `end` is a start tag."""
        stash = self.md.htmlStash.rawHtmlBlocks
        if not stash:
            return False
        nodes = self.md.treeprocessors["inline"].stashed_nodes  # type: ignore[attr-defined]
        for _ in range(TAGS_LOOKED_AT):
            end = data.rfind("\x02klzzwxh:", 0, end)
            if end < 0:
                return False
            inline = INLINE_PLACEHOLDER_RE.match(data, end)
            node = nodes.get(inline.group(1)) if inline else None
            raw = HTML_PLACEHOLDER_RE.match(node) if isinstance(node, str) else None
            tag = CLOSED.match(str(stash[int(raw.group(1))])) if raw else None
            if tag:
                return not tag.group(1)
        return False


def _without_end(address: str) -> str:
    """Return an address without the punctuation and parentheses of the sentence around it."""
    closing, opening = address.count(")"), address.count("(")
    while address:
        last = address[-1]
        if last == ")" and closing > opening:
            closing -= 1
        elif last == ";" and (entity := ENTITY_AT_END.search(address)):
            address = address[: entity.start()]
            continue
        elif last not in "?!.,:;*_~'\"]" and not address.endswith("=="):
            break
        address = address[:-1]
    return address


class AutolinksExtension(Extension):
    """Adds bare addresses, after HTML tags and before entities and emphasis."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.inlinePatterns.register(BareAddress(ADDRESS, md), "bare_address", 85)
