"""Prepare a text for block parsing: white space, `markdown` attributes in HTML."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from blogsite.markdown.extensions.fenced_code import BREAK, PAD

PADDED = re.compile(rf"^[^\n]*{PAD}[^\n]*\n?", re.MULTILINE)


BLANKS = re.compile(r"\n[^\S\n]+(?=\n)")


MARKDOWN_INSIDE = re.compile(r"^ {0,3}<([A-Za-z][\w-]*)\b[^<>\n]*\smarkdown(?=[\s=>])[^<>]*>", re.MULTILINE)


class NormaliseLines(Preprocessor):
    """Removes padding lines and normalises white space."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if PAD in text:
            text = PADDED.sub("", text)
        if BREAK in text:
            text = text.replace(BREAK, "\n")
        if "\t" in text:
            text = text.expandtabs(4)
        text = BLANKS.sub("\n", f"\n{text}\n").strip("\n")
        if " markdown" in text and "<" in text:
            text = self._with_markdown_inside(text)
        return [*text.split("\n"), "", ""]

    def _with_markdown_inside(self, text: str) -> str:
        """Return the text in which md_in_html has extracted the elements with a `markdown` attribute."""
        gate = self.md.preprocessors["html_block"]
        extract = gate.extract if isinstance(gate, NoHtmlBlocks) else gate.run
        pieces: list[str] = []
        done = 0
        match = MARKDOWN_INSIDE.search(text)
        while match:
            end = _end_of_element(text, match.start(), match[1])
            pieces += (
                text[done : match.start()],
                "\n",
                "\n".join(extract(text[match.start() : end].split("\n"))),
                "\n",
            )
            done = end
            match = MARKDOWN_INSIDE.search(text, done)
        return "".join([*pieces, text[done:]])


def _end_of_element(text: str, start: int, name: str) -> int:
    """Return the offset behind the line on which the element at `start` is closed; the text's end if it is not."""
    level = 0
    for tag in re.finditer(rf"<(/?){re.escape(name)}(?=[\s>/])", text[start:], re.IGNORECASE):
        level += -1 if tag[1] else 1
        if level == 0:
            end = text.find("\n", start + tag.end())
            return len(text) if end < 0 else end
    return len(text)


class NoHtmlBlocks(Preprocessor):
    """Replaces Python-Markdown's search for blocks of HTML, because they are found together with the other blocks."""

    def __init__(self, md: Markdown, stock: Preprocessor) -> None:
        super().__init__(md)
        self.extract = stock.run

    def run(self, lines: list[str]) -> list[str]:
        return lines
