"""Images with a size beside their address, and those of Obsidian: `![a](b.png "title" =300x200)`, `![a|300](b.png)`."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import inlinepatterns as stock

from blogsite.markdown.inline.patterns import BoundedLinkPattern

LENGTH = r"\d+(?:\.\d+)?(?:px|%|r?em|v[wh]|pt|[cm]m)?"
SIZED = re.compile(
    rf"""\(\s*(?:<(?P<quoted>[^<>\n]*)>|(?P<bare>(?:[^()"'\n]|(?<=\S)["']|\([^()\n]*\))+?))"""
    rf"""(?:\s{{1,9}}(?P<title>"[^"]*"|'[^']*'))?"""
    rf"""\s{{1,9}}=(?:(?P<width>{LENGTH})(?:[xX×*](?P<height>{LENGTH})?)?|[xX×*](?P<only>{LENGTH}))\s*\)"""
)
"""The address, the title and the size of an image."""
OBSIDIAN = re.compile(r"\s*\|\s*(?P<width>\d{2,4})(?:[xX×](?P<height>\d{2,4}))?\s*\Z")


class Image(BoundedLinkPattern, stock.ImageInlineProcessor):
    """`![text](address)`, with a size in px, in per cent or in another unit of CSS."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        text, index, handled = self.getText(data, m.end(0))
        if not handled:
            return None, None, None
        image = Element("img")
        sized = SIZED.match(data, index) if " =" in data or "\n=" in data else None
        if sized:
            end = sized.end()
            image.set("src", self.unescape(sized["quoted"] or sized["bare"] or "").strip())
            if sized["title"]:
                image.set("title", " ".join(self.unescape(sized["title"][1:-1]).split()))
            _set_size(image, sized["width"], sized["height"] or sized["only"])
        else:
            address, title, end, handled = self.getLink(data, index)
            if not handled:
                return None, None, None
            image.set("src", address)
            if title is not None:
                image.set("title", title)
            if "|" in text and (size := OBSIDIAN.search(text)):
                text = text[: size.start()]
                _set_size(image, size["width"], size["height"])
        image.set("alt", self.unescape(text))
        return image, m.start(0), end


def _set_size(image: Element, width: str | None, height: str | None) -> None:
    if width:
        image.set("width", width)
    if height:
        image.set("height", height)
