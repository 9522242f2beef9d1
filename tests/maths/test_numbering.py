"""Numbers, labels, references, macros and mistakes of a post, and the TeX that is passed to the engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.maths.macros import Macros, site_macros, take_definitions
from blogsite.maths.numbering import EquationNumberer, plain_tag
from blogsite.maths.preprocess import preprocess
from blogsite.maths.tex import commands, join_rows, rows, structure_error, without_comments
from tests.maths.test_delimiters import convert
from tests.support.cases import load_cases, save_cases

CASES = Path(__file__).parent / "cases"


def described(text: str, **settings: object) -> str:
    """Return the HTML of a post, its formulas, labels, needs and mistakes, one on each line; ⟨f0⟩ is a placeholder."""
    html, context = convert(text, **settings)
    lines = [html]
    for number, formula in enumerate(context.formulas):
        extra = "".join(f" #{name}" for name in formula.ids) + "".join(f" [{tex}]" for _, tex in formula.macros)
        lines.append(f"f{number}: {formula.tex}{extra}" if not formula.error else f"f{number} wrong: {formula.source}")
    lines += [f"label {label.name} = {label.number} at {label.anchor}" for label in context.labels]
    lines += [
        f"need {reference.kind} {reference.target} {reference.line}:{reference.column}"
        for reference in context.references
    ]
    lines += [str(diagnostic) for diagnostic in context.diagnostics]
    return "\n".join(lines).replace("\x02", "⟨").replace("\x03", "⟩")


def test_numbers_labels_and_mistakes(rewrite: bool) -> None:
    cases = load_cases(CASES / "numbers.md")
    made = [(title, text, described(text)) for title, text, _ in cases]
    if rewrite:
        save_cases(CASES / "numbers.md", made)
    assert made == cases or rewrite


def test_idioms_are_put_in_terms_of_the_engine(rewrite: bool) -> None:
    cases = load_cases(CASES / "prepare.md")
    made = []
    for title, text, _ in cases:
        kind, tex = text.split(" ", 1)
        made.append((title, text, preprocess(tex, kind == "display")))
    if rewrite:
        save_cases(CASES / "prepare.md", made)
    assert made == cases or rewrite


@pytest.mark.parametrize(
    ("mode", "numbers"),
    [("ams", ["1", "2", "3"]), ("all", ["1", "2", "3", "4"]), ("labelled", ["1", "2"])],
)
def test_what_is_numbered_is_a_setting(mode: str, numbers: list[str]) -> None:
    text = (
        "$$a$$\n\\begin{equation}b\\end{equation}\n$$c\\label{c}$$\n\\begin{align}d\\label{d}\\\\e\\notag\\end{align}\n"
    )
    _, context = convert(text + "\\begin{equation*}f\\end{equation*}", math_number=mode)
    tags = [tag for formula in context.formulas for tag in re.findall(r"\\tag\{(.*?)\}", formula.tex)]
    assert tags == numbers


def test_a_formula_knows_only_the_macros_it_can_use() -> None:
    settings = {"math_macros": (("R", "\\mathbb{R}"), ("\\unused", "x"), ("S", "\\R^{#1}"))}
    _, context = convert("$a$ $\\R$ $\\S2$ \\\\\n\n$\\renewcommand{\\R}{r}$ $\\S2$", **settings)
    assert [[name for name, _ in formula.macros] for formula in context.formulas] == [
        [],
        ["\\R"],
        ["\\R", "\\S"],
        ["\\S", "\\R"],
    ]
    assert context.diagnostics == []
    assert site_macros(settings["math_macros"]).table["\\R"].tex == "\\gdef\\R{\\mathbb{R}}"


def test_let_takes_what_a_macro_is_now() -> None:
    macros = Macros()
    rest, definitions = take_definitions("\\def\\a#1{#1x}\\let\\b=\\a\\let\\c\\phi y\\def\\a{z}")
    macros.define(definitions)
    assert rest == " y"
    assert macros.used_by({"\\b"}) == (("\\b", "\\gdef\\b#1{#1x}"),)
    assert macros.used_by({"\\c"}) == (("\\c", "\\global\\let\\c=\\phi "),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\left\\{ a \right\\} \\{b\\}", r"\left\{ a \right\} \{b\}"),
        (r"X\_1 + t\_{\alpha/2} + \overline x\_i", r"X_1 + t_{\alpha/2} + \overline x_i"),
        (r"\begin{matrix}1\\{2}\\3\end{matrix}", r"\begin{matrix}1\\{2}\\3\end{matrix}"),
        (r"\mathrm{max\_len} max\_len", r"\mathrm{max\_len} max\_len"),
        (r"\left.\newcommand{half}{\frac12}\half\right|", r"\left.\half\right|"),
    ],
)
def test_what_another_engine_wanted_is_read_as_it_was_meant(written: str, meant: str) -> None:
    _, context = convert(f"${written}$")
    assert [formula.tex for formula in context.formulas] == [meant]
    assert context.diagnostics == []


def test_definitions_before_which_something_stands_stay_in_the_formula() -> None:
    _, context = convert("$\\def\\a{1}\\a\\def\\a{2}\\a$")
    assert context.formulas[0].tex == "\\def\\a{1}\\a\\def\\a{2}\\a"
    assert context.diagnostics == []


@pytest.mark.parametrize(
    ("tag", "shown"), [("3.1", "3.1"), ("$*$", "*"), ("\\text{A}~\\dagger", "A †"), ("$\\star$", "⋆"), ("2'", "2'")]
)
def test_a_tag_is_plain_text_in_the_post(tag: str, shown: str) -> None:
    assert plain_tag(tag) == shown


TEX = st.lists(
    st.sampled_from(["{", "}", "\\\\", "&", "\\{", "\\begin{cases}", "\\end{cases}", "a", "\\cr", "%", "\n", "\\"]),
    max_size=40,
).map("".join)


@given(TEX)
def test_rows_lose_nothing(tex: str) -> None:
    tex = tex.replace("\\cr", "")
    assert join_rows(rows(tex)) == tex


@given(TEX, st.booleans())
def test_any_tex_is_numbered_and_prepared(tex: str, display: bool) -> None:
    tex = without_comments(tex)
    numbered = EquationNumberer("all").number(tex, display)
    preprocess(numbered.tex, display)
    take_definitions(tex)
    commands(tex)


@pytest.mark.parametrize(
    "tex",
    ["{" * 300 + "}" * 300, "\\{", "a{b\\}}", "\\begin{a}{x}\\end{a}", "\\left\\{a\\right.", "{\\begin{a}\\end{a}}"],
)
def test_balanced_tex_is_without_flaw(tex: str) -> None:
    assert structure_error(tex) is None


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 301 + "}" * 301,
        "}{",
        "{\\}",
        "\\begin{a}{\\end{a}}",
        "\\end{a}",
        "\\begin{a}",
        "{}}",
        "\\begin{a}\\end{b}",
    ],
)
def test_unbalanced_tex_has_a_flaw(tex: str) -> None:
    assert structure_error(tex) is not None
