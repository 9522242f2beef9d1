"""The first heading of a body, if it is the post's title, which is not shown twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ATX = re.compile(r"[ ]{0,3}#(?!#)")
_SETEXT = re.compile(r"[ ]{0,3}[^>#\s-]")
_UNDERLINE = re.compile(r"[ ]{0,3}=+[ \t]*(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"\{:?[ \t]*[#.][^{}\n]*\}\Z")
_BLANK = re.compile(r"(?:[ \t]*+\n)*+")
_MARKUP = re.compile(r"[*_`\s\\]+")


@dataclass(frozen=True, slots=True)
class FirstHeading:
    """A first-level heading at the start of a body: its text as written, and its offsets."""

    text: str
    start: int
    end: int

    def blanked(self, body: str) -> str:
        """Return the body with the heading blanked out, so that no line moves."""
        return body[: self.start] + "\n" * body.count("\n", self.start, self.end) + body[self.end :]


def first_heading(body: str) -> FirstHeading | None:
    """Return the first-level heading that a body begins with."""
    gap = _BLANK.match(body)
    start = gap.end() if gap else 0
    end = body.find("\n", start) + 1 or len(body)
    if match := _ATX.match(body, start):
        text = body[match.end() : end].strip()
        bare = text.rstrip("#")
        text = bare.rstrip() if bare[-1:] in (" ", "\t", "") else text
    elif _SETEXT.match(body, start) and (underline := _UNDERLINE.match(body, end)):
        text, end = body[start:end].strip(), underline.end()
    else:
        return None
    text = _ATTRIBUTES.sub("", text).rstrip()
    return FirstHeading(text, start, end) if text else None


def same_title(one: str, other: str) -> bool:
    """Return whether two titles are the same but for Markdown's markup."""
    return one == other or _MARKUP.sub("", one).casefold() == _MARKUP.sub("", other).casefold()


_CODE = re.compile(r"^[ ]{0,3}(`{3,}+|~{3,}+)[^\n]*+\n(?:.*?\n[ ]{0,3}\1|.*)", re.M | re.S)
_CHAPTER = re.compile(r"^[ ]{0,3}#[ \t]+\S", re.M)


def has_chapters(body: str) -> bool:
    """Return whether a body has first-level headings outside fenced code."""
    return _CHAPTER.search(body) is not None and _CHAPTER.search(_CODE.sub("", body)) is not None
