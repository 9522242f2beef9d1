"""Read TeX as text: comments, groups, arguments, commands, rows, balance.

Every function takes time linear in the length of its text, balanced or not.
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
    """Return TeX without comments, from % to the end of the line."""
    return _COMMENT.sub(r"\1", tex) if "%" in tex else tex


def commands(tex: str) -> set[str]:
    r"""Return the commands in TeX, with their backslashes: words, and escaped characters such as \\,."""
    return set(_COMMAND.findall(tex))


def skip_space(tex: str, at: int) -> int:
    """Return the offset of the first character from `at` on that is no space."""
    match = _SPACE.match(tex, at)
    return match.end() if match else at


def group_end(tex: str, at: int) -> int:
    """Return the offset behind the group that the brace at `at` opens, or -1 if it is never closed."""
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
    """Return the argument of a command that ends at `at`, without braces, and the offset behind it, or None."""
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
    """Return the argument in square brackets at `at`, and the offset behind it; None if there is none.

    It has at most a thousand characters, so that broken text costs little.
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
class TexError:
    """The reason why a formula cannot be typeset: `message` for the author, `hint` what to do."""

    message: str
    hint: str


LONGEST = 20_000
"""Maximum number of characters of a formula."""
DEEPEST = 300
"""Maximum depth of groups and environments."""

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def size_error(tex: str) -> TexError | None:
    """Return the reason why the engine must not see this TeX: it is too long, or not valid Unicode, which hangs V8."""
    if len(tex) > LONGEST:
        return TexError(f"formula has more than {LONGEST:,} characters", "split it into smaller formulas")
    if _NO_TEXT.search(tex):
        return TexError("formula holds a character that is not text", "remove the control character")
    return None


def structure_error(tex: str) -> TexError | None:
    """Return the first mistake in the braces and environments, or None."""
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
                return TexError(f"formula is nested more than {DEEPEST} deep", "split it into smaller formulas")
        elif token == "}":
            if not stack:
                return TexError(
                    "unbalanced braces: a } closes nothing", "remove it, open its group with {, or write \\}"
                )
            if stack[-1]:
                return _unclosed_environment(stack[-1])
            stack.pop()
        elif match[1] == "begin":
            stack.append(match[2])
            if len(stack) > DEEPEST:
                return TexError(f"formula is nested more than {DEEPEST} deep", "split it into smaller formulas")
        elif match[1] == "end":
            name = match[2]
            if stack and stack[-1] == name:
                stack.pop()
            elif stack and stack[-1]:
                return TexError(f"\\begin{{{stack[-1]}}} is closed by \\end{{{name}}}", f"write \\end{{{stack[-1]}}}")
            elif stack:
                return _UNCLOSED_BRACE
            else:
                return TexError(f"\\end{{{name}}} without \\begin{{{name}}}", "remove it or open the environment")
    if stack:
        return _unclosed_environment(stack[-1]) if stack[-1] else _UNCLOSED_BRACE
    return None


_UNCLOSED_BRACE = TexError(
    "unbalanced braces: a { is never closed", "close it with }, or write \\{ for a brace to be shown"
)


def _unclosed_environment(name: str) -> TexError:
    return TexError(f"\\begin{{{name}}} without \\end{{{name}}}", f"close it with \\end{{{name}}}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an alignment: its cells, and the mark that ends it, without what may follow in brackets."""

    cells: tuple[str, ...]
    end: str

    @property
    def text(self) -> str:
        return "&".join(self.cells)


def rows(tex: str) -> list[Row]:
    r"""Split TeX into rows at \\ and \cr, and rows into cells at &, outside groups and environments."""
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
    """Return the text that `rows` split."""
    return "".join(row.text + row.end for row in parts)


@cache
def command(names: str) -> re.Pattern[str]:
    """Return a pattern for the commands `names` ("tag|label") that skips escaped characters: group 1 is the name."""
    return re.compile(rf"\\(?:({names})(?![A-Za-z@])|[A-Za-z@]+|.)", re.DOTALL)
