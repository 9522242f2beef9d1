"""Attribute lists: `{#id .class key="value"}`, and nothing else in braces.

Python-Markdown takes any text in braces for attributes, so that `{% endhighlight %}` and `{i,j}` would vanish. Here
each word must be an id, a class or a key with a value; after `{:` a bare word is allowed, too.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor

VALUE = r"""(?:"[^"\n}]*"|'[^'\n}]*'|[^\s"'=<>`{}\x02\x03]+)"""
WORD = rf"(?:[#.][\w\-:.]+|[A-Za-z_@][\w\-:.]*={VALUE})"
BARE = rf"(?:{WORD}|[A-Za-z][\w\-]*)"
SHAPE = rf"(?=:[ ]*{BARE}(?:[ ]+{BARE})*[ ]*\}}|[ ]*{WORD}(?:[ ]+{WORD})*[ ]*\}})"
BRACES = rf"\{{{SHAPE}:?[ ]*([^\n}}]+?)[ ]*\}}"


class Attributes(AttrListTreeprocessor):
    """Strict attribute lists; skips texts without braces."""

    HEADER_RE = re.compile(rf"(?<![ ])[ ]+{BRACES}[ ]*$")  # type: ignore[misc]
    BLOCK_RE = re.compile(rf"\n[ ]*{BRACES}[ ]*$")  # type: ignore[misc]
    INLINE_RE = re.compile(BRACES)  # type: ignore[misc]

    def run(self, doc: Element) -> None:
        if any("{" in line for line in self.md.lines):  # type: ignore[attr-defined]
            super().run(doc)


class AttributesExtension(Extension):
    """Adds attribute lists in the place of Python-Markdown's."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Attributes(md), "attr_list", 8)
