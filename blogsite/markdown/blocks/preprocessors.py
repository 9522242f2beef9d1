"""TODO."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from blogsite.markdown.extensions.fenced_code import BREAK, PAD

PADDED = re.compile(rf"^[^\n]*{PAD}[^\n]*\n?", re.MULTILINE)


BLANKS = re.compile(r"\n[^\S\n]+(?=\n)")


MARKDOWN_INSIDE = re.compile(r"^ {0,3}<([A-Za-z][\w-]*)\b[^<>\n]*\smarkdown(?=[\s=>])[^<>]*>", re.MULTILINE)


class Lines(Preprocessor):
    """Takes the pads away and brings white space into the shape that block parsing expects."""

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
        """TEXT in which md_in_html has taken out the elements that bear a `markdown` attribute."""
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
    """Offset behind the line on which the element NAME that starts at START is closed; the text's end if it is not."""
    level = 0
    for tag in re.finditer(rf"<(/?){re.escape(name)}(?=[\s>/])", text[start:], re.IGNORECASE):
        level += -1 if tag[1] else 1
        if level == 0:
            end = text.find("\n", start + tag.end())
            return len(text) if end < 0 else end
    return len(text)


class NoHtmlBlocks(Preprocessor):
    """Stands where Python-Markdown looks for blocks of HTML: they are found with the other blocks."""

    def __init__(self, md: Markdown, stock: Preprocessor) -> None:
        super().__init__(md)
        self.extract = stock.run

    def run(self, lines: list[str]) -> list[str]:
        return lines
