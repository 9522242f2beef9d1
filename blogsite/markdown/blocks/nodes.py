"""The blocks of a Markdown text, before Python-Markdown processes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

NodeKind = Literal["text", "heading", "rule", "html", "stashed", "quote", "list", "item"]


@dataclass(slots=True)
class Node:
    """A block. `first` and `last` are its lines in the text."""

    kind: NodeKind
    first: int
    last: int = 0
    lines: list[str] = field(default_factory=list)
    """The lines of a text, a heading or HTML."""
    children: list[Node] = field(default_factory=list)
    level: int = 0
    """Of a heading; of HTML, how many more elements it opens than it closes."""
    inside: bool = False
    """Of HTML: whether elements are open before it."""
    marker: str = ""
    """Of a list: its bullet, or the "." or ")" behind its numbers."""
    start: int = -1
    """Of a list: its first number."""
    attributes: str = ""
    """From a line `{: …}` behind the block."""

    @property
    def text(self) -> str:
        """The lines as one text, without blank lines around it."""
        return "\n".join(self.lines).strip("\n")

    @property
    def loose(self) -> bool:
        """Of a list: whether there are blank lines between its items, or between the blocks of an item."""
        blocks = [(item.first, item.last) for item in self.children]
        return _gaps(blocks) or any(
            _gaps([(child.first, child.last) for child in item.children])
            or any(child.kind == "text" and "" in child.text.split("\n") for child in item.children)
            for item in self.children
        )


def _gaps(blocks: list[tuple[int, int]]) -> bool:
    return any(after[0] - before[1] > 1 for before, after in pairwise(blocks))


State = Literal["", "para", "code", "table", "html"]
"""What the last line was part of, if the next one may continue it."""


@dataclass(slots=True)
class Container:
    """An open quote (`indent` 0) or list item, whose content is indented by so many columns."""

    node: Node
    indent: int
    owner: Node | None = None
    """The list of an item."""
