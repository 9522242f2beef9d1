"""The table of contents, where a paragraph or a comment is a mark for it: `[TOC]`, and what other programs have.

A mark becomes a placeholder before inline Markdown is parsed, and `headings` replaces it when all headings are known.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from blogsite.content.parse_context import parse_context_of

PLACE = "\x02toc\x03"
"""The placeholder."""
MARK = re.compile(
    r"\s*(?:(\[toc\])|\[\[_?toc_?\]\]|\{\{\s*toc\s*\}\}|\$\{toc\}|@\[toc\](?:\([^()\n]*\))?)\s*\Z", re.IGNORECASE
)
LONGEST_MARK = 200
PLACED = re.compile(f"<p(?: [^<>]*)?>\\s*{PLACE}\\s*</p>")
COMMENT = re.compile(r"<!--+\s*toc\s*--+>", re.IGNORECASE)
END = re.compile(r"<!--+\s*(?:/\s*toc|toc\s*stop|(?:end|stop)\s*toc|toc\s*end)\s*--+>", re.IGNORECASE)
"""The comment behind a table that another program has written into the text."""
LABELS = {"zh": "目录", "en": "Contents"}


class Marks(Treeprocessor):
    """Replaces the marks that are paragraphs of their own."""

    def run(self, root: Element) -> None:
        if "toc" not in parse_context_of(self.md).text.lower():
            return
        references = self.md.references
        for paragraph in root.iter("p"):
            text = paragraph.text or ""
            if len(paragraph) or len(text) > LONGEST_MARK:
                continue
            mark = MARK.match(text)
            if mark and not (mark[1] and "toc" in references):
                paragraph.text = PLACE


def is_place(comment: str, text: str) -> bool:
    """Return whether a comment stands for the table of contents; it may be in the text already."""
    if not COMMENT.fullmatch(comment):
        return False
    end = END.search(text)
    if end is None:
        return True
    begin = COMMENT.match(text, max(text.rfind("<!--", 0, end.start()), 0))
    return begin is not None and not text[begin.end() : end.start()].strip(" \t\n>")


def with_contents(text: str, entries: list[tuple[int, str, str]], language: str) -> str:
    """Return HTML with the table of these headings, (level, id, words), in its places."""
    if PLACE not in text:
        return text
    made = contents(entries, LABELS["zh" if language.startswith("zh") else "en"])
    return PLACED.sub(lambda _: made, text)


def contents(entries: list[tuple[int, str, str]], label: str) -> str:
    """Return the table of contents, of (level, id, words), as nested lists in a <nav>."""
    if not entries:
        return ""
    parts = [f'<nav class="toc" aria-label="{label}">']
    levels: list[int] = []
    for level, name, words in entries:
        while levels and levels[-1] > level:
            if len(levels) == 1 or levels[-2] < level:
                levels[-1] = level
            else:
                parts.append("</li></ul>")
                levels.pop()
        if levels and levels[-1] == level:
            parts.append("</li>")
        else:
            parts.append("<ul>")
            levels.append(level)
        parts.append(f'<li><a href="#{html.escape(name)}">{words}</a>')
    parts.append("</li></ul>" * len(levels) + "</nav>")
    return "".join(parts)


class ContentsExtension(Extension):
    """Adds the marks."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Marks(md), "contents", 31)
