"""Fenced code, extracted from the text before anything else is parsed.

    ```python title="a.py" hl_lines="2 4"        or ~~~, in lists and quotes too, closed or not

It is replaced by one line with a placeholder, indented and quoted like the fence, and by padding lines, so that no line
of the text moves; blocks/preprocessors.py removes the padding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext, parse_context_of
from blogsite.markdown.blocks.containers import ContainerTracker, LinePosition, expand_leading_tabs, inside
from blogsite.markdown.highlighting.fence_info import parse_info
from blogsite.markdown.highlighting.highlight import check_language, highlight
from blogsite.markdown.shortcodes.raw import is_of_jekyll, without_raw

PAD = "\x02pad\x03"
"""Marks a padding line."""
BREAK = "\x02line\x03"
"""Marks a line break that is not in the author's file; blocks/preprocessors.py makes it a line end."""

DRAWN = 10
"""Length from which an unclosed fence without a language is a drawn line."""
TRIGGER = re.compile(r"[`~<](?:``|~~|!--|(?i:pre|script|style|textarea)(?=[\s>]))")
RUN = re.compile(r"`{3,}|~{3,}")
MARKS = re.compile(r"[ \t>]*+(?:(?:[-+*]|\d{1,9}[.)])[ \t][ \t>]*+)*+")
LONGEST_MARKS = 1000
MATHS = re.compile(r"[ \t]*\{?\.?math[ \t]*\}?[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: lines `first` to `last` of the text."""

    first: int
    last: int
    code: str
    closed: bool
    position: LinePosition


@dataclass(frozen=True, slots=True)
class Opening:
    """A line that looks like the start of a fenced block, with the offsets of the fence and of the line's end."""

    offset: int
    prefix: str
    fence: str
    info: str
    end: int


def pad(prefix: str) -> str:
    """Return a padding line behind the marks in `prefix`."""
    return re.sub(r"[^\s>]", " ", prefix) + PAD


class FencedCode(Preprocessor):
    """Extracts fenced code; fences of the language `math` are left for maths/."""

    def __init__(self, md: Markdown, math: bool) -> None:
        super().__init__(md)
        self.math = math

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "```" not in text and "~~~" not in text:
            return lines
        return _Pass(self.md, text, lines, self.math).run()


class _Pass:
    """One pass over one text."""

    def __init__(self, md: Markdown, text: str, lines: list[str], math: bool) -> None:
        self.md = md
        self.context: ParseContext = parse_context_of(md)
        self.text = text
        self.lines = lines
        self.math = math
        self.walk = ContainerTracker(lines)
        self.never_closed: set[str] = set()

    def run(self) -> list[str]:
        text = self.text
        made: list[str] = []
        done = line = counted = 0
        match = TRIGGER.search(text)
        while match:
            opening = self._opening(match)
            if opening is None:
                match = TRIGGER.search(text, self._behind_raw(match))
                continue
            line += text.count("\n", counted, opening.offset)
            counted = opening.offset
            fence = self._fence(opening, line)
            if fence is None or (not fence.closed and not opening.info and len(opening.fence) >= DRAWN):
                match = TRIGGER.search(text, opening.end)
                continue
            if not (self.math and MATHS.match(opening.info)):
                made += self.lines[done:line]
                made += self._replacement(opening, fence)
                done = fence.last + 1
            elif not fence.closed:
                self._warn_unclosed(opening)
            end = self._line_end(fence.last - fence.first, opening.offset)
            match = TRIGGER.search(text, end)
        return [*made, *self.lines[done:]] if done else self.lines

    def _opening(self, match: re.Match[str]) -> Opening | None:
        """Return the opening at a match, if it looks like the start of a fenced block."""
        text, offset = self.text, match.start()
        fence = RUN.match(text, offset)
        if not fence:
            return None
        start = self._line_start(offset)
        marks = MARKS.match(text, start, offset)
        if not marks or marks.end() != offset:
            return None
        end = self._line_end(0, offset)
        info = text[fence.end() : end]
        if text[offset] == "`" and "`" in info:
            return None
        return Opening(offset, text[start:offset], fence[0], info, end)

    def _behind_raw(self, match: re.Match[str]) -> int:
        """Return the offset behind a comment or raw code, in which no fence begins; else behind the match."""
        if match[0][0] != "<":
            run = RUN.match(self.text, match.start())
            return run.end() if run else match.end()
        if self.text[self._line_start(match.start()) : match.start()].strip(" "):
            return match.end()
        closing = "-->" if match[0] == "<!--" else f"</{match[0][1:].lower()}"
        if closing in self.never_closed:
            return match.end()
        if closing == "-->":
            end = self.text.find(closing, match.end())
        else:
            found = re.compile(closing, re.IGNORECASE).search(self.text, match.end())
            end = found.start() if found else -1
        if end < 0:
            self.never_closed.add(closing)
            return match.end()
        return end + len(closing)

    def _line_start(self, offset: int) -> int:
        """Return the offset of the start of the line, or of the part that may be marks of quotes and lists."""
        nearest = max(offset - LONGEST_MARKS, 0)
        return max(self.text.rfind("\n", nearest, offset) + 1, nearest)

    def _line_end(self, lines: int, offset: int) -> int:
        """Return the offset of the end of the line so many lines below."""
        for _ in range(lines):
            offset = self.text.find("\n", offset) + 1
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def _fence(self, opening: Opening, line: int) -> Fence | None:
        """Return the block that an opening begins; None if it is indented code."""
        if not opening.prefix:
            fence = self._at_margin(opening, line)
        else:
            self.walk.skips[line] = line  # so that it is no lazy continuation of a paragraph
            position = self.walk.at(line)
            indent = len(position.rest) - len(position.rest.lstrip(" "))
            if (indent > 3 and not any(position.containers)) or not position.rest.startswith(opening.fence, indent):
                return None
            if indent > 3 and not self._closes_at(position, line, opening.fence):
                return None
            fence = self._in_containers(opening, line, position, indent)
            self.walk.next, self.walk.in_text = fence.last + 1, False
        self.walk.skips[line] = fence.last + 1
        return fence

    def _at_margin(self, opening: Opening, line: int) -> Fence:
        """Return a fence at the left margin: its content is a slice of the text."""
        text, start = self.text, opening.end + 1
        closing = _closing(opening.fence).search(text, opening.end)
        if closing:
            code = text[start : closing.start()]
            lines = text.count("\n", opening.end, closing.start() + 1)
            return Fence(line, line + lines, code, True, LinePosition([], 0, ""))
        return Fence(line, len(self.lines) - 1, text[start:], False, LinePosition([], 0, ""))

    def _in_containers(self, opening: Opening, line: int, position: LinePosition, indent: int) -> Fence:
        """Return a fence in quotes and lists, which ends with them."""
        closing = re.compile(rf" *{opening.fence}{opening.fence[0]}* *\t*$")
        code: list[str] = []
        last, held = line, 0
        for number in range(line + 1, len(self.lines)):
            content = expand_leading_tabs(self.lines[number])
            count, start = inside(position.containers, content)
            if count < len(position.containers):
                break
            rest = content[start:]
            if rest.strip():
                last, held = number, 0
            else:
                held += 1
            spaces = len(rest) - len(rest.lstrip(" "))
            if closing.match(rest) and (spaces <= 3 or spaces <= indent):
                return Fence(line, number, "\n".join(code), True, position)
            code.append(rest[min(spaces, indent) :])
        return Fence(line, last, "\n".join(code[: len(code) - held]), False, position)

    def _closes_at(self, position: LinePosition, line: int, fence: str) -> bool:
        """Return whether a line below closes a fence that is indented further than CommonMark allows."""
        for number in range(line + 1, min(line + 500, len(self.lines))):
            content = expand_leading_tabs(self.lines[number])
            count, start = inside(position.containers, content)
            if count < len(position.containers):
                return False
            if content[start:].strip() == fence:
                return True
        return False

    def _replacement(self, opening: Opening, fence: Fence) -> list[str]:
        language, options = parse_info(opening.info)
        if not fence.closed:
            self._warn_unclosed(opening)
        if language:
            position = (self.context.first_line + fence.first, len(opening.prefix) + 1)
            check_language(language, self.context, position)
        prefix = fence.position.prefix
        code = without_raw(fence.code) if is_of_jekyll(self.context.path) else fence.code
        placeholder = self.md.htmlStash.store(highlight(code, language, options))
        return [prefix + placeholder, *[pad(prefix)] * (fence.last - fence.first)]

    def _warn_unclosed(self, opening: Opening) -> None:
        position = self.context.position(opening.offset)
        hint = f"Put {opening.fence} on a line of its own where the code ends."
        self.context.warn(position, "this code block is never closed", hint, "code-unclosed")


@lru_cache(maxsize=32)
def _closing(fence: str) -> re.Pattern[str]:
    """Return a function that finds the line that closes a fence."""
    return re.compile(rf"\n {{0,3}}{re.escape(fence)}{fence[0]}*[ \t]*(?=\n|\Z)")


class FencedCodeExtension(Extension):
    """Adds fenced code."""

    def __init__(self, settings: MarkdownSettings) -> None:
        super().__init__()
        self.settings = settings

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(FencedCode(md, self.settings.math), "fences", 60)
