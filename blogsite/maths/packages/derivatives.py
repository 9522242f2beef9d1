"""Differentials and derivatives of the package physics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blogsite.maths.packages.fences import PAREN, fitted
from blogsite.maths.packages.reader import Handler, Piece, Reader


def _differential(sign: str) -> Handler:
    r"""Return the handler of \dd or \var: \dd, \dd{x}, \dd[3]{x}, \dd(x)."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        order = reader.option()
        raised: list[Piece] = [sign] if order is None else [sign, "^{", order, "}"]
        if (inside := reader.group()) is not None:
            return ["\\mathinner{", *raised, " ", inside, "}"]
        if (inside := reader.delimited("(")) is not None:
            return ["\\mathinner{", *raised, *fitted(PAREN, [inside]), "}"]
        return [*raised, " "]

    return handle


def _derivative(sign: str, variables: int = 1) -> Handler:
    r"""Return the handler of \dv or the like: \dv{x}, \dv{f}{x}, \dv[n]{f}{x}, \dv*{f}{x}, \dv{x}(f), \pdv{f}{x}{y}."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        star, order = reader.star(), reader.option()
        first = reader.argument()
        if first is None:
            return None
        more = [group for _ in range(variables) if (group := reader.group()) is not None]
        function: list[Piece] = [" ", first] if more else []
        below = more or [first]
        if len(more) == 1 and variables > 1 and "(" not in reader.text(more[0]):
            below = reader.parts(more[0])  # \pdv{f}{x,y}, as the package derivative has it
        degree: list[Piece] = [] if order is None else ["^{", order, "}"]
        above = ["^{2}"] if len(below) > 1 else degree
        numerator: list[Piece] = [sign, *above, *function]
        denominator: list[Piece] = [piece for variable in below for piece in (sign, " ", variable)]
        if len(below) == 1:
            denominator += degree
        fraction: list[Piece] = (
            ["\\left.", *numerator, "\\middle/", *denominator, "\\right."]
            if star
            else ["\\frac{", *numerator, "}{", *denominator, "}"]
        )
        applied = None if more else reader.delimited("(")
        return fraction if applied is None else [*fraction, *fitted(PAREN, [applied])]

    return handle


def _flat_fraction(reader: Reader) -> Sequence[Piece] | None:
    above, below = reader.argument(), reader.argument()
    return None if above is None or below is None else ["\\left.", above, "\\middle/", below, "\\right."]


DERIVATIVES: Mapping[str, Handler] = {
    "dd differential": _differential("\\mathrm{d}"),
    "var variation": _differential("\\delta"),
    "dv odv derivative": _derivative("\\mathrm{d}"),
    "pdv pderivative partialderivative": _derivative("\\partial", 2),
    "fdv fderivative functionalderivative": _derivative("\\delta"),
    "flatfrac": _flat_fraction,
}
