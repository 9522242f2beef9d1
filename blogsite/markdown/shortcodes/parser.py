"""Shortcodes as values: `{% name words %}` of Jekyll and Hexo, `{{< name key="value" >}}` of Hugo."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markdown import Markdown

from blogsite.content.parse_context import ParseContext

LONGEST = 4000
"""Maximum number of characters in a shortcode; longer ones are text."""

LIQUID = re.compile(r"\{%[-+]?\s*([A-Za-z_][\w-]*)(?=[\s%\-+\"'])")
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|#")
SHORTCODE = re.compile(r"\{\{([<%])\s*(/?)\s*([A-Za-z_][\w\-./]*)")
WORD = re.compile(
    r"""(?:([A-Za-z_][\w\-]*)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^\s"'`=]\S*))"""
)


@dataclass(frozen=True, slots=True)
class Shortcode:
    """A shortcode in a text, from offset `start` to `end`."""

    style: str
    """ "{%" of Jekyll and Hexo, "{{" of Hugo."""
    name: str
    arguments: str
    start: int
    end: int
    closing: bool = False
    """Whether it is `{% endNAME %}` or `{{< /NAME >}}`; then NAME is its name."""
    body: str = ""
    """The text between this tag and its closing one, if the handler needs it."""

    @property
    def words(self) -> list[str]:
        """The arguments without a name, without quotation marks."""
        return [value for name, value in _arguments(self.arguments) if not name]

    @property
    def named(self) -> dict[str, str]:
        """The arguments with a name."""
        return {name.lower(): value for name, value in _arguments(self.arguments) if name}

    def get(self, name: str, position: int = -1) -> str:
        """Return a named argument, else the unnamed one at this position, else ""."""
        words = self.words
        return self.named.get(name) or (words[position] if 0 <= position < len(words) else "")


def _arguments(text: str) -> list[tuple[str, str]]:
    found = []
    for match in WORD.finditer(text):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.append((match[1] or "", re.sub(r"\\([\"'\\])", r"\1", value)))
    return found


def shortcode_at(text: str, start: int) -> Shortcode | None:
    """Return the shortcode that begins at `start` with `{%`, `{{<` or `{{%`; None if there is none."""
    if text.startswith("{%", start):
        match, close = LIQUID.match(text, start), "%}"
    else:
        match = SHORTCODE.match(text, start)
        close = ">}}" if match and match[1] == "<" else "%}}"
    if not match:
        return None
    end = text.find(close, match.end(), start + LONGEST)
    if end < 0 or "\n\n" in text[start:end]:
        return None
    arguments = text[match.end() : end].strip().rstrip("-+/").rstrip()
    end += len(close)
    if close == "%}":
        name = match[1]
        closing = name.startswith("end") and name != "end"
        return Shortcode("{%", name[3:] if closing else name, arguments, start, end, closing)
    return Shortcode("{{", match[3].rstrip("/"), arguments, start, end, bool(match[2]))


@dataclass(slots=True)
class ShortcodeContext:
    """What a handler needs: the position of the shortcode, and where its results go."""

    md: Markdown
    context: ParseContext
    language: str
    position: tuple[int, int] = (1, 1)
    """(line, column) of the shortcode in the file."""
    seen: set[str] = field(default_factory=set)
    in_html: bool = False
    """Whether it is in a block of raw HTML, in which Markdown is only text."""

    def stash(self, html: str) -> str:
        """Return a placeholder for HTML."""
        return str(self.md.htmlStash.store(html))

    def link(self, target: str) -> str:
        """Return the placeholder for the address that a target resolves to."""
        return f"\x02n{self.context.reference('link', target, self.position)}\x03"

    def image(self, source: str) -> str:
        """Return the address of an image for a link: a placeholder, if it is of this site."""
        if ELSEWHERE.match(source) or "\x02" in source:
            return source
        return f"\x02n{self.context.reference('image', source, self.position)}\x03"


def link_of(job: ShortcodeContext, url: str, text: str) -> str:
    """Return a link in Markdown or in HTML, whichever is parsed where the shortcode is."""
    if job.in_html:
        return f'<a href="{html.escape(url)}">{html.escape(text, quote=False)}</a>'
    escaped = text.replace("[", "\\[").replace("]", "\\]")
    address = f"<{url}>" if re.search(r"[\s()]", url) else url
    return f"[{escaped}]({address})"


HandlerFunction = Callable[[Shortcode, ShortcodeContext], str | None]
"""Returns what replaces a shortcode; None if it cannot be understood."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How a shortcode is processed."""

    make: HandlerFunction
    block: bool = False
    """The result is on lines of its own."""
    lone: bool = False
    """If the result is empty, the line that it was alone on is removed."""
    body: str = ""
    """ "code": the text up to the closing tag belongs to it; "markdown": that is text, and `close` ends it."""
    close: HandlerFunction | None = None
