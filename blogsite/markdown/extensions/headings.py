"""Ids for headings, which keep Chinese, and the entries of the table of contents.

Ids are made as GitHub makes them (lower case, punctuation removed, spaces become hyphens, repeats get `-1`), but with
single hyphens between words alone. Where GitHub's id differs it becomes an alias, so that links written for it work.
Ids from attribute lists and raw HTML win. Works on the final HTML, with raw headings and numbered formulas.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import dropwhile

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.model import Formula, Heading, HtmlFragment, RichText
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.markdown.extensions.contents import with_contents
from blogsite.markdown.extensions.math import without_tex_markup as maths_as_plain
from blogsite.markdown.html.text import plain_text as words_of

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
ANY_TAG = re.compile(r"<[^<>]*>")
FORMULA = re.compile(r"\x02f(\d+)\x03")
PLACEHOLDER = re.compile(r"\x02[^\x02\x03]*\x03")
OTHER_PLACEHOLDER = re.compile(r"\x02(?!f\d+\x03)[^\x02\x03]*\x03")


def slugify(text: str) -> str:
    """Return the id of a heading with this text; "section" if nothing of it is left."""
    return _tidy(github_slug(text))


def github_slug(text: str) -> str:
    """Return the id that GitHub gives to a heading with this text; it may begin with a hyphen or have it doubled."""
    text = NOT_IN_ID.sub(_kept, unicodedata.normalize("NFC", text).strip().lower())
    return SPACE.sub("-", text)


def _tidy(slug: str) -> str:
    """Return an id with single hyphens between words, without the marks of what is gone (U+FE0F of an emoji)."""
    words = slug.split("-") if slug.isascii() else map(_without_leading_marks, slug.split("-"))
    return "-".join(filter(None, words)) or "section"


def _without_leading_marks(word: str) -> str:
    return "".join(dropwhile(lambda character: unicodedata.category(character)[0] == "M", word))


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
        headings = list(_headings(text))
        if headings:
            _give_ids(headings, text, context)
        entries: list[tuple[int, str, str]] = []
        pieces: list[str] = []
        done = 0
        for heading in headings:
            if not heading.has_own_id:
                pieces.append(f'{text[done : heading.start - 1]} id="{heading.id}"')
                done = heading.start - 1
            words = ID.sub("", heading.words)
            entries.append((heading.level, heading.id, words))
            fragment = _fragment(words, context)
            plain = words_of(fragment.html, fragment.formulas) if fragment.formulas else heading.plain
            rich = RichText(plain, fragment)
            context.headings.append(Heading(heading.level, heading.id, rich))
        text = "".join([*pieces, text[done:]])
        return with_contents(text, entries, self.language)


@dataclass(slots=True)
class _Found:
    """A heading in the HTML, whose content begins at `start`."""

    level: int
    start: int
    id: str
    has_own_id: bool
    words: str
    plain: str = ""


def _headings(text: str) -> Iterator[_Found]:
    """Yield each heading outside code and comments, with the id that the author gave it."""
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
            own = ID.search(opened.group(3))
            name = html.unescape(own.group(1) or own.group(2) or own.group(3) or "") if own else ""
            content = text[opened.end() : match.start()]
            words = " ".join(NOT_IN_TOC.sub("", BREAK.sub(" ", content)).split())
            yield _Found(int(level), opened.end(), name, own is not None, words)
            opened = None
        match = TAG.search(text, position)


def _give_ids(headings: list[_Found], text: str, context: ParseContext) -> None:
    """Give an id to each heading that has none: GitHub's, or one like it, of which GitHub's then is an alias.

    The ids that GitHub gives come first, so that no heading's id depends on one that is only like it.
    """
    taken = _ids(text, context)
    unlike: list[tuple[_Found, str]] = []
    for heading in headings:
        heading.plain = plain_text(heading.words, context)
        if not heading.has_own_id:
            slug = github_slug(heading.plain)
            heading.id = _unused(slug or "section", taken)
            if slug and not slug.isalnum() and (tidy := _tidy(slug)) != slug:
                unlike.append((heading, tidy))
    for heading, tidy in unlike:
        alias, heading.id = heading.id, _unused(tidy, taken)
        context.anchor_aliases[alias] = heading.id


def _ids(text: str, context: ParseContext) -> dict[str, int]:
    """Return the ids that the text has without those of its headings; the values are for `_unused`."""
    taken = dict.fromkeys(("".join(groups) for groups in ID.findall(text)), 0)
    if "<!--" in text:
        taken["more"] = 0  # a break may be among the comments, and it has that id
    taken.update((name, 0) for formula in context.formulas for name in formula.ids)
    return taken


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
