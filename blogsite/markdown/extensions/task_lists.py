"""Task lists: `- [ ]` and `- [x]` become check boxes with an accessible name."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from blogsite.config.settings import MarkdownSettings

BOX = re.compile(r"\[([ xX])\](?:[ \t]+|(?=\n)|\Z)")
WORDS = {"zh": ("未完成", "已完成"), "en": ("to do", "done")}


class Tasks(Treeprocessor):
    """Turns the marks at the start of list items into check boxes, before inline Markdown is parsed."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.words = WORDS["zh" if language.startswith("zh") else "en"]

    def run(self, root: Element) -> None:
        for kind in ("ul", "ol"):
            for items in root.iter(kind):
                tasks = [item for item in items if self._make_task(item)]
                if tasks:
                    _add_class(items, "contains-task-list")

    def _make_task(self, item: Element) -> bool:
        holder = item[0] if not (item.text or "").strip() and len(item) and item[0].tag == "p" else item
        match = BOX.match(holder.text or "")
        if match is None:
            return False
        done = match.group(1) != " "
        box = Element("input", {"type": "checkbox", "disabled": "disabled", "aria-label": self.words[done]})
        if done:
            box.set("checked", "checked")
        box.tail = " " + (holder.text or "")[match.end() :]
        holder.text = None
        holder.insert(0, box)
        _add_class(item, "task-list-item")
        return True


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())


class TaskListsExtension(Extension):
    """Adds task lists."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(Tasks(md, self.settings.language), "tasks", 30)
