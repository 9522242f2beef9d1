r"""Find TeX in Markdown, in one pass over the raw text before anything else reads it.

    \begin{equation}…\end{equation}   \[…\] as a whole line   \(…\)   $$…$$   $…$   ```math   \eqref{…}   \newcommand…

Code spans, comments, tags and raw code are skipped. TeX is also found where it may turn out to be code, an attribute or
an address; placement.py restores its source there. Searches remember how far they looked (lookahead.py), so that the
time is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from blogsite.maths.dollars import inline_end, spans_code
from blogsite.maths.lookahead import ENVIRONMENTS, RUN_OF_TICKS, Lookahead
from blogsite.maths.macros import DEFINERS, definition_at
from blogsite.maths.prose import is_tex

TexKind = Literal["formula", "reference", "definitions", "unclosed"]

_TRIGGER = re.compile(r"[\\$`<~]")
_BACKSLASH = re.compile(
    rf"""\\(?:
      (?P<reference>(?:eq)?ref)\{{(?P<label>[^{{}}\n]*)\}}
    | begin\{{(?P<environment>(?:{ENVIRONMENTS})\*?)\}}
    | (?P<definer>(?:{DEFINERS})(?![A-Za-z@]))
    | (?P<open>[(\[])
    | \\(?P<doubled>[(\[])
    | [\\`$*_{{}}]
    )""",
    re.VERBOSE,
)
_TAG = re.compile(
    r"""</?+[A-Za-z][\w:-]*+
        (?:\s++[\w:@.-]++(?:\s*+=\s*+(?:"[^"\n]{0,2000}+"|'[^'\n]{0,2000}+'|[^\s"'=<>`]++))?+)*+
        \s*+/?+>""",
    re.VERBOSE,
)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+>")
_RAW_TAG = re.compile(r"<(script|style|pre|textarea|code|kbd|title)\b", re.IGNORECASE)
_PREFIX = re.compile(r"(?:[ \t]*>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_QUOTE = re.compile(r"(?:[ \t]*>[ \t]?)+")
_HEADING_START = re.compile(r"\n[ \t>]*#{1,6}[ \t]")
_BLOCK_START = re.compile(r"\n[ \t>]*(?:#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t]|```|~~~)")
_LIST_START = re.compile(r"\n[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_HEADING_OR_ROW = re.compile(r"[ \t>]*(?:#{1,6}[ \t]|\|)")
_TAIL = re.compile(r"[ \t]*[.,;:，。；：、]?[ \t]*(?:\n|\Z)")
_KRAMDOWN_TAIL = re.compile(r"[ \t]*[.,;:，。；：、]?[ \t]*(?:\{:[^}\n]*\})?[ \t]*(?:\n|\Z)")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*\{?\.?math[ \t]*\}?[ \t]*(?=\n)")
MARKDOWN_ESCAPE = re.compile(r"\\([\\_*])")
_BRACKETED_TEX = re.compile(r"[\\^_=&+<>{\s]")
r"""What distinguishes `\[…\]` from brackets around a word."""
_BLOGDOWN = re.compile(
    r"\$\$(?P<display>.+)\$\$|\$(?P<inline>(?:[^$\\]|\\.)+)\$|\\\((?P<paren>.+)\\\)|\\\[(?P<bracket>.+)\\\]"
    r"|(?P<environment>\\begin\{([^{}]+)\}.+\\end\{\6\})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FoundTex:
    r"""A piece of TeX in a text, from offset `start` to `end`.

    `tex` is the text between the delimiters, without the marks of quotes around it; `source` includes the delimiters. A
    "reference" is \eqref or \ref with its label as `tex`; "unclosed" is a \begin without its \end.
    """

    kind: TexKind
    tex: str
    display: bool
    source: str
    start: int
    end: int


def find_tex(text: str, dialect: str = "default") -> Iterator[FoundTex]:
    """Yield all TeX in a text, in order."""
    if "$" in text or "\\" in text or "math" in text:
        yield from _Walk(text, dialect).run()


class _Walk:
    """One pass over a text. Each method returns what it found, or the offset from which to go on."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.ahead = Lookahead(text)
        self.no_definition_before = 0

    def run(self) -> Iterator[FoundTex]:
        text, at = self.text, 0
        steps = {"$": self.dollar, "\\": self.backslash, "`": self.ticks, "<": self.angle, "~": self.tilde}
        while (match := _TRIGGER.search(text, at)) is not None:
            start = match.start()
            found = steps[match[0]](start)
            if not isinstance(found, FoundTex):
                at = max(found, start + 1)
            elif "\x02" in found.source:  # something was taken out in the middle of it: a fence, a tag
                at = start + 2
            else:
                yield found
                at = found.end

    def dollar(self, start: int) -> FoundTex | int:
        text = self.text
        if text.startswith("$$", start):
            return self.display_dollars(start)
        end = inline_end(text, start + 1, self.ahead.blank_line(start))
        if text[end : end + 1] != "$" or end == start + 1:
            return start + 1
        body = text[start + 1 : end]
        if not is_tex(body, text[start - 1 : start] if start else "", text[end + 1 : end + 2]):
            return start + 1
        spans = "`" in body and spans_code(text, start, end, self.ahead)
        if spans or ("\n" in body and self.leaves_block(start, body)):
            return start + 1
        return self.found("formula", start + 1, end, False, start, end + 1)

    def leaves_block(self, start: int, body: str) -> bool:
        """Return whether a formula would leave its heading, its table row or its list item."""
        prefix = self.line_prefix(start)
        if _HEADING_OR_ROW.match(prefix):
            return True
        in_list = prefix[: _end_of(_PREFIX, prefix, 0)].strip(" \t>") != ""
        return (_LIST_START if in_list else _HEADING_START).search(body) is not None

    def display_dollars(self, start: int) -> FoundTex | int:
        text = self.text
        end = self.ahead.next("$$", start + 2)
        if end < 0:
            return start + 2
        body = text[start + 2 : end]
        if not body.strip():
            return end + 2
        if self.ahead.blank_line(start) < end and not (self.alone(start, end) and not _BLOCK_START.search(body)):
            return start + 2
        display = self.dialect != "kramdown" or self.fills_lines(start, end + 2, _KRAMDOWN_TAIL)
        return self.found("formula", start + 2, end, display, start, end + 2)

    def alone(self, start: int, end: int) -> bool:
        """Return whether both $$ stand alone on their lines."""
        line_end = self.text.find("\n", start)
        return (
            not self.text[start + 2 : line_end].strip()
            and not self.line_prefix(end).strip(" \t>")
            and self.fills_lines(start, end + 2, _TAIL)
        )

    def backslash(self, start: int) -> FoundTex | int:
        match = _BACKSLASH.match(self.text, start)
        if match is None:
            return start + 1
        if match["reference"]:
            label = match["label"].strip()
            return FoundTex("reference", label, False, match[0], start, match.end()) if label else match.end()
        if match["environment"]:
            return self.environment(start, match.end(), match["environment"])
        if match["definer"]:
            return self.definitions(start)
        if match["open"]:
            return self.brackets(start, match["open"])
        if match["doubled"]:
            return self.doubled(start, match["doubled"])
        return match.end()

    def environment(self, start: int, inside: int, name: str) -> FoundTex | int:
        end = self.ahead.environment_ends.get(start)
        if end is None:
            return FoundTex("unclosed", name, True, self.text[start:inside], start, inside)
        return self.found("formula", start, end, True, start, end)

    def definitions(self, start: int) -> FoundTex | int:
        r"""Find \newcommand and the like on lines of their own."""
        text = self.text
        if start < self.no_definition_before or self.line_prefix(start).strip(" \t>"):
            return start + 1
        limit = min(self.ahead.blank_line(start), start + 5000)
        paragraph = text[start:limit]
        at = 0
        while (parsed := definition_at(paragraph, at)) is not None:
            at = parsed[1]
            while paragraph[at : at + 1].isspace():
                at += 1
        if at == 0:
            self.no_definition_before = limit
            return start + 1
        at = len(paragraph[:at].rstrip())
        if not _TAIL.match(text, start + at):
            return start + 1
        return self.found("definitions", start, start + at, True, start, start + at)

    def brackets(self, start: int, kind: str) -> FoundTex | int:
        end = self.ahead.next("\\)" if kind == "(" else "\\]", start + 2)
        if end < 0 or self.ahead.blank_line(start) < end or not self.text[start + 2 : end].strip():
            return start + 2
        display = kind == "["
        if display and not self.fills_lines(start, end + 2, _TAIL):
            return start + 2
        if display and not _BRACKETED_TEX.search(self.text, start + 2, end):
            return start + 2
        return self.found("formula", start + 2, end, display, start, end + 2)

    def doubled(self, start: int, kind: str) -> FoundTex | int:
        r"""Find `\\\\(x\\\\)`, written for a Markdown that removes one of two backslashes."""
        end = self.ahead.next("\\\\)" if kind == "(" else "\\\\]", start + 3)
        inside = self.text[start + 3 : end]
        if end < 0 or self.ahead.blank_line(start) < end or not inside.strip() or "\\\\" + kind in inside:
            return start + 3
        found = self.found("formula", start + 3, end, kind == "[", start, end + 3)
        return replace(found, tex=MARKDOWN_ESCAPE.sub(r"\1", found.tex))

    def ticks(self, start: int) -> FoundTex | int:
        text = self.text
        end = _end_of(RUN_OF_TICKS, text, start)
        if end - start >= 3 and not self.line_prefix(start).strip(" \t>-*+0123456789.)"):
            fence = self.fence(start)
            if fence is not None:
                return fence
        locations = self.ahead.tick_runs.get(end - start, [])
        index = bisect_left(locations, end)
        if index == len(locations) or self.ahead.blank_line(start) < locations[index]:
            return end
        close = locations[index]
        if self.dialect == "blogdown":
            match = _BLOGDOWN.fullmatch(text[end:close].strip())
            if match is not None:
                kind, close_end = match.lastgroup or "", close + end - start
                display = kind in ("display", "bracket", "environment")
                return FoundTex("formula", match[kind].strip(), display, text[start:close_end], start, close_end)
        return close + end - start

    def tilde(self, start: int) -> FoundTex | int:
        if self.text.startswith("~~~", start) and not self.line_prefix(start).strip(" \t>-*+0123456789.)"):
            return self.fence(start) or start + 3
        return start + 1

    def fence(self, start: int) -> FoundTex | None:
        """Find a fenced block of the language `math`."""
        opening = _FENCE.match(self.text, start)
        if opening is None:
            return None
        at = opening.end()
        for _ in range(50):
            end = self.ahead.next("fence " + opening[1][0], at)
            if end < 0:
                return None
            line_start = self.text.rfind("\n", at, end) + 1
            if self.text[line_start:end].strip(" \t>").startswith(opening[1]):
                return self.found("formula", opening.end(), line_start, True, start, end)
            at = end
        return None

    def angle(self, start: int) -> int:
        text = self.text
        if text.startswith("<!--", start):
            end = self.ahead.next("-->", start + 4)
            return end + 3 if end >= 0 else start + 4
        tag = _TAG.match(text, start) or _AUTOLINK.match(text, start)
        if tag is None:
            return start + 1
        raw = _RAW_TAG.match(text, start)
        if raw is not None:
            end = self.ahead.next(f"</{raw[1]}", tag.end())
            return end if end >= 0 else tag.end()
        return tag.end()

    def found(self, kind: TexKind, inner: int, inner_end: int, display: bool, start: int, end: int) -> FoundTex:
        text = self.text
        tex, source = text[inner:inner_end], text[start:end]
        if "\n" in source:
            prefix = self.line_prefix(start)
            quoted = _end_of(_QUOTE, prefix, 0)
            depth = prefix.count(">", 0, quoted)
            if depth:
                marks = re.compile(rf"\n(?:[ \t]*>[ \t]?){{1,{min(depth, 50)}}}")
                tex, source = marks.sub("\n", tex), marks.sub("\n", source)
            indent = len(prefix) - quoted - len(prefix[quoted:].lstrip(" "))
            if indent >= 4:  # should it be code after all, its lines have lost what made it so
                source = source.replace("\n" + " " * (indent // 4 * 4), "\n")
        return FoundTex(kind, tex.strip(), display, source, start, end)

    def line_prefix(self, at: int) -> str:
        """Return the text before offset `at` on its line, at most 200 characters."""
        nearest = max(at - 200, 0)
        return self.text[max(self.text.rfind("\n", nearest, at) + 1, nearest) : at]

    def fills_lines(self, start: int, end: int, tail: re.Pattern[str]) -> bool:
        """Return whether only marks of lists and quotes precede `start` on its line, and only `tail` follows `end`."""
        prefix = self.line_prefix(start)
        return _end_of(_PREFIX, prefix, 0) == len(prefix) and tail.match(self.text, end) is not None


def _end_of(pattern: re.Pattern[str], text: str, at: int, stop: int | None = None) -> int:
    match = pattern.match(text, at) if stop is None else pattern.match(text, at, stop)
    return match.end() if match else at
