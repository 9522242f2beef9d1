"""Groups of settings that stages below build/ are given, instead of the whole Config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from blogsite.core.frozen import Record

ImageFormat = Literal["webp", "avif"]


@dataclass(frozen=True, slots=True)
class ImageSettings(Record):
    """The settings of [images]: whether images are resized, to which widths in px, and how they are encoded."""

    resize: bool
    widths: tuple[int, ...]
    """At least one; the smallest first."""
    format: ImageFormat
    quality: int


@dataclass(frozen=True, slots=True)
class CardDesign(Record):
    """The design of social cards. Colours are in CSS notation (#rrggbb, rgb(), hsl(), names)."""

    background: str = "#ffffff"
    text: str = "#25282d"
    accent: str = "#1d5f94"
    font: str = ""
    """Path of a font file from the site's root; "" for the font of the package's extra "cards"."""


@dataclass(frozen=True, slots=True)
class MarkdownSettings:
    """The settings that the HTML of a post depends on."""

    language: str = "en"
    soft_breaks: str = "cjk"
    math: bool = True
    math_dialect: str = "default"
    math_number: str = "ams"
    math_macros: tuple[tuple[str, str], ...] = ()
    math_packages: tuple[str, ...] = ()
    """The LaTeX packages whose commands replace those of the same name."""
    extensions: tuple[str, ...] = ()
    title_links: bool = True
    """Whether `[[title]]` is a link to a post."""
    book_titles: bool = False
    """Whether 《title》 is one if a post has this title."""


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """Everything a parsed post depends on besides its file."""

    markdown: MarkdownSettings
    timezone: str
    excerpt_length: int
    category_lists: Literal["auto", "nested", "flat"] = "auto"
    """Whether a flat list of categories is one path, as in Hexo, or several categories."""


MathFormat: TypeAlias = Literal["html", "mathml"]
"""Output format of formulas: KaTeX's HTML with MathML for screen readers, or Temml's MathML alone."""
