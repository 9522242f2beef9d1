"""Markdown → HTML: the table of extensions, in order, and what they hand over besides the HTML.

A text is converted in one pass. The preprocessors run in this order, and up to and including `maths` no line moves,
so that a position in the text is a position in the file:

    fences 60 → engine tags 55 → maths 50 → blocks 45 → (Python-Markdown's own: html_block 20)

Line ends are "\\n" and STX and ETX are gone before a text comes here; tabs are expanded by `blocks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import markdown
from markdown.extensions import Extension

from blogsite.errors import Mistake, Place, warning
from blogsite.model import Formula, Heading, Label, Need, NeedKind


@dataclass(frozen=True, slots=True)
class MarkdownSettings:
    """The settings that shape a post's HTML: part of the name under which a parsed post is kept."""

    language: str = "en"
    soft_breaks: str = "cjk"
    math: bool = True
    math_dialect: str = "default"
    math_number: str = "ams"
    math_macros: tuple[tuple[str, str], ...] = ()
    extensions: tuple[str, ...] = ()


@dataclass(slots=True)
class Notes:
    """What the extensions find in one text besides its HTML; a new one for each text."""

    text: str
    """The body as it stands in the file."""
    path: str
    first_line: int = 1
    """Line of the file on which the body starts."""
    needs: list[Need] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    _searched: dict[str, int] = field(default_factory=dict)

    def position(self, offset: int) -> tuple[int, int]:
        """Line in the file and column of the character at OFFSET of the body, both from 1."""
        line = self.text.count("\n", 0, offset)
        return self.first_line + line, offset - self.text.rfind("\n", 0, offset)

    def find(self, snippet: str) -> tuple[int, int]:
        """Position of the next place where SNIPPET stands in the body; asked again, of the one after it.

        For extensions that see a text after its lines have moved. The last place found is repeated where there are no
        more; (first line, 1) where there is none.
        """
        start = self.text.find(snippet, self._searched.get(snippet, -1) + 1)
        if start < 0:
            start = self._searched.get(snippet, -1)
            if start < 0:
                return self.first_line, 1
        self._searched[snippet] = start
        return self.position(start)

    def warn(self, position: tuple[int, int], what: str, hint: str) -> None:
        """Report a mistake of the author at a (line, column) of the file."""
        self.mistakes.append(warning(Place(self.path, *position), what, hint))

    def need(self, kind: NeedKind, target: str, position: tuple[int, int], *, optional: bool = False) -> int:
        """The index of a new need, for its placeholder."""
        self.needs.append(Need(kind, target, *position, optional))
        return len(self.needs) - 1


class Converter(markdown.Markdown):
    """Python-Markdown with notes; one converter serves many texts, one after another."""

    notes: Notes

    def __init__(self, settings: MarkdownSettings) -> None:
        self.settings = settings
        self.notes = Notes("", "")
        super().__init__(extensions=[*(make(settings) for make in EXTENSIONS), *settings.extensions])
        self.preprocessors.deregister("normalize_whitespace")  # read and blocks do its work without moving columns

    def run(self, notes: Notes) -> str:
        """The HTML of NOTES.text, with placeholders; the rest of what was found is then in NOTES."""
        self.reset()
        self.notes = notes
        return self.convert(notes.text)


# One feature = one file in extensions/ + one line here. Each entry makes an extension from the settings.
EXTENSIONS: tuple[type[Extension], ...] = ()


@lru_cache(maxsize=4)
def converter(settings: MarkdownSettings) -> Converter:
    """The converter for these settings, made once in a process."""
    return Converter(settings)
