r"""The values of a parsed post. All are frozen and picklable.

    Source ─parse─► Post + HtmlFragments ─assemble─► Site ─pages─► Output ─render─► bytes

A *placeholder* in a fragment's HTML stands for something that the file itself does not know. render/ replaces it.

    \x02nN\x03        the address that reference N resolves to, escaped for an attribute
    \x02nN.size\x03   ` width="…" height="…"` of reference N, and ` srcset="…" sizes="…"` if it has variants; or nothing
    \x02nN.sized\x03  the same behind a width or a height (or both) that the author has given: what is missing
    \x02nN.text\x03   the text that reference N resolves to: an equation's number, a post's title
    \x02fN\x03        formula N of the fragment
    \x02self\x03      the address of the fragment's own post

Authors cannot write one, because decoding removes these control characters (see encoding.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from blogsite.core.diagnostics import Diagnostic, Location
from blogsite.core.digest import Digest
from blogsite.core.file_state import Stat
from blogsite.core.frozen import Record
from blogsite.core.values import EMPTY, Table

# ── values of front matter and configuration ─────────────────────────────────────────────────────────────────────────


# ── what stands on disk ──────────────────────────────────────────────────────────────────────────────────────────────

Kind = Literal["post", "page"]


@dataclass(frozen=True, slots=True)
class File(Record):
    """A file that is copied: an image, a style sheet, data. `path` is relative to `root`, with "/"."""

    path: str
    stat: Stat
    root: str = ""
    """The absolute folder that the path starts from; "" for the site's root."""


@dataclass(frozen=True, slots=True)
class Source(Record):
    """A Markdown file of the site. `path` is relative to the site's root, with "/"."""

    path: str
    kind: Kind
    stat: Stat
    attachments: tuple[File, ...] = ()
    """The files beside a bundle's index.md, or in the folder of the post's name."""

    @property
    def is_bundle(self) -> bool:
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0] == "index"

    @property
    def folder(self) -> str:
        return self.path.rsplit("/", 1)[0]


# ── a parsed file ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FrontMatter(Record):
    """The front matter of a post, in one form whatever dialect it was written in."""

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    publish: datetime | None = None
    """When the post is published, if that differs from its date (Hugo's publishDate)."""
    expires: datetime | None = None
    summary: str = ""
    description: str = ""
    slug: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    """Paths from the top: (("数学", "概率论"),) is one category within another."""
    authors: tuple[str, ...] = ()
    draft: bool = False
    hidden: bool = False
    series: str = ""
    aliases: tuple[str, ...] = ()
    image: str = ""
    lang: str = ""
    toc: bool | None = None
    math: bool | None = None
    comments: bool | None = None
    cite: bool | None = None
    id: str = ""
    pin: bool = False
    layout: str = ""
    extra: Table = EMPTY
    locations: tuple[tuple[str, int, int], ...] = ()
    """(field, line, column) of each field that the file sets."""

    def location(self, path: str, name: str) -> Location:
        """Return where the file at `path` sets a field; its first line if it does not."""
        for key, line, column in self.locations:
            if key == name:
                return Location(path, line, column)
        return Location(path, 1, 1)


ReferenceKind = Literal["link", "image", "label", "title"]


@dataclass(frozen=True, slots=True)
class Reference(Record):
    """A reference of a post to something else on the site, to be resolved when the site is assembled.

    "link": the address in `target` as it was written (relative, from the root, or "post:NAME" for another generator's
    tag that names a post). "image": likewise, of a file that must exist. "label": the label of an equation, "LABEL" or
    "POST-SLUG#LABEL". "title": what stands between the brackets of `[[…]]`, or 《title》 with its brackets.
    """

    kind: ReferenceKind
    target: str
    line: int = 0
    column: int = 0
    optional: bool = False
    """An unknown target is no mistake, and stays as it was written."""
    responsive: bool = False
    """The image of an <img> without a size of its own, so that it may be offered in several widths."""


@dataclass(frozen=True, slots=True)
class Formula(Record):
    """A formula ready to be typeset: numbered TeX, and the macros that were defined before it in the post."""

    tex: str
    display: bool
    source: str
    """The formula as it was written, with its delimiters; shown if it cannot be typeset."""
    macros: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    """Ids of its labels, "eq-LABEL"."""
    line: int = 0
    column: int = 0
    references: tuple[tuple[str, int], ...] = ()
    """(placeholder in `tex`, index of the post's reference) for references to equations of other posts."""
    error: str = ""
    """Why it cannot be typeset, if that is known already; it has been reported."""


@dataclass(frozen=True, slots=True)
class HtmlFragment(Record):
    """HTML with placeholders, and the formulas that these stand for."""

    html: str
    formulas: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class RichText(Record):
    """A short text in two forms: `plain` for attributes and <title>, `fragment` for the page."""

    plain: str
    fragment: HtmlFragment

    def __str__(self) -> str:
        return self.plain


@dataclass(frozen=True, slots=True)
class Heading(Record):
    """A heading of a post, for its table of contents; `text` has neither links nor ids."""

    level: int
    id: str
    text: RichText


@dataclass(frozen=True, slots=True)
class Label(Record):
    """A labelled equation: its number as it is printed, without parentheses, and its id."""

    name: str
    number: str
    anchor: str


@dataclass(frozen=True, slots=True)
class FragmentRef(Record):
    """A fragment in the store, by its digest, with the references that its placeholders count from 0."""

    fragment: Digest
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Post(Record):
    """Everything that parsing one file yields, but for long texts: small, picklable, stored by the file's digest."""

    source: str
    kind: Kind
    digest: Digest
    meta: FrontMatter
    title: RichText
    body: FragmentRef
    excerpt: FragmentRef
    summary: str = ""
    """Plain text for meta tags: the front matter's description, else its summary, else of the excerpt.

    Placeholders count the references of the excerpt.
    """
    has_break: bool = False
    whole: bool = False
    """Whether the excerpt is the whole post."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the body, those of formulas too."""
    anchor_aliases: tuple[tuple[str, str], ...] = ()
    """(id that GitHub gives to a heading, the heading's id) where they differ."""
    labels: tuple[Label, ...] = ()
    words: int = 0
    """Number of Han characters, and of words in Latin letters and digits, without code."""
    has_math: bool = False
    excerpt_has_math: bool = False
    first_image: int = -1
    """Index of the body's reference to its first image, or -1."""
    diagnostics: tuple[Diagnostic, ...] = ()
