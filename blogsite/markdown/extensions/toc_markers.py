"""Other generators' marks for the table of contents, alone in a paragraph: `[[toc]]`, `{{ toc }}`, `<!-- toc -->`."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

MARK = re.compile(r" {0,3}(?:\[\[_?toc_?\]\]|\{\{\s*toc\s*\}\}|@\[toc\]|<!--\s*toc\s*-->)[ \t]*", re.IGNORECASE)
MADE_BY_TOOL = re.compile(r"<!--\s*toc\s?stop\s*-->", re.IGNORECASE)
"""Ends a list that another program has written below `<!-- toc -->`."""


class TocMarkers(Preprocessor):
    """Replaces each mark by `[TOC]`. Code is a placeholder by then; no line moves."""

    def run(self, lines: list[str]) -> list[str]:
        marks = [number for number, line in enumerate(lines) if line and line[0] in " [{@<" and MARK.fullmatch(line)]
        if not marks or any(MADE_BY_TOOL.search(line) for line in lines):
            return lines
        for number in marks:
            before = lines[number - 1].strip() if number else ""
            after = lines[number + 1].strip() if number + 1 < len(lines) else ""
            if not before and not after:
                lines[number] = "[TOC]"
        return lines


class TocMarkersExtension(Extension):
    """Adds the preprocessor, after fences and before shortcodes."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(TocMarkers(md), "toc_markers", 57)
