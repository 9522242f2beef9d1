r"""The package physics: fences that fit, vectors, derivatives, Dirac's notation, matrices.

Star forms and optional arguments are those of the package, version 1.3. What it prints with \vphantom is a \rule here,
because an invisible sign would be read aloud.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blogsite.maths.packages.derivatives import DERIVATIVES
from blogsite.maths.packages.dirac import DIRAC, DIRAC_REDEFINED
from blogsite.maths.packages.fences import BAR, BARS, BRACE, BRACKET, DELIMITERS, PAREN, fenced, fitted
from blogsite.maths.packages.matrices import MATRICES
from blogsite.maths.packages.reader import Handler, Piece, Reader

_STRUT = "\\rule[-0.5em]{0em}{1.6em}"
_NABLA = "\\boldsymbol{\\nabla}"


def quantity(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \qty(…), \qty[…], \qty|…| and \qty{…}."""
    star, size = reader.star(), reader.size()
    for opening, fence in DELIMITERS.items():
        if (inside := reader.delimited(opening)) is not None:
            return fitted(fence, [inside], size, star)
    return None


def _evaluated(reader: Reader) -> Sequence[Piece] | None:
    r"""Make \eval{x}_0^1, \eval(x|_0^1 and \eval[x|_0^1."""
    star = reader.star()
    inside, left = reader.group(), "."
    for opening in "([":
        if inside is None:
            inside, left = reader.delimited(opening, "|"), opening
    if inside is None:
        return None
    return [f"\\left{left}", *(["\\smash{", inside, "}"] if star else [inside]), _STRUT, "\\right|"]


def _vector(accent: str) -> Handler:
    r"""Return the handler of \vb, or of it below an accent."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        font = "\\boldsymbol{" if reader.star() else "\\mathbf{"
        letter = reader.argument()
        if letter is None:
            return None
        return [accent + "{", font, letter, "}}"] if accent else [font, letter, "}"]

    return handle


def _operator(tex: str, fences: str = "([", power: bool = False, known: bool = False) -> Handler:
    r"""Return the handler of an operator with brackets that fit; `power`: in \sin[2](x) the option is an exponent.

    An operator that the engine knows is left alone if neither follows.
    """

    def handle(reader: Reader) -> Sequence[Piece] | None:
        exponent = reader.option() if power else None
        raised: list[Piece] = [tex, " "] if exponent is None else [tex, "^{", exponent, "}"]
        for opening in fences:
            if (inside := reader.delimited(opening)) is not None:
                return [*raised, *fitted(DELIMITERS[opening], [inside])]
        return None if known and exponent is None else raised

    return handle


def _quad(words: str = "") -> Handler:
    r"""Return the handler of \qq{word} or of a word with space around it; a star leaves out the space before it."""

    def handle(reader: Reader) -> Sequence[Piece] | None:
        before = "" if reader.star() else "\\quad"
        text = words or reader.argument()
        return None if text is None else [before, "\\text{", text, "}\\quad "]

    return handle


_WORDS = "if then else otherwise unless given using assume since let for all even odd integer and or as in"
_KNOWN = "sin sinh arcsin cos cosh arccos tan tanh arctan csc sec cot coth log ln"
_UNKNOWN = "csch sech arccsc arcsec arccot asin acos atan acsc asec acot"
_LONG_NAMES = (
    "sine=sin hypsine=sinh arcsine=arcsin asine=asin cosine=cos hypcosine=cosh arccosine=arccos acosine=acos"
    " tangent=tan hyptangent=tanh arctangent=arctan atangent=atan cosecant=csc hypcosecant=csch arccosecant=arccsc"
    " acosecant=acsc secant=sec hypsecant=sech arcsecant=arcsec asecant=asec cotangent=cot hypcotangent=coth"
    " arccotangent=arccot acotangent=acot exponential=exp logarithm=log naturallogarithm=ln determinant=det"
    " Probability=Pr"
)

_DIVERGENCE = _operator(_NABLA + "\\boldsymbol{\\cdot}")

PHYSICS: Mapping[str, Handler] = {
    "qty quantity": quantity,
    "pqty": fenced(PAREN),
    "bqty": fenced(BRACKET),
    "vqty": fenced(BAR),
    "Bqty": fenced(BRACE),
    "abs absolutevalue": fenced(BAR),
    "norm": fenced(BARS),
    "order": fenced(PAREN, "\\mathcal{O}"),
    "eval evaluated": _evaluated,
    "comm commutator": fenced(BRACKET, count=2),
    "acomm anticomm anticommutator pb poissonbracket": fenced(BRACE, count=2),
    "vb vectorbold": _vector(""),
    "va vectorarrow": _vector("\\vec"),
    "vu vectorunit": _vector("\\hat"),
    "vdot dotproduct": lambda reader: ["\\boldsymbol{\\cdot}"],
    "cross cp crossproduct": lambda reader: ["\\boldsymbol{\\times}"],
    "grad gradient": _operator(_NABLA),
    "divergence": _DIVERGENCE,
    "curl": _operator(_NABLA + "\\boldsymbol{\\times}"),
    "laplacian": _operator("\\nabla^{2}"),
    "tr trace": _operator("\\operatorname{tr}", "("),
    "Tr Trace": _operator("\\operatorname{Tr}", "("),
    "rank": _operator("\\operatorname{rank}", "("),
    "erf": _operator("\\operatorname{erf}", "("),
    "Res Residue": _operator("\\operatorname{Res}", "([{"),
    "pv principalvalue": _operator("\\mathcal{P}", "("),
    "PV": _operator("\\operatorname{P.V.}", "("),
    **{name: _operator(f"\\operatorname{{{name}}}", "(", power=True) for name in _UNKNOWN.split()},
    "qq qqtext": _quad(),
    "qc qcomma": lambda reader: [",\\quad "],
    "qcc": _quad("c.c."),
    **{"q" + word: _quad(word) for word in _WORDS.split()},
    **DERIVATIVES,
    **DIRAC,
    **MATRICES,
}
"""Commands that the engine does not know, or not in this form. Names with a space between them are one command."""

PHYSICS_REDEFINED: Mapping[str, Handler] = {
    "div": _DIVERGENCE,
    "Re": _operator("\\operatorname{Re}", "([{"),
    "Im": _operator("\\operatorname{Im}", "([{"),
    "real": lambda reader: ["\\Re "],
    "imaginary": lambda reader: ["\\Im "],
    **{name: _operator(f"\\{name}", "(", power=True, known=True) for name in _KNOWN.split()},
    **{name: _operator(f"\\{name}", "(", known=True) for name in ("exp", "det", "Pr")},
    **{
        long: _operator(f"\\operatorname{{{short}}}", "") for long, short in (n.split("=") for n in _LONG_NAMES.split())
    },
    **DIRAC_REDEFINED,
}
"""Commands that mean something else to the engine: those of a site that asks for the package."""
