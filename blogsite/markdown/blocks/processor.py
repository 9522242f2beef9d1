"""Parse lists, quotes, headings, tables and HTML as CommonMark does.

Python-Markdown splits a text at blank lines and parses the pieces one by one, and its lists need 4 columns a level.
Here the structure of the text is found first (scanner.py), and elements are built from it. The remaining text goes
through Python-Markdown's own block processors, so that tables, footnotes, definitions and other extensions work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.def_list import DefListIndentProcessor
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import parse_context_of
from blogsite.markdown.blocks.definitions import DefinitionProcessor
from blogsite.markdown.blocks.html_parts import BARE, BareParagraphs, parts, with_parts
from blogsite.markdown.blocks.nodes import Node
from blogsite.markdown.blocks.preprocessors import NoHtmlBlocks, NormaliseLines
from blogsite.markdown.blocks.raw_html import is_element
from blogsite.markdown.blocks.scanner import scan
from blogsite.markdown.extensions.callouts import MARK
from blogsite.markdown.extensions.contents import PLACE, is_place
from blogsite.markdown.html.elements import BLOCK_STARTS, RAW_BLOCKS

GROWS = re.compile(r"(?:\A|\n)(?:(?:!!!|\?\?\?\+?) ?[\"\w]|===[!+]? ?\")")
"""The first line of a box, to which the indented blocks below belong."""
BEFORE_BOX = re.compile(rf"\n(?={MARK}(?:\n|\Z))")
INDENTED_BOX = re.compile(r"^( {1,3})(?=(?:(?:!!!|\?\?\?\+?) ?[\"\w]|===[!+]? ?\"))", re.MULTILINE)
TAG_NAME = re.compile(r"\A(</?[A-Za-z][\w:-]*)[\n\t]")
DEEPEST = 30
"""Maximum depth of texts within texts (a list in a footnote in a box…); what is deeper is one paragraph."""
STOCK = ("indent", "hashheader", "setextheader", "hr", "olist", "ulist", "quote")
"""Python-Markdown's processors for blocks that are found here."""
STOCK_OTHERS = (
    "empty", "code", "reference", "paragraph", "table", "footnote", "abbr", "deflist", "defindent", "admonition",
    "markdown_block",
)  # fmt: skip
"""Python-Markdown's processors that may remain."""


class StructureProcessor(BlockProcessor):
    """Builds elements from all blocks that the parser is given."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self.depth = 0
        self.others: Sequence[BlockProcessor] = ()
        self.only_stock = False
        """Whether all other processors are known ones, so that a line that begins with a letter is text."""
        self.paragraph: BlockProcessor = self

    def test(self, parent: Element, block: str) -> bool:
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        text = "\n\n".join(blocks).strip("\n")
        blocks.clear()
        if not text:
            return
        if self.depth >= DEEPEST:
            SubElement(parent, "p").text = text
            return
        if self.depth == 0:
            self._look_around()
        scanned = scan(text)
        state = self.parser.state
        if state.isstate("list") and (parent.tag not in ("li", "dd") or "\n\n" in text):
            state.set("looselist")
        else:
            state.set(state[-1] if state else "")
        self.depth += 1
        try:
            self._build_all(parent, scanned.nodes)
        finally:
            self.depth -= 1
            state.reset()
        if scanned.unspaced or scanned.too_deep:
            self._warn(scanned.unspaced, scanned.too_deep)

    def _look_around(self) -> None:
        """Look which other processors are registered by now."""
        processors = self.parser.blockprocessors
        self.others = [processor for processor in processors if processor is not self]
        self.only_stock = sum(name in processors for name in STOCK_OTHERS) == len(self.others)
        self.paragraph = processors["paragraph"]

    def _warn(self, unspaced: list[str], too_deep: bool) -> None:
        context = parse_context_of(self.parser.md)
        for heading in unspaced:
            marks = len(heading) - len(heading.lstrip("#"))
            message = f'the heading "{heading[:40]}" has no space after {heading[:marks]}'
            hint = f"Write `{heading[:marks]} {heading[marks:40]}`: other programs do not read it as a heading."
            context.warn(context.find(heading.partition("\x02")[0]), message, hint, "heading-unspaced")
        if too_deep:
            context.warn(
                (context.first_line, 1),
                "lists or quotes are nested too deeply",
                "50 levels are the most.",
                "nesting-deep",
            )

    # ── nodes to elements ────────────────────────────────────────────────────────────────────────────────────────────

    def _build_all(self, parent: Element, nodes: list[Node]) -> None:
        for node in nodes:
            count = len(parent)
            self._build(parent, node)
            if node.attributes and len(parent) > count:
                self._assign(parent[-1], node.attributes)

    def _build(self, parent: Element, node: Node) -> None:
        kind = node.kind
        if kind == "text":
            self._plain(parent, _pieces(node.text))
        elif kind == "list":
            self._list(parent, node)
        elif kind == "heading":
            SubElement(parent, f"h{node.level}").text = node.lines[0]
        elif kind == "quote":
            self._inside(SubElement(parent, "blockquote"), node, "blockquote")
        elif kind == "rule":
            SubElement(parent, "hr")
        elif kind == "html":
            self._html(parent, TAG_NAME.sub(r"\1 ", node.text.strip()), node.inside, node.level > 0)
        else:
            self._stashed(parent, node.lines[0])

    def _html(self, parent: Element, html: str, inside: bool, goes_on: bool) -> None:
        """Add HTML. Elements are open before it if `inside`, and behind it if it `goes_on`."""
        md = self.parser.md
        if html.startswith("<!--") and is_place(html, parse_context_of(md).text):
            SubElement(parent, "p").text = PLACE
        elif (inside or goes_on) and (found := parts(html, inside)):
            SubElement(parent, "p", {BARE: ""}).text = with_parts(md, html, found)
        else:
            SubElement(parent, "p").text = md.htmlStash.store(html)

    def _list(self, parent: Element, node: Node) -> None:
        element = SubElement(parent, "ol" if node.start >= 0 else "ul")
        if node.start >= 0 and node.start != 1:
            element.set("start", str(node.start))
        state = "looselist" if node.loose else "list"
        for item in node.children:
            self._inside(SubElement(element, "li"), item, state)

    def _inside(self, parent: Element, node: Node, state: str) -> None:
        self.parser.state.set(state)
        self._build_all(parent, node.children)
        self.parser.state.reset()

    def _stashed(self, parent: Element, placeholder: str) -> None:
        """Restore what was extracted from the text: HTML replaces its paragraph, an element gets its processor."""
        match = HTML_PLACEHOLDER_RE.match(placeholder)
        raw = self.parser.md.htmlStash.rawHtmlBlocks
        if match and int(match[1]) < len(raw) and isinstance(raw[int(match[1])], Element):
            self._plain(parent, [placeholder])
        else:
            SubElement(parent, "p").text = placeholder

    def _plain(self, parent: Element, blocks: list[str]) -> None:
        """Parse text without lists, quotes, headings and HTML by Python-Markdown's other processors."""
        others = self.others
        while blocks:
            block = blocks[0]
            if self.only_stock and block and block[0] not in " \n\x02[*:!?=" and "\n" not in block and "|" not in block:
                self.paragraph.run(parent, blocks)
                continue
            for processor in others:
                if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                    break

    def _assign(self, element: Element, attributes: str) -> None:
        lists = self.parser.md.treeprocessors
        if "attr_list" in lists and isinstance(lists["attr_list"], AttrListTreeprocessor):
            lists["attr_list"].assign_attrs(element, attributes)


def _pieces(text: str) -> list[str]:
    """Split a text at blank lines, but keep a box together with the indented blocks below it.

    In a list item a box may be indented further than the item's text, because many authors indent by four after a mark
    of two.
    """
    if (text[:1] == " " or "\n " in text) and (box := INDENTED_BOX.search(text)):
        text = text[: box.start()] + re.sub(f"^{box[1]}", "", text[box.start() :], flags=re.MULTILINE)
    if not GROWS.search(text):
        return text.split("\n\n")
    blocks = BEFORE_BOX.sub("\n\n", text).split("\n\n")  # to be taken off one after another is quadratic
    made = [blocks[0]]
    grows = GROWS.search(blocks[0])
    for block in blocks[1:]:
        if grows and block.startswith("    "):
            made[-1] += "\n\n" + block
        else:
            made.append(block)
            grows = GROWS.search(block)
    return made


class DefinitionBlocks(DefListIndentProcessor):
    """Continues a definition with all indented blocks at once."""

    ITEM_TYPES = ["dd"]  # noqa: RUF012
    LIST_TYPES = ["dl"]  # noqa: RUF012

    def run(self, parent: Element, blocks: list[str]) -> None:
        count = next((n for n, block in enumerate(blocks) if not block.startswith("    ")), len(blocks))
        blocks[:count] = ["\n\n".join(blocks[:count])]
        super().run(parent, blocks)


class KnownElements(HtmlInlineProcessor):
    """Inline HTML tags; `<int>` and other words in angle brackets are text."""

    TRIGGER = "<"

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        tag = m.group(1)
        if tag[1] != "!" and not self._is_tag(tag, m.start() and data[m.start() - 1]):
            return None, None, None
        return super().handleMatch(m, data)

    def _is_tag(self, tag: str, before: str | int) -> bool:
        text = parse_context_of(self.md).text
        if not is_element(tag, tag, text):
            return False
        if isinstance(before, str) and before.isalnum() and before.isascii() and tag[1:-1].isalnum():
            return f"</{tag[1:-1]}" in text or tag[1:-1].lower() in ("br", "wbr")
        return True


class BlocksExtension(Extension):
    """Comes in the table behind the extensions that add block processors of their own."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        processors = md.parser.blockprocessors
        for name in STOCK:
            if name in processors:
                processors.deregister(name)
        if "defindent" in processors:
            processors.register(DefinitionBlocks(md.parser), "defindent", 85)
        processors.register(DefinitionProcessor(md.parser), "reference", 15)
        processors.register(StructureProcessor(md.parser), "structure", 1000)
        md.block_level_elements += sorted((BLOCK_STARTS | RAW_BLOCKS) - set(md.block_level_elements))
        md.preprocessors.register(NormaliseLines(md), "blocks", 45)
        md.preprocessors.register(NoHtmlBlocks(md, md.preprocessors["html_block"]), "html_block", 20)
        md.postprocessors.register(BareParagraphs(md), "bare_paragraphs", 31)
        md.inlinePatterns.register(KnownElements(HTML_RE, md), "html", 90)
