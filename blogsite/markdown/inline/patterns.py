"""Python-Markdown's inline patterns for links, code spans and emphasis, in bounded time."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown import inlinepatterns as stock
from markdown.util import INLINE_PLACEHOLDER_RE

from blogsite.content.parse_context import parse_context_of
from blogsite.markdown.extensions.math import without_tex_markup

FREE_SEARCHES = 500_000
"""Characters that the searches for closing brackets in one text may read, in addition to four times its length."""


FOOTNOTE, FOOTNOTE_SOURCE = "data-footnote", "data-source"
"""Attributes of a footnote's reference until notes are numbered: its label, and its Markdown."""


class SearchBudget:
    """How many more characters these searches may read in the current text."""

    left = FREE_SEARCHES


class BoundedLinkPattern(stock.LinkInlineProcessor):
    """A link pattern that stops searching for closing brackets when the budget is used up."""

    def __init__(self, pattern: str, md: Markdown, budget: SearchBudget) -> None:
        super().__init__(pattern, md)
        self.budget = budget

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        if self.budget.left <= 0:
            return "", index, False
        text, end, handled = super().getText(data, index)
        self.budget.left -= end - index
        return text, end, handled

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        if self.budget.left <= 0:
            return "", None, index, False
        href, title, end, handled = super().getLink(data, index)
        self.budget.left -= end - index
        return href, title, end, handled

    def unescape(self, text: str) -> str:
        """Return a text without placeholders; footnotes in an image's caption get their source back."""
        return super().unescape(with_notes(self.md, text) if "\x02" in text else text)


class Link(BoundedLinkPattern, stock.LinkInlineProcessor):
    """`[text](address)`"""


class NamedLinkPattern(BoundedLinkPattern):
    """A link by label. In `` [`Vec`] `` the code is a placeholder already, so the label is restored from it."""

    of_two = False
    """Whether two pairs of brackets may make one link; with a space between them only if the first is no label."""

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: N802
        if self.of_two and data[index : index + 1].isspace() and self._label(text) in self.md.references:
            return None, index, False
        name, end, handled = super().evalId(data, index, text)  # type: ignore[misc]
        return self._label(name) if name else name, end, handled

    def _label(self, text: str) -> str:
        return normalised_label(self.md, source_text(self.md, text))


def normalised_label(md: Markdown, label: str) -> str:
    """Return a label as it is compared: without differences in case and white space, and with formulas as TeX."""
    return " ".join(without_tex_markup(label, parse_context_of(md)).split()).casefold()


def source_text(md: Markdown, text: str) -> str:
    """Return a text with the source of the code and the escaped characters in it, for labels."""
    if "\x02" not in text:
        return text
    stash = md.treeprocessors["inline"].stashed_nodes  # type: ignore[attr-defined]
    return INLINE_PLACEHOLDER_RE.sub(lambda match: source_of(stash.get(match[1], "")), text)


def source_of(node: Element | str) -> str:
    """Return the source of code and of escaped characters, the only placeholders before links."""
    if isinstance(node, str):
        return "".join("\\" + chr(int(number)) for number in re.findall(r"\x02(\d+)\x03", node))
    return f"`{html.unescape(node.text or '')}`" if node.tag == "code" else ""


def with_notes(md: Markdown, text: str) -> str:
    """Return a text with the source of the footnotes in it."""
    stash = md.treeprocessors["inline"].stashed_nodes  # type: ignore[attr-defined]

    def source(match: re.Match[str]) -> str:
        node = stash.get(match[1])
        return str(node.get(FOOTNOTE_SOURCE, match[0])) if isinstance(node, Element) else match[0]

    return INLINE_PLACEHOLDER_RE.sub(source, text)


class Reference(NamedLinkPattern, stock.ReferenceInlineProcessor):
    """`[text][name]`"""

    of_two = True


class ShortReference(NamedLinkPattern, stock.ShortReferenceInlineProcessor):
    """`[name]`"""


class ImageReference(NamedLinkPattern, stock.ImageReferenceInlineProcessor):
    """`![text][name]`"""

    of_two = True


class ShortImageReference(NamedLinkPattern, stock.ShortImageReferenceInlineProcessor):
    """`![name]`"""


class CodeSpan(stock.BacktickInlineProcessor):
    """`` `code` ``, found by regular expressions instead of a loop over the characters."""

    RUN = re.compile(r"`+")

    def find_code_spans(self, start: int, text: str) -> tuple[int, int | None]:  # type: ignore[override]
        opening = self.RUN.match(text, start)
        ticks = opening.end() - start if opening else 0
        inside = start + ticks
        closing = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)").search(text, inside)
        if closing:
            return inside, closing.start()
        longest, end = 0, 0
        for run in self.RUN.finditer(text, inside):
            if run.end() - run.start() > longest:
                longest, end = run.end() - run.start(), run.end()
        if 0 < longest < ticks:
            return inside - (ticks - longest), end - longest
        return inside + ticks, None


class Delimiters(stock.DelimiterProcessor):
    """`*em*` and the like, found by a regular expression instead of a loop over the characters."""

    def search(self, data: str, start: int) -> re.Match[str] | None:
        for found in self.compiled_re.finditer(data, start):
            delimiter = self.delimiters[found.group()]
            match = delimiter.boundary.match(data, found.start())
            if match is not None and (delimiter.stack or match.lastgroup != "end"):
                return match
        return None
