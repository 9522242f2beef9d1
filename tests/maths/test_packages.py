r"""Commands of physics, siunitx, amsmath and others show what the packages print, and the author's own macros win."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.config.settings import MathFormat
from blogsite.maths.html import engine_input
from blogsite.maths.katex import Engine, EngineError
from blogsite.maths.packages import PACKAGES, expanded, package_commands
from blogsite.maths.resolve import known_commands
from blogsite.maths.tex import LONGEST
from tests.maths.test_delimiters import convert


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def shown(engine: Engine, text: str, output: MathFormat = "html", **settings: object) -> str:
    """Return the text of the MathML of the last formula of a post; ▸ is a thin space, and scripts follow their base."""
    _, context = convert(text, **settings)
    assert context.diagnostics == []
    (html,) = engine.render([engine_input(context.formulas[-1])], output)
    assert isinstance(html, str), html
    mathml = re.sub(r"<annotation.*", "", html, flags=re.DOTALL)
    mathml = re.sub(r'<mspace width="1em" */?>', " ", mathml.replace('<mspace width="0.1667em">', "\u2009"))
    plain = unescape(re.sub(r"<[^>]*>", "", mathml))
    return (
        re.sub(r"[\u2061\u200b]|\u2009?\u2063", "", plain)
        .replace("∣", "|")
        .replace("\u2009", "▸")
        .replace("\xa0", " ")
        .strip()
    )


PHYSICS = {
    r"f\qty(x)": "f(x)",
    r"\qty(\frac{a}{b})^2": "(ab)2",
    r"\qty[x]": "[x]",
    r"\qty|x|": "|x|",
    r"\qty{x}": "{x}",
    r"\qty\big(x)": "(x)",
    r"\quantity(x)": "(x)",
    r"\pqty{x}\bqty{x}\vqty{x}\Bqty{x}": "(x)[x]|x|{x}",
    r"\abs{x}": "|x|",
    r"\abs*{x}\abs\Big{x}": "|x||x|",
    r"\norm{x}": "∥x∥",
    r"\norm{\abs{x}}_2": "∥|x|∥2",
    r"\eval{x^2}_0^1": "x2|01",
    r"\eval(x|_0": "(x|0",
    r"\order{x^2}": "O(x2)",
    r"\comm{A}{B}": "[A,B]",
    r"\acomm{A}{B}=\pb{A}{B}": "{A,B}={A,B}",
    r"\vb{a}\cdot\vb*{\theta}": "a⋅θ",
    r"\va{a}": "a⃗",
    r"\vu{a}": "a^",
    r"\vb a \vdot \vb b": "a⋅b",
    r"\vb{a} \cross \vb{b} \cp c": "a×b×c",
    r"\grad{f}": "∇f",
    r"\grad(f+g)": "∇(f+g)",
    r"\curl{\vb{F}}": "∇×F",
    r"\divergence{\vb{F}}": "∇⋅F",
    r"\laplacian f": "∇2f",
    r"\tr\rho": "trρ",
    r"\Tr(\rho A)": "Tr(ρA)",
    r"\rank A, \erf(x)": "rankA,erf(x)",
    r"\Res[f(z)]": "Res[f(z)]",
    r"\asin(x)": "asin(x)",
    r"\sech[2](x)": "sech2(x)",
    r"a \qq{and} b": "a and b",
    r"a \qif b \qc c": "a if b, c",
    r"\dd x": "dx",
    r"\dd{x}": "dx",
    r"\dd[3]{x}": "d3x",
    r"\dd(\cos\theta)": "d(cosθ)",
    r"\dv{x}": "ddx",
    r"\dv{f}{x}": "dfdx",
    r"\dv[n]{f}{x}": "dnfdxn",
    r"\dv[2]{x}": "d2dx2",
    r"\dv{x}(f+g)": "ddx(f+g)",
    r"\dv*{f}{x}": "df/dx",
    r"\pdv{x}": "∂∂x",
    r"\pdv{f}{x}": "∂f∂x",
    r"\pdv[2]{f}{x}": "∂2f∂x2",
    r"\pdv{f}{x}{y}": "∂2f∂x∂y",
    r"\pdv{f}{x,y}": "∂2f∂x∂y",
    r"\pdv{f}{x_{1,2}}": "∂f∂x1,2",
    r"\pdv*[n]{f}{x}": "∂nf/∂xn",
    r"\odv{f}{x}": "dfdx",
    r"\fdv{F}{g}": "δFδg",
    r"\var{S}": "δS",
    r"\flatfrac{a}{b}": "a/b",
    r"\dv{\vb{x}}{t} = \pdv{\abs{f}}{x}": "dxdt=∂|f|∂x",
    r"\ket{\psi}\ket*{x}": "|ψ⟩|x⟩",
    r"\bra{\psi}": "⟨ψ|",
    r"\braket{a}{b}": "⟨a|b⟩",
    r"\braket{a|b}": "⟨a|b⟩",
    r"\ip{a}": "⟨a|a⟩",
    r"\dyad{a}{b}=\ketbra{a}": "|a⟩⟨b|=|a⟩⟨a|",
    r"\ev{A}": "⟨A⟩",
    r"\ev{A}{\psi}": "⟨ψ|A|ψ⟩",
    r"\ev**{A}{\psi}\expval*{A}": "⟨ψ|A|ψ⟩⟨A⟩",
    r"\mel{n}{A}{m}": "⟨n|A|m⟩",
    r"\mqty{a&b\\c&d}": "abcd",
    r"\mqty(a&b\\c&d)": "(abcd)",
    r"\mqty*(a\\b)": "⟮ab⟯",
    r"\smqty[a\\b]\mqty|a\\b|": "[ab]|ab|",
    r"\mdet{a&b\\c&d}": "|abcd|",
    r"\mqty(\imat{2})": "(1001)",
    r"\mqty(\pmat{y})": "(0−ii0)",
    r"\mqty(\dmat{1,2})": "(12)",
    r"\mqty(\admat{1,\mqty{a&b}})": "(1ab)",
    r"\mqty(\xmat*{a}{2}{2})": "(a11a12a21a22)",
    r"\mqty(\zmat{2}{2})": "(0000)",
}

SIUNITX = {
    r"\num{1234}": "1234",
    r"\num{12345}": "12▸345",
    r"\num{1234567}": "1▸234▸567",
    r"\num{0.12345}": "0.123▸45",
    r"\num{12345.678 +- 0.01}": "12▸345.678(10)",
    r"\num{9.99 \pm 0.09}": "9.99(9)",
    r"\num{1.234(5)}": "1.234(5)",
    r"\num[separate-uncertainty]{1.234(5)}": "1.234±0.005",
    r"\num[uncertainty-mode=separate]{1.2(1)e3}": "(1.2±0.1)×103",
    r"\num{1.2e-3}": "1.2×10−3",
    r"\num{3.45d-4}": "3.45×10−4",
    r"\num{-e10}": "−1010",
    r"\num{.5}": "0.5",
    r"\num{0,12}": "0.12",
    r"\num{<10}": "<10",
    r"\num{\pm 5}": "±5",
    r"\num[output-decimal-marker={,}]{1.5}": "1,5",
    r"\num[group-separator={,}]{12345}": "12,345",
    r"\num[group-digits=none]{12345}": "12345",
    r"\num[exponent-product=\cdot]{1e5}": "1⋅105",
    r"\num{10 x 20}\numproduct{1 \times 2}": "10×201×2",
    r"\complexnum{1+2i}": "1+2i",
    r"\num{x}": "x",
    r"\numlist{10;30;50;70}": "10, 30, 50 and 70",
    r"\numlist{1;2}": "1 and 2",
    r"\numrange{10}{20}": "10 to 20",
    r"\numrange[range-phrase=--]{1}{2}": "1–2",
    r"\ang{10}": "10°",
    r"\ang{1;2;3}": "1°2′3′′",
    r"\ang{-0.5}": "−0.5°",
    r"\ang{;;1}": "1′′",
    r"\unit{kg.m.s^{-1}}": "kg▸m▸s−1",
    r"\si{m/s}": "m/s",
    r"\si{kg~m^2}": "kg▸m2",
    r"\unit{\kilogram\metre\per\second}": "kg▸m▸s−1",
    r"\unit{\meter\per\second\squared}": "m▸s−2",
    r"\unit{\square\metre\cubic\centi\metre}": "m2▸cm3",
    r"\unit{\metre\tothe{4}\per\cubic\second}": "m4▸s−3",
    r"\unit{\raiseto{4.5}\metre}": "m4.5",
    r"\unit[per-mode=symbol]{\metre\per\second}": "m/s",
    r"\unit[per-mode=symbol]{\joule\per\mole\per\kelvin}": "J/(mol▸K)",
    r"\unit[per-mode=fraction]{\metre\per\second}": "ms",
    r"\unit[per-mode=repeated-symbol]{\joule\per\mole\per\kelvin}": "J/mol/K",
    r"\unit{\per\second}": "s−1",
    r"\unit{\kilo\ohm}": "kΩ",
    r"\unit{\micro\metre}": "µm",
    r"\unit{\kilogram\of{pol}}": "kgpol",
    r"\unit{\degreeCelsius}": "°C",
    r"\unit{°C}": "°C",
    r"\unit{\km\per\hour}": "km▸h−1",
    r"\unit{\planckbar}": "ℏ",
    r"\SI{3}{m.s^{-1}}": "3▸m▸s−1",
    r"\SI{20}{\celsius}": "20▸°C",
    r"\qty{1.23e4}{\kHz}": "1.23×104▸kHz",
    r"\qty{12345}{\mm}": "12▸345▸mm",
    r"\qty{50}{\percent}": "50▸%",
    r"\qty{30}{\degree}": "30°",
    r"\qty[per-mode=symbol]{10}{\metre\per\second}": "10▸m/s",
    r"\qty[separate-uncertainty]{1.2(1)}{\m}": "(1.2±0.1)▸m",
    r"\SI[per-mode=symbol]{1.99}[\$]{\per\kilogram}": "$1.99▸1/kg",
    r"\qtylist{0.13;0.67;0.80}{\milli\metre}": "0.13▸mm, 0.67▸mm and 0.80▸mm",
    r"\qtyrange{0.13}{0.67}{\mm}": "0.13▸mm to 0.67▸mm",
    r"\SIrange{1}{2}{\kg}": "1▸kg to 2▸kg",
    r"\qtyproduct{10 x 30}{\m}": "10▸m×30▸m",
    r"\sisetup{per-mode=symbol}\qty{1}{\m\per\s}": "1▸m/s",
    r"10^{\num{12}} x^\num{12}": "1012x12",
}

OTHERS = {
    r"\slashed{D}": "D",
    r"30\textdegree\text{ or 30\textdegree C}": "30° or 30°C",
    r"20\celsius": "20°C",
    r"5\,\mathrm{k}\ohm": "5▸kΩ",
}


@pytest.mark.parametrize("tex", [*PHYSICS, *SIUNITX, *OTHERS])
def test_what_the_package_prints(engine: Engine, tex: str) -> None:
    assert shown(engine, f"${tex}$") == {**PHYSICS, **SIUNITX, **OTHERS}[tex]


def test_both_outputs_make_every_example(engine: Engine) -> None:
    for tex in (*PHYSICS, *SIUNITX, *OTHERS):
        assert shown(engine, f"$${tex}$$", "mathml")


def test_feynman_slashes_cross_the_letter_out(engine: Engine) -> None:
    _, context = convert(r"$\slashed{p}$")
    (html,) = engine.render([engine_input(context.formulas[0])])
    assert "updiagonalstrike" in str(html)


REDEFINED = {
    r"\Re{z}": ("ℜz", "Re{z}"),
    r"\Im(z)": ("ℑ(z)", "Im(z)"),
    r"\div{\vb{E}}": ("÷E", "∇⋅E"),
    r"a \div b": ("a÷b", "a∇⋅b"),
    r"\sin(x)": ("sin(x)", "sin(x)"),
    r"\sin[2](x)": ("sin[2](x)", "sin2(x)"),
    r"\sin x": ("sinx", "sinx"),
    r"\log(\frac{a}{b})": ("log(ab)", "log(ab)"),
    r"\bra{a}\ket{b}": ("⟨a||b⟩", "⟨a|b⟩"),
    r"\braket{a}": ("⟨a⟩", "⟨a|a⟩"),
    r"\qty{1}{m}": ("1▸m", "{1}m"),
    r"\real": ("ℜ", "ℜ"),
    r"\tangent x": (None, "tanx"),
}


@pytest.mark.parametrize("tex", REDEFINED)
def test_commands_change_their_meaning_for_a_site_that_asks(engine: Engine, tex: str) -> None:
    before, after = REDEFINED[tex]
    if before is not None:
        assert shown(engine, f"${tex}$") == before
    assert shown(engine, f"${tex}$", math_packages=("physics",)) == after


def test_quantities_of_both_packages_are_told_by_their_form(engine: Engine) -> None:
    for packages in (("siunitx", "physics"), ("physics", "siunitx"), ("siunitx",)):
        assert shown(engine, r"$\qty{1}{m}\qty(x)$", math_packages=packages) == "1▸m(x)"


def test_without_asking_nothing_changes_that_the_engine_knows() -> None:
    """Only forms are read that would make no sense to the engine: a star, two arguments."""
    both = package_commands() & known_commands()
    assert both == {"\\bra", "\\ket", "\\braket"}
    for tex in (r"\ket{x}", r"\bra x", r"\braket{a|b}", r"\braket{a}", r"\braket{a} {b}"):
        assert expanded(tex, (), frozenset()) == tex


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("\\newcommand{\\abs}[1]{a#1}\n\n$\\abs{x}$", "ax"),
        ("\\DeclarePairedDelimiter{\\norm}{\\langle}{\\rangle}\n\n$\\norm{x}\\abs{y}$", "⟨x⟩|y|"),
        ("$\\def\\dd{D}\\dd x$", "Dx"),
        ("$\\dd x \\def\\dd{D}$", "Dx"),
        ("\\newcommand{\\pd}[2]{\\pdv{#1}{#2}}\n\n$\\pd{f}{x}$", "∂f∂x"),
        ("\\newcommand{\\E}[1]{\\ev{#1}}\\newcommand{\\V}[1]{\\E{#1^2}}\n\n$\\V{x}$", "⟨x2⟩"),
        ("\\newcommand{\\len}[1]{\\SI{#1}{\\metre}}\n\n$\\len{5}$", "5▸m"),
        ("\\DeclareSIUnit{\\year}{yr}\n\n$\\qty{5}{\\kilo\\year\\per\\metre}$", "5▸kyr▸m−1"),
        ("\\DeclareSIUnit\\litre{l}\n\n$\\qty{5}{\\milli\\litre}$", "5▸ml"),
        ("\\DeclareSIUnit\\kmh{\\km\\per\\hour}\n\n$\\qty{5}{\\kmh}$", "5▸km▸h−1"),
    ],
)
def test_macros_of_the_author(engine: Engine, text: str, result: str) -> None:
    assert shown(engine, text) == result


def test_macros_of_the_site_may_use_packages(engine: Engine) -> None:
    macros = (("\\D", "\\dv{#1}{t}"), ("\\abs", "a#1"))
    assert shown(engine, "$\\D{x}\\abs{y}$", math_macros=macros) == "dxdtay"
    assert shown(engine, "$\\real$", math_macros=(("\\real", "\\mathbb{R}"),), math_packages=("physics",)) == "R"


@pytest.mark.parametrize(
    ("tex", "message", "hint"),
    [
        ("\\dv", "macro \\dv lacks an argument", "write its arguments as its package has them"),
        ("\\qty(0,1", "macro \\qty lacks an argument", "write its arguments as its package has them"),
        ("\\mqty(\\imat{99})", "macro \\imat lacks an argument", "write its arguments as its package has them"),
        (
            "\\pdvv{f}{x}",
            "unknown macro \\pdvv",
            "did you mean \\pdv? define it with \\newcommand in the post, or under [math.macros] in blogsite.toml",
        ),
    ],
)
def test_mistakes_are_told(tex: str, message: str, hint: str) -> None:
    _, context = convert(f"${tex}$")
    assert [(found.message, found.hint) for found in context.diagnostics] == [(message, hint)]


# ── \intertext ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tex", "result"),
    [
        ("\\begin{align}a&=b\\\\ \\intertext{所以 $x>0$，} cc&=d\\end{align}", "a=b(1)所以 x>0，cc=d(2)"),
        ("\\begin{align}a&=b \\intertext{so} c&=d\\end{align}", "a=b(1)soc=d(2)"),
        ("\\begin{align*}a&=b&c&=d\\\\[2pt] \\shortintertext{so} e&=f&g&=h\\end{align*}", "a=bc=dsoe=fg=h"),
        ("\\begin{gather}a\\\\\\intertext{so}b\\end{gather}", "a(1)sob(2)"),
        ("\\begin{alignat}{2}a&=b&c&=d\\\\\\intertext{x}e&=f\\end{alignat}", "a=bc=d(1)xe=f(2)"),
        ("\\begin{align}\\intertext{first} a&=b\\\\ \\intertext{last}\\end{align}", "firsta=b(1)last"),
        ("\\begin{align}a&=b\\\\\\intertext{x}\\intertext{y}c&=d\\tag{*}\\label{e}\\end{align}", "a=b(1)xyc=d(*)"),
        ("$$\\begin{aligned}a&=b\\\\\\intertext{so}c&=d\\end{aligned}$$", "a=bsoc=d"),
        ("$$\\begin{split}a&=b\\\\\\intertext{so}c&=d\\end{split}$$", "a=bsoc=d"),
        ("\\begin{equation}\\begin{aligned}a&=b\\\\\\intertext{so}c&=d\\end{aligned}\\end{equation}", "a=bsoc=d(1)"),
        ("$$a\\\\\\intertext{so}b$$", "asob"),
        ("\\begin{align*}a&=\\begin{cases}1\\\\2\\end{cases}\\\\\\intertext{so}c&=d\\end{align*}", "a={12soc=d"),
    ],
)
def test_text_between_rows(engine: Engine, tex: str, result: str) -> None:
    assert shown(engine, tex, "mathml") == result
    assert shown(engine, tex)


def test_text_between_rows_keeps_the_columns() -> None:
    _, context = convert("\\begin{align*}a&=b\\\\ \\intertext{so} c&=d&e&=f\\end{align*}")
    assert context.formulas[0].tex == (
        "\\begin{alignat*}{3}&&a&=b\\\\\\mathrlap{\\text{so}}\\\\&& c&=d&\\quad e&=f\\end{alignat*}"
    )


# ── whatever is written ──────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = {
    "fences that are never closed": "\\qty(" * 3_900,
    "fences in one another": "\\qty(" * 2_800 + ")" * 2_800,
    "groups in one another": "\\abs{" * 299 + "}" * 299,
    "doubled arguments": "\\ev{A}{" * 100 + "}" * 100,
    "doubled brackets": "\\ip{" * 290 + "}" * 290,
    "bars": "\\qty|" * 3_900,
    "evaluated": "\\eval(" * 3_300,
    "options": "\\num[" * 3_900,
    "digits": "\\num{" + "1" * 19_000 + "}",
    "factors": "\\num{" + "1x" * 9_000 + "}",
    "spaces": "\\num{" + " " * 19_000 + "}",
    "units": "\\unit{" + "\\metre" * 3_000 + "}",
    "lists": "\\numlist{" + "1;" * 9_000 + "}",
    "diagonals": "\\dmat{" + "1," * 9_000 + "}",
    "matrices": "\\xmat*{\\xmat*{\\xmat*{\\xmat*{a}{20}{20}}{20}{20}}{20}{20}}{20}{20}",
    "complex": "\\num{" + "1+1" * 6_000 + "}",
    "texts": "\\begin{align}" + "\\intertext{a}" * 1_400 + "\\end{align}",
    "texts in environments": "\\begin{aligned}\\intertext{a}" * 280 + "\\end{aligned}" * 280,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_arguments_take_little_time(name: str) -> None:
    started = time.process_time()
    _, context = convert(f"$${HOSTILE[name]}$$")
    assert all(len(formula.tex) <= 3 * LONGEST for formula in context.formulas)
    assert time.process_time() - started < 2


PIECES = st.sampled_from(
    [f"\\{name} " for tables in PACKAGES.values() for table in tables for names in table for name in names.split()]
    + [*"{}()[]|*,;1.ex+-a&^_=i", "\\\\", "\\big", "\\metre ", "\\per", "\\kilo", "(2)"]
    + ["{a}", "{1}{2}", "[n]", "(x)", "{1;2}", "\\text{a}", "\\intertext{b}"]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([(), ("physics",), ("siunitx", "physics")]))
def test_whatever_is_written_is_expanded(tex: str, packages: tuple[str, ...]) -> None:
    made = expanded(tex, packages, frozenset())
    if not any(sign in tex for sign in "{}"):
        assert made.count("{") == made.count("}")
    convert(f"$${tex}$$", math_packages=packages)


def test_every_command_is_made_or_told(engine: Engine) -> None:
    """With arguments in braces a command makes TeX that the engine accepts."""
    for packages in ((), ("physics", "siunitx")):
        for name in sorted(package_commands(packages)):
            _, context = convert(f"${name}{{1}}{{2}}{{3}}$", math_packages=packages)
            (formula,) = context.formulas
            (made,) = engine.render([engine_input(formula)])
            assert formula.error == ""
            assert not isinstance(made, EngineError), (name, made)
