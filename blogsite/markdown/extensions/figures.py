"""An image alone in its paragraph becomes a figure, with its title or else its alternative text as caption.

Several images alone in a paragraph are shown side by side. `{width=50%}` works as it is meant; a class or id of the
image goes to the figure.
"""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from blogsite.markdown.extensions.links import SIZE
from blogsite.markdown.inline.patterns import FOOTNOTE

PIXELS = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*\Z")
LENGTH = re.compile(r"\s*\d*\.?\d+(?:%|[a-z]{1,4})\s*\Z")
INLINE_MARKUP = re.compile(r"[*_~=]|\[\^|\^\[")


class Figures(Treeprocessor):
    """Runs after attribute lists and before escaped characters are restored."""

    def run(self, root: Element) -> None:
        stash = self.md.htmlStash.rawHtmlBlocks
        images = list(root.iter("img"))
        for image in images:
            if "width" in image.attrib or "height" in image.attrib:
                _set_size(image)
        if images:
            for paragraph in list(root.iter("p")):
                if len(paragraph) and (pictures := _pictures(paragraph, stash)):
                    self._make_figures(paragraph, pictures)
                elif _is_captioned(paragraph):
                    words = paragraph[-1]
                    self._make_figures(paragraph, [paragraph[0]])
                    _set_caption(paragraph, words)
            for parent in list(root.iter()):
                _drop_repeated_captions(parent)

    def _make_figures(self, paragraph: Element, pictures: list[Element]) -> None:
        comments = "".join(paragraph.itertext()).strip()
        paragraph.text = None
        if len(pictures) == 1:
            paragraph.tag = "figure"
            self._fill(paragraph, pictures[0])
        else:
            paragraph.tag = "div"
            _add_class(paragraph, "figures")
            paragraph[:] = []
            for picture in pictures:
                self._fill(SubElement(paragraph, "figure"), picture)
        paragraph[-1].tail = comments or None

    def _fill(self, figure: Element, picture: Element) -> None:
        """Fill a figure with an image, or a link around one, and its caption."""
        picture.tail = None
        figure[:] = [picture]
        image = picture if picture.tag == "img" else picture[0]
        image.tail = None
        for name in image.get("class", "").split():
            _add_class(figure, name)
        image.attrib.pop("class", None)
        if image.get("id") and not figure.get("id"):
            figure.set("id", image.attrib.pop("id"))
        caption = image.attrib.pop("title", None) or image.get("alt") or ""
        if caption.strip():
            words = SubElement(figure, "figcaption")
            words.text = caption.strip()
            if INLINE_MARKUP.search(caption):
                self.md.treeprocessors["inline"].run(figure)
                if image.get("alt") == caption:
                    image.set("alt", _words(words).strip())


def _words(caption: Element) -> str:
    """Return the text of a caption without its footnotes."""
    parts = [caption.text or ""]
    for child in caption:
        parts += ("" if child.tag == "sup" and child.get(FOOTNOTE) else _words(child), child.tail or "")
    return "".join(parts)


def _is_captioned(paragraph: Element) -> bool:
    """Return whether a paragraph is an image and, on the line below it, words that are emphasised as a whole."""
    tags = [child.tag for child in paragraph]
    if tags not in (["img", "em"], ["a", "em"], ["img", "br", "em"], ["a", "br", "em"]):
        return False
    picture, words = paragraph[0], paragraph[-1]
    if tags[0] == "a" and not _is_linked_image(picture):
        return False
    between = (picture.tail or "") + (paragraph[1].tail or "" if len(tags) == 3 else "")
    return not between.strip() and "\n" in between and not f"{paragraph.text or ''}{words.tail or ''}".strip()


def _set_caption(figure: Element, words: Element) -> None:
    for caption in figure.findall("figcaption"):
        figure.remove(caption)
    words.tag, words.tail = "figcaption", None
    figure.append(words)


def _drop_repeated_captions(parent: Element) -> None:
    """Drop a paragraph below a figure that repeats its caption."""
    for figure, below in pairwise(list(parent)):
        if figure.tag == "figure" and below.tag == "p" and len(figure) > 1 and not (figure[-1].tail or "").strip():
            words = "".join(figure[-1].itertext()).strip()
            if words and words == "".join(below.itertext()).strip() and not below.attrib:
                parent.remove(below)


def _without_comments(text: str | None, stash: list[str | Element]) -> str:
    """Return a text without the placeholders of HTML comments and the space around it."""

    def drop(match: re.Match[str]) -> str:
        return "" if str(stash[int(match.group(1))]).startswith("<!--") else match.group()

    text = (text or "").strip()
    return HTML_PLACEHOLDER_RE.sub(drop, text).strip() if text else ""


def _pictures(paragraph: Element, stash: list[str | Element]) -> list[Element]:
    """Return the images, and links around one image, of a paragraph that holds nothing else; else []."""
    if _without_comments(paragraph.text, stash):
        return []
    pictures = []
    for child in paragraph:
        if _without_comments(child.tail, stash):
            return []
        if child.tag == "img" or _is_linked_image(child):
            pictures.append(child)
        elif child.tag != "br":
            return []
    return pictures


def _is_linked_image(element: Element) -> bool:
    return (
        element.tag == "a"
        and len(element) == 1
        and element[0].tag == "img"
        and not (element.text or "").strip()
        and not (element[0].tail or "").strip()
    )


def _set_size(image: Element) -> None:
    """Keep a width and a height in px for `links`, and move those in other units to the style."""
    pixels = {"width": "", "height": ""}
    for side in pixels:
        value = image.get(side, "")
        if match := PIXELS.match(value):
            pixels[side] = match.group(1)
            del image.attrib[side]
        elif LENGTH.match(value):
            del image.attrib[side]
            style = image.get("style", "").rstrip("; ")
            image.set("style", f"{style}; {side}: {value.strip()}".removeprefix("; "))
    if any(pixels.values()):
        image.set(SIZE, "x".join(pixels.values()))


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())


class FiguresExtension(Extension):
    """Adds figures."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Figures(md), "figures", 6)
