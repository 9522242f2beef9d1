"""A backslash before ASCII punctuation makes it text; at the end of a line it breaks the line (CommonMark)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor


class LineBreak(InlineProcessor):
    """A backslash before a line end."""

    TRIGGER = "\\\n"

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        return Element("br"), m.start(), m.end()


class EscapesExtension(Extension):
    """Adds both."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, *"$~=<|\"',/:;?@^%"]
        md.inlinePatterns.register(LineBreak(r"\\\n", md), "backslash_break", 98)
