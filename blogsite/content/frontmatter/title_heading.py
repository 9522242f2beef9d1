"""The first heading of a body, where it is the post's title: it is not printed a second time."""

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
    """A heading of the first level that a body begins with: its text as written, and where all of it stands."""

    text: str
    start: int
    end: int

    def blanked(self, body: str) -> str:
        """BODY without it, no line moved."""
        return body[: self.start] + "\n" * body.count("\n", self.start, self.end) + body[self.end :]


def first_heading(body: str) -> FirstHeading | None:
    """The heading of the first level that BODY begins with."""
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
    """Whether two titles read the same, apart from Markdown's marks."""
    return one == other or _MARKUP.sub("", one).casefold() == _MARKUP.sub("", other).casefold()


_CODE = re.compile(r"^[ ]{0,3}(`{3,}+|~{3,}+)[^\n]*+\n(?:.*?\n[ ]{0,3}\1|.*)", re.M | re.S)
_CHAPTER = re.compile(r"^[ ]{0,3}#[ \t]+\S", re.M)


def has_chapters(body: str) -> bool:
    """Whether BODY has headings of the first level, outside its fenced code."""
    return _CHAPTER.search(body) is not None and _CHAPTER.search(_CODE.sub("", body)) is not None
