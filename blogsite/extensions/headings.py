"""Headings get ids that keep Chinese, and a table of contents.

An id is made as GitHub makes it (lower case, punctuation removed, spaces become hyphens, repeats get `-1`), so that
links that authors wrote for other renderers hold. Ids that an attribute list or raw HTML sets win. Works on the final
HTML, where raw headings stand beside Markdown's and formulas bear their numbers.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

from blogsite.model import Formula, Fragment, Heading, Rich
from blogsite.notes import MarkdownSettings, Notes, notes_of

TAG = re.compile(r"<(/?)[hH]([1-6])\b([^<>]*)>|<!--|<(?:pre|script|style|textarea)\b", re.IGNORECASE)
CLOSING = {
    "<!--": re.compile(r"-->"),
    "<pre": re.compile(r"</pre", re.IGNORECASE),
    "<script": re.compile(r"</script", re.IGNORECASE),
    "<style": re.compile(r"</style", re.IGNORECASE),
    "<textarea": re.compile(r"</textarea", re.IGNORECASE),
}
ID = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
TOC = re.compile(r"<p>\s*\[TOC\]\s*</p>", re.IGNORECASE)
NOT_IN_TOC = re.compile(
    r'<!--.*?-->|<sup id="fnref[^<>]*>.*?</sup>|</?a(?:\s[^<>]*)?>|<br\b[^<>]*>|</?(?:h[1-6]|p|div)\b[^<>]*>', re.DOTALL
)
ANY_TAG = re.compile(r"<[^<>]*>")
FORMULA = re.compile(r"\x02f(\d+)\x03")
PLACEHOLDER = re.compile(r"\x02[^\x02\x03]*\x03")
DOLLARS = re.compile(r"\A(\$\$?|\\\(|\\\[)(.*?)(\$\$?|\\\)|\\\])\Z", re.DOTALL)
CONTENTS = {"zh": "目录", "en": "Contents"}


def slugify(text: str) -> str:
    """The id of a heading with this text, as GitHub makes it; "section" where nothing of it is left."""
    text = unicodedata.normalize("NFC", text).strip().lower()
    if not text.isascii() or not text.isalnum():
        text = "".join(map(_in_id, text))
    return text or "section"


def _in_id(character: str) -> str:
    if character.isalnum() or character in "_-" or unicodedata.category(character)[0] == "M":
        return character
    return "-" if character.isspace() else ""


def plain_text(markup: str, formulas: list[Formula]) -> str:
    """The words of MARKUP, formulas as their TeX."""

    def source(match: re.Match[str]) -> str:
        number = int(match.group(1))
        written = formulas[number].source if number < len(formulas) else ""
        inner = DOLLARS.match(written)
        return inner.group(2) if inner else written

    text = html.unescape(ANY_TAG.sub("", markup))
    if "\x02" in text:
        text = PLACEHOLDER.sub("", FORMULA.sub(source, text))
    return " ".join(text.split())


class Headings(Postprocessor):
    """Runs after all that changes the HTML."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.label = CONTENTS["zh" if language.startswith("zh") else "en"]

    def run(self, text: str) -> str:
        notes = notes_of(self.md)  # type: ignore[arg-type]
        taken: set[str] | None = None
        pieces: list[str] = []
        done = 0
        for start, inner, end, level, attributes in _headings(text):
            if taken is None:
                taken = {first or second or third for first, second, third in ID.findall(text)}
            markup = text[inner:end]
            content = " ".join(NOT_IN_TOC.sub(" " if "<br" in markup else "", markup).split())
            plain = plain_text(content, notes.formulas)
            own = ID.search(attributes)
            if own:
                name = html.unescape(own.group(1) or own.group(2) or own.group(3) or "")
            else:
                name = _unused(slugify(plain), taken)
                pieces.append(f'{text[done : inner - 1]} id="{name}"')
                done = inner - 1
            notes.headings.append(Heading(level, name, Rich(plain, _fragment(ID.sub("", content), notes))))
        text = "".join([*pieces, text[done:]])
        return TOC.sub(lambda _: contents(notes, self.label), text) if "[" in text else text


def _headings(text: str) -> list[tuple[int, int, int, int, str]]:
    """(start, start and end of the content, level, attributes) of each heading, outside code and comments."""
    found = []
    opened: re.Match[str] | None = None
    never_closed: set[str] = set()
    match = TAG.search(text)
    while match:
        position = match.end()
        level = match.group(2)
        if level is None:
            kind = match.group().lower()
            closing = CLOSING[kind].search(text, position) if kind not in never_closed else None
            if closing:
                position = closing.end()
            else:
                never_closed.add(kind)
        elif not match.group(1):
            opened = match
        elif opened and opened.group(2) == level:
            found.append((opened.start(), opened.end(), match.start(), int(level), opened.group(3)))
            opened = None
        match = TAG.search(text, position)
    return found


def _unused(name: str, taken: set[str]) -> str:
    """NAME, or NAME-1, NAME-2… where it is taken; taken from now on."""
    unused, number = name, 0
    while unused in taken:
        number += 1
        unused = f"{name}-{number}"
    taken.add(unused)
    return unused


def _fragment(markup: str, notes: Notes) -> Fragment:
    """MARKUP with its formulas counted from 0, for a place outside the text."""
    if "\x02" not in markup:
        return Fragment(markup)
    formulas: list[Formula] = []

    def renumber(match: re.Match[str]) -> str:
        number = int(match.group(1))
        if number >= len(notes.formulas):
            return ""
        formulas.append(replace(notes.formulas[number], ids=()))
        return f"\x02f{len(formulas) - 1}\x03"

    return Fragment(FORMULA.sub(renumber, markup), tuple(formulas))


def contents(notes: Notes, label: str) -> str:
    """The table of contents as nested lists in a <nav>."""
    if not notes.headings:
        return ""
    parts = [f'<nav class="toc" aria-label="{label}">']
    open_levels: list[int] = []
    for heading in notes.headings:
        while open_levels and open_levels[-1] > heading.level:
            if len(open_levels) > 1 and open_levels[-2] < heading.level:
                open_levels[-1] = heading.level
                break
            parts.append("</li></ul>")
            open_levels.pop()
        if open_levels and open_levels[-1] == heading.level:
            parts.append("</li>")
        else:
            parts.append("<ul>")
            open_levels.append(heading.level)
        words = heading.text.fragment.html
        parts.append(f'<li><a href="#{html.escape(heading.id)}">{words}</a>')
    parts.append("</li></ul>" * len(open_levels))
    parts.append("</nav>")
    return "".join(parts)


class HeadingsExtension(Extension):
    """Adds ids and the `[TOC]` marker to Markdown."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.postprocessors.register(Headings(md, self.settings.language), "headings", -20)
