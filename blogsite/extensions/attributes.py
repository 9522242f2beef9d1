"""Attribute lists, `{#id .class key="value"}`, and nothing else that stands in braces.

Python-Markdown takes any text in braces for attributes: `{% endhighlight %}` and `{i,j}` would vanish from the page.
Here each word must be an id, a class or a key with its value; after `{:` a bare word will do.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor

VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`{}\x02\x03]+)"""
WORD = rf"(?:[#.][\w\-:.]+|[A-Za-z_@][\w\-:.]*={VALUE})"
BARE = rf"(?:{WORD}|[A-Za-z][\w\-]*)"
BRACES = rf"(?:\{{:[ ]*({BARE}(?:[ ]+{BARE})*)[ ]*\}}|\{{[ ]*({WORD}(?:[ ]+{WORD})*)[ ]*\}})"


class Shaped:
    """A compiled expression whose first group is whichever form of the braces matched."""

    def __init__(self, expression: str) -> None:
        self.compiled = re.compile(expression)

    def search(self, text: str) -> Found | None:
        match = self.compiled.search(text) if "{" in text else None
        return Found(match) if match else None

    def match(self, text: str) -> Found | None:
        match = self.compiled.match(text) if text.startswith("{") else None
        return Found(match) if match else None


class Found:
    """A match as AttrListTreeprocessor asks about it."""

    def __init__(self, match: re.Match[str]) -> None:
        self.start, self.end = match.start, match.end
        self.words: str = match.group(1) or match.group(2)

    def group(self, _: int) -> str:
        return self.words


class Attributes(AttrListTreeprocessor):
    """Attribute lists of the strict shape; does nothing for a text without braces."""

    HEADER_RE = Shaped(rf"(?<![ ])[ ]+{BRACES}[ ]*$")
    BLOCK_RE = Shaped(rf"\n[ ]*{BRACES}[ ]*$")
    INLINE_RE = Shaped(BRACES)

    def run(self, doc: Element) -> None:
        if any("{" in line for line in self.md.lines):  # type: ignore[union-attr]
            super().run(doc)


class AttributesExtension(Extension):
    """Adds attribute lists to Markdown, where Python-Markdown has them."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Attributes(md), "attr_list", 8)
