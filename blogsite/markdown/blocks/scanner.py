"""Scan the structure of a Markdown text by CommonMark's rules: lists, quotes, headings, HTML, and text between them.

One pass over the lines, without recursion. The content of texts (paragraphs, indented code, tables, footnotes…) is left
to Python-Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from blogsite.markdown.blocks.containers import DEEPEST, ITEM_MARK, RULE
from blogsite.markdown.blocks.leaves import SETEXT, Leaves
from blogsite.markdown.blocks.nodes import Container, Node
from blogsite.markdown.blocks.raw_html import HtmlStart, html_start

PLAIN_START = re.compile(r"[^\s>#\-+*_=<|:0-9{\x02]")
DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Scanned:
    """The blocks of a text, and what deserves a warning."""

    nodes: list[Node]
    unspaced: list[str]
    """Headings without a space behind their number signs."""
    too_deep: bool
    """Whether containers were nested so deeply that the inner ones are text."""


def scan(text: str) -> Scanned:
    """Return the blocks of a text."""
    return Scan(text).run()


class Scan(Leaves):
    """One pass over one text."""

    def run(self) -> Scanned:
        plain = PLAIN_START.match
        children = self.root.children
        for number, line in enumerate(self.lines):
            if not line:
                if self.stack or self.state == "html":
                    self._blank(0)
                else:
                    self.state = ""
                    if children and children[-1].kind == "text":
                        children[-1].lines.append("")
                continue
            if self.stack or self.state == "html" or not plain(line):
                self._line(number, line)
            else:
                if self.state != "table":
                    self.state = "para"
                if children and children[-1].kind == "text" and not children[-1].attributes:
                    children[-1].lines.append(line)
                    children[-1].last = number
                else:
                    children.append(Node("text", number, number, [line]))
            self.last = number
        self._close(0)
        return Scanned(children, self.unspaced, self.too_deep)

    # ── containers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _blank(self, quotes: int) -> None:
        """Process a blank line behind so many quote marks."""
        for count, container in enumerate(self.stack):
            if container.indent == 0:
                quotes -= 1
                if quotes < 0:
                    self._close(count)
                    break
        if self.state == "html" and self.html.until:
            self.tip.children[-1].lines.append("")
            return
        tip = self.tip
        if tip.children and tip.children[-1].kind == "text":
            tip.children[-1].lines.append("")
        self.state = ""

    def _inside(self, number: int, line: str) -> tuple[int, int]:
        """Return how many containers continue on a line, and the column behind their marks."""
        start = 0
        for count, container in enumerate(self.stack):
            indent = container.indent
            if indent == 0:
                mark = start
                while mark < start + 3 and line[mark : mark + 1] == " ":
                    mark += 1
                if line[mark : mark + 1] != ">":
                    return count, start
                start = mark + 2 if line[mark + 1 : mark + 2] == " " else mark + 1
            elif line.startswith(" " * indent, start):
                node = container.node
                if not node.children and number > node.first + 1:
                    return count, start  # an item that begins with two blank lines holds nothing
                start += indent
            else:
                return count, start
        return len(self.stack), start

    # ── a line ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _line(self, number: int, line: str) -> None:
        count, start = self._inside(number, line)
        if not line[start:].strip():
            self._blank(line.count(">"))
            return
        if self.state == "html":
            if count == len(self.stack) and self._html_goes_on(number, line[start:]):
                return
            self.state = ""
        opened = False
        while True:
            whole = opened or count == len(self.stack)
            at = start
            while line[at : at + 1] == " ":
                at += 1
            if at - start >= 4:
                if self.html_depth > 0 and self.state != "para" and line[at] == "<":
                    self._close(self._settle(count, opened))
                    self._html(number, line[at:], html_start(line, at, True, self._closes) or HtmlStart(""))
                    return
                break
            character = line[at]
            if character in ">-+*0123456789":
                begun_at = self._container(number, line, start, at, count, opened)
                if begun_at >= 0:
                    start, opened = begun_at, True
                    if start >= len(line) or not line[start:].strip():
                        return
                    continue
            if character in "#-=_*<|:{\x02" and self._leaf(number, line, start, at, count, opened):
                return
            break
        rest = line[start:]
        indented = at - start >= 4
        if not whole and self.state == "para":
            self._text(number, rest.lstrip(" "))
            return
        if not opened:
            self._close(count)
        if indented and self.state != "para":
            if self.state == "table":
                self._text(number, "")
            self.state = "code"
        elif self.state != "table":
            self.state = "para"
        self._text(number, rest)

    # ── what begins a container ──────────────────────────────────────────────────────────────────────────────────────

    def _container(self, number: int, line: str, start: int, at: int, count: int, opened: bool) -> int:
        """Return the column behind the mark of a quote or item that begins here, or -1."""
        interrupts = self.state == "para" and not opened and count == len(self.stack)
        if line[at] == ">":
            if len(self.stack) >= DEEPEST:
                self.too_deep = True
                return -1
            self._close(self._settle(count, opened))
            self._push(Container(Node("quote", number), 0))
            self.tip_parent().children.append(self.tip)
            return at + 2 if line[at + 1 : at + 2] == " " else at + 1
        mark = ITEM_MARK.match(line, start)
        if not mark or (line[at] in "-*" and RULE.match(line, start)):
            return -1
        if line[at] == "-" and interrupts and SETEXT.match(line, start):
            return -1
        empty = not line[mark.end() :].strip()
        digits = DIGITS.match(line, at)
        if interrupts and (empty or (digits and int(digits[0]) != 1)):
            return -1
        if line[at] == "-" and self.state == "para" and self._table(line, start, count, opened):
            return -1
        settled = self._settle(count, opened)
        owner = self._open_list(settled, line[digits.end() if digits else at])
        if owner is None and len(self.stack) >= DEEPEST:
            self.too_deep = True
            return -1
        self._close(settled)
        if owner is None:
            owner = Node("list", number, number, marker=line[digits.end() if digits else at])
            owner.start = int(digits[0]) if digits else -1
            self.tip.children.append(owner)
        spaces = len(mark[1] or "")
        width = mark.end() - start if 1 <= spaces <= 4 and not empty else mark.end() - spaces + 1 - start
        item = Node("item", number)
        owner.children.append(item)
        self._push(Container(item, width, owner))
        return min(start + width, len(line))

    def _open_list(self, settled: int, marker: str) -> Node | None:
        """Return the open list that an item with this marker continues, if there is one."""
        if settled < len(self.stack):
            owner = self.stack[settled].owner
            if owner and owner.marker == marker:
                return owner
        return None

    def _push(self, container: Container) -> None:
        self.stack.append(container)
        self.state = ""

    def tip_parent(self) -> Node:
        return self.stack[-2].node if len(self.stack) > 1 else self.root
