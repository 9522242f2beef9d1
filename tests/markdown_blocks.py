"""Markdown with the block extensions and Python-Markdown's own, for tests of one part alone."""

from __future__ import annotations

from functools import lru_cache

import markdown

from blogsite.extensions.blocks import BlocksExtension
from blogsite.extensions.code import CodeExtension
from blogsite.extensions.fences import FencesExtension
from blogsite.extensions.spaces import SpacesExtension
from blogsite.extensions.tags import TagsExtension
from blogsite.notes import MarkdownSettings, Notes


@lru_cache(maxsize=1)
def converter() -> markdown.Markdown:
    settings = MarkdownSettings()
    own = [make(settings) for make in (FencesExtension, TagsExtension, CodeExtension, BlocksExtension)]
    stock = ["tables", "footnotes", "attr_list", "def_list", "md_in_html"]
    md = markdown.Markdown(extensions=[*stock, *own, SpacesExtension()], output_format="html")
    md.preprocessors.deregister("normalize_whitespace")
    return md


def convert_with_notes(text: str) -> tuple[str, Notes]:
    md = converter()
    md.reset()
    notes = Notes(text, "posts/a.md")
    md.notes = notes  # type: ignore[attr-defined]
    return md.convert(text), notes


def convert(text: str) -> str:
    return convert_with_notes(text)[0]


def warnings(text: str) -> list[str]:
    """What is reported about TEXT: "line:column: what is wrong"."""
    return [f"{m.place.line}:{m.place.column}: {m.what}" for m in convert_with_notes(text)[1].mistakes]
