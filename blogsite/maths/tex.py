r"""Reading TeX as text: comments, groups, commands, balance. Knows tokens and braces, nothing of what they mean.

Every function is linear in the length of its text, for balanced text and for broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_COMMAND = re.compile(r"\\(?:[A-Za-z@]+|.)", re.DOTALL)
_SPACE = re.compile(r"\s*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_OPTION_MARKS = re.compile(r"\\.|[{}\]]", re.DOTALL)
_NO_BRACES = re.compile(r"\\.|[^{}\\]+|\\", re.DOTALL)
_COMMENT = re.compile(r"(\\.)|%[^\n]*(?:\n[ \t]*)?", re.DOTALL)
_STRUCTURE = re.compile(r"\\(?:(begin|end)\s*\{([^{}\\]*)\}|.)|[{}]", re.DOTALL)
_ROW_MARKS = re.compile(r"\\(?:(begin|end)(?![A-Za-z])|(cr)(?:cr)?(?![A-Za-z])|(\\)|.)|([{}&])", re.DOTALL)


def without_comments(tex: str) -> str:
    """TEX as TeX reads it: from % to the end of the line is gone."""
    return _COMMENT.sub(r"\1", tex) if "%" in tex else tex


def commands(tex: str) -> set[str]:
    r"""The commands in TEX, each with its backslash: words, and escaped characters such as \\,."""
    return set(_COMMAND.findall(tex))


def skip_space(tex: str, at: int) -> int:
    """Offset of the first character from AT on that is no space."""
    match = _SPACE.match(tex, at)
    return match.end() if match else at


def group_end(tex: str, at: int) -> int:
    """Offset behind the group that the brace at AT opens, or -1 where it is never closed."""
    depth = 0
    for match in _BRACES.finditer(tex, at):
        token = match[0]
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth <= 0:
                return match.end() if depth == 0 else -1
    return -1


def argument(tex: str, at: int) -> tuple[str, int] | None:
    """The argument of a command that ends at AT, without its braces, and the offset behind it; None where none is."""
    at = skip_space(tex, at)
    if at >= len(tex) or tex[at] == "}":
        return None
    if tex[at] == "{":
        end = group_end(tex, at)
        return None if end < 0 else (tex[at + 1 : end - 1], end)
    if tex[at] == "\\":
        word = _COMMAND.match(tex, at)
        return None if word is None else (word[0], word.end())
    return tex[at], at + 1


def option(tex: str, at: int) -> tuple[str, int] | None:
    """The argument in square brackets that stands at AT, and the offset behind it; None where none is.

    Longer ones than a thousand characters are none: nobody writes them, and so broken text costs little.
    """
    at = skip_space(tex, at)
    if tex[at : at + 1] != "[":
        return None
    depth = 0
    for match in _OPTION_MARKS.finditer(tex, at + 1, at + 1000):
        token = match[0]
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif token == "]" and depth == 0:
            return tex[at + 1 : match.start()], match.end()
    return None


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a formula cannot be made: `what` for the author, `hint` what to do."""

    message: str
    hint: str


LONGEST = 20_000
"""Characters that a formula may have."""
DEEPEST = 300
"""Groups and environments that may stand within each other."""

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def size_flaw(tex: str) -> Flaw | None:
    """Why no engine should ever see TEX: it is too long, or holds what is no text (half of a pair hangs V8)."""
    if len(tex) > LONGEST:
        return Flaw(f"formula has more than {LONGEST:,} characters", "split it into smaller formulas")
    if _NO_TEXT.search(tex):
        return Flaw("formula holds a character that is no text", "remove the control character")
    return None


def structure_flaw(tex: str) -> Flaw | None:
    r"""The first thing wrong with TEX's braces and environments, or None."""
    if "\\begin" not in tex and "\\end" not in tex:
        braces = _NO_BRACES.sub("", tex)
        for _ in range(DEEPEST):
            if not braces:
                return None
            braces = braces.replace("{}", "")
    stack: list[str] = []
    for match in _STRUCTURE.finditer(tex):
        token = match[0]
        if token == "{":
            stack.append("")
            if len(stack) > DEEPEST:
                return Flaw(f"formula is nested more than {DEEPEST} deep", "split it into smaller formulas")
        elif token == "}":
            if not stack:
                return Flaw("unbalanced braces: a } closes nothing", "remove it, open its group with {, or write \\}")
            if stack[-1]:
                return _unclosed_environment(stack[-1])
            stack.pop()
        elif match[1] == "begin":
            stack.append(match[2])
            if len(stack) > DEEPEST:
                return Flaw(f"formula is nested more than {DEEPEST} deep", "split it into smaller formulas")
        elif match[1] == "end":
            name = match[2]
            if stack and stack[-1] == name:
                stack.pop()
            elif stack and stack[-1]:
                return Flaw(f"\\begin{{{stack[-1]}}} is closed by \\end{{{name}}}", f"write \\end{{{stack[-1]}}}")
            elif stack:
                return _UNCLOSED_BRACE
            else:
                return Flaw(f"\\end{{{name}}} without \\begin{{{name}}}", "remove it or open the environment")
    if stack:
        return _unclosed_environment(stack[-1]) if stack[-1] else _UNCLOSED_BRACE
    return None


_UNCLOSED_BRACE = Flaw(
    "unbalanced braces: a { is never closed", "close it with }, or write \\{ for a brace to be shown"
)


def _unclosed_environment(name: str) -> Flaw:
    return Flaw(f"\\begin{{{name}}} without \\end{{{name}}}", f"close it with \\end{{{name}}}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an alignment: its cells, and the mark that ends it (with nothing of what may follow in brackets)."""

    cells: tuple[str, ...]
    end: str

    @property
    def text(self) -> str:
        return "&".join(self.cells)


def rows(tex: str) -> list[Row]:
    r"""TEX cut at each \\ and \cr, and the rows at each &, that stand in no group and no environment."""
    found: list[Row] = []
    cells: list[str] = []
    depth = start = 0
    for match in _ROW_MARKS.finditer(tex):
        word, cr, newline, sign = match.groups()
        if sign == "{" or word == "begin":
            depth += 1
        elif sign == "}" or word == "end":
            depth -= 1
        elif depth == 0 and sign == "&":
            cells.append(tex[start : match.start()])
            start = match.end()
        elif depth == 0 and (newline or cr):
            cells.append(tex[start : match.start()])
            found.append(Row(tuple(cells), "\\\\"))
            cells = []
            start = match.end()
    cells.append(tex[start:])
    found.append(Row(tuple(cells), ""))
    return found


def join_rows(parts: list[Row]) -> str:
    """The text that `rows` cuts into PARTS."""
    return "".join(row.text + row.end for row in parts)


@cache
def command(names: str) -> re.Pattern[str]:
    r"""A pattern for the commands NAMES ("tag|label"), stepping over escaped characters: group 1 is the name."""
    return re.compile(rf"\\(?:({names})(?![A-Za-z@])|[A-Za-z@]+|.)", re.DOTALL)
