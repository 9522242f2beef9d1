"""The tags of other engines as values: `{% name words %}` of Jekyll and Hexo, `{{< name key="value" >}}` of Hugo."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markdown import Markdown

from blogsite.content.parse_context import ParseContext

LONGEST = 4000
"""Characters in a tag; a longer one is text."""

LIQUID = re.compile(r"\{%[-+]?\s*([A-Za-z_][\w-]*)(?=[\s%\-+\"'])")
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|#")
SHORTCODE = re.compile(r"\{\{([<%])\s*(/?)\s*([A-Za-z_][\w\-./]*)")
WORD = re.compile(
    r"""(?:([A-Za-z_][\w\-]*)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^\s"'`=]\S*))"""
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in a text, from `start` to `end`."""

    style: str
    """"{%" of Jekyll and Hexo, "{{" of Hugo."""
    name: str
    arguments: str
    start: int
    end: int
    closing: bool = False
    """`{% endNAME %}` or `{{< /NAME >}}`, with NAME as its name."""
    body: str = ""
    """What stands between this tag and its closing one, where a handler asked for that."""

    @property
    def words(self) -> list[str]:
        """The arguments without a name, without their quotation marks."""
        return [value for name, value in _arguments(self.arguments) if not name]

    @property
    def named(self) -> dict[str, str]:
        """The arguments with a name."""
        return {name.lower(): value for name, value in _arguments(self.arguments) if name}

    def get(self, name: str, position: int = -1) -> str:
        """The argument NAME, else the one at POSITION among those without names, else ""."""
        words = self.words
        return self.named.get(name) or (words[position] if 0 <= position < len(words) else "")


def _arguments(text: str) -> list[tuple[str, str]]:
    found = []
    for match in WORD.finditer(text):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.append((match[1] or "", re.sub(r"\\([\"'\\])", r"\1", value)))
    return found


def tag_at(text: str, start: int) -> Tag | None:
    """The tag that begins at START with `{%`, `{{<` or `{{%`; None where none does."""
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
        return Tag("{%", name[3:] if closing else name, arguments, start, end, closing)
    return Tag("{{", match[3].rstrip("/"), arguments, start, end, bool(match[2]))


@dataclass(slots=True)
class Job:
    """What a handler of tags needs: where it is, and where its findings go."""

    md: Markdown
    context: ParseContext
    language: str
    position: tuple[int, int] = (1, 1)
    """Of the tag, in the file."""
    seen: set[str] = field(default_factory=set)
    in_html: bool = False
    """The tag stands in a block of raw HTML, in which Markdown is only text."""

    def stash(self, html: str) -> str:
        """A placeholder for HTML."""
        return str(self.md.htmlStash.store(html))

    def link(self, target: str) -> str:
        """The placeholder for the address that TARGET stands for."""
        return f"\x02n{self.context.reference('link', target, self.position)}\x03"

    def image(self, source: str) -> str:
        """What stands in a link for the address SOURCE of an image: a placeholder, if it is of this site."""
        if ELSEWHERE.match(source) or "\x02" in source:
            return source
        return f"\x02n{self.context.reference('image', source, self.position)}\x03"


def link_of(job: Job, url: str, text: str) -> str:
    """A link, in Markdown or in HTML, whichever is read where the tag stands."""
    if job.in_html:
        return f'<a href="{html.escape(url)}">{html.escape(text, quote=False)}</a>'
    escaped = text.replace("[", "\\[").replace("]", "\\]")
    address = f"<{url}>" if re.search(r"[\s()]", url) else url
    return f"[{escaped}]({address})"


Make = Callable[[Tag, Job], str | None]
"""What stands in a text in place of a tag; None where the tag cannot be understood."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What is done with a tag."""

    make: Make
    block: bool = False
    """The result stands on lines of its own."""
    lone: bool = False
    """Where it is nothing, the line that it stood alone on goes with it."""
    body: str = ""
    """"code": what stands up to the closing tag is the tag's; "markdown": it is text, and `close` ends it."""
    close: Make | None = None
