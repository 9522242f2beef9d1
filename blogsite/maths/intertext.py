r"""\intertext and \shortintertext: a line of text between the rows of an alignment, which keeps its columns.

The text becomes a row without a number. It begins at the left edge of the equations, in a column before theirs that has
no width.
"""

from __future__ import annotations

import re

from blogsite.maths.tex import Row, argument, join_rows, rows

_TEXT = re.compile(r"\s*\\(?:short)?intertext(?![A-Za-z])")
_ANYWHERE = re.compile(r"\\(?:(?:short)?intertext(?![A-Za-z])|[A-Za-z]+|.)|[{}]", re.DOTALL)
_ROW_BEGINS = re.compile(r"(?:\\\\\*?|\\cr|\\begin\s*\{[^{}]*\}(?:\s*\{[^{}]*\})?)(?:\s*\[[^\]]{0,20}\])?\s*\Z")
_ALIGNED = {
    **dict.fromkeys(("align", "alignat", "flalign"), "alignat"),
    **dict.fromkeys(("aligned", "alignedat", "split"), "alignedat"),
}
"""Environment → the one that has no space between its columns."""
_CENTRED = ("gather", "gathered")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+)(\*?)\}")
_NEW_ROW = "\\\\"


def in_rows(tex: str) -> str:
    r"""Return TeX in which every \intertext begins a row, as amsmath has it, whether or not \\ stands before it."""
    kept: list[str] = []
    start = depth = 0
    after_text = -1
    for match in _ANYWHERE.finditer(tex):
        at = match.start()
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif match[0].endswith("intertext") and depth == 0:
            before = tex[max(at - 100, 0) : at]
            if before.strip() and not _ROW_BEGINS.search(before) and tex[max(after_text, 0) : at].strip():
                kept += (tex[start:at], "\\\\ ")
                start = at
            body = argument(tex, match.end())
            after_text = body[1] if body else -1
    return "".join(kept) + tex[start:]


def is_only_text(row: str) -> bool:
    """Return whether nothing but such texts is in a row, which then has no number."""
    at = 0
    while (match := _TEXT.match(row, at)) is not None and (body := argument(row, match.end())) is not None:
        at = body[1]
    return at > 0 and not row[at:].strip()


def as_rows(tex: str) -> str:
    """Return TeX in which these texts are rows of their alignments."""
    open_: list[tuple[str, str, list[str]]] = [("", "", [])]
    at = 0
    for match in _ENVIRONMENT.finditer(tex):
        kind, name, star = match.groups()
        open_[-1][2].append(tex[at : match.start()])
        at = match.end()
        if kind == "begin":
            open_.append((name, star, []))
        elif open_[-1][0] == name:
            *_, inner = open_.pop()
            open_[-1][2].append(_environment(name, star, "".join(inner)))
        else:
            return tex  # not balanced
    open_[-1][2].append(tex[at:])
    return tex if len(open_) > 1 else "".join(open_[0][2])


def _environment(name: str, star: str, body: str) -> str:
    whole = f"\\begin{{{name}{star}}}{body}\\end{{{name}{star}}}"
    if "intertext" not in body or name not in (*_ALIGNED, *_CENTRED):
        return whole
    columns = argument(body, 0) if name.startswith("alignat") or name == "alignedat" else None
    texts: list[tuple[str, Row]] = []  # each row, with the text before it
    for row in rows(body[columns[1] if columns else 0 :]):
        before, cells = "", row.cells
        while (match := _TEXT.match(cells[0])) is not None and (found := argument(cells[0], match.end())) is not None:
            before += f"\\text{{{found[0]}}}\\\\" if name in _CENTRED else f"\\mathrlap{{\\text{{{found[0]}}}}}\\\\"
            cells = (cells[0][found[1] :], *cells[1:])
        texts.append((before, Row(cells, row.end)))
    if not any(before for before, _ in texts):
        return whole
    if name in _CENTRED:
        made = "".join(before + join_rows([row]) for before, row in texts)
        return f"\\begin{{{name}{star}}}{made.removesuffix(_NEW_ROW)}\\end{{{name}{star}}}"
    pairs = max((len(row.cells) + 1) // 2 for _, row in texts) + 1
    gap = "" if columns or name == "split" else "\\quad "
    made = "".join(before + _shifted(row, gap) for before, row in texts)
    return f"\\begin{{{_ALIGNED[name]}{star}}}{{{pairs}}}{made.removesuffix(_NEW_ROW)}\\end{{{_ALIGNED[name]}{star}}}"


def _shifted(row: Row, gap: str) -> str:
    """Return a row with two empty columns before it, and the space that align has between its pairs of columns."""
    if not row.text.strip():
        return row.end
    cells = [gap + cell if index and index % 2 == 0 else cell for index, cell in enumerate(row.cells)]
    return "&&" + join_rows([Row(tuple(cells), row.end)])
