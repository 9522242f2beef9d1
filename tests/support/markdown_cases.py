"""Markdown with the block extensions and those of Python-Markdown, for tests of one part alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import markdown
import pytest

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.blocks.processor import BlocksExtension
from blogsite.markdown.extensions.attributes import AttributesExtension
from blogsite.markdown.extensions.fenced_code import FencedCodeExtension
from blogsite.markdown.extensions.footnotes import FootnotesExtension
from blogsite.markdown.extensions.spaces import SpacesExtension
from blogsite.markdown.highlighting.highlight import CodeExtension
from blogsite.markdown.shortcodes.extension import ShortcodesExtension
from tests.support.cases import Case, load_all, load_cases, save_cases
from tests.support.sites import CHECKOUT


@lru_cache(maxsize=1)
def converter() -> markdown.Markdown:
    settings = MarkdownSettings()
    own = [make(settings) for make in (FencedCodeExtension, ShortcodesExtension, CodeExtension, BlocksExtension)]
    stock = ["tables", "def_list", "md_in_html"]
    md = markdown.Markdown(
        extensions=[*stock, FootnotesExtension(settings), AttributesExtension(), *own, SpacesExtension()],
        output_format="html",
    )
    md.preprocessors.deregister("normalize_whitespace")
    return md


def convert_with_notes(text: str) -> tuple[str, ParseContext]:
    md = converter()
    md.reset()
    context = ParseContext(text, "posts/a.md")
    md.context = context  # type: ignore[attr-defined]
    return md.convert(text), context


def convert(text: str) -> str:
    return convert_with_notes(text)[0]


def warnings(text: str) -> list[str]:
    """Return the messages about a text as "line:column: message"."""
    return [f"{m.location.line}:{m.location.column}: {m.message}" for m in convert_with_notes(text)[1].diagnostics]


CASES = CHECKOUT / "tests/markdown/cases"


def case_files(pattern: str) -> list[Any]:
    """Return parameters (path below CASES, case) for all cases of the files that match a pattern."""
    found = load_all(CASES, pattern)
    return [pytest.param(path.relative_to(CASES).as_posix(), case, id=f"{path.stem}-{case[0]}") for path, case in found]


def outcome(text: str) -> str:
    """Return the HTML of a text with visible placeholders, then its needs and its warnings."""
    html, context = convert_with_notes(text)
    references = [
        f"{reference.kind} {reference.target} {reference.line}:{reference.column}" for reference in context.references
    ]
    lines = [html.replace("\x02", "{").replace("\x03", "}"), *references, *map(str, context.diagnostics)]
    return "\n".join(lines)


def check(path: str, case: Case, rewrite: bool) -> None:
    """Compare the outcome of a case with its file, or write it there."""
    title, given, expected = case
    made = outcome(given)
    if rewrite:
        cases = [(t, g, made if (t, g) == (title, given) else e) for t, g, e in load_cases(CASES / path)]
        save_cases(CASES / path, cases)
    else:
        assert made == expected
