"""Cut the final HTML of a post at its break, or at a suitable length, into an excerpt of whole elements.

The whole post is rendered before it is cut, so that a reference above the break to something below it works. The HTML
is balanced first (see html/balance.py), so that the elements that are open at the cut are known and can be closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blogsite.content.model import Formula, HtmlFragment, Reference
from blogsite.markdown.auto_excerpt import opening
from blogsite.markdown.html.balance import balance
from blogsite.markdown.html.elements import RAW, VOID, names
from blogsite.markdown.html.split import TOKEN, Open, close_at, is_bare
from blogsite.markdown.html.text import DESCRIPTION_LENGTH, opening_text, quoted_attribute, shorten

__all__ = ["ExcerptedPost", "balance", "description", "split"]


@dataclass(frozen=True, slots=True)
class ExcerptedPost:
    """A post in full and in short."""

    body: HtmlFragment
    """The whole post, with `<span id="more"></span>` in the place of the break."""
    excerpt: HtmlFragment
    """The excerpt for lists: without ids, and with links into the rest of the post leading there."""
    excerpt_needs: tuple[Reference, ...]
    has_break: bool
    whole: bool
    """Whether the excerpt leaves out nothing that a reader would miss."""


def split(
    fragment: HtmlFragment, references: tuple[Reference, ...], *, limit: int, summary_html: str | None = None
) -> ExcerptedPost:
    """Split a post's HTML at its break.

    Without a break, the excerpt is `summary_html`, whose placeholders count the same formulas and references; without
    that, the first blocks of up to `limit` letters.
    """
    html = balance(fragment.html)
    cut = _cut_at_break(html) if _HINT.search(html) else _Cut(html)
    if cut.has_break:
        head, whole = cut.head, cut.whole
    elif summary_html is not None:
        head, whole = balance(summary_html), False
    else:
        head, whole = opening(cut.body, limit)
    shown = _without_notes(head) if "footnote" in head else head
    excerpt, excerpt_needs = _detached(shown, fragment.formulas, references)
    body = fragment if cut.body == fragment.html else replace(fragment, html=cut.body)
    return ExcerptedPost(body, excerpt, excerpt_needs, cut.has_break, whole and shown == head)


def description(fragment: HtmlFragment) -> str:
    """Return a text for a meta tag: at most 160 characters without markup, formulas in Unicode.

    With placeholders, for the texts of references, it is longer, because it can be cut only when these are known.
    """
    text = opening_text(fragment.html, fragment.formulas)
    return text if "\x02" in text else shorten(text, DESCRIPTION_LENGTH)


# ── the break ────────────────────────────────────────────────────────────────────────────────────────────────────────

_BREAKS = frozenset({"more", "excerpt", "teaser_end", "end_teaser", "pelican_end_summary"})
_BEGIN = "pelican_begin_summary"
_HINT = re.compile(r"<!--[-\s]*+(?:more|excerpt|teaser_end|end_teaser|pelican_)", re.IGNORECASE)
_ANCHOR = '<span id="more"></span>'
_SPACE = re.compile(r"\s*+")
_CODE = frozenset({"code", "kbd", "pre", "samp"})
_NO_TEXT = names(
    "audio colgroup datalist dl hgroup menu ol optgroup picture select table tbody tfoot thead tr ul video"
)
"""Elements that must not have a <span> as a child."""
_NO_SPAN = frozenset({"math", "select", "svg"})
"""Elements that must not have a <span> anywhere inside."""

_Edit = tuple[int, int, str]
"""Start and end of a replaced range, and its replacement."""


@dataclass(frozen=True, slots=True)
class _Cut:
    body: str
    head: str = ""
    has_break: bool = False
    whole: bool = False


def _cut_at_break(html: str) -> _Cut:
    """Return HTML without its break markers, with an anchor in the place of the first, and what precedes that."""
    last_hint = max(hint.start() for hint in _HINT.finditer(html))
    edits: list[_Edit] = []
    head: str | None = None
    whole = False
    opened: list[Open] = []
    shut = 0
    for token in TOKEN.finditer(html):
        if token.start() > last_hint:
            break
        if token["name"]:
            shut += _step(token, opened)
        elif not shut and (word := _marker(token)):
            start, end = token.span()
            closing = _lone_marker_end(html, opened[-1], start, end) if opened else 0
            if closing:
                start, end = opened[-1].start, closing
            if head is None and word != _BEGIN:
                cut, closers = close_at(html, token.start(), opened)
                head = _edited(html[:cut], edits) + closers
                whole = is_bare(html, end)
                around = [element.name for element in opened]
                anchor = _anchor_place(html, end, around[:-1] if closing else around)
                edits.append((anchor, anchor, _ANCHOR))
            edits.append((start, end, ""))
    return _Cut(_edited(html, edits), head or "", head is not None, whole)


def _step(token: re.Match[str], opened: list[Open]) -> int:
    """Return +1 or -1 on entering or leaving code or a footnote, in which nothing is a break."""
    if token["end"]:
        return -1 if opened.pop().shut else 0
    name = token["name"].lower()
    if name in VOID:
        return 0
    shut = name in _CODE or _is_notes(token)
    opened.append(Open(name, token["name"], token.start(), token.end(), shut))
    return 1 if shut else 0


def _marker(token: re.Match[str]) -> str:
    """Return the word of a comment that marks a break or the start of a summary; "" for any other comment."""
    if token["raw"]:
        return ""
    word = token[0][4:-3].partition(":")[0].strip("- \t\r\n").lower()
    return word if word in _BREAKS or word == _BEGIN else ""


def _lone_marker_end(html: str, element: Open, start: int, end: int) -> int:
    """Return the end of a paragraph that holds nothing but the marker from `start` to `end`; else 0."""
    if element.name != "p" or _space_end(html, element.content) != start:
        return 0
    after = _space_end(html, end)
    return after + 4 if html[after : after + 4].lower() == "</p>" else 0


def _space_end(html: str, position: int) -> int:
    space = _SPACE.match(html, position)
    return space.end() if space else position


def _anchor_place(html: str, position: int, around: list[str]) -> int:
    """Return the first offset from `position` on, within the elements around it, where a <span> is allowed."""
    strangers = sum(name in _NO_SPAN for name in around)
    if not around or not (strangers or around[-1] in _NO_TEXT):
        return position
    for token in TOKEN.finditer(html, position):
        name = (token["name"] or "").lower()
        if not name or name in VOID:
            continue
        if token["end"]:
            strangers -= around.pop() in _NO_SPAN
        else:
            around.append(name)
            strangers += name in _NO_SPAN
        if not around or not (strangers or around[-1] in _NO_TEXT):
            return token.end()
    return len(html)


def _edited(html: str, edits: Sequence[_Edit]) -> str:
    if not edits:
        return html
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (html[done:start], new)
        done = max(done, end)
    return "".join([*pieces, html[done:]])


# ── the excerpt away from its post ───────────────────────────────────────────────────────────────────────────────────

_POINTERS = names("""
    aria-activedescendant aria-controls aria-describedby aria-details aria-errormessage aria-flowto aria-labelledby
    aria-owns for form headers list
""")
"""Attributes whose values are ids."""
_TO_MEND = re.compile(
    rf"<!--[^<>]*>|<(?P<raw>{RAW})(?=[ \t\n\f\r/>])[^<>]*>.*?</(?P=raw)>"
    rf"""|<[a-z][^<>]*?\s(?:id|name|{"|".join(sorted(_POINTERS))}|href\s*=\s*["']?\#)[^<>]*>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""(?<!\s)\s++(?P<name>[^\s=/>"'\x02]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'>][^\s>]*))?"""
)
_PLACEHOLDER = re.compile("\x02([fn])([0-9]+)(\\.[a-z]+)?\x03")
_NOTES = re.compile(r"""\sclass=["']?(?:[^"'<>]*\s)?footnotes?["'\s>]""")


def _detached(
    html: str, formulas: tuple[Formula, ...], references: tuple[Reference, ...]
) -> tuple[HtmlFragment, tuple[Reference, ...]]:
    """Return balanced HTML for any page, with the formulas and references that it uses, renumbered."""
    html = _TO_MEND.sub(_mended, html).strip()
    if "\x02" not in html:
        return HtmlFragment(html), ()
    used: dict[str, dict[int, int]] = {"f": {}, "n": {}}
    known = {"f": len(formulas), "n": len(references)}

    def renumber(found: re.Match[str]) -> str:
        kind, old, suffix = found[1], int(found[2]), found[3] or ""
        if old >= known[kind]:
            return ""
        return f"\x02{kind}{used[kind].setdefault(old, len(used[kind]))}{suffix}\x03"

    html = _PLACEHOLDER.sub(renumber, html)
    numbers = used["n"]
    shown = tuple(
        replace(
            formula,
            ids=(),
            references=tuple(
                (text, numbers.setdefault(reference, len(numbers))) for text, reference in formula.references
            ),
        )
        for formula in map(formulas.__getitem__, used["f"])
    )
    return HtmlFragment(html, shown), tuple(map(references.__getitem__, numbers))


def _mended(token: re.Match[str]) -> str:
    """Return a tag without ids and references to them; links to a place of the post get its address."""
    text = token[0]
    if text.startswith("<!--"):
        return ""
    if token["raw"]:
        end = text.index(">")
        return _ATTRIBUTE.sub(_mended_attribute, text[:end]) + text[end:]
    if text[1:3].lower() in ("a ", "a\n", "a\t"):
        text = _ATTRIBUTE.sub(lambda found: "" if found["name"].lower() == "name" else found[0], text)
    return _ATTRIBUTE.sub(_mended_attribute, text)


def _mended_attribute(found: re.Match[str]) -> str:
    name, value = found["name"].lower(), found["value"] or ""
    if name == "id" or name in _POINTERS:
        return ""
    if name == "href":
        target = quoted_attribute(value)
        if target.startswith("#"):
            return f' href="\x02self\x03{target}"'
    return found[0]


def _is_notes(token: re.Match[str]) -> bool:
    """Return whether a start tag begins the list of footnotes."""
    return token["name"] in ("div", "section") and "footnote" in token[0] and bool(_NOTES.search(token[0]))


def _without_notes(html: str) -> str:
    """Return HTML without lists of footnotes."""
    edits: list[_Edit] = []
    depth = start = 0
    for token in TOKEN.finditer(html):
        name = (token["name"] or "").lower()
        if not name or name in VOID:
            continue
        if depth:
            depth += -1 if token["end"] else 1
            if not depth:
                edits.append((start, token.end(), ""))
        elif not token["end"] and _is_notes(token):
            depth, start = 1, token.start()
    return _edited(html, edits)
