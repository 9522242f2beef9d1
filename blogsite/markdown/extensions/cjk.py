"""A line break between two Chinese or Japanese characters is not a space.

Browsers show a line end as a space, also between two Han characters, where none belongs. Such line ends are removed.
The neighbouring characters are found through inline elements and comments. Beside formulas and code, and beside
anything written with spaces (Hangul, Latin), the line end stays.

Runs on the HTML before raw HTML and code are restored.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.util import HTML_PLACEHOLDER_RE

# Han, kana, Bopomofo and their punctuation; full-width forms; supplementary ideographs.
LETTER = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u3099-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003fffd"  # noqa: E501
MARK = "\u3000-\u3004\u3008-\u3020\u302a-\u3030\u3036\u3037\u303c-\u303f\u3097\u3098\ufe30-\ufe4f\uff01-\uff60"
SHARED = "“”‘’…—"
"""Characters that are wide only beside a wide letter."""

WIDE = re.compile(f"[{LETTER}{MARK}]")
TAG = (
    r"</?(?:a|abbr|b|bdi|bdo|cite|del|dfn|em|i|ins|mark|q|ruby|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>|<!--"
)
INLINE = re.compile(TAG)
KEPT = re.compile(r"<(pre|code|kbd|samp|math|script|style|textarea)\b", re.IGNORECASE)
CANDIDATE = re.compile(f"\n(?<=[{LETTER}{MARK}{SHARED}> \x03]\n) *(?=[{LETTER}{MARK}{SHARED}]|{TAG}|\x02w)")
FOOTNOTE = re.compile(r'<sup id="fnref[^<>]*><a [^<>]*>[^<>]*</a></sup>\Z')
LOOK = 400
"""Characters before a line end in which a footnote mark is looked for."""
NEAR = 20
"""Characters on either side of a line end in which a wide character is looked for behind quotation marks."""
STEPS = 12
"""Maximum number of tags between a line end and its neighbour."""


class SoftBreaks(Postprocessor):
    """Removes the line ends between wide characters."""

    def run(self, text: str) -> str:
        if not CANDIDATE.search(text):
            return text
        kept = sorted([*_kept_spans(text), *self._raw_spans(text)], reverse=True)
        pieces: list[str] = []
        done = 0
        for match in CANDIDATE.finditer(text):
            while kept and kept[-1][1] <= match.start():
                kept.pop()
            if kept and kept[-1][0] < match.start():
                continue
            before = self._before(text, match.start())
            after = self._after(text, match.end()) if before else ""
            if after and (_joins(before, after) or self._is_chinese(text, match, before, after)):
                pieces.append(text[done : match.start()].rstrip(" "))
                done = match.end()
        return "".join([*pieces, text[done:]])

    def _is_chinese(self, text: str, line_end: re.Match[str], before: str, after: str) -> bool:
        """Return whether both characters are shared with Latin text, and a wide character is beside each of them."""
        if before not in SHARED or after not in SHARED:
            return False
        around = text[max(0, line_end.start() - NEAR) : line_end.start()].rstrip(f"{SHARED} ")[-1:]
        following = text[line_end.end() : line_end.end() + NEAR].lstrip(SHARED)[:1]
        return bool(WIDE.match(around) and WIDE.match(following))

    def _before(self, text: str, end: int) -> str:
        """Return the character before `end`, through inline tags; "" at a block's border and after code or formulas."""
        for _ in range(STEPS):
            while end and text[end - 1] == " ":
                end -= 1
            last = text[end - 1 : end]
            if last == "\x03":
                start = text.rfind("\x02", 0, end)
                if not self._is_inline_html(text[start:end]):
                    return ""
            elif last == ">":
                if text.endswith("</sup>", 0, end) and (note := FOOTNOTE.search(text[max(0, end - LOOK) : end])):
                    start = end - len(note.group())
                else:
                    start = text.rfind("<", 0, end)
                    if start < 0 or not INLINE.match(text, start):
                        return ""
            else:
                return last
            end = start
        return ""

    def _after(self, text: str, start: int) -> str:
        """Return the character at `start`, through inline tags; "" at a block's border and before code or formulas."""
        for _ in range(STEPS):
            first = text[start : start + 1]
            if first == "\x02":
                end = text.find("\x03", start) + 1
                if not self._is_inline_html(text[start:end]):
                    return ""
            elif first == "<":
                tag = INLINE.match(text, start)
                if tag is None or text.startswith("<sup ", start):
                    return ""
                end = tag.end()
            else:
                return first
            start = end
        return ""

    def _raw_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of code and the like that is written in inline HTML."""
        spans = []
        opened: tuple[str, int] | None = None
        stash = self.md.htmlStash.rawHtmlBlocks
        if not any(isinstance(raw, str) and KEPT.match(raw) for raw in stash):
            return []
        for match in HTML_PLACEHOLDER_RE.finditer(text):
            number = int(match.group(1))
            raw = str(stash[number]).lower() if number < len(stash) else ""
            tag = KEPT.match(raw)
            if opened is None and tag and "</" not in raw:
                opened = (f"</{tag.group(1)}", match.start())
            elif opened and raw.startswith(opened[0]):
                spans.append((opened[1], match.end()))
                opened = None
        return spans

    def _is_inline_html(self, placeholder: str) -> bool:
        stored = HTML_PLACEHOLDER_RE.fullmatch(placeholder)
        if stored is None:
            return False
        stash = self.md.htmlStash.rawHtmlBlocks
        number = int(stored.group(1))
        return number < len(stash) and bool(INLINE.match(str(stash[number])))


def _kept_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of code and the like, in order."""
    spans = []
    start = KEPT.search(text)
    while start:
        end = text.find(f"</{start.group(1)}", start.end())
        if end < 0:
            end = len(text)
        spans.append((start.start(), end))
        start = KEPT.search(text, end)
    return spans


def _joins(before: str, after: str) -> bool:
    """Return whether no space belongs between these two characters."""
    if before in SHARED or after in SHARED:
        return bool(WIDE.match(before) or WIDE.match(after))
    return bool(WIDE.match(before) and WIDE.match(after))


class CjkExtension(Extension):
    """Adds soft breaks."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.postprocessors.register(SoftBreaks(md), "soft_breaks", 35)
