r"""Find TeX in Markdown, in one pass over the raw text before anything else reads it.

    \begin{equation}…\end{equation}   \[…\] as a whole line   \(…\)   $$…$$   $…$   ```math   \eqref{…}   \newcommand…

Code spans, comments, tags and raw code are skipped. TeX is also found where it may turn out to be code, an attribute or
an address; placement.py restores its source there. Searches remember how far they looked (lookahead.py), so that the
time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from blogsite.maths.code_spans import CodeSpans, has_open_group
from blogsite.maths.lines import BLOCK_START, KRAMDOWN_TAIL, TAIL, Lines
from blogsite.maths.lookahead import ENVIRONMENTS, RUN_OF_TICKS, Lookahead
from blogsite.maths.macros import DEFINERS, definition_at
from blogsite.maths.prose import begins_as_prose, is_tex

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
_INLINE = re.compile(r"[^$\\]*+(?:\\.[^$\\]*+)*+", re.DOTALL)
_TAG = re.compile(
    r"""</?+[A-Za-z][\w:-]*+
        (?:\s++[\w:@.-]++(?:\s*+=\s*+(?:"[^"\n]{0,2000}+"|'[^'\n]{0,2000}+'|[^\s"'=<>`]++))?+)*+
        \s*+/?+>""",
    re.VERBOSE,
)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+>")
_RAW_TAG = re.compile(r"<(script|style|pre|textarea|code|kbd|title)\b", re.IGNORECASE)
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
        self.lines = Lines(text)
        self.code = CodeSpans(text, self.ahead, self.lines)
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
        end = _end_of(_INLINE, text, start + 1, self.ahead.blank_line(start))
        if text[end : end + 1] != "$" or end == start + 1:
            return start + 1
        body = text[start + 1 : end]
        if "{" in body and body.count("{") > body.count("}"):
            end = self.ahead.closing_dollar(start, end)
            body = text[start + 1 : end]
        if not is_tex(body, text[start - 1 : start] if start else "", text[end + 1 : end + 2]):
            return start + 1
        ticks = body[0] == body[-1] == "`" and body.count("`") == 2  # GitHub's $`x`$
        if "`" in body and not ticks and self.code.begins_between(start + 1, end):
            return start + 1
        if "\n" in body and self.lines.leaves_block(start, body):
            return start + 1
        return self.found("formula", start + 1 + ticks, end - ticks, False, start, end + 1)

    def display_dollars(self, start: int) -> FoundTex | int:
        text = self.text
        end = self.ahead.next("$$", start + 2)
        if end < 0:
            return start + 2
        if has_open_group(text, start, end):
            end = self.ahead.closing_display(start, end)
        body = text[start + 2 : end]
        if not body.strip():
            return end + 2
        if not self.lines.alone(start, end):
            if self.ahead.blank_line(start) < end or begins_as_prose(body):
                return start + 2
            if "`" in body and self.code.begins_between(start + 2, end):
                return start + 2
        elif self.ahead.blank_line(start) < end and BLOCK_START.search(body):
            return start + 2
        display = self.dialect != "kramdown" or self.lines.filled(start, end + 2, KRAMDOWN_TAIL)
        return self.found("formula", start + 2, end, display, start, end + 2)

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
        if start < self.no_definition_before or self.lines.prefix(start).strip(" \t>"):
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
        if not TAIL.match(text, start + at):
            return start + 1
        return self.found("definitions", start, start + at, True, start, start + at)

    def brackets(self, start: int, kind: str) -> FoundTex | int:
        end = self.ahead.next("\\)" if kind == "(" else "\\]", start + 2)
        display = kind == "["
        if end < 0 or self.ahead.blank_line(start) < end or (not display and self.code.begins_between(start + 2, end)):
            return start + 2
        if not self.text[start + 2 : end].strip() or (display and not self.lines.filled(start, end + 2)):
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
        at_line_start = end - start >= 3 and not self.lines.prefix(start).strip(" \t>-*+0123456789.)")
        if at_line_start and (fence := self.fence(start)) is not None:
            return fence
        close = self.code.close(start, end, self.ahead.blank_line(start))
        if close < 0:
            return end
        if self.dialect == "blogdown" and (match := _BLOGDOWN.fullmatch(text[end:close].strip())) is not None:
            kind, close_end = match.lastgroup or "", close + end - start
            display = kind in ("display", "bracket", "environment")
            return FoundTex("formula", match[kind].strip(), display, text[start:close_end], start, close_end)
        return close + end - start

    def tilde(self, start: int) -> FoundTex | int:
        if self.text.startswith("~~~", start) and not self.lines.prefix(start).strip(" \t>-*+0123456789.)"):
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
            tex, source = self.lines.without_marks(start, tex, source)
        return FoundTex(kind, tex.strip(), display, source, start, end)


def _end_of(pattern: re.Pattern[str], text: str, at: int, stop: int | None = None) -> int:
    match = pattern.match(text, at) if stop is None else pattern.match(text, at, stop)
    return match.end() if match else at
