"""Rewrite TeX that was written for MathJax for KaTeX, in one pass after numbering.

A single search shows whether a formula needs any of it. All of these idioms were found in real posts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from blogsite.maths.intertext import as_rows
from blogsite.maths.mathjax_compat import buildrel, grouped_scripts, meant, plain_text_signs, root, unicode
from blogsite.maths.tex import Row, argument, command, join_rows, option, rows, skip_space

_INNER = {
    "equation": "",
    "displaymath": "",
    "subequations": "",
    "align": "aligned",
    "flalign": "aligned",
    "eqnarray": "array",
    "gather": "gathered",
    "multline": "gathered",
    "alignat": "alignedat",
    "xalignat": "alignedat",
    "xxalignat": "alignedat",
}
"""The name of an environment within another one or within a line."""

_BOLD = "boldsymbol|bm|mathbf|pmb|bold|symbf"
_PLAIN = {
    "cases": "cases",
    "matrix": "matrix",
    "pmatrix": "pmatrix",
    "bordermatrix": "matrix",
    "eqalign": "aligned",
    "displaylines": "gathered",
}
_IDIOM_NAMES = f"mathop|{_BOLD}|{'|'.join(_PLAIN)}|begin|end|label|hspace|vspace|require|class|cssId|style|ce|pu"
_IDIOM_NAMES += "|enclose|uproot|leftroot|buildrel|root|unicode|bbox"
_IDIOMS = command(_IDIOM_NAMES)
_IDIOM_COMMANDS = frozenset("\\" + name for name in _IDIOM_NAMES.split("|"))
_BOLD_SCRIPT = re.compile(r"\s*\\(mathcal|mathscr|cal)\s*(?:\{\s*([A-Z]+)\s*\}|([A-Z]))\s*")
_SCRIPT_FOLLOWS = re.compile(r"\s*[_^]")
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z]+)(\*?)\s*\}")
_COLUMNS = re.compile(r"\s*(?:\[[tbc]\]\s*)?\{")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_WHOLE = re.compile(r"(\\begin\{(align\*|gather\*|alignat\*|CD)\})(.*)\\end\{\2\}", re.DOTALL)
_DOLLAR_OR_GROUP = re.compile(
    r"\\(?:text[a-z]*|mbox|[hv]box|fbox|tag\*?|(?:short)?intertext|ce|pu|(?:f?color)?box)\s*\{|\\.|[{}$]|[^\\{}$]+|\\",
    re.DOTALL,
)
_CONTROL = re.compile("[\x07\x08\x0b\x0c](?=[a-z])")
_ESCAPES = {"\x07": "\\a", "\x08": "\\b", "\x0b": "\\v", "\x0c": "\\f"}
_MATHJAX = re.compile(r"\\(?:text[a-z]*|[mh]box)\s*\{[^}]*[_^&#]|[_^]\s*\\[a-zP]")
_STAR_SPACE = re.compile(r"\*?")

_Found: TypeAlias = tuple[str, int] | None
"""The text that replaces a command with its arguments, and the offset behind them; None if it stays."""


def plain_signs(tex: str) -> str:
    r"""Replace characters by what was meant.

    &lt; becomes <, and the control character for \b, which a careless script made of \beta, becomes a backslash and b.
    """
    if "&" in tex:
        tex = _ENTITY.sub(lambda entity: {"lt": "<", "gt": ">", "amp": "&"}[entity[1]], tex)
    return meant(_CONTROL.sub(lambda sign: _ESCAPES[sign[0]], tex))


def needs_preprocessing(tex: str, used: set[str]) -> bool:
    """Return whether `preprocess` can change TeX with these commands."""
    if "$" in tex or "&" in tex or "\\\\" in used:
        return True
    return not used.isdisjoint(_IDIOM_COMMANDS) or _MATHJAX.search(tex) is not None


def preprocess(tex: str, display: bool) -> str:
    """Return TeX that KaTeX can typeset."""
    if "intertext" in tex:
        tex = as_rows(tex)
    if _MATHJAX.search(tex):
        tex = grouped_scripts(plain_text_signs(tex))
    whole = _WHOLE.fullmatch(tex) if display and tex.startswith("\\begin") else None
    if whole is not None and f"\\end{{{whole[2]}}}" not in whole[3]:
        return f"{whole[1]}{_rewrite(whole[3], display)}\\end{{{whole[2]}}}"
    if "\\" in tex:
        tex = _rewrite(tex, display)
    if "$" in tex:
        tex = _without_dollars(tex)
    if "&" in tex and (aligned := _align_loose_rows(tex)) != tex:
        return aligned
    return _gather_loose_rows(tex) if display and "\\\\" in tex else tex


def _rewrite(tex: str, display: bool) -> str:
    kept: list[str] = []
    start = at = 0
    while (match := _IDIOMS.search(tex, at)) is not None:
        at = match.end()
        name = match[1]
        if name is None:
            continue
        found = _REWRITERS[name](tex, match, display)
        if found is not None:
            kept += (tex[start : match.start()], found[0])
            start = at = found[1]
    if not kept:
        return tex
    kept.append(tex[start:])
    return "".join(kept)


def _without_dollars(tex: str) -> str:
    r"""Remove dollars outside \text and the like, which have no meaning within a formula."""
    depth = 0
    kept: list[str] = []
    for part in _DOLLAR_OR_GROUP.findall(tex):
        if part == "}":
            depth = max(0, depth - 1)
        elif part[-1] == "{" and (depth or part != "{"):
            depth += 1
        if part != "$" or depth:
            kept.append(part)
    return "".join(kept)


def _align_loose_rows(tex: str) -> str:
    r"""Wrap TeX with & outside all environments in an alignment; a \tag behind it stays outside."""
    if all(len(row.cells) == 1 for row in rows(tex)):
        return tex
    body, tag = tex, ""
    at = tex.rfind("\\tag")
    if at >= 0:
        body, tag = tex[:at], tex[at:]
    return f"\\begin{{aligned}}{body}\\end{{aligned}}{tag}"


def _gather_loose_rows(tex: str) -> str:
    r"""Wrap `a \\ b` outside all environments in a display, because KaTeX would set the rows without a distance."""
    parts = rows(tex)
    if len(parts) > 1 and not parts[-1].text.strip():
        parts.pop()
        parts[-1] = Row(parts[-1].cells, "")
    body, tag = join_rows(parts), ""
    if len(parts) == 1 or any(part.text.count("\\left") != part.text.count("\\right") for part in parts):
        return body
    if body.count("\\tag") > 1:
        return f"\\begin{{gather*}}{body}\\end{{gather*}}"
    at = body.rfind("\\tag")
    if at >= 0:
        body, tag = body[:at], body[at:]
    return f"\\begin{{gathered}}{body}\\end{{gathered}}{tag}"


def _mathop(tex: str, match: re.Match[str], display: bool) -> _Found:
    r"""Give \mathop{X}_y its limit below in a display, which KaTeX does for \limits alone."""
    body = argument(tex, match.end())
    if body is None:
        return None
    limits = "\\limits" if display and _SCRIPT_FOLLOWS.match(tex, body[1]) else ""
    return f"\\mathop{{{_rewrite(body[0], display)}}}{limits}", body[1]


def _bold(tex: str, match: re.Match[str], display: bool) -> _Found:
    r"""Replace \boldsymbol{\mathcal{X}} by \pmb, because KaTeX has no bold script."""
    if "cal" not in tex and "scr" not in tex:
        return None
    body = argument(tex, match.end())
    script = _BOLD_SCRIPT.fullmatch(body[0]) if body else None
    if body is None or script is None:
        return None
    font = "mathcal" if script[1] == "cal" else script[1]
    return f"\\pmb{{\\{font}{{{script[2] or script[3]}}}}}", body[1]


def _plain(tex: str, match: re.Match[str], display: bool) -> _Found:
    r"""Replace plain TeX's \cases{a & b \cr c & d} and \matrix{…}."""
    body = argument(tex, match.end())
    if body is None or tex[skip_space(tex, match.end())] != "{":
        return None
    parts = rows(body[0])
    if not parts[-1].text.strip() and len(parts) > 1:
        parts.pop()
    if match[1] == "cases":
        parts = [Row(tuple(_as_text(c) if n else c for n, c in enumerate(r.cells)), r.end) for r in parts]
    name = _PLAIN[match[1]]
    return f"\\begin{{{name}}}{_rewrite(join_rows(parts), display)}\\end{{{name}}}", body[1]


def _as_text(cell: str) -> str:
    r"""Make the right column of plain TeX's \cases text, which shows where it has dollars."""
    return f"\\text{{{cell}}}" if "$" in cell else cell


def _begin(tex: str, match: re.Match[str], display: bool) -> _Found:
    found = _ENVIRONMENT.match(tex, match.end())
    if found is None:
        return None
    name = found[1]
    if name == "array":
        # Without its columns KaTeX would read the first row as them.
        return None if _COLUMNS.match(tex, found.end()) else ("\\begin{array}{c}", found.end())
    inner = _inner(name, display)
    if inner is None:
        return None
    if inner == "array":
        return "\\begin{array}{rcl}", found.end()
    return (f"\\begin{{{inner}}}" if inner else "{"), found.end()


def _end(tex: str, match: re.Match[str], display: bool) -> _Found:
    found = _ENVIRONMENT.match(tex, match.end())
    inner = _inner(found[1], display) if found else None
    if found is None or inner is None:
        return None
    return (f"\\end{{{inner}}}" if inner else "}"), found.end()


def _inner(name: str, display: bool) -> str | None:
    return "aligned" if name == "split" and not display else _INNER.get(name)


def _dropped(tex: str, match: re.Match[str], display: bool) -> _Found:
    star = _STAR_SPACE.match(tex, match.end())
    found = argument(tex, star.end() if star else match.end())
    return ("", found[1]) if found else None


def _second_kept(tex: str, match: re.Match[str], display: bool) -> _Found:
    first = argument(tex, match.end())
    second = argument(tex, first[1]) if first else None
    return (f"{{{_rewrite(second[0], display)}}}", second[1]) if second else None


def _space(tex: str, match: re.Match[str], display: bool) -> _Found:
    star = _STAR_SPACE.match(tex, match.end())
    found = argument(tex, star.end() if star else match.end())
    return (f"\\hspace{{{found[0].replace(' ', '')}}}", found[1]) if found and " " in found[0].strip() else None


def _chemistry(tex: str, match: re.Match[str], display: bool) -> _Found:
    r"""Keep \mathit {A} together within \ce, where mhchem takes a space for the end of a part."""
    found = argument(tex, match.end())
    if found is None:
        return None
    return "\\" + match[1] + "{" + _SPACED_ARGUMENT.sub(r"\1{", found[0]) + "}", found[1]


def _box(tex: str, match: re.Match[str], display: bool) -> _Found:
    r"""Replace \bbox[red, 5px]{x}, which KaTeX does not have."""
    setting = option(tex, match.end())
    body = argument(tex, setting[1] if setting else match.end())
    return (f"{{{_rewrite(body[0], display)}}}", body[1]) if body else None


_SPACED_ARGUMENT = re.compile(r"(\\[A-Za-z]+)\s+\{")
_Rewriter: TypeAlias = Callable[[str, "re.Match[str]", bool], _Found]
_REWRITERS: Mapping[str, _Rewriter] = {
    "mathop": _mathop,
    **dict.fromkeys(_BOLD.split("|"), _bold),
    **dict.fromkeys(_PLAIN, _plain),
    "begin": _begin,
    "end": _end,
    "label": _dropped,
    "vspace": _dropped,
    "require": _dropped,
    "class": _second_kept,
    "cssId": _second_kept,
    "style": _second_kept,
    "hspace": _space,
    "ce": _chemistry,
    "pu": _chemistry,
    "enclose": _second_kept,
    "uproot": _dropped,
    "leftroot": _dropped,
    "bbox": _box,
    "buildrel": lambda tex, match, display: buildrel(tex, match.end()),
    "root": lambda tex, match, display: root(tex, match.end()),
    "unicode": lambda tex, match, display: unicode(tex, match.end()),
}
