r"""References to posts by their titles: `[[title]]`, `[[title|text]]`, `[[title#heading]]`, and 《title》 by option.

Each becomes `<a class="post-link">` with a Reference of kind "title", whose target is what stands between the brackets.
Whether there is such a post, and which text the link shows, is found out when the site is assembled.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import INLINE_PLACEHOLDER_RE

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.markdown.inline.patterns import normalised_label, source_of

LINK = r"(?<![\\!\[])\[\[((?![\s^])(?:[^\[\]\n]|\n(?!\n)|\[[^\[\]\n]*\]|\](?!\])){1,500}?)\]\]"
BOOK_TITLE = r"《([^《》\n]{1,200})》"
PART = re.compile(r"\s*\\?\|\s*")
FORMULA = re.compile("\x02f([0-9]+)\x03")
DESTINATION = re.compile(
    r"""\(\s*(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""
)
LABEL = re.compile(r"\s?\[([^\[\]]*)\]")
HEADING_MARK = " › "


class TitleLink(InlineProcessor):
    """`[[title]]` and its kin. Links of Markdown, `[[text]](address)` and `[[text]][name]`, win."""

    TRIGGER = "[["
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        written = m.group(1)
        if self._is_markdown(written, data, m.end()):
            return None, None, None
        context = parse_context_of(self.md)
        target = source_text(written, self.md, context)
        link = Element("a")
        link.set("class", "post-link")
        number = context.reference("title", target, context.find(f"[[{target.partition(chr(10))[0]}"))
        link.set("href", f"\x02n{number}\x03")
        link.text = shown_text(written)
        return link, m.start(), m.end()

    def _is_markdown(self, written: str, data: str, end: int) -> bool:
        """Return whether the brackets are those of a link of Markdown."""
        names = self.md.references
        if data.startswith("(", end):
            return DESTINATION.match(data, end) is not None
        if names and (label := LABEL.match(data, end)):
            return normalised_label(self.md, label[1] or f"[{written}]") in names
        return bool(names) and normalised_label(self.md, written) in names


class BookTitle(InlineProcessor):
    """《title》. It stays text where no other post has exactly this title."""

    TRIGGER = "《"
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        context = parse_context_of(self.md)
        target = f"《{source_text(m.group(1), self.md, context)}》"
        link = Element("a")
        link.set("class", "post-link")
        number = context.reference("title", target, context.find(target), optional=True)
        link.set("href", f"\x02n{number}\x03")
        link.text = m.group()
        return link, m.start(), m.end()


def source_text(written: str, md: Markdown, context: ParseContext) -> str:
    """Return a text as it stands in the file: code spans and formulas are placeholders by now."""
    if "\x02" not in written:
        return written
    stash = md.treeprocessors["inline"].stashed_nodes  # type: ignore[attr-defined]
    text = INLINE_PLACEHOLDER_RE.sub(lambda found: source_of(stash.get(found[1], "")), written)
    formulas = context.formulas
    return FORMULA.sub(lambda found: formulas[int(found[1])].source if int(found[1]) < len(formulas) else "", text)


def shown_text(written: str) -> str:
    """Return the text that a link shows if the post has the title that is written."""
    title, _, text = _parted(written)
    if text:
        return text
    name, mark, heading = title.partition("#")
    return f"{name.rstrip()}{HEADING_MARK}{heading.strip()}" if name and mark and heading else heading or title


def _parted(written: str) -> tuple[str, str, str]:
    if "|" not in written:
        return written, "", ""
    parts = PART.split(written, maxsplit=1)
    return parts[0], "|", parts[1]


class PostLinksExtension(Extension):
    """Adds the patterns, after code spans and before escapes and Markdown's links."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        if self.settings.title_links:
            md.inlinePatterns.register(TitleLink(LINK, md), "title_link", 185)
        if self.settings.book_titles:
            md.inlinePatterns.register(BookTitle(BOOK_TITLE, md), "book_title", 120)
