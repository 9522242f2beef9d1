"""Link reference definitions in CommonMark's forms: `[label]: address "title"`.

The address may be in angle brackets and hold spaces, it and the title may stand on a line of their own, and a title is
in quotation marks or parentheses and may have several lines. Of two definitions of one label the first counts. Other
than in CommonMark, a definition may follow a line of text, and a title on one line may hold its own quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown.blockprocessors import BlockProcessor

from blogsite.markdown.inline.patterns import normalised_label

START = re.compile(r"^ {0,3}\[(?!\^)", re.MULTILINE)
LABEL = re.compile(r" {0,3}\[(?!\^)((?:[^\[\]\\]|\\.){1,999})\]:", re.DOTALL)
TARGET = re.compile(r"[ \t]*\n?[ \t]*(?:<((?:[^<>\n\\]|\\[^\n])*)>|([^\s<]\S*))")
TITLE = re.compile(
    r"""(?:[ \t]+|[ \t]*\n[ \t]*)(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\))[ \t]*(?=\n|\Z)""",
    re.DOTALL,
)
ANY_TITLE = re.compile(r"""[ \t]+(?:"(.*)"|'(.*)'|\((.*)\))[ \t]*(?=\n|\Z)""")
END = re.compile(r"[ \t]*(?=\n|\Z)")
FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\n]+\]:[^\n]*")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a label stands for, and where its definition ends in the text: at the end of a line."""

    label: str
    address: str
    title: str
    end: int


def read_definition(text: str, start: int) -> Definition | None:
    """Return the definition that begins at the start of this line, or None."""
    label = LABEL.match(text, start)
    target = TARGET.match(text, label.end()) if label and label[1].strip() else None
    if label is None or target is None:
        return None
    address = ESCAPE.sub(r"\1", target[2] or target[1] or "").strip()
    title = TITLE.match(text, target.end()) or ANY_TITLE.match(text, target.end())
    if title:
        words = next(group for group in title.groups() if group is not None)
        return Definition(label[1], address, ESCAPE.sub(r"\1", words), title.end())
    end = END.match(text, target.end())
    return Definition(label[1], address, "", end.end()) if end else None


def leading_definitions(lines: list[str]) -> int:
    """Return how many lines at the start are definitions, of footnotes too, or indented by 4."""
    text = "\n".join(lines)
    position = count = 0
    while count < len(lines):
        definition = read_definition(text, position)
        note = FOOTNOTE.match(text, position) if definition is None else None
        if definition:
            end = definition.end
        elif note or lines[count].startswith("    "):
            end = position + len(lines[count])
        else:
            break
        count += text.count("\n", position, end) + 1
        position = end + 1
    return count


class DefinitionProcessor(BlockProcessor):
    """Takes the definitions out of a block of text."""

    def test(self, parent: Element, block: str) -> bool:
        return "]:" in block

    def run(self, parent: Element, blocks: list[str]) -> bool:
        block = blocks[0]
        references = self.parser.md.references
        texts: list[str] = []
        done = position = 0
        while start := START.search(block, position):
            definition = read_definition(block, start.start())
            if definition is None:
                position = start.end()
                continue
            name = normalised_label(self.parser.md, definition.label)
            references.setdefault(name, (definition.address, definition.title))
            texts.append(block[done : start.start()])
            done = position = definition.end
        if not done:
            return False
        blocks[:1] = [text for text in (part.strip("\n") for part in [*texts, block[done:]]) if text.strip()]
        return True
