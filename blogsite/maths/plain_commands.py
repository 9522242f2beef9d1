"""What commands with arguments mean in readable text. One feature = one function + one line in HANDLERS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from blogsite.maths import unicode_tables as tables
from blogsite.maths.plain_line import Kind, Line, fraction, in_parentheses, is_atom
from blogsite.maths.plain_reader import END_CELL, END_GROUP, Handler, Infix, Reader

_TAKES_COLUMNS = frozenset(("array", "subarray", "tabular", "alignat", "alignedat", "xalignat", "xxalignat"))
_END_OF_SUBSTACK = frozenset(("\\\\", "\\cr", "}"))
_ABOVE_EQUALS = {"def": "≝", "?": "≟", "△": "≜", "∧": "≙", "!": "≐"}
_LARGE = frozenset(tables.LARGE.values())
_WORDS = frozenset(tables.WORDS.values())


def kind_of(text: str) -> Kind:
    """Return the kind of a text that was made of an argument."""
    if text in _LARGE:
        return Kind.LARGE
    if text in _WORDS or (len(text) > 1 and text.replace(" ", "").isalpha()):
        return Kind.WORD
    return Kind.OPERATOR if len(text) == 1 and not text.isalnum() else Kind.PLAIN


def _word(reader: Reader) -> str:
    """Return the text of an argument, without the spaces between single letters."""
    tokens = reader.raw()
    if all(len(token) == 1 or token.isspace() for token in tokens):
        tokens = [token for token in tokens if not token.isspace()]
    reader.waiting += ["}", *tokens]
    return reader.sequence(END_GROUP)


def _fraction(reader: Reader, name: str, line: Line) -> None:
    if name == "genfrac":
        for _ in range(4):
            reader.raw()
    elif name == "cfrac":
        reader.option()
    line.add(fraction(reader.argument(), reader.argument()), Kind.WORD, compound=True)


def _root(reader: Reader, name: str, line: Line) -> None:
    degree, inner = reader.option() or "", reader.argument()
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree, "")
    if not sign:
        scripts = Line()
        scripts.add_scripts("", degree)
        sign = f"{scripts.text()}√"
    line.add(sign + (inner if is_atom(inner) else in_parentheses(inner)), compound=True)
    line.end_word()


def _binomial(above: str, below: str) -> str:
    return f"C({above}, {below})"


def _choose(reader: Reader, name: str, line: Line) -> None:
    line.add(_binomial(reader.argument(), reader.argument()), Kind.WORD)


def _over(reader: Reader, name: str, line: Line) -> None:
    above, base = reader.argument(), reader.argument()
    if base == "=" and above in _ABOVE_EQUALS:
        line.add(_ABOVE_EQUALS[above], Kind.OPERATOR)
    else:
        line.add(base, kind_of(base), compound=not is_atom(base) and len(base) > 1)
        line.add_scripts("", above)


def _under(reader: Reader, name: str, line: Line) -> None:
    below, base = reader.argument(), reader.argument()
    line.add(base, kind_of(base), compound=not is_atom(base) and kind_of(base) is Kind.PLAIN)
    line.add_scripts(below, "")


def _operator_name(reader: Reader, name: str, line: Line) -> None:
    reader.skip_star()
    line.add(_word(reader), Kind.WORD)


def _upright(reader: Reader, name: str, line: Line) -> None:
    text = _word(reader)
    line.add(text, kind_of(text) if len(text) > 1 or name == "mathop" else Kind.PLAIN, compound=" " in text)


def _relation(reader: Reader, name: str, line: Line) -> None:
    line.add(reader.argument(), Kind.OPERATOR)


def _text(reader: Reader, name: str, line: Line) -> None:
    reader.text_argument(line)


def _delimiter(reader: Reader, name: str, line: Line) -> None:
    token = reader.next_token()
    if name == "left":
        reader.fences.append(token)
    opened = reader.fences.pop() if name == "right" and reader.fences else ""
    if token == "." and name in ("left", "right", "middle"):
        if opened in ("\\{", "\\lbrace"):
            line.add("}")
    elif token in ("<", ">"):
        line.add("⟨" if token == "<" else "⟩")
    elif token[:1] == "\\" or (token and token not in "{}&$"):
        reader.step(token, line)
    elif token:
        reader.waiting.append(token)


def _negation(reader: Reader, name: str, line: Line) -> None:
    text = reader.argument()
    line.add(f"{text[:1]}\u0338{text[1:]}" if text else "", Kind.OPERATOR)


def _modulus(reader: Reader, name: str, line: Line) -> None:
    line.space()
    line.add(f"({'mod ' if name == 'pmod' else ''}{reader.argument()})", Kind.WORD)


def _skipping(count: int, *, space: bool = False, text: bool = False) -> Handler:
    """Return a handler that leaves out so many arguments."""

    def skip(reader: Reader, name: str, line: Line) -> None:
        if name in ("hspace", "vspace", "tag"):
            reader.skip_star()
        if name in ("includegraphics", "rule"):
            reader.option()
        for _ in range(count):
            reader.raw()
        if space:
            line.space()
        if text:
            reader.text_argument(line)

    return skip


def _length(reader: Reader, name: str, line: Line) -> None:
    r"""Leave out a length without braces: \hskip 1em, \kern-3mu."""
    written = ""
    while reader.waiting and len(written) < 12 and not re.fullmatch(r"\s*-?[\d. ]+\s*[a-z]{2}", written):
        token = reader.next_token()
        if not token or token[0] in "\\{}&$^_":
            reader.waiting += [token] if token else []
            break
        written += token
    line.space()


def _definition(reader: Reader, name: str, line: Line) -> None:
    reader.raw()
    for _ in range(12):
        if not reader.waiting or reader.waiting[-1] == "{":
            break
        reader.waiting.pop()
    reader.raw()


def _reference(reader: Reader, name: str, line: Line) -> None:
    label = reader.name().strip()
    line.add(f"({label})" if name == "eqref" else label, Kind.WORD)


def _environment(reader: Reader, name: str, line: Line) -> None:
    kind = reader.name().strip().rstrip("*")
    if reader.waiting[-1:] == ["["]:
        reader.option()
    if kind in _TAKES_COLUMNS:
        reader.raw()
    left, right = tables.ENVIRONMENTS.get(kind, ("", ""))
    text = reader.rows(END_CELL, "\\end", apart=kind in tables.ENVIRONMENTS or kind == "tabular")
    reader.name()
    line.add(f"{left}{text}{right}", compound=not left and not is_atom(text))


def _substack(reader: Reader, name: str, line: Line) -> None:
    if (token := reader.next_token()) == "{":
        line.add(reader.rows(_END_OF_SUBSTACK, "}", apart=True).replace("; ", ", "))
    elif token:
        reader.waiting.append(token)


def _row_end(reader: Reader, name: str, line: Line) -> None:
    line.add(";")
    line.space()
    reader.skip_option()


def _around(left: str, right: str) -> Handler:
    def put(reader: Reader, name: str, line: Line) -> None:
        line.add(f"{left}{reader.argument()}{right}")

    return put


def _if_next(reader: Reader, name: str, line: Line) -> None:
    sign = "*" if name == "@ifstar" else reader.next_token()
    then, otherwise = reader.raw(), reader.raw()
    reader.skip_space()
    found = bool(reader.waiting) and reader.waiting[-1][0] == sign
    if found and sign == "*":
        reader.skip_star()
    reader.waiting += then if found else otherwise


# ── chemistry ────────────────────────────────────────────────────────────────────────────────────────────────────────

_ARROWS = (("<=>", " ⇌ "), ("<->", " ↔ "), ("->", " → "), ("<-", " ← "))
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*|\\(.)")
_RAISED = re.compile(r"\^(?:\{([^{}]*)\}|(\d*[+\-]?))")
_LOWERED = re.compile(r"_(?:\{([^{}]*)\}|(\d+))|(?<=[A-Za-z)\]])(\d+)")
_CHARGE = re.compile(r"(?<=[A-Za-z)\]₀-₉])[+-](?=\s|$|\))")


def chemistry(formula: str) -> str:
    """Return a formula of mhchem as text: "H2O" → H₂O, "SO4^2-" → SO₄²⁻."""
    for sign, arrow in _ARROWS:
        formula = formula.replace(sign, arrow)
    formula = _COMMAND.sub(lambda found: tables.LETTERS.get(found[1], "") if found[1] else "", formula)
    formula = _RAISED.sub(lambda found: (found[1] or found[2] or "").translate(tables.SUPERSCRIPTS), formula)
    formula = _LOWERED.sub(lambda found: (found[1] or found[2] or found[3]).translate(tables.SUBSCRIPTS), formula)
    formula = _CHARGE.sub(lambda found: found[0].translate(tables.SUPERSCRIPTS), formula)
    return re.sub(r"[{}$\\]", "", formula).strip()


def _chemistry(reader: Reader, name: str, line: Line) -> None:
    formula = reader.name()
    line.add(chemistry(formula) if "\x02" not in formula else formula)


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────

_TEXTS = "text textrm textbf textit texttt textsf textnormal textup textmd textsc emph mbox hbox fbox intertext"
_DELIMITERS = "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm"

HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "genfrac"), _fraction),
    "sqrt": _root,
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _choose),
    **dict.fromkeys(("overset", "stackrel"), _over),
    "underset": _under,
    **dict.fromkeys(("operatorname", "operatornamewithlimits"), _operator_name),
    **dict.fromkeys("mathrm mathsf mathtt mathit mathop symrm symsf symit mathsfit".split(), _upright),  # noqa: SIM905
    **dict.fromkeys(("mathbin", "mathrel"), _relation),
    **dict.fromkeys((*_TEXTS.split(), "shortintertext"), _text),
    **dict.fromkeys(_DELIMITERS.split(), _delimiter),
    "not": _negation,
    **dict.fromkeys(("pmod", "pod"), _modulus),
    **dict.fromkeys(("color", "textcolor", "cssId", "class", "style", "enclose", "htmlClass", "htmlId"), _skipping(1)),
    **dict.fromkeys(("htmlStyle", "htmlData", "href", "raisebox"), _skipping(1)),
    **dict.fromkeys(("label", "tag", "require", "vspace", "phantom", "vphantom", "includegraphics"), _skipping(1)),
    **dict.fromkeys(("hspace", "hphantom"), _skipping(1, space=True)),
    "rule": _skipping(2),
    "colorbox": _skipping(1, text=True),
    "fcolorbox": _skipping(2, text=True),
    **dict.fromkeys(("hskip", "kern", "mkern", "mskip"), _length),
    **dict.fromkeys(
        ("def", "gdef", "edef", "xdef", "let", "newcommand", "renewcommand", "providecommand"), _definition
    ),
    **dict.fromkeys(("ref", "eqref"), _reference),
    "begin": _environment,
    "end": _skipping(1),
    "substack": _substack,
    **dict.fromkeys(("\\", "cr", "newline"), _row_end),
    **dict.fromkeys(("bra", "Bra"), _around("⟨", "|")),
    **dict.fromkeys(("ket", "Ket"), _around("|", "⟩")),
    **dict.fromkeys(("braket", "Braket"), _around("⟨", "⟩")),
    **dict.fromkeys(("set", "Set"), _around("{", "}")),
    "textcircled": _around("(", ")"),
    **dict.fromkeys(("@ifnextchar", "@ifstar"), _if_next),
    **dict.fromkeys(("ce", "pu", "ch"), _chemistry),
}

INFIX: Mapping[str, Infix] = {
    "\\over": fraction,
    "\\choose": _binomial,
    "\\atop": lambda above, below: f"{above}, {below}",
    "\\brace": lambda above, below: f"{{{above}, {below}}}",
    "\\brack": lambda above, below: f"[{above}, {below}]",
}
"""Commands between their arguments: `a \\over b`."""
