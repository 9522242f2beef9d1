"""The nouns up to a parsed post: what travels between the stages. All are frozen; no dict and no function travels.

    Source ─parse─► Post + Fragments ─assemble─► Site ─pages─► Output ─render─► bytes

A *placeholder* stands in a fragment's HTML for what its own file cannot know; render puts the answer in its place.

    \\x02nN\\x03        the address that answers need N, escaped for an attribute
    \\x02nN.size\\x03   ` width="…" height="…"` of need N, and ` srcset="…" sizes="…"` if it has variants; or nothing
    \\x02nN.text\\x03   the words that answer need N: an equation's number, a post's title
    \\x02fN\\x03        formula N of the fragment
    \\x02self\\x03      the address of the fragment's own post

No author can forge one: control characters never enter a text (see read).
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
    """A file that is copied as it is: an image, a style sheet, data. `path` is relative to its root with "/"."""

    path: str
    stat: Stat
    root: str = ""
    """Absolute folder the path starts from; "" is the site's own root."""


@dataclass(frozen=True, slots=True)
class Source(Record):
    """A Markdown file of the site. `path` is relative to the site's root with "/"."""

    path: str
    kind: Kind
    stat: Stat
    attachments: tuple[File, ...] = ()
    """The files beside a bundle's index.md, or in the folder that bears a post's name."""

    @property
    def is_bundle(self) -> bool:
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0] == "index"

    @property
    def folder(self) -> str:
        return self.path.rsplit("/", 1)[0]


# ── a parsed file ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FrontMatter(Record):
    """The front matter of a post, every field in one shape whatever dialect it was written in."""

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    publish: datetime | None = None
    """When the post may be seen first, where that differs from its date (Hugo's publishDate)."""
    expires: datetime | None = None
    summary: str = ""
    description: str = ""
    slug: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    """Paths from the top: (("数学", "概率论"),) is one category in another."""
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
        """Where the file at PATH sets the field NAME; the file's first line where it does not."""
        for key, line, column in self.locations:
            if key == name:
                return Location(path, line, column)
        return Location(path, 1, 1)


ReferenceKind = Literal["link", "image", "label"]


@dataclass(frozen=True, slots=True)
class Reference(Record):
    """Something that a post's HTML asks of the rest of the site.

    link: the address in `target` as the author wrote it (relative, from the root, or "post:NAME" for another
    generator's tag that names a post); image: the same, of a file that must exist; label: an equation's label,
    "LABEL" or "POST-SLUG#LABEL".
    """

    kind: ReferenceKind
    target: str
    line: int = 0
    column: int = 0
    optional: bool = False
    """An unknown target is no mistake: it stays as it was written."""
    responsive: bool = False
    """It is the picture of an <img> that leaves its size to us, which may offer it in several widths."""


@dataclass(frozen=True, slots=True)
class Formula(Record):
    """A formula ready for the engine: TeX with its numbers in it, and what was defined before it in the post."""

    tex: str
    display: bool
    source: str
    """As the author wrote it, with its delimiters: what is shown where no formula can be."""
    macros: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    """Anchors, "eq-LABEL"."""
    line: int = 0
    column: int = 0
    references: tuple[tuple[str, int], ...] = ()
    """(placeholder in `tex`, index of the post's need) for references to other posts' equations."""
    error: str = ""
    """Why it cannot be made, where that is known already; the author has been told."""


@dataclass(frozen=True, slots=True)
class HtmlFragment(Record):
    """A piece of HTML with placeholders, and the formulas they stand for."""

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
    """A heading of a post, for its table of contents; `text` has no links and no ids in it."""

    level: int
    id: str
    text: RichText


@dataclass(frozen=True, slots=True)
class Label(Record):
    """A labelled equation: its number as it is printed, without parentheses, and its anchor."""

    name: str
    number: str
    anchor: str


@dataclass(frozen=True, slots=True)
class FragmentRef(Record):
    """A text kept elsewhere under its digest, and the needs that its placeholders count from 0."""

    fragment: Digest
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Post(Record):
    """All that parsing one file yields, but for the long texts: small, picklable, cached by the file's digest."""

    source: str
    kind: Kind
    digest: Digest
    meta: FrontMatter
    title: RichText
    body: FragmentRef
    excerpt: FragmentRef
    summary: str = ""
    """Plain text for meta tags, at most 160 characters."""
    has_break: bool = False
    whole: bool = False
    """The excerpt is the whole post."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the body."""
    labels: tuple[Label, ...] = ()
    words: int = 0
    """Han characters plus runs of Latin letters and digits, without code."""
    has_math: bool = False
    excerpt_has_math: bool = False
    first_image: int = -1
    """Index of the body's need for its first image, or -1."""
    diagnostics: tuple[Diagnostic, ...] = ()
