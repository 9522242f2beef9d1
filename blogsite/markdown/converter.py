r"""Convert Markdown to HTML: the table of extensions, in order, and what they produce besides the HTML.

A text is converted in one pass. The preprocessors run in this order. Up to and including `maths` no line moves, so that
a position in the text is a position in the file:

    fences 60 → shortcodes 55 → maths 50 → blocks 45 → (html_block 20 does nothing any more)

Then the element tree is processed by

    footnotes 50 → indented code 34 → alerts 32 → contents 31 → tasks 30 → inline 20 → prettify 10 → attributes 8
    → figures 6 → footnote numbers 5 → unescape 0

and the HTML by

    soft_breaks 35 → bare_paragraphs 31 → raw_html 30 → ampersands 20 → maths -5 → links -10 → headings -20

Line ends are "\n", and STX and ETX have been removed by content/encoding.py; `blocks` expands tabs.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import lru_cache

import markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.tables import TableExtension

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.core.diagnostics import Location, SiteError, error
from blogsite.markdown.blocks.processor import BlocksExtension
from blogsite.markdown.extensions.attributes import AttributesExtension
from blogsite.markdown.extensions.autolinks import AutolinksExtension
from blogsite.markdown.extensions.callouts import CalloutsExtension
from blogsite.markdown.extensions.cjk import CjkExtension
from blogsite.markdown.extensions.contents import ContentsExtension
from blogsite.markdown.extensions.escapes import EscapesExtension
from blogsite.markdown.extensions.fenced_code import FencedCodeExtension
from blogsite.markdown.extensions.fenced_divs import FencedDivsExtension
from blogsite.markdown.extensions.figures import FiguresExtension
from blogsite.markdown.extensions.footnotes import FootnotesExtension
from blogsite.markdown.extensions.headings import HeadingsExtension
from blogsite.markdown.extensions.links import LinksExtension
from blogsite.markdown.extensions.math import MathsExtension
from blogsite.markdown.extensions.post_links import PostLinksExtension
from blogsite.markdown.extensions.raw_html import RawHtmlExtension
from blogsite.markdown.extensions.spaces import SpacesExtension
from blogsite.markdown.extensions.strikethrough import StrikethroughExtension
from blogsite.markdown.extensions.task_lists import TaskListsExtension
from blogsite.markdown.highlighting.highlight import CodeExtension
from blogsite.markdown.inline.processor import FastExtension
from blogsite.markdown.shortcodes.extension import ShortcodesExtension

MakeExtension = Callable[[MarkdownSettings], Extension | None]

# One feature = one file in extensions/ + one line here. Each entry makes an extension from the settings, or none.
EXTENSIONS: tuple[MakeExtension, ...] = (
    lambda settings: FastExtension(),
    lambda settings: TableExtension(),
    lambda settings: DefListExtension(),
    lambda settings: AbbrExtension(),
    lambda settings: RawHtmlExtension(),
    FootnotesExtension,
    CalloutsExtension,
    FencedDivsExtension,
    TaskListsExtension,
    lambda settings: EscapesExtension(),
    lambda settings: StrikethroughExtension(),
    PostLinksExtension,
    lambda settings: AutolinksExtension(),
    lambda settings: AttributesExtension(),
    lambda settings: FiguresExtension(),
    lambda settings: CjkExtension() if settings.soft_breaks == "cjk" else None,
    lambda settings: LinksExtension(),
    lambda settings: ContentsExtension(),
    HeadingsExtension,
    FencedCodeExtension,
    ShortcodesExtension,
    CodeExtension,
    MathsExtension,
    BlocksExtension,
    lambda settings: SpacesExtension(),
)


class Converter(markdown.Markdown):
    """Python-Markdown with a ParseContext. One converter is used for many texts, one after another."""

    context: ParseContext

    def __init__(self, settings: MarkdownSettings) -> None:
        """Raises SiteError if an extension that the settings name cannot be loaded."""
        self.settings = settings
        self.context = ParseContext("", "")
        self.blocks: frozenset[str] | None = None
        made = (make(settings) for make in EXTENSIONS)
        super().__init__(extensions=[extension for extension in made if extension], output_format="html")
        self.preprocessors.deregister("normalize_whitespace")  # read and blocks do its work without moving columns
        for name in settings.extensions:
            self._load(name)
        self.blocks = frozenset(self.block_level_elements)

    def _load(self, name: str) -> None:
        try:
            self.registerExtensions([name], {})
        except Exception as problem:  # whatever somebody else's code raises
            reason = f"{type(problem).__name__}: {problem}".splitlines()[0]
            message = f'[markdown] extensions: "{name}" cannot be loaded ({reason})'
            hint = (
                "Install it beside blogsite, and give the name Python imports: package.module or package.module:Class."
            )
            raise SiteError([error(Location("blogsite.toml"), message, hint, "setting-invalid")]) from problem

    def is_block_level(self, tag: object) -> bool:
        """Return whether a tag is block-level. It is asked for every tag, so the names are a set."""
        if self.blocks is None:
            return super().is_block_level(tag)
        return isinstance(tag, str) and (tag in self.blocks or tag.lower().rstrip("/") in self.blocks)

    def run(self, context: ParseContext) -> str:
        """Return the HTML of `context.text`, with placeholders; everything else is added to `context`.

        A text that cannot be converted (nested too deeply, or a fault of an extension) is shown as it was written, with
        an error in `context`.
        """
        self.reset()
        self.context = context
        try:
            return self.convert(context.text)
        except RecursionError:
            message, hint = (
                "lists, quotes or boxes are nested too deeply",
                "Remove a few levels of indentation or `>`.",
            )
        except Exception as problem:  # extensions are anybody's code
            message = f"Markdown cannot convert this text ({type(problem).__name__}: {problem})"
            hint = (
                "Halve the text until the passage is found; if no extension of your own is at work, please report it."
            )
        self.parser.state.clear()
        context.references.clear()
        context.formulas.clear()
        context.labels.clear()
        context.headings.clear()
        context.anchor_aliases.clear()
        context.diagnostics.append(error(Location(context.path, context.first_line, 1), message, hint, "nesting-deep"))
        return f"<pre>{html.escape(context.text, quote=False)}</pre>"


@lru_cache(maxsize=4)
def converter(settings: MarkdownSettings) -> Converter:
    """Return the converter for these settings, created once in a process."""
    return Converter(settings)
