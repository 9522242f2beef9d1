"""Highlight code with Pygments, by classes, so that a style sheet decides the colours.

    <figure class="code"><figcaption>TITLE</figcaption>        only with a title
      <div class="highlight"><pre><code class="language-NAME">…</code></pre></div>
    </figure>

A marked line is a `span.hll`; line numbers are in `span.linenos[data-line]`, so that they are not copied.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.markdown.highlighting import languages

if TYPE_CHECKING:
    from pygments.token import _TokenType

LONGEST = 200_000
"""Characters of code; longer code is not highlighted."""

CODEHILITE = re.compile(r"\A[ \t]*(?::::|#!)([A-Za-z][\w+#.\-]*)[ \t]*(?:\n|\Z)")
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class CodeOptions:
    """How a block of code is shown besides its colours."""

    title: str = ""
    numbers: bool = False
    first_number: int = 1
    marked: frozenset[int] = frozenset()
    """Highlighted lines, from 1."""


AS_IT_IS = CodeOptions()


def highlight(code: str, language: str = "", options: CodeOptions = AS_IT_IS) -> str:
    """Return the HTML of code in a language; plain text if the language is unknown."""
    name = class_name(language)
    code = code.rstrip("\n") + "\n" if code.strip("\n") else ""
    pieces = _pieces(code, language.lower())
    if options.numbers or options.marked:
        inner = _in_lines(pieces, options)
    else:
        inner = "".join(f'<span class="{kind}">{text}</span>' if kind else text for kind, text in pieces)
    block = f'<div class="highlight"><pre><code class="language-{name}">{inner}</code></pre></div>'
    if not options.title:
        return block
    caption = html.escape(options.title, quote=False)
    return f'<figure class="code"><figcaption>{caption}</figcaption>{block}</figure>'


def class_name(language: str) -> str:
    """Return the name for the class language-NAME; "text" without a name."""
    name = re.sub(r"[\s\"'<>&`{}\x02\x03]+", "", language.lower())
    return name or "text"


def check_language(language: str, context: ParseContext, position: tuple[int, int]) -> None:
    """Add a warning if the language is unknown."""
    if languages.is_known(language.lower()):
        return
    near = languages.nearest(language.lower())
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    context.warn(
        position,
        f'unknown code language "{language}"',
        f"{hint}Use `text` for code without colours.",
        "language-unknown",
    )


def _pieces(code: str, language: str) -> list[tuple[str, str]]:
    """Yield the code as (class, escaped text); the class may be ""."""
    lexer = languages.lexer(language) if language and len(code) <= LONGEST else None
    if lexer is None:
        return [("", code.translate(ESCAPES))]
    pieces: list[tuple[str, str]] = []
    last, text = "", ""
    try:
        for token, value in lexer.get_tokens(code):
            kind = _class(token)
            if kind == last or (not kind and value.isspace()):
                text += value
            else:
                pieces.append((last, text))
                last, text = kind, value
    except Exception:  # a lexer that stumbles over its input must not stop the build
        return [("", code.translate(ESCAPES))]
    pieces.append((last, text))
    return [(kind, text.translate(ESCAPES)) for kind, text in pieces if text]


@lru_cache(maxsize=512)
def _class(token: _TokenType) -> str:
    """Return Pygments' short class for a token type; "" for plain text, whitespace and ordinary names."""
    from pygments.token import STANDARD_TYPES, Name, Text, Token

    if token in {Name, Token} or token in Text:  # type: ignore[comparison-overlap]
        return ""
    while token not in STANDARD_TYPES and token.parent is not None:
        token = token.parent
    return STANDARD_TYPES[token]


def _in_lines(pieces: list[tuple[str, str]], options: CodeOptions) -> str:
    """Return the pieces as HTML in which no element extends over a line end."""
    lines: list[list[str]] = [[]]
    for kind, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(f'<span class="{kind}">{part}</span>' if kind else part)
    if not lines[-1]:
        lines.pop()
    made: list[str] = []
    for number, parts in enumerate(lines, 1):
        line = "".join(parts) + "\n"
        if options.numbers:
            line = f'<span class="linenos" data-line="{number + options.first_number - 1}"></span>{line}'
        made.append(f'<span class="hll">{line}</span>' if number in options.marked else line)
    return "".join(made)


class IndentedCode(Treeprocessor):
    """Makes indented code look like fenced code; `:::cpp` on its first line names its language."""

    def run(self, root: Element) -> None:
        for pre in list(root.iter("pre")):
            if len(pre) == 1 and pre[0].tag == "code" and isinstance(pre[0].text, AtomicString):
                self._finish(pre, pre[0].text)

    def _finish(self, pre: Element, escaped: str) -> None:
        code = _unescaped(escaped)
        named = CODEHILITE.match(code)
        if named and "\x02" not in code and (code.lstrip().startswith(":::") or _is_language(named[1])):
            context = parse_context_of(self.md)
            if code.lstrip().startswith(":::"):
                check_language(named[1], context, context.find(f":::{named[1]}"))
            pre[:] = []
            pre.tag = "p"  # a paragraph that holds nothing but stashed HTML gives way to it
            pre.text = self.md.htmlStash.store(highlight(code[named.end() :], named[1]))
            return
        pre[:] = []
        pre.tag = "div"
        pre.set("class", "highlight")
        inner = SubElement(SubElement(pre, "pre"), "code", {"class": "language-text"})
        inner.text = AtomicString(escaped.rstrip("\n") + "\n")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _is_language(name: str) -> bool:
    return languages.lexer(name.lower()) is not None


class CodeExtension(Extension):
    """Highlights indented code."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(IndentedCode(md), "indented_code", 34)
