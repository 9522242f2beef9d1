"""No-break and ideographic spaces beside the marks of emphasis do not keep them from being marks.

Texts exported from WordPress hold `**Problem:&nbsp;**Given` with the character itself, and Chinese authors set U+3000.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension


class SpacesExtension(Extension):
    """Stands in the table behind the extensions that add marks."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        delimiters = getattr(md.delimiters, "delimiters", {})
        for delimiter in delimiters.values():
            pattern = delimiter.boundary.pattern.replace(r"\s", r"\x20\t\n")
            delimiter.boundary = re.compile(pattern, delimiter.boundary.flags)
