r"""Matrices of the package physics: \mqty(…), \imat{3}, \dmat{a,b}."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blogsite.maths.packages.fences import Fence
from blogsite.maths.packages.reader import Handler, Piece, Reader, Span

LARGEST = 20
"""Maximum number of rows and columns of a matrix that a command fills."""

_GROUPS = Fence("\\lgroup ", "\\rgroup ")
_FENCES = {"(": Fence("(", ")"), "[": Fence("[", "]"), "|": Fence("\\vert ", "\\vert ")}


def _matrix(rows: Sequence[Piece], fence: Fence | None, small: bool) -> list[Piece]:
    name = "smallmatrix" if small else "matrix"
    made: list[Piece] = [f"\\begin{{{name}}}", *rows, f"\\end{{{name}}}"]
    return made if fence is None else [f"\\left{fence.left}", *made, f"\\right{fence.right}"]


def _quantity(small: bool = False) -> Handler:
    r"""Return the handler of \mqty{…}, \mqty(…), \mqty*(…), \mqty[…] and \mqty|…|."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        star = reader.star()
        for opening, fence in _FENCES.items():
            if (rows := reader.delimited(opening)) is not None:
                return _matrix([rows], _GROUPS if star and opening == "(" else fence, small)
        rows = reader.group()
        return None if rows is None else _matrix([rows], None, small)

    return handle


def _in_fences(fence: Fence, small: bool = False) -> Handler:
    def handle(reader: Reader) -> Sequence[Piece] | None:
        rows = reader.group()
        return None if rows is None else _matrix([rows], fence, small)

    return handle


def _size(reader: Reader) -> int | None:
    digits = reader.text(reader.group()).strip()
    size = int(digits) if digits.isdecimal() and len(digits) < 4 else 0
    return size if 1 <= size <= LARGEST else None


def _identity(reader: Reader) -> Sequence[Piece] | None:
    size = _size(reader)
    if size is None:
        return None
    return ["\\\\".join("&".join("1" if row == column else "0" for column in range(size)) for row in range(size))]


def _zeros(reader: Reader) -> Sequence[Piece] | None:
    rows, columns = _size(reader), _size(reader)
    return None if rows is None or columns is None else ["\\\\".join(["&".join("0" * columns)] * rows)]


def _filled(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \xmat{x}{2}{3}; with a star each x has the numbers of its row and column."""
    star, entry = reader.star(), reader.group()
    rows, columns = _size(reader), _size(reader)
    if entry is None or rows is None or columns is None:
        return None
    made: list[Piece] = []
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            numbers = f"{row if rows > 1 else ''}{column if columns > 1 else ''}"
            end = "&" if column < columns else "\\\\" if row < rows else ""
            made += (entry, f"_{{{numbers}}}" if star and numbers else "", end)
    return made


_PAULI = {
    "0": "1&0\\\\0&1",
    **dict.fromkeys("1x", "0&1\\\\1&0"),
    **dict.fromkeys("2y", "0&-i\\\\i&0"),
    **dict.fromkeys("3z", "1&0\\\\0&-1"),
}


def _pauli(reader: Reader) -> Sequence[Piece] | None:
    rows = _PAULI.get(reader.text(reader.group()).strip())
    return None if rows is None else [rows]


def _diagonal(anti: bool = False) -> Handler:
    r"""Return the handler of \dmat{a,b} or \admat{a,b}. An entry of several cells, as \imat{2}, is a block."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        reader.option()  # what fills the other cells, which nobody has been seen to use
        inside = reader.group()
        if inside is None:
            return None
        entries = reader.parts(inside)
        made: list[Piece] = []
        for index, entry in enumerate(entries[:LARGEST]):
            cells = "&" * (len(entries) - 1 - index if anti else index)
            made += ("\\\\" if index else "", cells, *_block(reader, entry))
        return made

    return handle


def _block(reader: Reader, entry: Span) -> Sequence[Piece]:
    text = reader.text(entry)
    return _matrix([entry], None, False) if "&" in text or "mat" in text or "\\\\" in text else [entry]


MATRICES: Mapping[str, Handler] = {
    "mqty matrixquantity": _quantity(),
    "smqty smallmatrixquantity": _quantity(small=True),
    "pmqty": _in_fences(_FENCES["("]),
    "Pmqty": _in_fences(_GROUPS),
    "bmqty": _in_fences(_FENCES["["]),
    "vmqty mdet matrixdeterminant": _in_fences(_FENCES["|"]),
    "spmqty": _in_fences(_FENCES["("], small=True),
    "sPmqty": _in_fences(_GROUPS, small=True),
    "sbmqty": _in_fences(_FENCES["["], small=True),
    "svmqty smdet": _in_fences(_FENCES["|"], small=True),
    "imat identitymatrix": _identity,
    "zmat zeromatrix": _zeros,
    "xmat xmatrix": _filled,
    "pmat paulimatrix": _pauli,
    "dmat diagonalmatrix": _diagonal(),
    "admat antidiagonalmatrix": _diagonal(anti=True),
}
