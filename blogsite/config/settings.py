"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from blogsite.core.frozen import Record

ImageFormat = Literal["webp", "avif"]


@dataclass(frozen=True, slots=True)
class Images(Record):
    """The settings for pictures: whether they have variants, in which widths in px, and how these are encoded."""

    resize: bool
    widths: tuple[int, ...]
    """At least one; the smallest first."""
    format: ImageFormat
    quality: int


@dataclass(frozen=True, slots=True)
class CardDesign(Record):
    """What social cards look like: colours as CSS writes them (#rrggbb, rgb(), hsl(), names)."""

    background: str = "#ffffff"
    text: str = "#25282d"
    accent: str = "#1d5f94"
    font: str = ""
    """Path of a font file, from the site's root; without one the font is that of the package's extra "cards"."""


@dataclass(frozen=True, slots=True)
class MarkdownSettings:
    """The settings that shape a post's HTML: part of the name under which a parsed post is kept."""

    language: str = "en"
    soft_breaks: str = "cjk"
    math: bool = True
    math_dialect: str = "default"
    math_number: str = "ams"
    math_macros: tuple[tuple[str, str], ...] = ()
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """All that a parsed post depends on besides its file."""

    markdown: MarkdownSettings
    timezone: str
    excerpt_length: int
    category_lists: Literal["auto", "nested", "flat"] = "auto"
    """Whether a flat list of categories is one path, as in Hexo, or several categories."""


MathFormat: TypeAlias = Literal["html", "mathml"]
"""What a formula becomes: KaTeX's HTML with MathML beside it for screen readers, or Temml's MathML alone."""
