"""Callouts: `!!! note "Title"` and GitHub's `> [!NOTE]`, with the same HTML.

`??? note` is a folded one, `=== "Title"` one of several tabs, which are shown below each other. Without a title, a
callout has the name of its kind in the site's language.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.treeprocessors import Treeprocessor

from blogsite.config.settings import MarkdownSettings

CHINESE = {
    "note": "注意", "info": "说明", "tip": "提示", "hint": "提示", "important": "重要", "warning": "警告",
    "caution": "小心", "attention": "注意", "danger": "危险", "error": "错误", "success": "成功", "failure": "失败",
    "question": "问题", "example": "例", "quote": "引用", "abstract": "摘要", "summary": "小结", "todo": "待办",
    "bug": "缺陷", "theorem": "定理", "lemma": "引理", "proposition": "命题", "corollary": "推论", "definition": "定义",
    "proof": "证明", "remark": "注", "conjecture": "猜想", "axiom": "公理", "exercise": "练习", "solution": "解",
    "details": "详情",
}  # fmt: skip
"""The kinds of `> [!KIND]` and their names in Chinese; `!!!` accepts any word."""

MARK = r"""(!!!|\?\?\?\+?|===[!+]?(?= ?")) ?(?:([\w\-]+(?: +[\w\-]+)*)(?: +"(.*?)")?|"(.*?)") *"""
"""The first line of a callout: mark, kind, and a title, which may be alone."""
OPEN, FOLDED = "box-open", "box-folded"
ALERT = re.compile(r"[ \t]*\[!([A-Za-z]+)\][+-]?[ \t]*([^\n]*)(?:\n|\Z)")


def title_of(kind: str, language: str) -> str:
    """Return the title of a kind without a title of its own."""
    return (CHINESE.get(kind) if language.startswith("zh") else None) or kind.capitalize()


class Admonitions(AdmonitionProcessor):
    """`!!! kind "Title"`, `??? kind "Title"` for a folded one, `=== "Title"` for one of several tabs."""

    RE = re.compile(rf"(?:^|\n){MARK}(?:\n|$)")
    language = "en"

    def test(self, parent: Element, block: str) -> bool:
        if ("!!!" in block or "???" in block or "===" in block) and self.RE.search(block):
            return True
        return block.startswith("    ") and self.parse_content(parent, block)[0] is not None

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        """Return the classes, with one that FoldedBoxes removes again, and the title."""
        mark, words, title = match[1], match[2], match[4] if match[3] is None else match[3]
        kind = self.RE_SPACES.sub(" ", words.lower()) if words else "tab" if mark.startswith("=") else "note"
        if title is None or (not title and mark.startswith("?")):
            title = title_of(kind.split(" ", 1)[0], self.language)
        folded = f" {OPEN if mark.endswith('+') else FOLDED}" if mark.startswith("?") else ""
        return kind + folded, title or None


class FoldedBoxes(Treeprocessor):
    """Turns folded callouts into <details> after block parsing, which looks for boxes by their class."""

    def run(self, root: Element) -> None:
        if not any("???" in line for line in self.md.lines):  # type: ignore[attr-defined]
            return
        for box in root.iter("div"):
            classes = box.get("class", "").split()
            if classes and classes[-1] in (OPEN, FOLDED) and len(box):
                box.tag = "details"
                box.set("class", " ".join(classes[:-1]))
                if classes[-1] == OPEN:
                    box.set("open", "open")
                box[0].tag = "summary"
                del box[0].attrib["class"]


class Alerts(Treeprocessor):
    """Turns quotes that begin with `[!KIND]` into callouts, before inline Markdown is parsed."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, root: Element) -> None:
        if any("[!" in line for line in self.md.lines):  # type: ignore[attr-defined]
            parents = [parent for parent in root.iter() if parent.find("blockquote") is not None]
            for parent in parents:
                for quote in parent.findall("blockquote"):
                    self._take_apart(parent, quote)

    def _take_apart(self, parent: Element, quote: Element) -> None:
        """Move each alert in a quote, with what follows it, into a box; drop the quote if it is empty then."""
        kept: list[Element] = []
        boxes: list[Element] = []
        for child in quote:
            match = ALERT.match(child.text or "") if child.tag == "p" else None
            kind = match.group(1).lower() if match else ""
            if match and kind in CHINESE:
                box = Element("div", {"class": f"admonition {kind}"})
                title = Element("p", {"class": "admonition-title"})
                title.text = match.group(2).strip() or title_of(kind, self.language)
                box.append(title)
                boxes.append(box)
                child.text = (child.text or "")[match.end() :]
                if not child.text.strip() and not len(child):
                    continue
            (boxes[-1] if boxes else kept).append(child)
        if boxes:
            location = list(parent).index(quote)
            quote[:] = kept
            parent[location : location + 1] = [quote, *boxes] if kept else boxes


class CalloutsExtension(Extension):
    """Adds all forms."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        processor = Admonitions(md.parser)
        processor.language = self.settings.language
        md.parser.blockprocessors.register(processor, "admonition", 105)
        md.treeprocessors.register(FoldedBoxes(md), "folded", 33)
        md.treeprocessors.register(Alerts(md, self.settings.language), "alerts", 32)
