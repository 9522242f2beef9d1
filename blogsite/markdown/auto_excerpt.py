"""The excerpt of a post without a break: its first blocks, as many as fit, or the beginning of a long first one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from blogsite.markdown.html.elements import BLOCKS, RAW, VOID, names
from blogsite.markdown.html.split import TOKEN, Open, close_at, is_bare
from blogsite.markdown.html.text import CJK, MARKS, SENTENCE_END

FORMULA_LETTERS = 5
"""Number of letters that a formula, or a text from another post, counts for."""
FIGURE_LETTERS = 40

_LEFT_OUT = names("form hr listing nav pre table") | {*RAW.split("|")}
_LEFT_OUT_START = re.compile(
    r"""<(?:div|figure|section)\b[^<>]*\sclass=["']?(?:[^"'<>]*\s)?(?:codehilite|highlight|footnotes?|toc)["'\s>]"""
    r"""|<(?:div|figure)\b[^<>]*>\s*<(?:pre|table)\b""",
    re.IGNORECASE,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_IMAGE = re.compile(r"<(?:img|picture|svg)\b", re.IGNORECASE)


def opening(html: str, limit: int) -> tuple[str, bool]:
    """Return the first blocks of balanced HTML, up to `limit` letters, and whether that is all of it.

    At least one block with text is kept. A first text that is longer is cut at the end of a sentence or word, and so is
    a block after very little text. Code, tables and the like are left out, and only one figure precedes the text.
    """
    kept: list[str] = []
    letters = 0
    is_whole, has_text, has_figure = True, False, False
    for block in _blocks(html):
        source = html[block.start : block.end]
        size, has_words = _measure(source)
        is_figure = block.name == "figure" or (not has_words and bool(_IMAGE.search(source)))
        if block.name in _LEFT_OUT or _LEFT_OUT_START.match(source) or (is_figure and has_figure and not has_text):
            is_whole = False
            if has_text:
                break
        elif is_figure or not has_words:
            size = FIGURE_LETTERS if is_figure else size
            if has_text and letters + size > limit:
                is_whole = False
                break
            if size:
                kept.append(source)
            else:
                is_whole &= is_bare(source, 0)
            letters += size if has_text else 0
            has_figure |= is_figure
        elif block.name in _HEADINGS:
            if has_text:
                is_whole = False
                break
            kept.append(source)
        elif letters + size <= limit:
            kept.append(source)
            letters += size
            has_text = True
        else:
            is_whole = False
            if letters * 4 < limit:
                kept.append(_cut(source, limit - letters))
            break
    return "\n".join(kept), is_whole


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_INVISIBLE = re.compile(rf"<!--[^<>]*>|<(?P<raw>{RAW})(?=[ \t\n\f\r/>])[^<>]*>.*?</(?P=raw)>", re.S | re.I)
_TAG = re.compile(r"<[^<>]*>")
_PLACEHOLDER = re.compile("\x02[^\x02\x03]*\x03")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Block:
    """A top-level element; or text and inline elements between two of them, without a name."""

    name: str
    start: int
    end: int


def _blocks(html: str) -> Iterator[_Block]:
    """Return the blocks of balanced HTML that hold anything but space."""
    done = start = depth = 0
    name = ""
    for token in TOKEN.finditer(html):
        tag = (token["name"] or token["raw"] or "").lower()
        if depth:
            if token["name"] and tag not in VOID:
                depth += -1 if token["end"] else 1
                if not depth and name:
                    yield _Block(name, start, token.end())
                    done = token.end()
            continue
        if tag in BLOCKS or token["raw"]:
            if html[done : token.start()].strip():
                yield _Block("", done, token.start())
            start, name = token.start(), tag
            if tag in VOID or token["raw"]:
                yield _Block(name, start, token.end())
                done = token.end()
                continue
        else:
            name = ""
        if token["name"] and tag not in VOID:
            depth = 1
    if html[done:].strip():
        yield _Block("", done, len(html))


def _measure(html: str) -> tuple[int, bool]:
    """Return the number of letters in HTML, and whether there are any besides formulas."""
    text = _TAG.sub("", _INVISIBLE.sub("", html) if "<!" in html or "</s" in html or "</t" in html else html)
    placed = 0
    if "\x02" in text:
        text, placed = _PLACEHOLDER.subn("", text)
    letters = len(_NOT_LETTERS.sub("", unescape(text)))
    return letters + placed * FORMULA_LETTERS, bool(letters)


# ── a cut within a block ─────────────────────────────────────────────────────────────────────────────────────────────

_UNIT = re.compile(
    "(?P<placed>\x02[^\x02\x03]*\x03)"
    rf"|(?P<end>{SENTENCE_END})"
    rf"|(?P<cjk>[{CJK}][{CJK}{MARKS}]*+)"
    rf"|(?P<word>(?:(?![{CJK}])\w[{MARKS}]*+|['’](?=\w)|(?<=\w)[-.@/:](?=\w)|&[#\w]+;)++)"
    r"|\s++|.",
    re.DOTALL,
)
_MARK_RUN = re.compile(f"[{MARKS}]*+")
_UNCUT = names("a audio button canvas code kbd math object picture pre ruby samp select sub sup svg table video")
"""Elements that are shown whole or not at all."""


def _cut(html: str, limit: int) -> str:
    """Return the beginning of a block with more than `limit` letters; it ends with "…" unless a sentence ends there.

    There is no cut within a word, a formula, a link or code, and something is always left.
    """
    scan = _Scan(max(limit, 1))
    uncut = position = 0
    for token in TOKEN.finditer(html):
        scan.read(html, position, token.start(), bool(uncut))
        name = (token["name"] or token["raw"] or "").lower()
        if (name in _LEFT_OUT or name in _HEADINGS) and scan.letters and not (uncut or token["end"]):
            location, dots = token.start(), ""
            break
        if scan.is_full:
            location, dots = scan.choice()
            break
        position = token.end()
        if token["name"] and name not in VOID and (name in _UNCUT or uncut):
            uncut += -1 if token["end"] else 1
            if not uncut:
                scan.end_word(position)
        elif name in BLOCKS:
            scan.is_glued = False
            if token["end"]:
                scan.end_sentence(position)
    else:
        scan.read(html, position, len(html), False)
        location, dots = scan.choice() if scan.is_full else (len(html), "")
    end, closers = close_at(html, location, _opened_at(html, location))
    return f"{html[:end]}{dots}{closers}"


@dataclass(slots=True)
class _Scan:
    """How far a block has been read, and the offsets at which it can be cut; 0 for none."""

    limit: int
    letters: int = 0
    sentence: int = 0
    """Offset after a sentence or a block."""
    sentence_letters: int = 0
    border: int = 0
    """Offset after a word."""
    border_before: int = 0
    is_glued: bool = False
    """Whether the next letter belongs to the last word: only a tag is between them."""

    @property
    def is_full(self) -> bool:
        return self.letters > self.limit and bool(self.sentence or self.border)

    def choice(self) -> tuple[int, str]:
        """The best offset for a cut; one after a sentence, unless more than half of the rest would be lost."""
        if self.sentence and (self.sentence_letters * 2 >= self.limit or not self.border):
            return self.sentence, ""
        return self.border, "…"

    def end_sentence(self, location: int) -> None:
        if self.letters:
            self.sentence, self.sentence_letters = location, self.letters

    def end_word(self, location: int) -> None:
        self.border_before, self.border, self.is_glued = self.border, location, False

    def read(self, html: str, start: int, end: int, uncut: bool) -> None:
        """Read the text from `start` to `end`, without a cut inside if `uncut`, until the limit is passed."""
        for unit in _UNIT.finditer(html, start, end):
            kind = unit.lastgroup
            if kind is None or kind == "end":
                self.is_glued = False
                if kind and not uncut:
                    self.end_sentence(unit.end())
                continue
            size = FORMULA_LETTERS if kind == "placed" else unit.end() - unit.start()
            fits = self.letters + size <= self.limit
            if uncut:
                pass
            elif kind == "word":
                if self.is_glued and unit.start() == start:
                    self.border = self.border_before
                if not fits and not self.border and size > 2 * self.limit and "&" not in unit[0]:
                    self.end_word(unit.start() + self.limit)
                elif fits or not self.border:
                    self.end_word(unit.end())
                    self.is_glued = unit.end() == end
            elif fits:
                self.end_word(unit.end())
            elif kind == "cjk" and (self.letters < self.limit or not self.border):
                location = unit.start() + max(self.limit - self.letters, 1)
                self.end_word(_after_marks(html, location))
            elif not self.border:
                self.end_word(unit.end())
            self.letters += size
            if self.is_full:
                return


def _after_marks(html: str, location: int) -> int:
    marks = _MARK_RUN.match(html, location)
    return marks.end() if marks else location


def _opened_at(html: str, location: int) -> list[Open]:
    """Return the elements of balanced HTML that are open at an offset, the innermost last."""
    opened: list[Open] = []
    for token in TOKEN.finditer(html):
        if token.start() >= location:
            break
        if token["end"]:
            opened.pop()
        elif (name := token["name"]) and name.lower() not in VOID:
            opened.append(Open(name.lower(), name, token.start(), token.end()))
    return opened
