"""Fenced divs: `::: warning Title`, `:::note[Title]`, `::: {.theorem #id}`, each up to the next `:::`.

VuePress, VitePress, Docusaurus, Starlight, Quarto and pandoc have them. Kinds of callouts become callouts, `details` is
folded, and all others become a <div> of this class. The content is Markdown. A `:::` without its counterpart is text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.markdown.blocks.containers import ContainerTracker
from blogsite.markdown.extensions.callouts import CHINESE, title_of

COLONS = re.compile(r"(:{3,})[ \t]*(.*?)[ \t:]*$")
ATTRIBUTES = re.compile(r"\{([^{}]*)\}\s*$")
WORD = re.compile(r"([A-Za-z][\w-]*)(?:\[(.*)\]|[ \t]+(\S.*))?$")
CLASS = re.compile(r"(?:^|\s)\.([\w-]+)")
ID = re.compile(r"(?:^|\s)#([\w:.-]+)")
NAMED = re.compile(r"""(?:^|\s)(?:title|name)=(?:"([^"]*)"|'([^']*)'|(\S+))""")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a line of colons opens."""

    classes: tuple[str, ...]
    title: str
    identifier: str


class FencedDivs(Preprocessor):
    """Replaces the lines of colons by HTML; the number of lines stays the same."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, lines: list[str]) -> list[str]:
        if not any(":::" in line for line in lines):
            return lines
        walk = ContainerTracker(lines)
        open_: list[tuple[int, str, Opening]] = []
        made: dict[int, tuple[str, str]] = {}
        for number, line in enumerate(lines):
            if ":::" not in line:
                continue
            location = walk.at(number)
            match = None if location.code else COLONS.match(location.rest.lstrip(" "))
            if match is None:
                continue
            opening = _opening(match[2]) if match[2] else None
            prefix = location.prefix
            if opening is not None:
                open_.append((number, prefix, opening))
            elif not match[2] and open_:
                begun, before, opened = open_.pop()
                made[begun] = before, self._start(opened)
                made[number] = prefix, "</details>" if "details" in opened.classes else "</div>"
        if not made:
            return lines
        store = self.md.htmlStash.store
        return [made[n][0] + store(made[n][1]) if n in made else line for n, line in enumerate(lines)]

    def _start(self, opening: Opening) -> str:
        kind = next((name for name in opening.classes if name in CHINESE), "")
        classes = opening.classes if not kind else ("admonition", *opening.classes)
        identifier = f' id="{opening.identifier}"' if opening.identifier else ""
        title = html.escape(opening.title, quote=False)
        if "details" in classes:
            return f"<details{identifier}><summary>{title or title_of('details', self.language)}</summary>"
        start = f'<div class="{" ".join(classes)}"{identifier}>'
        if kind:
            start += f'<p class="admonition-title">{title or title_of(kind, self.language)}</p>'
        elif title:
            start += f"<p><strong>{title}</strong></p>"
        return start


def _opening(words: str) -> Opening | None:
    """Return what the words behind the colons open; None if they are something else."""
    given = ATTRIBUTES.search(words)
    attributes = given[1] if given else ""
    if given:
        words = words[: given.start()].rstrip()
    word = WORD.match(words)
    if (words and word is None) or (not words and not CLASS.search(attributes) and not ID.search(attributes)):
        return None
    classes = [word[1].lower()] if word else []
    classes += [name.removeprefix("callout-") for name in CLASS.findall(attributes)]
    named, identifier = NAMED.search(attributes), ID.search(attributes)
    title = (word[2] or word[3] or "" if word else "") or (named[1] or named[2] or named[3] or "" if named else "")
    return Opening(tuple(dict.fromkeys(classes)), title.strip(), identifier[1] if identifier else "")


class FencedDivsExtension(Extension):
    """Adds fenced divs, behind fenced code and before everything else that looks for blocks."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(FencedDivs(md, self.settings.language), "divs", 57)
