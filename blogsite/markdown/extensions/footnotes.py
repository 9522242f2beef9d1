"""Footnotes: `[^label]` with `[^label]: text`, and `^[text]` in the line, numbered in the order of their references.

Notes stand at the end of the text. A note that nothing refers to is left out, a reference without a definition is text,
and both are warnings. Labels that differ in case or white space alone are one.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteBlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, AtomicString

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import parse_context_of
from blogsite.markdown.extensions.footnote_mistakes import Mistakes
from blogsite.markdown.inline.patterns import FOOTNOTE, FOOTNOTE_SOURCE, source_text

BACK = {"zh": "回到正文中的注 {}", "en": "Back to note {} in the text"}
BRACKET = re.compile(r"[\[\]]")
LINK = re.compile(r"\(|\[(?!\^)")
"""What follows the text of a link."""
LONGEST = 10_000
"""Maximum length of a note in the line, in characters."""
SPACE, ARROW = f"{AMP_SUBSTITUTE}#160;", f"{AMP_SUBSTITUTE}#8617;"


class FootnotesExtension(Extension):
    """The notes of one text. Ids are the same in every build: `fn:LABEL`, `fnref:LABEL`, `fnref2:LABEL`…"""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.back = BACK["zh" if settings.language.startswith("zh") else "en"]
        self.reset()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        self.md, self.parser = md, md.parser
        md.registerExtension(self)
        md.preprocessors.register(_Source(md, self), "footnote_source", 52)
        md.parser.blockprocessors.register(Definitions(self), "footnote", 17)
        md.inlinePatterns.register(InlineNote(r"\^\[", md, self), "inline_footnote", 176)
        md.inlinePatterns.register(NoteReference(r"\[\^([^\]]*)\]", md, self), "footnote", 175)
        md.treeprocessors.register(_Contents(md, self), "footnote", 50)
        md.treeprocessors.register(_Numbers(md, self), "footnote_numbers", 5)

    def reset(self) -> None:
        self.lines: list[str] = []
        """The text before formulas are taken out of it."""
        self.texts: dict[str, str] = {}
        self.folded: dict[str, str] = {}
        self.items: dict[str, Element] = {}
        """Label → the note's item in the list."""
        self.every: Element | None = None
        """The items of all definitions, while they are in the tree."""
        self.repeated: set[str] = set()
        self.unknown: set[str] = set()
        self.any_in_line = False
        self.in_line = 0
        """Number of notes in the line that have an item."""
        self.shown: list[str] = []
        """The labels that are referred to, in order."""
        self.numbers: dict[str, str] = {}
        self.times: dict[str, int] = {}
        """Label → number of references to it."""

    def setFootnote(self, label: str, text: str) -> None:  # noqa: N802
        """Add a definition; of several with one label, the first counts."""
        if label in self.texts:
            self.repeated.add(label)
            return
        self.texts[label] = text
        self.folded.setdefault(_folded(label), label)

    def named(self, label: str) -> str | None:
        """Return the label of the definition that a reference means."""
        return label if label in self.texts else self.folded.get(_folded(label))


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


class _Source(Preprocessor):
    """Keeps the lines of the text, for the positions of mistakes."""

    def __init__(self, md: Markdown, notes: FootnotesExtension) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, lines: list[str]) -> list[str]:
        self.notes.lines = lines
        return lines


class Definitions(FootnoteBlockProcessor):
    """`[^label]: text`, skipped in texts without that mark."""

    def __init__(self, notes: FootnotesExtension) -> None:
        super().__init__(notes)  # type: ignore[arg-type]

    def run(self, parent: Element, blocks: list[str]) -> bool:
        return "[^" in blocks[0] and bool(super().run(parent, blocks))


class NoteReference(InlineProcessor):
    """`[^label]`"""

    TRIGGER = "[^"

    def __init__(self, pattern: str, md: Markdown, notes: FootnotesExtension) -> None:
        super().__init__(pattern, md)
        self.notes = notes

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        label = source_text(self.md, m[1])
        name = self.notes.named(label)
        if name is None:
            if label.strip() and not LINK.match(data, m.end()) and not parse_context_of(self.md).one_line:
                self.notes.unknown.add(label)
            return None, None, None
        return _mark(name, m[0]), m.start(), m.end()


class InlineNote(InlineProcessor):
    """`^[text]`, where brackets in the text come in pairs; `^[text](address)` is a link."""

    TRIGGER = "^["

    def __init__(self, pattern: str, md: Markdown, notes: FootnotesExtension) -> None:
        super().__init__(pattern, md)
        self.notes = notes

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        start, end = m.end(), _closing(data, m.end())
        text = data[start:end].strip()
        if not text or parse_context_of(self.md).one_line or data[end + 1 : end + 2] == "(":
            return None, None, None
        self.notes.any_in_line = True
        mark = _mark("", data[m.start() : end + 1])
        SubElement(mark, "span").text = text
        return mark, m.start(), end + 1


def _closing(data: str, start: int) -> int:
    """Return the position of the bracket that closes the one before `start`; `start` if there is none."""
    depth = 1
    for bracket in BRACKET.finditer(data, start, start + LONGEST):
        depth += 1 if bracket[0] == "[" else -1
        if depth == 0:
            return bracket.start()
    return start


def _mark(label: str, source: str) -> Element:
    """Return the reference to a note, without its number. `label` is "" for a note in the line, which is its child."""
    mark = Element("sup", {FOOTNOTE: label, FOOTNOTE_SOURCE: source})
    SubElement(mark, "a").text = AtomicString("")
    return mark


class _Contents(Treeprocessor):
    """Parses the definitions. Their elements are in the tree for a while, so that the other processors see them."""

    def __init__(self, md: Markdown, notes: FootnotesExtension) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, root: Element) -> None:
        notes = self.notes
        if not notes.texts:
            return
        notes.every = SubElement(root, "div")
        while len(notes.items) < len(notes.texts):  # a definition may hold others
            for label in [label for label in notes.texts if label not in notes.items]:
                notes.items[label] = item = SubElement(notes.every, "li")
                within = Element("div")  # blocks of an <li> are parsed in another way
                self.md.parser.parseChunk(within, notes.texts[label])
                item.extend(within)


class _Numbers(Treeprocessor):
    """Numbers the references, and makes the list of the notes that they refer to."""

    def __init__(self, md: Markdown, notes: FootnotesExtension) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, root: Element) -> None:
        notes = self.notes
        if notes.every is not None:
            root.remove(notes.every)
        elif not notes.any_in_line and not notes.unknown:
            return
        self._refer(root)
        shown: list[Element] = []
        while len(shown) < len(notes.shown):  # a note may refer to others
            label = notes.shown[len(shown)]
            shown.append(notes.items[label])
            self._refer(notes.items[label])
        if shown:
            notes_at_end = SubElement(root, "div", {"class": "footnote"})
            notes_at_end.text = notes_at_end.tail = "\n"
            SubElement(notes_at_end, "hr").tail = "\n"
            items = SubElement(notes_at_end, "ol")
            items.text = items.tail = "\n"
            for number, label in enumerate(notes.shown, 1):
                self._finish(notes.items[label], label, number)
                items.append(notes.items[label])
        unused = notes.texts.keys() - notes.times.keys()
        if unused or notes.repeated or notes.unknown:
            Mistakes(notes.lines, parse_context_of(self.md)).warn(notes.unknown, unused, notes.repeated, notes.texts)

    def _refer(self, element: Element) -> None:
        """Number the references in an element, and move the notes in its lines to items of their own."""
        notes = self.notes
        moved: set[Element] = set()
        for mark in list(element.iter("sup")):
            label = None if mark in moved else mark.attrib.pop(FOOTNOTE, None)
            if label is None:
                continue
            mark.attrib.pop(FOOTNOTE_SOURCE, None)
            label = label or self._in_line_label()
            if label not in notes.times:
                notes.shown.append(label)
                notes.numbers[label] = str(len(notes.shown))
            times = notes.times[label] = notes.times.get(label, 0) + 1
            if len(mark) > 1:
                notes.items[label] = _item_of(mark[1])
                moved.update(mark[1].iter("sup"))
                mark.remove(mark[1])
            mark.set("id", _back(label, times))
            mark[0].attrib = {"class": "footnote-ref", "href": f"#{_id(label)}"}
            mark[0].text = notes.numbers[label]

    def _in_line_label(self) -> str:
        self.notes.in_line += 1
        label = f"inline-{self.notes.in_line}"
        while label in self.notes.texts:
            label += "-"
        return label

    def _finish(self, item: Element, label: str, number: int) -> None:
        """Give a note its id and the links back to its references, behind code or HTML in a paragraph of their own."""
        item.set("id", _id(label))
        item.text = item.tail = "\n"
        last = item[-1] if len(item) else None
        if (
            last is None
            or last.tag != "p"
            or (not len(last) and HTML_PLACEHOLDER_RE.fullmatch((last.text or "").strip()))
        ):
            last = SubElement(item, "p")
            last.tail = "\n"
        elif len(last):
            last[-1].tail = (last[-1].tail or "") + SPACE
        else:
            last.text = (last.text or "") + SPACE
        for times in range(1, self.notes.times[label] + 1):
            link = SubElement(last, "a", {"class": "footnote-backref", "href": f"#{_back(label, times)}"})
            link.set("title", self.notes.back.format(number))
            link.text = ARROW


def _back(label: str, times: int) -> str:
    """Return the id of one of the references to a note."""
    return f"fnref{times if times > 1 else ''}:{'-'.join(label.split())}"


def _id(label: str) -> str:
    return f"fn:{'-'.join(label.split())}"


def _item_of(content: Element) -> Element:
    """Return the item of a note in the line."""
    item = Element("li")
    content.tag = "p"
    content.tail = "\n"
    item.append(content)
    return item
