r"""TeX that MathJax accepts and KaTeX does not, and that needs more than a macro: `\text{a_b}`, `x_\max`, `\buildrel`.

What MathJax showed as the author meant it counts as right. Each function returns its TeX unchanged if there is nothing
to do.
"""

from __future__ import annotations

import re

from blogsite.maths.tex import argument

_ESCAPED_FENCE = re.compile(r"(\\(?:left|right|middle|[bB]igg?[lrm]?)\s*)\\\\(?=[{}|])")
_NAMED = re.compile(r"(\\(?:re|provide)?newcommand\s*\{)\s*(?=[A-Za-z]+\s*\})")
_TOKENS = re.compile(r"\\.|[{}]", re.DOTALL)
_SUBSCRIPT = re.compile(
    r"(?:(\\[A-Za-z]+|(?<![A-Za-z\\])[A-Za-z]|[})\]'*])\s*)?\\_(?=\s*(?:[A-Za-z0-9](?![A-Za-z])|[{\\]))"
)
_NO_SUBSCRIPT = re.compile(r"(?<!\\)_")
_NAME_WITH_UNDERSCORE = re.compile(r"\\(?:math(?:rm|tt|sf|it)|operatorname\*?|text[a-z]*)\s*\{[^{}]*\\_")
_TEXT_TOKEN = re.compile(r"(\\(?:text(?:rm|bf|it|tt|sf|normal|up)?|[mh]box)\s*\{)|\\.|[{}$_^&#]", re.DOTALL)
_TEXT_SIGNS = {"_": "\\_", "^": "\\textasciicircum{}", "&": "\\&", "#": "\\#"}
_OPERATOR_SCRIPT = re.compile(
    r"([_^]\s*)(\\(?:max|min|lim(?:sup|inf)?|sup|inf|arg|log|ln|lg|exp|det|dim|ker|deg|gcd|hom|Pr|sum|prod|int|sin|cos"
    r"|tan)(?![A-Za-z]))"
)
_OVER = re.compile(r"\\over(?![A-Za-z])")
_OF = re.compile(r"\\of(?![A-Za-z])")
_NEAR = 300
r"""Characters within which \over or \of must follow."""


def meant(tex: str) -> str:
    """Rewrite what was written for another Markdown or MathJax, before the structure of the TeX is examined."""
    if "\\\\" in tex:
        tex = unescaped_braces(tex)
    if "\\_" in tex:
        tex = unescaped_scripts(tex)
    return named_definitions(tex) if "newcommand" in tex else tex


def unescaped_braces(tex: str) -> str:
    r"""Replace `\left\\{` by `\left\{` and `\\{…\\}` by `\{…\}`, written for an engine that removes a backslash."""
    if "\\\\{" not in tex and "\\\\}" not in tex and "\\\\|" not in tex:
        return tex
    tex = _ESCAPED_FENCE.sub(r"\1\\", tex)
    drop: set[int] = set()
    open_: list[int] = []
    newline = -1  # where the last row mark ends
    for match in _TOKENS.finditer(tex):
        at, token = match.start(), match[0]
        if token == "\\\\":
            newline = match.end()
        elif token == "{":
            open_.append(at - 2 if newline == at else -1)
        elif token == "}" and open_:
            begun = open_.pop()
            if begun >= 0 and newline == at and begun + 3 <= at - 2:
                drop |= {begun, at - 2}
    return "".join(sign for at, sign in enumerate(tex) if at not in drop) if drop else tex


def unescaped_scripts(tex: str) -> str:
    r"""Replace `X\_1` by `X_1` if all underscores are written so, for a Markdown that removes the backslash."""
    if _NO_SUBSCRIPT.search(tex) or _NAME_WITH_UNDERSCORE.search(tex):
        return tex
    made, count = _SUBSCRIPT.subn(lambda match: match[0][:-2] + "_" if match[1] else match[0], tex)
    return made if count and "\\_" not in made else tex


def named_definitions(tex: str) -> str:
    r"""Replace `\newcommand{sign}{…}` by `\newcommand{\sign}{…}`."""
    return _NAMED.sub(r"\1\\", tex)


def plain_text_signs(tex: str) -> str:
    r"""Make `_`, `^`, `&` and `#` within \text characters, which is all they can mean outside dollars."""
    groups = ["{"]  # innermost last: "t" for text, "$" for TeX within it, "{" for TeX

    def read(match: re.Match[str]) -> str:
        sign = match[0]
        if match[1]:
            groups.append("t")
        elif sign == "{":
            groups.append("t" if groups[-1] == "t" else "{")
        elif sign == "}" and len(groups) > 1 and groups[-1] != "$":
            groups.pop()
        elif sign == "$" and groups[-1] == "t":
            groups.append("$")
        elif sign == "$" and groups[-1] == "$":
            groups.pop()
        elif groups[-1] == "t":
            return _TEXT_SIGNS.get(sign, sign)
        return sign

    return _TEXT_TOKEN.sub(read, tex)


def grouped_scripts(tex: str) -> str:
    r"""Replace `x_\max` by `x_{\max}`."""
    return _OPERATOR_SCRIPT.sub(r"\1{\2}", tex) if "_" in tex or "^" in tex else tex


def buildrel(tex: str, at: int) -> tuple[str, int] | None:
    r"""Return `\buildrel above \over sign`, whose command ends at this offset, for KaTeX."""
    over = _OVER.search(tex, at, at + _NEAR)
    below = argument(tex, over.end()) if over else None
    return (f"\\stackrel{{{tex[at : over.start()]}}}{{{below[0]}}}", below[1]) if over and below else None


def root(tex: str, at: int) -> tuple[str, int] | None:
    r"""Return `\root n \of x` for KaTeX."""
    of = _OF.search(tex, at, at + _NEAR)
    inside = argument(tex, of.end()) if of else None
    return (f"\\sqrt[{tex[at : of.start()].strip()}]{{{inside[0]}}}", inside[1]) if of and inside else None


def unicode(tex: str, at: int) -> tuple[str, int] | None:
    r"""Return the character of `\unicode{x2014}`."""
    number = argument(tex, at)
    match = re.fullmatch(r"(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))", number[0].strip()) if number else None
    if number is None or match is None:
        return None
    code = int(match[1], 16) if match[1] else int(match[2])
    usable = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and chr(code) not in "\\{}%$#&_^~"
    return (f"\\text{{{chr(code)}}}", number[1]) if usable else None
