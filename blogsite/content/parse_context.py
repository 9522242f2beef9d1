"""What converting one text needs to know and finds out: its settings, and the notes that extensions write.

Stands below convert and extensions/, so that both can speak of it.
"""

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
    """What the extensions find in one text besides its HTML; a new one for each text."""

    text: str
    """The body as it stands in the file."""
    path: str
    first_line: int = 1
    """Line of the file on which the body starts."""
    references: list[Reference] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _searched: dict[str, int] = field(default_factory=dict)
    _line_starts: list[int] = field(default_factory=list)

    def position(self, offset: int) -> tuple[int, int]:
        """Line in the file and column of the character at OFFSET of the body, both from 1."""
        if not self._line_starts:
            self._line_starts += [0, *(end.end() for end in LINE_END.finditer(self.text))]
        line = bisect_right(self._line_starts, offset)
        return self.first_line + line - 1, offset - self._line_starts[line - 1] + 1

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

    def warn(self, position: tuple[int, int], message: str, hint: str) -> None:
        """Report a mistake of the author at a (line, column) of the file."""
        self.diagnostics.append(warning(Location(self.path, *position), message, hint))

    def reference(self, kind: ReferenceKind, target: str, position: tuple[int, int], *, optional: bool = False) -> int:
        """The index of a new need, for its placeholder."""
        self.references.append(Reference(kind, target, *position, optional))
        return len(self.references) - 1


def parse_context_of(md: markdown.Markdown) -> ParseContext:
    """The notes of the text that MD is converting."""
    return cast(ParseContext, md.context)  # type: ignore[attr-defined]
