"""Markdown → HTML: the table of extensions, in order, and what they hand over besides the HTML.

A text is converted in one pass. The preprocessors run in this order, and up to and including `maths` no line moves,
so that a position in the text is a position in the file:

    fences 60 → engine tags 55 → maths 50 → blocks 45 → (Python-Markdown's own: html_block 20)

Line ends are "\\n" and STX and ETX are gone before a text comes here; tabs are expanded by `blocks`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import markdown
from markdown.extensions import Extension

from blogsite.notes import MarkdownSettings, Notes


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
EXTENSIONS: tuple[Callable[[MarkdownSettings], Extension], ...] = ()


@lru_cache(maxsize=4)
def converter(settings: MarkdownSettings) -> Converter:
    """The converter for these settings, made once in a process."""
    return Converter(settings)
