"""What Python-Markdown does with a finished tree, sooner and with the same result: line ends, escapes, HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown, serializers
from markdown.extensions import Extension
from markdown.treeprocessors import PrettifyTreeprocessor, UnescapeTreeprocessor

stock: Any = serializers
BOOLEAN = stock.BOOLEAN_ATTRIBUTES["html"]
EMPTY = stock.HTML_EMPTY
RAW = ("script", "style")


class Prettify(PrettifyTreeprocessor):
    """Asks of each element but once whether it is a block."""

    def _prettifyETree(self, elem: Element) -> None:  # noqa: N802
        is_block = self.md.is_block_level

        def inside(element: Element) -> None:
            blocks = [is_block(child.tag) for child in element]
            text = element.text
            if blocks and blocks[0] and (not text or not text.strip()):
                element.text = "\n"
            for child, block in zip(element, blocks, strict=True):
                if block:
                    if child.tag not in ("code", "pre"):
                        inside(child)
                    after(child)

        def after(element: Element) -> None:
            tail = element.tail
            if not tail or not tail.strip():
                element.tail = "\n"

        if is_block(elem.tag) and elem.tag not in ("code", "pre"):
            inside(elem)
        after(elem)


class Unescape(UnescapeTreeprocessor):
    """Looks closer only at texts with an escape in them."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            text, tail = element.text, element.tail
            if text and "\x02" in text and element.tag != "code":
                element.text = self.unescape(text)
            if tail and "\x02" in tail:
                element.tail = self.unescape(tail)
            for name, value in element.items():
                if value and "\x02" in value:
                    element.set(name, self.unescape(value))


def to_html(root: Element) -> str:
    """The HTML of the tree, as `markdown.serializers.to_html_string` writes it."""
    parts: list[str] = []
    _write(root, parts.append)
    return "".join(parts)


def _write(element: Element, put: Callable[[str], object]) -> None:
    tag: Any = element.tag
    text, tail = element.text, element.tail
    if not isinstance(tag, str) or not _put_start(tag, element, put):
        stock._serialize_html(put, element, "html")  # a comment, or a name in a namespace
        return
    if text:
        if "&" in text or "<" in text or ">" in text:
            text = text if tag.lower() in RAW else stock._escape_cdata(text)
        put(text)
    for child in element:
        _write(child, put)
    if tag not in EMPTY and tag.lower() not in EMPTY:
        put(f"</{tag}>")
    if tail:
        put(stock._escape_cdata(tail) if "&" in tail or "<" in tail or ">" in tail else tail)


def _put_start(tag: str, element: Element, put: Callable[[str], object]) -> bool:
    """Whether the start tag was written; nothing was, if an attribute is not made of strings."""
    if not element.attrib:
        put(f"<{tag}>")
        return True
    start = f"<{tag}"
    attributes: Any = element.items()
    for name, value in sorted(attributes):
        if value is None:
            start += f" {name}"
        elif isinstance(name, str) and isinstance(value, str):
            value = stock._escape_attrib_html(value)
            start += f" {name}" if name == value and name in BOOLEAN else f' {name}="{value}"'
        else:
            return False
    put(start + ">")
    return True


class TreeExtension(Extension):
    """Takes the place of the stock treeprocessors."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Prettify(md), "prettify", 10)
        md.treeprocessors.register(Unescape(md), "unescape", 0)
