"""Read a text from shortcode to shortcode, skipping code, and find the tags that close them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from blogsite.markdown.blocks.containers import ContainerTracker
from blogsite.markdown.shortcodes.parser import Shortcode, ShortcodeContext

TICKS = re.compile(r"`+")
BLANKS = re.compile(r"[^\S\n]*")
HTML_BLOCK = re.compile(
    r"\s{0,4}</?(?:article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|li|ol|p|section|summary"
    r"|table|tbody|td|th|thead|tr|ul)(?=[\s>])[^>]*>",
    re.IGNORECASE,
)
LONGEST_BLOCK = 4000
CLOSING = re.compile(r"(\{%)[-+]?\s*end([A-Za-z][\w-]*)\s*[-+]?%\}|(\{\{)[<%]\s*/\s*([\w\-./]+)\s*[>%]\}\}")


class Reader:
    """A text that is read once, from its start to its end."""

    def __init__(self, text: str, lines: list[str], job: ShortcodeContext) -> None:
        self.text = text
        self.job = job
        self.walk = ContainerTracker(lines)
        self.line = self.counted = self.line_start = 0
        self.code_line = (-1, False)
        self._ahead: dict[str, int] = {}

    # ── what is stepped over ─────────────────────────────────────────────────────────────────────────────────────────

    def _behind_code(self, start: int) -> int:
        """Return the offset behind the code span that opens at `start`, or behind its marks if it is none."""
        ticks = TICKS.match(self.text, start)
        end = ticks.end() if ticks else start + 1
        locations = self._runs.get(end - start, [])
        index = bisect_left(locations, end)
        if index < len(locations) and locations[index] < self._next("\n\n", end, len(self.text)):
            return locations[index] + end - start
        return end

    @cached_property
    def _runs(self) -> dict[int, list[int]]:
        """Offsets of the runs of backticks, by their length."""
        runs: dict[int, list[int]] = {}
        for match in TICKS.finditer(self.text):
            runs.setdefault(len(match[0]), []).append(match.start())
        return runs

    def _behind_raw(self, start: int, found: str) -> int:
        """Return the offset behind a comment or an element whose content is no text."""
        end = self._next("-->" if found == "<!--" else f"</{found[1:]}", start, -1)
        return end if end >= 0 else start + 1

    def _next(self, message: str, start: int, otherwise: int) -> int:
        """Return the offset of the next occurrence from `start` on. Offsets only rise, so answers can be reused."""
        known = self._ahead.get(message)
        if known is None or 0 <= known < start:
            known = self._ahead[message] = self.text.find(message, start)
        return known if known >= 0 else otherwise

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _go_to(self, start: int) -> None:
        """Set `line`, `line_start` and the position of the handler's context to `start`."""
        newlines = self.text.count("\n", self.counted, start)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rfind("\n", self.counted, start) + 1
        self.counted = start
        context = self.job.context
        self.job.position = (context.first_line + self.line, start - self.line_start + 1)

    def _in_code(self) -> bool:
        """Return whether the line is indented code."""
        if not self.text.startswith(("    ", "\t", ">", " "), self.line_start):
            return False
        if self.code_line[0] != self.line:
            self.code_line = (self.line, self.walk.at(self.line).code)
        return self.code_line[1]

    def _in_html(self, start: int) -> bool:
        """Return whether `start` is in a block of raw HTML that begins after the last empty line."""
        begin = max(self.text.rfind("\n\n", max(start - LONGEST_BLOCK, 0), start) + 1, 0)
        match = HTML_BLOCK.match(self.text, begin, start)
        return match is not None and "markdown" not in match[0]

    def _ends_line(self, offset: int) -> bool:
        """Return whether only white space follows on the line."""
        blanks = BLANKS.match(self.text, offset)
        end = blanks.end() if blanks else offset
        return self.text[end : end + 1] in ("", "\n")

    # ── where a tag is closed ────────────────────────────────────────────────────────────────────────────────────────

    def _closing(self, tag: Shortcode) -> tuple[int, int] | None:
        """Return the start and end of the tag that closes a shortcode."""
        locations = self._closing_places.get((tag.style, tag.name), [])
        index = bisect_left(locations, (tag.end, 0))
        return locations[index] if index < len(locations) else None

    @cached_property
    def _closing_places(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Style and name → (start, end) of all closing tags."""
        locations: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for match in CLOSING.finditer(self.text):
            locations.setdefault((match[1] or match[3], match[2] or match[4]), []).append(match.span())
        return locations
