"""Ids for headings, which keep Chinese, and the entries of the table of contents.

Ids are made as GitHub makes them (lower case, punctuation removed, spaces become hyphens, repeats get `-1`), so that
links written for other renderers work. Ids from attribute lists and raw HTML win. Works on the final HTML, with raw
headings and numbered formulas.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.model import Formula, Heading, HtmlFragment, RichText
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.markdown.extensions.contents import with_contents
from blogsite.markdown.extensions.math import without_tex_markup as maths_as_plain

TAG = re.compile(r"<(/?)[hH]([1-6])\b([^<>]*)>|<!--|<(?:pre|script|style|textarea)\b", re.IGNORECASE)
CLOSING = {
    "<!--": re.compile(r"-->"),
    "<pre": re.compile(r"</pre", re.IGNORECASE),
    "<script": re.compile(r"</script", re.IGNORECASE),
    "<style": re.compile(r"</style", re.IGNORECASE),
    "<textarea": re.compile(r"</textarea", re.IGNORECASE),
}
ID = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
NOT_IN_TOC = re.compile(
    r'<!--.*?-->|<sup id="fnref[^<>]*>.*?</sup>|</?(?:a|img|h[1-6]|p|div)\b[^<>]*>', re.DOTALL | re.IGNORECASE
)
NOT_IN_ID = re.compile(r"[^\w\s-]+")
SPACE = re.compile(r"\s")
HYPHENS = re.compile(r"-{2,}")
ANY_TAG = re.compile(r"<[^<>]*>")
FORMULA = re.compile(r"\x02f(\d+)\x03")
PLACEHOLDER = re.compile(r"\x02[^\x02\x03]*\x03")
OTHER_PLACEHOLDER = re.compile(r"\x02(?!f\d+\x03)[^\x02\x03]*\x03")


def slugify(text: str) -> str:
    """Return the id of a heading with this text; "section" if nothing of it is left.

    It is GitHub's, except that no "-" is doubled or stands at an end: "C++ & C#" → "c-c".
    """
    text = NOT_IN_ID.sub(_kept, unicodedata.normalize("NFC", text).strip().lower())
    return HYPHENS.sub("-", SPACE.sub("-", text)).strip("-") or "section"


def _kept(match: re.Match[str]) -> str:
    """Combining marks, which belong to their letters but are no letters."""
    return "".join(character for character in match.group() if unicodedata.category(character)[0] == "M")


def plain_text(markup: str, context: ParseContext) -> str:
    """Return the words of markup, formulas as TeX."""
    text = html.unescape(ANY_TAG.sub("", markup))
    if "\x02" in text:
        text = PLACEHOLDER.sub("", maths_as_plain(text, context))
    return " ".join(text.split())


class Headings(Postprocessor):
    """Runs after everything that changes the HTML."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, text: str) -> str:
        context = parse_context_of(self.md)
        entries: list[tuple[int, str, str]] = []
        taken: dict[str, int] = {}
        pieces: list[str] = []
        done = 0
        for inner, end, level, attributes in _headings(text):
            taken = taken or dict.fromkeys(("".join(groups) for groups in ID.findall(text)), 0)
            if "<!--" in text:
                taken.setdefault("more", 0)  # a break may be among the comments, and it has that id
            words = " ".join(NOT_IN_TOC.sub("", BREAK.sub(" ", text[inner:end])).split())
            plain = plain_text(words, context)
            own = ID.search(attributes)
            if own:
                name = html.unescape(own.group(1) or own.group(2) or own.group(3) or "")
            else:
                name = _unused(slugify(plain), taken)
                pieces.append(f'{text[done : inner - 1]} id="{name}"')
                done = inner - 1
            words = ID.sub("", words)
            entries.append((level, name, words))
            context.headings.append(Heading(level, name, RichText(plain, _fragment(words, context))))
        text = "".join([*pieces, text[done:]])
        return with_contents(text, entries, self.language)


def _headings(text: str) -> list[tuple[int, int, int, str]]:
    """Yield (start and end of the content, level, attributes) of each heading, outside code and comments."""
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
            found.append((opened.end(), match.start(), int(level), opened.group(3)))
            opened = None
        match = TAG.search(text, position)
    return found


def _unused(name: str, taken: dict[str, int]) -> str:
    """Return a name, or NAME-1, NAME-2… if it is taken, and take it. Values are the last number tried."""
    unused, number = name, taken.get(name, 0)
    while unused in taken:
        number += 1
        unused = f"{name}-{number}"
    taken[name] = number
    taken.setdefault(unused, 0)
    return unused


def _fragment(markup: str, context: ParseContext) -> HtmlFragment:
    """Return markup with its formulas renumbered from 0, for use outside the text."""
    if "\x02" not in markup:
        return HtmlFragment(markup)
    formulas: list[Formula] = []

    def renumber(match: re.Match[str]) -> str:
        number = int(match.group(1))
        if number >= len(context.formulas):
            return ""
        formulas.append(replace(context.formulas[number], ids=()))
        return f"\x02f{len(formulas) - 1}\x03"

    markup = FORMULA.sub(renumber, OTHER_PLACEHOLDER.sub("", markup))
    return HtmlFragment(markup, tuple(formulas))


class HeadingsExtension(Extension):
    """Adds ids."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.postprocessors.register(Headings(md, self.settings.language), "headings", -20)
