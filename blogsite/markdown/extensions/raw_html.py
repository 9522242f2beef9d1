"""Markdown in HTML in bounded time: if thousands of tags never end, the rest is read as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from markdown import Markdown
from markdown.extensions.md_in_html import HTMLExtractorExtra, MarkdownInHtmlExtension
from markdown.preprocessors import Preprocessor

from blogsite.markdown.blocks.html_parts import PARTS

ROWS = frozenset(("thead", "tbody", "tfoot", "tr"))
"""Parts of a table that hold others."""

FREE_SEARCHES = 1_000_000
"""Characters that unsuccessful searches for the ends of tags may read, in addition to twice the length of the text."""


class BoundedExtractor(HTMLExtractorExtra):
    """Takes `<` for text once unsuccessful searches have read too much."""

    def __init__(self, md: Markdown, length: int) -> None:
        super().__init__(md)
        self.left = FREE_SEARCHES + 2 * length

    mdstate: list[str | None]
    """How the content of the open elements is read."""

    def get_state(self, tag: str, attrs: Mapping[str, str]) -> Literal["block", "span", "off"] | None:
        """Return how the content of an element is read: that of a part as the element around."""
        if "markdown" not in attrs and self.mdstate and self.mdstate[-1] == "block":
            if tag in PARTS:
                attrs = {**attrs, "markdown": "span"}
            elif tag in ROWS:
                attrs = {**attrs, "markdown": "block"}
        return super().get_state(tag, attrs)

    def check_for_whole_start_tag(self, i: int) -> int:
        if self.left <= 0:
            return -1
        end = int(super().check_for_whole_start_tag(i))
        if end < 0:
            self.left -= len(self.rawdata) - i
        return end


class HtmlBlocks(Preprocessor):
    """Extracts blocks of raw HTML until the Markdown around them is converted."""

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "<" not in source:
            return lines
        parser = BoundedExtractor(self.md, len(source))
        parser.feed(source)
        parser.close()
        return "".join(parser.cleandoc).split("\n")


class RawHtmlExtension(MarkdownInHtmlExtension):
    """Python-Markdown's `md_in_html` with this extractor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        md.preprocessors.register(HtmlBlocks(md), "html_block", 20)
