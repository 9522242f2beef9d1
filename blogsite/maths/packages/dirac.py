r"""Dirac's notation of the package physics: \ket, \bra, and what stands between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blogsite.maths.packages.reader import Handler, Piece, Reader, Span


def _between(left: str, inside: Sequence[Piece], right: str, star: bool) -> list[Piece]:
    return [left if star else "\\left" + left, *inside, right if star else "\\right" + right]


def _ket(reader: Reader) -> Sequence[Piece] | None:
    star, inside = reader.star(), reader.argument()
    return None if inside is None else _between("\\vert ", [inside], "\\rangle ", star)


def _bra(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \bra{a}, and of \bra{a}\ket{b} one bracket."""
    star, left = reader.star(), reader.argument()
    if left is None:
        return None
    start = reader.at
    rest = reader.tex[start : reader.end].lstrip()[:5] if reader.tex[start : start + 1] in ("\\", " ", "\n") else ""
    if rest[:4] == "\\ket" and not rest[4:].isalpha():
        reader.at = reader.tex.index("\\ket", start) + 4
        star, right = reader.star() or star, reader.argument()
        if right is not None:
            return _inner(left, right, star)
        reader.at = start
    return _between("\\langle ", [left], "\\vert ", star)


def _inner(left: Span, right: Span, star: bool) -> list[Piece]:
    return _between("\\langle ", [left, "\\vert " if star else "\\middle\\vert ", right], "\\rangle ", star)


def _inner_product(reader: Reader) -> Sequence[Piece] | None:
    star, left = reader.star(), reader.argument()
    return None if left is None else _inner(left, reader.group() or left, star)


def _outer_product(reader: Reader) -> Sequence[Piece] | None:
    star, left = reader.star(), reader.argument()
    if left is None:
        return None
    right = reader.group() or left
    return [*_between("\\vert ", [left], "\\rangle ", star), "\\!", *_between("\\langle ", [right], "\\vert ", star)]


def _element(reader: Reader, left: Span, inside: Span, right: Span, star: bool, fit_all: bool) -> Sequence[Piece]:
    if star and not fit_all:
        return ["\\langle ", left, "\\vert ", inside, "\\vert ", right, "\\rangle "]
    if fit_all:
        return ["\\left\\langle ", left, "\\middle\\vert ", inside, "\\middle\\vert ", right, "\\right\\rangle "]
    return ["\\left\\langle ", left, "\\right\\vert ", inside, "\\left\\vert ", right, "\\right\\rangle "]


def _expectation(reader: Reader) -> Sequence[Piece] | None:
    star, second = reader.star(), reader.star()
    inside = reader.argument()
    if inside is None:
        return None
    state = reader.group()
    if state is None:
        return _between("\\langle ", [inside], "\\rangle ", star)
    return _element(reader, state, inside, state, star, second)


def _matrix_element(reader: Reader) -> Sequence[Piece] | None:
    star, second = reader.star(), reader.star()
    spans = reader.groups(3)
    return None if spans is None else _element(reader, spans[0], spans[1], spans[2], star, second)


def _starred_only(handler: Handler) -> Handler:
    """Return a handler that acts on the star form alone, which the engine does not know."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        start, starred = reader.at, reader.star()
        reader.at = start
        return handler(reader) if starred else None

    return handle


def _braket_of_two(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \braket{a}{b}, and leave \braket{a|b} to the engine."""
    start, star = reader.at, reader.star()
    left = reader.group()
    adjacent = reader.tex[reader.at : reader.at + 1] == "{"
    right = reader.group() if adjacent and "|" not in reader.text(left) and "\\mid" not in reader.text(left) else None
    if left is None or (right is None and not star):
        reader.at = start
        return None
    return _inner(left, right or left, star)


DIRAC: Mapping[str, Handler] = {
    "ip innerproduct": _inner_product,
    "op dyad ketbra outerproduct": _outer_product,
    "ev expval expectationvalue": _expectation,
    "mel matrixel matrixelement": _matrix_element,
    "ket": _starred_only(_ket),
    "bra": _starred_only(_bra),
    "braket": _braket_of_two,
}

DIRAC_REDEFINED: Mapping[str, Handler] = {"ket": _ket, "bra": _bra, "braket": _inner_product}
"""As the package has what the engine knows otherwise."""
