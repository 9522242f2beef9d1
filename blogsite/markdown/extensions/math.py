r"""Maths in Python-Markdown: placeholders \x02fN\x03 before block parsing, their meaning when the HTML is complete."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.model import Formula
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.maths.delimiters import MARKDOWN_ESCAPE, FoundTex, find_tex
from blogsite.maths.placement import PLACEHOLDER
from blogsite.maths.resolve import resolve_formulas

_DELIMITERS = re.compile(
    r"(?:`+\s*)?(?:\$\$(.*)\$\$|\$`([^`]*)`\$|\$(.*)\$|\\\\[(\[](?P<doubled>.*)\\\\[)\]]|\\\((.*)\\\)|\\\[(.*)\\\])(?:\s*`+)?"
    r"|(?:`{3,}|~{3,})[^\n]*\n(.*)\n[^\n]*|`+(\\begin.*)`+",
    re.DOTALL,
)


class MathsExtension(Extension):
    """Finds TeX, and leaves a placeholder for each formula in the HTML and its Formula in the context."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings
        self.found: list[FoundTex] = []
        self.positions: list[tuple[int, int]] = []
        self.tree_is_done = False

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        if "$" not in md.ESCAPED_CHARS:
            md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        if self.settings.math:
            md.registerExtension(self)
            md.preprocessors.register(_TakeOut(md, self), "maths", 50)
            md.treeprocessors.register(_TreeIsDone(md, self), "maths", -100)
            md.postprocessors.register(_PutBack(md, self), "maths", -5)

    def reset(self) -> None:
        self.found = []
        self.positions = []
        self.tree_is_done = False


def without_tex_markup(text: str, context: ParseContext) -> str:
    """Return a text with each formula as TeX without delimiters: for ids, titles and other plain texts."""
    if "\x02f" not in text:
        return text
    formulas = context.formulas

    def put(match: re.Match[str]) -> str:
        index = int(match[1])
        return without_delimiters(formulas[index].source) if index < len(formulas) else ""

    return PLACEHOLDER.sub(put, text)


def without_delimiters(source: str) -> str:
    """Return a formula's TeX without its dollars, brackets or fence."""
    match = _DELIMITERS.fullmatch(source)
    if match is None:
        return source
    doubled = match["doubled"]
    if doubled is not None:
        return MARKDOWN_ESCAPE.sub(r"\1", doubled.strip())
    return next(tex for tex in match.groups() if tex is not None).strip()


class _TakeOut(Preprocessor):
    def __init__(self, md: markdown.Markdown, maths: MathsExtension) -> None:
        super().__init__(md)
        self.maths = maths

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        maths, context = self.maths, parse_context_of(self.md)
        kept: list[str] = []
        done = counted = line_start = 0
        line = context.first_line
        for found in find_tex(text, maths.settings.math_dialect):
            newlines = text.count("\n", counted, found.start)
            if newlines:
                line += newlines
                line_start = text.rfind("\n", counted, found.start) + 1
            counted = found.start
            position = (line, found.start - line_start + 1)
            kept += (text[done : found.start], f"\x02f{len(maths.found)}\x03")
            done = found.end
            maths.found.append(found)
            maths.positions.append(position)
            context.formulas.append(Formula(found.tex, found.display, found.source, line=line, column=position[1]))
        if not kept:
            return lines
        kept.append(text[done:])
        return "".join(kept).split("\n")


class _TreeIsDone(Treeprocessor):
    """Marks the moment from which postprocessors get the whole text, not a heading for the table of contents."""

    def __init__(self, md: markdown.Markdown, maths: MathsExtension) -> None:
        super().__init__(md)
        self.maths = maths

    def run(self, root: Element) -> None:
        self.maths.tree_is_done = True


class _PutBack(Postprocessor):
    def __init__(self, md: markdown.Markdown, maths: MathsExtension) -> None:
        super().__init__(md)
        self.maths = maths

    def run(self, text: str) -> str:
        maths = self.maths
        if not maths.found or not maths.tree_is_done:
            return text
        return resolve_formulas(text, maths.found, maths.positions, maths.settings, parse_context_of(self.md))
