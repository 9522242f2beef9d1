r"""Number equations as amsmath does: each number becomes an explicit \tag, and each label gets its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from blogsite.maths.intertext import in_rows, is_only_text
from blogsite.maths.tex import Row, argument, command, join_rows, rows

NUMBERING = frozenset(("\\label", "\\tag", "\\notag", "\\nonumber"))
"""Commands that affect the number of a formula."""

_Counted: TypeAlias = Literal["always", "labelled", "never"]

_WHOLE = re.compile(
    r"\s*\\begin\s*\{(equation|align|gather|multline|eqnarray|alignat|flalign|x+alignat|subequations"
    r"|aligned|gathered|split)(\*?)\}(.*)\\end\s*\{\1\2\}\s*",
    re.DOTALL,
)
_MARKS = command("label|tag|notag|nonumber")
_OPTION = re.compile(r"\A\s*\[[tbc]\]")
_LABEL = re.compile(r"\s*\\label\s*\{([^{}]*)\}")
_TEX_SIGNS = re.compile(
    r"\\(text|mathrm|rm|ast|star|dagger|ddagger|prime|natural|sharp|flat|S|P)(?![A-Za-z])\s*|[{}$~]"
)
_SIGNS = {
    "ast": "*", "star": "⋆", "dagger": "†", "ddagger": "‡", "prime": "′", "natural": "♮", "sharp": "♯", "flat": "♭",
    "S": "§", "P": "¶",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberedLabel:
    """A label and the number of its equation, as TeX and as plain text ("" if it has none)."""

    name: str
    tag: str
    plain: str


@dataclass(frozen=True, slots=True)
class NumberedFormula:
    r"""A formula with explicit numbers: \tag, and no \label, \notag or \nonumber."""

    tex: str
    labels: tuple[NumberedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a row says of its own number, and the row without that."""

    text: str
    labels: tuple[str, ...]
    tag: str | None
    star: str
    silent: bool


@dataclass(slots=True)
class EquationNumberer:
    """Counts the equations of one text in order.

    `mode` says which are numbered: "ams": those of amsmath, and $$ with a label; "all": every display; "labelled":
    those with a label.
    """

    mode: str = "ams"
    count: int = 0
    _parent: str = ""

    def number(self, tex: str, display: bool) -> NumberedFormula:
        """Return the next formula with its numbers."""
        if not display:
            return self._inline(tex) if "\\" in tex else NumberedFormula(tex)
        whole = _WHOLE.fullmatch(tex) if "\\begin" in tex else None
        if whole is not None and f"\\end{{{whole[1]}{whole[2]}}}" not in whole[3]:
            environment, star, body = whole.groups()
            counted: _Counted = "never" if star else "labelled" if self.mode == "labelled" else "always"
            if environment == "subequations":
                return self._subequations(body)
            if environment in ("equation", "multline"):
                return self._single(body, counted, multline=environment == "multline")
            if environment not in ("aligned", "gathered", "split"):
                return self._rows(environment, body, counted)
            if body.count("\\tag") + body.count("\\label") > 1:
                return self._rows("gather" if environment == "gathered" else "align", _OPTION.sub("", body), "labelled")
        if tex.count("\\tag") > 1 and len(parts := rows(tex)) > 1:
            return self._rows("align" if any(len(row.cells) > 1 for row in parts) else "gather", tex, "labelled")
        return self._single(tex, "always" if self.mode == "all" else "labelled")

    def _inline(self, tex: str) -> NumberedFormula:
        marks = _marks(tex)
        if marks.tag is None:
            return NumberedFormula(marks.text, _labels(marks, None))
        shown = marks.tag if marks.star else f"({marks.tag})"
        return NumberedFormula(f"{marks.text}\\qquad\\text{{{shown}}}", _labels(marks, marks.tag))

    def _single(self, body: str, counted: _Counted, *, multline: bool = False) -> NumberedFormula:
        marks = _marks(body)
        tag = self._tag(marks, counted)
        text = f"\\begin{{gathered}}{marks.text.strip()}\\end{{gathered}}" if multline else marks.text.strip()
        return NumberedFormula(text + _written(marks, tag), _labels(marks, tag))

    def _rows(self, environment: str, body: str, counted: _Counted) -> NumberedFormula:
        columns = ""
        if environment.endswith("alignat"):
            found = argument(body, 0)
            columns, body = (f"{{{found[0]}}}", body[found[1] :]) if found else ("{1}", body)
            environment = "alignat"
        parts = rows(in_rows(body) if "intertext" in body else body)
        if len(parts) > 1 and not parts[-1].text.strip():
            parts.pop()
            parts[-1] = Row(parts[-1].cells, "")
        made: list[Row] = []
        labels: list[NumberedLabel] = []
        for row in parts:
            marks = _marks(_three_columns(row) if environment == "eqnarray" else row.text)
            tag = None if "intertext" in row.text and is_only_text(marks.text) else self._tag(marks, counted)
            labels += _labels(marks, tag)
            made.append(Row((marks.text.rstrip() + _written(marks, tag),), row.end))
        name = environment if environment in ("gather", "alignat") else "align"
        return NumberedFormula(f"\\begin{{{name}*}}{columns}{join_rows(made)}\\end{{{name}*}}", tuple(labels))

    def _subequations(self, body: str) -> NumberedFormula:
        """Number an environment within subequations: (3a), (3b), …; a label before it gets (3)."""
        self.count += 1
        parent = str(self.count)
        labels: list[NumberedLabel] = []
        while (label := _LABEL.match(body)) is not None:
            labels.append(NumberedLabel(label[1].strip(), parent, parent))
            body = body[label.end() :]
        inner = EquationNumberer(self.mode, 0, parent).number(body, display=True)
        return NumberedFormula(inner.tex, (*labels, *inner.labels))

    def _tag(self, marks: _Marks, counted: _Counted) -> str | None:
        """Return the tag of a row: its own, the next number, or none."""
        if marks.tag is not None:
            return marks.tag
        if marks.silent or counted == "never" or (counted == "labelled" and not marks.labels):
            return None
        self.count += 1
        return self._parent + chr(ord("a") + (self.count - 1) % 26) if self._parent else str(self.count)


def plain_tag(tag: str) -> str:
    r"""Return \tag{TAG} as plain text: "3.1", "*", "A†"."""
    return _TEX_SIGNS.sub(lambda sign: _SIGNS.get(sign[1] or "", " " if sign[0] == "~" else ""), tag).strip()


def _marks(text: str) -> _Marks:
    if "\\label" not in text and "\\tag" not in text and "\\no" not in text:
        return _Marks(text, (), None, "", False)
    kept: list[str] = []
    labels: list[str] = []
    tag: str | None = None
    star = ""
    silent = False
    start = at = 0
    while (match := _MARKS.search(text, at)) is not None:
        at = match.end()
        name = match[1]
        if name is None:
            continue
        if name in ("notag", "nonumber"):
            silent = True
        else:
            starred = "*" if name == "tag" and text[at : at + 1] == "*" else ""
            found = argument(text, at + len(starred))
            if found is None:
                continue
            at = found[1]
            if name == "label":
                labels.append(found[0].strip())
            else:
                tag, star = found[0].strip(), starred
        kept.append(text[start : match.start()])
        start = at
    kept.append(text[start:])
    return _Marks("".join(kept), tuple(labels), tag, star, silent)


def _written(marks: _Marks, tag: str | None) -> str:
    return "" if tag is None else f"\\tag{marks.star}{{{tag}}}"


def _labels(marks: _Marks, tag: str | None) -> tuple[NumberedLabel, ...]:
    return tuple(NumberedLabel(name, tag or "", plain_tag(tag or "")) for name in marks.labels)


def _three_columns(row: Row) -> str:
    """Replace the three columns of an eqnarray, `left & = & right`, by those of align, `left & = right`."""
    first, *rest = row.cells
    return first + "&" + " ".join(rest) if rest else first
