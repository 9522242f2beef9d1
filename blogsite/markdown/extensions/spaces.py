"""Emphasis beside no-break and ideographic spaces.

Texts exported from WordPress have `**Problem:&nbsp;**Given` with the character itself, and Chinese authors use U+3000.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension


class SpacesExtension(Extension):
    """Comes in the table behind the extensions that add marks."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        delimiters = getattr(md.delimiters, "delimiters", {})
        for delimiter in delimiters.values():
            pattern = delimiter.boundary.pattern.replace(r"\s", r"\x20\t\n")
            delimiter.boundary = re.compile(pattern, delimiter.boundary.flags)
