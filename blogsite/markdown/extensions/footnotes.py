"""Footnotes, with links back whose names are in the site's language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension, FootnoteInlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import parse_context_of

REFERENCE = r"\[\^([^\]]*)\]"
DEFINITION = re.compile(r"^[ \t>]*\[\^([^\]\n]*)\]:", re.MULTILINE)
MENTION = re.compile(r"\[\^([^\]\n]*)\]")
LONGEST = 120
"""Longer names get no suggestions."""
BACK = {"zh": "回到正文中的注 {}", "en": "Back to note {} in the text"}


class Definitions(FootnoteBlockProcessor):
    """`[^name]: text`, skipped in texts without that mark."""

    def run(self, parent: Element, blocks: list[str]) -> bool:
        return "[^" in blocks[0] and bool(super().run(parent, blocks))


class NoteReference(FootnoteInlineProcessor):
    """`[^name]`, with a warning if there is no such footnote."""

    TRIGGER = "[^"

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        known, name = self.footnotes.footnotes, m.group(1)
        if name not in known and name.strip():
            context = parse_context_of(self.footnotes.parser.md)
            like = get_close_matches(name, list(known)[:500], n=1, cutoff=0.4) if len(name) < LONGEST else []
            hint = f"write its text on a line of its own: [^{name}]: …" if not like else f"did you mean [^{like[0]}]?"
            context.warn(context.find(f"[^{name}]"), f"there is no footnote [^{name}]", hint, "footnote-unknown")
        return super().handleMatch(m, data)


class FootnotesExtension(FootnoteExtension):
    """Footnotes at the end of the text, with the same ids in every build."""

    def __init__(self, settings: MarkdownSettings) -> None:
        language = "zh" if settings.language.startswith("zh") else "en"
        super().__init__(BACKLINK_TITLE=BACK[language])

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(Definitions(self), "footnote", 17)
        md.inlinePatterns.register(NoteReference(REFERENCE, self), "footnote", 175)

    def unique_ref(self, reference: str, found: bool = False) -> str:
        """Return a reference's id, with a number for further ones: `fnref:1`, `fnref2:1`, `fnref3:1`."""
        if not found:
            return reference
        times = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        kind, _, name = reference.partition(self.get_separator())
        return f"{kind}{times if times > 1 else ''}{self.get_separator()}{name}"

    def makeFootnotesDiv(self, root: Element) -> Element | None:  # noqa: N802
        """Return the footnotes; behind code or HTML the link back gets a paragraph of its own."""
        self.drop_unused()
        div = super().makeFootnotesDiv(root)
        for item in div.iter("li") if div is not None else ():
            last = item[-1] if len(item) else None
            stashed = HTML_PLACEHOLDER_RE.match(last.text or "") if last is not None and last.tag == "p" else None
            if last is not None and stashed and len(last):
                SubElement(item, "p").extend(list(last))
                last[:] = []
                last.text = stashed.group()
        return div

    def drop_unused(self) -> None:
        """Leave out the footnotes that nothing refers to, with a warning for each."""
        if not self.footnotes:
            return
        context = parse_context_of(self.parser.md)
        defined = {found[1]: found.start(1) - 2 for found in DEFINITION.finditer(context.text)}
        starts = set(defined.values())
        used = {found[1] for found in MENTION.finditer(context.text) if found.start() not in starts}
        for name in [name for name in self.footnotes if name not in used and name in defined]:
            del self.footnotes[name]
            message = f"nothing refers to the footnote [^{name}], and it is left out"
            hint = f"write [^{name}] where it belongs, or remove it"
            context.warn(context.position(defined[name]), message, hint, "footnote-unused")

    def findFootnotesPlaceholder(self, root: Element) -> Any:  # noqa: N802
        """Return None: footnotes are always at the end."""
        return None
