"""`~~struck out~~` and `==marked==`, beside Chinese punctuation too.

Strike-through follows the rule of Python-Markdown's `**`: it opens before and closes after anything but a space. A mark
does not touch Latin letters and digits on its outer sides, so that `x==1 and y==2` stays as it is.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

MARK = r"(?<![=A-Za-z0-9_])==(?![\s=])((?:[^\n=]|=(?!=)|\n(?!\n))+?)(?<!\s)==(?![=A-Za-z0-9_])"


class Mark(InlineProcessor):
    """`==marked==`"""

    TRIGGER = "=="

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        element = Element("mark")
        element.text = m.group(1)
        return element, m.start(), m.end()


class StrikethroughExtension(Extension):
    """Adds both."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        if md.delimiters is not None:
            md.delimiters.add("~", "del", double=True)
        md.inlinePatterns.register(Mark(MARK, md), "mark", 65)
