"""Leaf blocks: headings, rules, tables, HTML, and the text between them."""

from __future__ import annotations

import re
from functools import cached_property

from blogsite.markdown.blocks.containers import RULE
from blogsite.markdown.blocks.definitions import leading_definitions
from blogsite.markdown.blocks.nodes import Container, Node, State
from blogsite.markdown.blocks.raw_html import HtmlStart, depth, html_start
from blogsite.markdown.extensions.contents import PLACE

HASHES = re.compile(r" {0,3}(#{1,6})(?!#)")
CLOSING_HASHES = re.compile(r"(?:^|[ \u3000\xa0])#+$")
HEADING_SPACES = " \u3000\xa0\u2002\u2003\u2009\t"
SETEXT = re.compile(r" {0,3}(?:=+|-+) *$")
DELIMITERS = re.compile(r" {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$")
STASHED = re.compile(r" *\x02wzxhzdk:\d+\x03\s*$")
ATTRIBUTES = re.compile(r" {0,3}\{:(?!:)([^{}]*)\}\s*$")
NO_TITLE = re.compile(r"!!! |\?\?\?|===[!+]? ?\"| {0,3}: ")
PIPE = re.compile(r"(?<!\\)(?:\\\\)*\|")
LAST_PIPE = re.compile(r"(?<!\\)(?:\\\\)*\|$")
WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
DIRECTIVE = re.compile(r"(?:include|define|undef|if|ifdef|ifndef|else|elif|endif|pragma|import|region|error|line)\b")


class Leaves:
    """The open containers, and the open block in the innermost of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.root = Node("quote", 0)
        self.stack: list[Container] = []
        self.state: State = ""
        self.html = HtmlStart("")
        self.html_depth = 0
        """Number of open HTML elements."""
        self.last = -1
        """The last line that was not blank."""
        self.unspaced: list[str] = []
        """Headings without a space behind their number signs."""
        self.too_deep = False

    @cached_property
    def lowered(self) -> str:
        return self.text.lower()

    @property
    def tip(self) -> Node:
        return self.stack[-1].node if self.stack else self.root

    def _close(self, count: int) -> None:
        """Close containers until `count` are open."""
        for container in self.stack[count:]:
            container.node.last = self.last
            if container.owner:
                container.owner.last = self.last
        if len(self.stack) > count:
            del self.stack[count:]
            self.state = ""

    def _settle(self, count: int, opened: bool) -> int:
        """Return how many containers a new block on this line is in: `count`, or all if some `opened` on it."""
        return len(self.stack) if opened else count

    def _text(self, number: int, line: str) -> None:
        """Add a line to the text at the end of the open block."""
        children = self.tip.children
        if children and children[-1].kind == "text" and not children[-1].attributes:
            children[-1].lines.append(line)
            children[-1].last = number
        else:
            children.append(Node("text", number, number, [line]))

    def _add(self, number: int, node: Node) -> None:
        node.last = number
        self.tip.children.append(node)
        self.state = ""

    # ── what is a block of one line, or begins HTML ──────────────────────────────────────────────────────────────────

    def _leaf(self, number: int, line: str, start: int, at: int, count: int, opened: bool) -> bool:
        """Return whether the line begins a block other than text, after adding that block."""
        character = line[at]
        goes_on = self.state == "para" and not opened and count == len(self.stack)
        if character == "#":
            return self._heading(number, line, start, count, opened)
        if character in "-=" and goes_on and SETEXT.match(line, start) and self._setext(number, character):
            return True
        if character in "-_*" and RULE.match(line, start):
            self._close(self._settle(count, opened))
            self._add(number, Node("rule", number))
            return True
        if character == "<":
            begun = html_start(line, at, goes_on, self._closes)
            if begun:
                self._close(self._settle(count, opened))
                self._html(number, line[at:], begun)
            return begun is not None
        if character == "\x02" and STASHED.match(line, start):
            self._close(self._settle(count, opened))
            self._add(number, Node("stashed", number, lines=[line[at:].strip()]))
            return True
        if character == "{":
            return self._attributes(number, line, start, count, opened)
        if goes_on and character in "|:-" and self._table(line, start, count, opened):
            lines = self.tip.children[-1].lines
            if len(lines) > 1 and lines[-2]:
                lines.insert(-1, "")
            self._text(number, line[start:])
            self.state = "table"
            return True
        return False

    def _table(self, line: str, start: int, count: int, opened: bool) -> bool:
        """Return whether the line is between the head and the body of a table."""
        if opened or count < len(self.stack) or "|" not in line or not DELIMITERS.match(line, start):
            return False
        head = self.tip.children[-1].lines[-1]
        return "|" in head and _cells(head) == _cells(line[start:])

    def _heading(self, number: int, line: str, start: int, count: int, opened: bool) -> bool:
        match = HASHES.match(line, start)
        if not match:
            return False
        rest = line[match.end() :]
        if rest and rest[0] not in HEADING_SPACES:
            settled = self._settle(count, opened)
            in_text = self.state == "para" and settled == len(self.stack) and not opened
            if not self._is_unspaced_heading(rest, len(match[1]), number, in_text):
                return False
            self.unspaced.append(line[match.start(1) :].rstrip())
            text = rest.rstrip(" #")
        else:
            text = CLOSING_HASHES.sub("", rest.strip(HEADING_SPACES)).strip(HEADING_SPACES)
        self._close(self._settle(count, opened))
        self._add(number, Node("heading", number, lines=[text], level=len(match[1])))
        return True

    def _is_unspaced_heading(self, rest: str, level: int, number: int, in_text: bool) -> bool:
        """Return whether `##标题` or `#标题` is meant as a heading; `#5`, `#include`, `#tag1 #tag2` are not."""
        if rest[0] in "!#|" or re.search(r"\s#[^\s#]", rest):
            return False
        if level > 1:
            return rest[0].isalnum() or rest[0] in "*`[(（【《“「<\x02_" or bool(WIDE.match(rest))
        if in_text or "#" in rest.rstrip("# "):
            return False
        if WIDE.match(rest):
            return True
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        return rest[0].isupper() and not following.strip() and not DIRECTIVE.match(rest)

    def _setext(self, number: int, character: str) -> bool:
        """Return whether the open paragraph becomes a heading by this line."""
        node = self.tip.children[-1]
        begin = len(node.lines)
        while begin and node.lines[begin - 1]:
            begin -= 1
        text = node.lines[begin:]
        definitions = leading_definitions(text)
        del text[:definitions]
        begin += definitions
        if not text or any(NO_TITLE.match(part) for part in text):
            return False
        del node.lines[begin:]
        first = number - len(text)
        if any(node.lines):
            node.last = first - 1
        else:
            self.tip.children.pop()
        heading = "\n".join(part.strip(" ") for part in text)
        self._add(number, Node("heading", first, lines=[heading], level=1 if character == "=" else 2))
        return True

    def _attributes(self, number: int, line: str, start: int, count: int, opened: bool) -> bool:
        """Return whether the line is kramdown's `{: …}`, which belongs to the block before it."""
        match = ATTRIBUTES.match(line, start)
        if not match or opened:
            return False
        words = match[1].strip()
        whole = count == len(self.stack)
        after_text = self.last == number - 1
        target: Node | None = None
        if not whole:
            container = self.stack[count]
            target = (container.owner or container.node) if after_text else None
            self._close(count)
        if "toc" in words.split():
            children = self.tip.children
            if target and target.kind == "list" and len(target.children) == 1 and children and children[-1] is target:
                children.pop()
                self._add(number, Node("stashed", number, lines=[PLACE]))
            elif self.state != "para":
                self._add(number, Node("stashed", number, lines=[PLACE]))
            return True
        if whole and after_text and self.state == "para":
            self._text(number, line[start:])
            self.tip.children[-1].lines.append("")
            self.state = ""
            return True
        if whole and after_text and self.tip.children:
            target = self.tip.children[-1]
        if target and target.kind == "heading":
            target.lines[0] += f" {{: {words}}}"
        elif target:
            target.attributes = f"{target.attributes} {words}".strip()
        return True

    # ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _closes(self, until: str) -> bool:
        """Return whether `until` occurs on the line after the last one read, or below it."""
        location = self.ends.get(until)
        if location is None:
            offset = (self.lowered if until[-1].isalpha() else self.text).rfind(until)
            location = self.ends[until] = self.text.count("\n", 0, offset) if offset >= 0 else -1
        return location > self.last

    @cached_property
    def ends(self) -> dict[str, int]:
        """The last line with each text that ends HTML and was searched for."""
        return {}

    def _html(self, number: int, line: str, begun: HtmlStart) -> None:
        self._add(number, Node("html", number, inside=self.html_depth > 0))
        self.html, self.state = begun, "html"
        self._html_goes_on(number, line)

    def _html_goes_on(self, number: int, line: str) -> bool:
        """Return whether the line belongs to the open HTML, after adding it there."""
        node = self.tip.children[-1]
        if self.html.until:
            self._html_until(number, node, line)
            return True
        if node.level <= 0 and node.lines and not line.lstrip(" ").startswith("<") and line[:4].strip():
            return False
        change = depth(line)
        node.level += change
        self.html_depth = max(self.html_depth + change, 0)
        node.lines.append(line)
        node.last = number
        return True

    def _html_until(self, number: int, node: Node, line: str) -> None:
        """Add a line, up to the end of the HTML, to a node; text behind a comment becomes a text of its own."""
        until = self.html.until
        end = line.lower().find(until, 0 if node.lines else 2)
        node.last = number
        if end < 0:
            node.lines.append(line)
            return
        end += len(until)
        self.state = ""
        if until == "-->" and line[end:].strip():
            node.lines.append(line[:end])
            self.state = "para"
            self._text(number, line[end:].strip(" "))
        else:
            node.lines.append(line)


def _cells(row: str) -> int:
    """Return the number of cells in a table row."""
    row = row.strip()
    ends = len(PIPE.findall(row))
    return ends + 1 - row.startswith("|") - (len(row) > 1 and bool(LAST_PIPE.search(row)))
