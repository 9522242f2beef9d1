"""Footnotes whose way back is named in the site's language."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension

from blogsite.notes import MarkdownSettings

BACK = {"zh": "回到正文中的注 {}", "en": "Back to note {} in the text"}


class Definitions(FootnoteBlockProcessor):
    """Finds `[^name]: text`, and looks for it only where it can be."""

    def run(self, parent: Element, blocks: list[str]) -> bool:
        return "[^" in blocks[0] and bool(super().run(parent, blocks))


class FootnotesExtension(FootnoteExtension):
    """Footnotes at the end of the text, with ids that are the same in every build."""

    def __init__(self, settings: MarkdownSettings) -> None:
        language = "zh" if settings.language.startswith("zh") else "en"
        super().__init__(BACKLINK_TITLE=BACK[language])

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(Definitions(self), "footnote", 17)

    def findFootnotesPlaceholder(self, root: Element) -> Any:  # noqa: N802
        """None: footnotes always stand at the end."""
        return None
