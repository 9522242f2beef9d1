"""Shortcodes of other generators: known ones become what they mean, all others are printed with a warning.

    {% highlight python %}…{% endhighlight %}    {% post_url 2014-01-02-name %}    {{< figure src="a.png" >}}

Nothing in code is a shortcode. The number of lines stays the same: padding stands for lines that are removed, and a
mark for line breaks that are added (see extensions/fenced_code.py).
"""

from __future__ import annotations

import re
from dataclasses import replace

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import parse_context_of
from blogsite.markdown.extensions.fenced_code import BREAK, MARKS, PAD
from blogsite.markdown.shortcodes.handlers.boxes import BOXES
from blogsite.markdown.shortcodes.handlers.code import CODE
from blogsite.markdown.shortcodes.handlers.include import CONTENTS, INCLUDES
from blogsite.markdown.shortcodes.handlers.links import (
    IN_ADDRESS,
    LINKS,
    ROOT,
    SHORTCODE_LINKS,
    VARIABLE,
    address,
    from_root,
)
from blogsite.markdown.shortcodes.handlers.media import MEDIA
from blogsite.markdown.shortcodes.handlers.themes import PART, THEME
from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext, shortcode_at
from blogsite.markdown.shortcodes.raw import RAW as RAW_TAG
from blogsite.markdown.shortcodes.raw import is_of_jekyll
from blogsite.markdown.shortcodes.writer import Writer

HANDLERS: dict[str, dict[str, Handler]] = {
    "{%": {**THEME, **CODE, **BOXES, **MEDIA, **LINKS, **INCLUDES, **CONTENTS},
    "{{": {**CODE, **BOXES, **MEDIA, **SHORTCODE_LINKS, **CONTENTS},
}
"""Style and name of a shortcode → its handler."""

RAW = frozenset(("raw", "verbatim", "rawhtml", "unsafe"))
"""Tags that are removed, and between which nothing is a shortcode."""

BRACES = re.compile(
    r"\{(?:%|\{(?:[<%]|-?\s*(?:[\"']|[A-Za-z_]\w*\.))|(?:filename|static|attach|tag|category|index|author)\})"
)
SIGNS = ("|filename|", "|static|", "|attach|", "](@/", "](<@/", "]: @/")
"""A text without any of these has no shortcodes; TeX is full of other braces."""

TRIGGER = re.compile(r"`|\{[%{]|\](?=[(:])|=(?=[\"'])|<(?:!--|(?i:script|style|pre|textarea)\b)|\\.", re.DOTALL)
PULLED = re.compile(TRIGGER.pattern + r'|\{"|"\}', re.DOTALL)
"""The same in a text with Octopress's pull quotes, whose marks are removed."""
FRAGMENT = re.compile(r"#[^\s)>\"'\]]+")
ESCAPED = re.compile(r"\{\{([<%])/\*([^\n]{0,1000}?)\*/([>%])\}\}")
OPENS_ADDRESS = re.compile(r"(?:\(\s*<?|[\"'<]|\]:[ \t]*<?|\}\}|%\})\Z")


class ShortcodePreprocessor(Preprocessor):
    """Replaces the shortcodes in a text."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not BRACES.search(text) and not any(sign in text for sign in SIGNS):
            return lines
        return _Pass(self.md, text, lines, self.language).run().split("\n")


class _Pass(Writer):
    """One pass over one text."""

    def __init__(self, md: Markdown, text: str, lines: list[str], language: str) -> None:
        super().__init__(text, lines, ShortcodeContext(md, parse_context_of(md), language))
        self.open: list[Shortcode] = []
        """Boxes that are not closed yet."""
        self.pulled: set[int] = set()
        """Offsets of the tags that end pull quotes."""
        self.pulled_to = 0
        """The end of the last of them."""
        self.raw_in_code = "endraw" in text and is_of_jekyll(parse_context_of(md).path)

    def run(self) -> str:
        text = self.text
        trigger = PULLED if "pullquote" in text else TRIGGER
        match = trigger.search(text)
        while match:
            position = max(self._step(match), match.start() + 1)
            match = trigger.search(text, position)
        self._keep(len(text))
        self.made.append(f"\n{PAD}" * self.owed)
        for tag in reversed(self.open):
            self.made += (BREAK, self._closed(tag))
        return "".join(self.made)

    def _step(self, match: re.Match[str]) -> int:
        """Process a match and return the offset from which to go on."""
        start, found = match.start(), match[0]
        if found in ('{"', '"}'):
            return self._pull_mark(start)
        if found[0] == "{":
            return self._braces(start)
        if found[0] == "`":
            end = self._behind_code(start)
            if self.raw_in_code:
                self._remove_raw(start, end)
            return end
        if found[0] in "]=":
            return self._address(start)
        if found == "<!--" and self.open and self.open[-1].name in ("tabs", "timeline", "tab"):
            return self._part(start)
        if found[0] == "<":
            return self._behind_raw(start, found)
        return match.end()

    # ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _address(self, start: int) -> int:
        """Replace Pelican's and Zola's addresses in links."""
        match = IN_ADDRESS.match(self.text, start)
        if not match:
            return start + 1
        self._go_to(start)
        if self._in_code():
            return match.end()
        self._put(start, match.end(), address(match, self.job))
        return match.end()

    def _braces(self, start: int) -> int:
        """Process `{%` or `{{`."""
        text = self.text
        escaped = ESCAPED.match(text, start)
        if escaped:
            self._put(start, escaped.end(), f"{{{{{escaped[1]}{escaped[2]}{escaped[3]}}}}}")
            return escaped.end()
        tag = shortcode_at(text, start)
        if not tag:
            return self._variable(start)
        self._go_to(start)
        if self._in_code():
            if self.raw_in_code and RAW_TAG.fullmatch(text, start, tag.end):
                self._put(start, tag.end, "")
            return tag.end
        if tag.name in RAW:
            return self._raw(tag)
        if tag.closing:
            return self._close(tag)
        handler = HANDLERS[tag.style].get(tag.name)
        return self._handle(tag, handler) if handler else self._unknown(tag)

    def _variable(self, start: int) -> int:
        """Replace `{{ site.url }}` and the like."""
        text = self.text
        match = ROOT.match(text, start) or VARIABLE.match(text, start)
        if not match:
            return start + 2
        self._go_to(start)
        if self._in_code():
            return match.end()
        if match.re is ROOT and OPENS_ADDRESS.search(text, max(start - 20, 0), start):
            slashed = text.startswith("/", match.end()) or text.startswith("{%", match.end())
            self._put(start, match.end(), "" if slashed and match[2] is None else from_root(match))
        else:
            self._warn("{{", text[start : match.end()], text[start : match.end()])
        return match.end()

    def _handle(self, tag: Shortcode, handler: Handler) -> int:
        end = tag.end
        if handler.body:
            closing = self._closing(tag)
            if not closing:
                return self._unclosed(tag)
            if tag.name == "pullquote" and self.text.find('{"', end, closing[0]) >= 0:
                self.pulled.add(closing[0])
                self.pulled_to = closing[0]
                self._put(tag.start, end, "")
                return end
            if handler.body == "code":
                tag = replace(tag, body=self._body(tag.end, closing[0]))
                end = closing[1]
        fragment = FRAGMENT.match(self.text, end) if tag.name in ("post_url", "link") else None
        if fragment:
            tag = replace(tag, arguments=tag.arguments + fragment[0])
            end = fragment.end()
        self.job.in_html = self._in_html(tag.start)
        made = handler.make(tag, self.job)
        if made is None:
            return self._unknown(tag)
        if not made and handler.lone:
            self._remove(tag.start, end)
            return end
        if handler.body == "markdown":
            self.open.append(tag)
        if handler.block and not (self.job.in_html and made.startswith("<")):
            self._put_alone(tag.start, end, made)
        else:
            self._put(tag.start, end, made)
        return end

    def _close(self, tag: Shortcode) -> int:
        if tag.start in self.pulled:
            self._put(tag.start, tag.end, "")
            return tag.end
        if self.open and self.open[-1].name == "tab" and tag.name in ("tabs", "timeline"):
            self._put_alone(tag.start, tag.start, self._closed(self.open.pop()))
        if not self.open or self.open[-1].name != tag.name:
            return self._unclosed(tag) if tag.name in HANDLERS[tag.style] else self._unknown(tag)
        self._put_alone(tag.start, tag.end, self._closed(self.open.pop()))
        return tag.end

    def _part(self, start: int) -> int:
        """Process a comment, which may begin or end a part of tabs or a timeline."""
        match = PART.match(self.text, start)
        if not match:
            return self._behind_raw(start, "<!--")
        self._go_to(start)
        before = self._closed(self.open.pop()) if self.open[-1].name == "tab" else ""
        if match[1]:
            self._put_alone(start, match.end(), before)
            return match.end()
        if before:
            self._put_alone(start, start, before)
        tag = Shortcode("{%", "tab", match[2], start, match.end())
        self._put_alone(start, match.end(), HANDLERS["{%"]["tab"].make(tag, self.job) or "")
        self.open.append(tag)
        return match.end()

    def _pull_mark(self, start: int) -> int:
        """Remove a mark around the words that a pull quote of Octopress repeats."""
        if start < self.pulled_to:
            self._go_to(start)
            self._put(start, start + 2, "")
        return start + 2

    def _remove_raw(self, start: int, end: int) -> None:
        """Remove `{% raw %}` and its end from code."""
        for tag in RAW_TAG.finditer(self.text, start, end):
            self._put(tag.start(), tag.end(), "")

    def _closed(self, tag: Shortcode) -> str:
        close = HANDLERS[tag.style][tag.name].close
        return (close(tag, self.job) if close else "") or ""

    def _body(self, start: int, end: int) -> str:
        """Return the code between two tags, without the marks and the indentation of the first one's containers."""
        body = self.text[start:end]
        marks = MARKS.match(self.text, self.line_start)
        prefix = marks[0] if marks else ""
        if not prefix or "\n" not in body:
            return body
        quotes, indent = prefix.count(">"), len(prefix) - len(prefix.lstrip(" "))
        strip = re.compile(rf"\n(?:[ \t]*>[ ]?){{0,{quotes}}}" if quotes else rf"\n[ ]{{0,{max(indent, len(prefix))}}}")
        return strip.sub("\n", body)

    def _raw(self, tag: Shortcode) -> int:
        """Process `{% raw %}`: the tags are removed, and the text between them stays."""
        closing = None if tag.closing else self._closing(tag)
        if not closing:
            return self._unclosed(tag)
        self._remove(tag.start, tag.end)
        self._go_to(closing[0])
        self._remove(*closing)
        return closing[1]


class ShortcodesExtension(Extension):
    """Adds shortcodes."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(ShortcodePreprocessor(md, self.settings.language), "tags", 55)
