"""What the Markdown extensions and maths/ share while they convert one text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from blogsite.content.model import Formula, Heading, Label, Reference, ReferenceKind
from blogsite.core.diagnostics import Diagnostic, Location, warning

if TYPE_CHECKING:
    import markdown

LINE_END = re.compile("\n")


@dataclass(slots=True)
class ParseContext:
    """Everything found in one text besides its HTML: references, formulas, labels, headings, diagnostics."""

    text: str
    """The body as it is in the file."""
    path: str
    first_line: int = 1
    """The line of the file on which the body starts."""
    one_line: bool = False
    """Whether the text is a line of its own, such as a title, in which there are no footnotes."""
    references: list[Reference] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    """Also those that are known before: the post's, for its summary."""
    headings: list[Heading] = field(default_factory=list)
    anchor_aliases: dict[str, str] = field(default_factory=dict)
    """The id that GitHub gives to a heading → the heading's id, where they differ."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _searched: dict[str, int] = field(default_factory=dict)
    _line_starts: list[int] = field(default_factory=list)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line in the file and the column, both from 1, of the character at this offset of the body."""
        if not self._line_starts:
            self._line_starts += [0, *(end.end() for end in LINE_END.finditer(self.text))]
        line = bisect_right(self._line_starts, offset)
        return self.first_line + line - 1, offset - self._line_starts[line - 1] + 1

    def find(self, snippet: str) -> tuple[int, int]:
        """Return the position of the next occurrence of `snippet` in the body: at each call, of the one after the last.

        For extensions that see a text whose lines have moved. After the last occurrence it is repeated; (first line, 1)
        if there is none.
        """
        start = self.text.find(snippet, self._searched.get(snippet, -1) + 1)
        if start < 0:
            start = self._searched.get(snippet, -1)
            if start < 0:
                return self.first_line, 1
        self._searched[snippet] = start
        return self.position(start)

    def warn(self, position: tuple[int, int], message: str, hint: str, code: str) -> None:
        """Add a warning at (line, column) of the file."""
        self.diagnostics.append(warning(Location(self.path, *position), message, hint, code))

    def reference(self, kind: ReferenceKind, target: str, position: tuple[int, int], *, optional: bool = False) -> int:
        """Add a reference and return its index, for its placeholder."""
        self.references.append(Reference(kind, target, *position, optional))
        return len(self.references) - 1


def parse_context_of(md: markdown.Markdown) -> ParseContext:
    """Return the context of the text that `md` is converting."""
    return cast(ParseContext, md.context)  # type: ignore[attr-defined]
