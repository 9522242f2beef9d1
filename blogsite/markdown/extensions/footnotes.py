"""Footnotes, with links back whose names are in the site's language."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension
from markdown.util import HTML_PLACEHOLDER_RE

from blogsite.config.settings import MarkdownSettings

BACK = {"zh": "回到正文中的注 {}", "en": "Back to note {} in the text"}


class Definitions(FootnoteBlockProcessor):
    """`[^name]: text`, skipped in texts without that mark."""

    def run(self, parent: Element, blocks: list[str]) -> bool:
        return "[^" in blocks[0] and bool(super().run(parent, blocks))


class FootnotesExtension(FootnoteExtension):
    """Footnotes at the end of the text, with the same ids in every build."""

    def __init__(self, settings: MarkdownSettings) -> None:
        language = "zh" if settings.language.startswith("zh") else "en"
        super().__init__(BACKLINK_TITLE=BACK[language])

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(Definitions(self), "footnote", 17)

    def unique_ref(self, reference: str, found: bool = False) -> str:
        """Return a reference's id, with a number for further ones: `fnref:1`, `fnref2:1`, `fnref3:1`."""
        if not found:
            return reference
        times = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        kind, _, name = reference.partition(self.get_separator())
        return f"{kind}{times if times > 1 else ''}{self.get_separator()}{name}"

    def makeFootnotesDiv(self, root: Element) -> Element | None:  # noqa: N802
        """Return the footnotes; behind code or HTML the link back gets a paragraph of its own."""
        div = super().makeFootnotesDiv(root)
        for item in div.iter("li") if div is not None else ():
            last = item[-1] if len(item) else None
            stashed = HTML_PLACEHOLDER_RE.match(last.text or "") if last is not None and last.tag == "p" else None
            if last is not None and stashed and len(last):
                SubElement(item, "p").extend(list(last))
                last[:] = []
                last.text = stashed.group()
        return div

    def findFootnotesPlaceholder(self, root: Element) -> Any:  # noqa: N802
        """Return None: footnotes are always at the end."""
        return None
