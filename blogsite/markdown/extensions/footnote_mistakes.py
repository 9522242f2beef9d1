"""Warnings about footnotes: references without a definition, definitions without a reference, and repeated ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from blogsite.content.parse_context import ParseContext
from blogsite.core.suggest import Suggester
from blogsite.markdown.blocks.containers import ContainerTracker

MARK = re.compile(r"(?<!\\)\[\^([^\]\n]+)\](:?)")
CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
BEFORE_DEFINITION = " \t>*+-0123456789.)"
"""Characters of the marks of quotes and lists, of which a definition may be the content."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A footnote's mark in the file."""

    label: str
    defines: bool
    position: tuple[int, int]


class Mistakes:
    """Finds in the text what the converter has no positions of, because its lines have moved by then."""

    def __init__(self, lines: list[str], context: ParseContext) -> None:
        self.lines = lines
        self.context = context

    def warn(
        self, unknown: Collection[str], unused: Collection[str], repeated: Collection[str], known: Collection[str]
    ) -> None:
        """Warn of labels: `unknown` to any definition, `unused` by any reference, `repeated` as definitions."""
        defined: set[str] = set()
        labels = {"known": Suggester(known), "unknown": Suggester(unknown)}
        for occurrence in self._occurrences():
            label, position = occurrence.label, occurrence.position
            if not occurrence.defines:
                if label in unknown:
                    message = f"there is no footnote [^{label}]"
                    self.context.warn(position, message, _hint(label, labels["known"]), "footnote-unknown")
            elif label in defined:
                if label in repeated:
                    message = f"footnote [^{label}] is defined twice, and the first definition counts"
                    self.context.warn(position, message, "give this one a label of its own", "footnote-unused")
            else:
                defined.add(label)
                if label in unused:
                    near = labels["unknown"].to(label, count=1, cutoff=0.5)
                    hint = f"is it the one that [^{near[0]}] refers to?" if near else "refer to it, or remove it"
                    message = f"nothing refers to the footnote [^{label}], and it is left out"
                    self.context.warn(position, message, hint, "footnote-unused")

    def _occurrences(self) -> Iterator[Occurrence]:
        """Yield the marks outside code, in order."""
        written = self.context.text.split("\n")
        containers = ContainerTracker(self.lines)
        for number, line in enumerate(self.lines):
            if "[^" not in line or containers.at(number).code:
                continue
            code = [match.span() for match in CODE.finditer(line)] if "`" in line else []
            for match in MARK.finditer(line):
                if any(start < match.start() < end for start, end in code):
                    continue
                defines = bool(match[2]) and not line[: match.start()].strip(BEFORE_DEFINITION)
                column = match.start() if number < len(written) and written[number] == line else -1
                if column < 0:
                    column = max(written[number].find(match[0]), 0) if number < len(written) else 0
                yield Occurrence(match[1], defines, (self.context.first_line + number, column + 1))


def _hint(label: str, known: Suggester) -> str:
    near = known.to(label, count=1, cutoff=0.5)
    if near:
        return f"did you mean [^{near[0]}]?"
    if " " in label:
        return f"write ^[{label}] for a note in the line, or \\[^{label}] for the text"
    return f"write its text on a line of its own: [^{label}]: …; or \\[^{label}] if it is no footnote"
