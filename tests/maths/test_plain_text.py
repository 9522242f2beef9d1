"""Formulas as readable text."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogsite.maths.plain_text import readable


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        # letters, signs and the space around them
        ("E=mc^2", "E=mc²"),
        ("a + b = c", "a + b = c"),
        (r"\alpha", "α"),
        (r"\alpha x + \beta = \alpha+1", "αx + β = α+1"),
        (r"x\in\mathbb{R}, x \in \mathbb R", "x∈ℝ, x ∈ ℝ"),
        (r"a \leq b\leq c", "a ≤ b≤c"),
        (r"a \not= b \not\in C \nleq D", "a ≠ b ∉ C ≰ D"),
        (r"\sin x\cos(2y) + 2\sin x", "sin x cos(2y) + 2 sin x"),
        (r"\operatorname*{arg\,max}_\theta \log p(x|\theta)", "arg max_θ log p(x|θ)"),
        (r"D_{\mathrm{KL}}(P\|Q)", "D_KL(P‖Q)"),
        (r"\{x \mid x > 0\}", "{x | x > 0}"),
        (r"\left( x \right)\!, \left\langle y\right\rangle", "(x), ⟨y⟩"),
        (r"\mathcal{N}(\mu,\sigma^2), \mathfrak{g}, \mathbf{x}, \boldsymbol\theta", "𝒩(μ,σ²), 𝔤, x, θ"),
        (r"x\quad y~z\,w\;v", "x y z w v"),
        (r"A, \ldots, B \cdots C", "A, …, B ⋯ C"),
        (r"a \bmod b \equiv c \pmod{n}", "a mod b ≡ c (mod n)"),
        # subscripts and superscripts
        ("x_i^2 + x_{ij}", "xᵢ² + xᵢⱼ"),
        ("x^{-1} e^{-x^2} x^{y_1}", "x⁻¹ e^(-x²) x^y₁"),
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\sum\limits_{i=1}^{n}x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\sum_{i \in S}^n i", "∑_(i∈S)^n i"),
        (r"\lim_{x \to 0} f(x)", "lim_(x→0) f(x)"),
        (r"\int_0^1f(x)\,\mathrm{d}x", "∫₀¹ f(x) dx"),
        ("x_b^2, x_{max}, x^{ab}, x_{ab}^{cd}", "x_b^2, xₘₐₓ, xᵃᵇ, x_ab^(cd)"),
        (r"f'(x), f''^2, x^\prime, A^\top, A^*, 90^\circ", "f′(x), f″², x′, Aᵀ, A*, 90°"),
        (r"{a+b}^2 {}^{14}C (a+b)^2", "(a+b)² ¹⁴C (a+b)²"),
        # fractions, roots, accents
        (r"\frac{a}{b}", "a/b"),
        (r"\frac12 x", "1/2 x"),
        (r"\frac{a+b}{2\pi} \dfrac{dy}{dx} \frac{\partial f}{\partial x_i} \frac{n(n+1)}{2}", None),
        (r"\frac{\frac{a}{b}}{c} \left(\frac{a}{b}\right)^2 {\frac ab}^2", "(a/b)/c (a/b)² (a/b)²"),
        (r"{a+b \over c} {n \choose k} \binom{n}{k}", "(a+b)/c C(n, k) C(n, k)"),
        (r"\sqrt{x} \sqrt{x+1} \sqrt[3]{x} \sqrt[n]{2}y", "√x √(x+1) ∛x ⁿ√2 y"),
        (r"\hat{x} \bar x \vec{v} \dot{x}_1 \tilde\theta \overline{AB}", "x̂ x̄ v⃗ ẋ₁ θ̃A̅B̅"),
        (r"\underbrace{a+b}_{\text{和}} \overset{\text{def}}{=} A \xrightarrow{f} B", "(a+b)_和 ≝ A →ᶠ B"),
        # texts
        (r"n \text{ if } x > 0", "n if x > 0"),
        (r"\text{设 $x^2$ 为正}，\text{a_b 5\%}", "设 x² 为正，a_b 5%"),
        (r"x\text{th}, \mbox{for all }y", "xth, for all y"),
        ("熵 H(X)", "熵 H(X)"),
        # matrices, cases, alignments
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}^{-1}", "(a, b; c, d)⁻¹"),
        (r"f(x) = \begin{cases} 1, & x>0 \\ 0, & \text{otherwise} \end{cases}", "f(x) = {1, x>0; 0, otherwise}"),
        (r"\left\{ \begin{array}{l} x = 1 \\[2pt] y = 2 \end{array} \right.", "{x = 1; y = 2}"),
        (r"\begin{array}{rcl} a &=& b \\ c &=& d \end{array}", "a = b; c = d"),
        (r"\begin{aligned} a &= b \\ &= c \\ d &= e \end{aligned}", "a = b = c; d = e"),
        (r"\begin{align*} x &= 1, \\ y &= 2. \tag{3}\label{a} \end{align*}", "x = 1, y = 2."),
        (r"\sum_{\substack{i<n \\ j<m}} a", "∑_(i<n, j<m) a"),
        # what only looks different, and what is no TeX
        (r"\color{red}{x} \textcolor{blue}{y} \boxed{z} \cancel{w} \displaystyle v \phantom{u}t", "x y z w v t"),
        (r"\ce{2H2 + O2 -> 2H2O}, \ce{SO4^2-}", "2H₂ + O₂ → 2H₂O, SO₄²⁻"),
        (r"\ket{\psi}, \bra\phi, \set{1,2}", "|ψ⟩, ⟨ϕ|, {1,2}"),
        (r"\foo{x} + \$5 + 50\% \backslash", "foo x + ＄5 + 50% ∖"),
        (r"\def\x{y}\x + \newcommand{\z}[1]{\frac{#1}{2}}\z{a}", "y + a/2"),
        ("x % comment\n+ y", "x + y"),
        (r"\left\{ x", "x"),
        ("} a } b {", "a b"),
        ("", ""),
        ("\\", ""),
        ("^", ""),
        (r"\frac", ""),
    ],
)  # fmt: skip
def test_formulas(tex: str, text: str | None) -> None:
    if text is None:
        text = "(a+b)/(2π) dy/dx ∂f/∂xᵢ n(n+1)/2"
    assert readable(tex) == text


@pytest.mark.parametrize(
    ("tex", "macro", "text"),
    [
        (r"\R^n", r"\gdef\R{\mathbb{R}}", "ℝⁿ"),
        (r"\abs{x}", r"\gdef\abs#1{\lvert #1\rvert}", "|x|"),
        (r"\half a b", r"\gdef\half#1#2{\frac{#1}{#2}}", "a/b"),
        (r"\loop", r"\gdef\loop{\loop x}", "loop"),
        (r"\alpha", r"\gdef\alpha{A}", "A"),
        (r"\same", r"\global\let\same=\beta ", "β"),
        (r"\p[2]{x}", r"\gdef\p[#1]#2{#2^{#1}}", "x²"),
    ],
)
def test_macros_of_the_author(tex: str, macro: str, text: str) -> None:
    name = macro.split("\\")[-2 if "let" in macro else 2]
    assert readable(tex, (("\\" + re.split(r"[^a-z]", name)[0], macro),)) == text


def test_placeholders_stay_whole() -> None:
    assert (
        readable("x^{\\text{(\x02n12.text\x03)}} + \\frac{\x02n1.text\x03}{2}")
        == "x^(\x02n12.text\x03) + \x02n1.text\x03/2"
    )


PIECES = r"""
    x 12 + = ^ _ ' { } [ ] & \\ $ % ~ ( ) |
    \alpha \sum \int \sin \frac \sqrt \hat \text{ \text \left \right \left\{ \right.
    \begin{cases} \end{cases} \begin{aligned} \end{aligned} \begin \end \over \choose \not \mathbb \operatorname
    \\ \{ \} \$
    \def\x{ \x #1 \newcommand{\y}[1]{ \y \ce{ \ce \color \hskip 1em \binom \substack{ \xrightarrow[ \overset \underset
    \limits \,
    \mathrm \verb \cr \& \_ \^ \" \foo \@ifstar \@ifnextchar[ \mbox \sideset \textcircled \genfrac 中 é 😀
""".split()  # noqa: SIM905


def is_clean(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"[\\$\n\t]|  |^ | $", text)


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
@example("\\left" * 50)
@example("{" * 500 + "x" + "}" * 500)
@example("\\frac" * 300)
@example("x" + "^{x" * 300)
@example("\\begin{cases}" * 200)
@example("\x02n1.text\x03^\x02")
def test_every_string_has_a_clean_text(tex: str) -> None:
    assert is_clean(readable(tex))


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 20_000, "\\frac" * 4_000, "\\sqrt[" * 3_000, "$" * 20_000, "\\text{$" * 2_500,
        "x^" * 10_000, "\\verb|" * 3_000,
        "\\left(" * 3_000, "\\hskip " * 2_500, "ᵃ" * 20_000, "\\frac{" + "ᵃ" * 9_000 + "}{" + "dᵃ" * 4_000 + "}",
        "a" * 19_000 + "_b",
        "\\begin{aligned}" * 1_300, "&" * 20_000, "\\\\" * 10_000, "\\def\\x{\\x\\x}" + "\\x" * 5_000, "{a}" * 6_000,
        "\\not" * 5_000,
        "\\ce{" + "a1^" * 6_000, "( " * 10_000, "\\newcommand{\\y}[1]{#1#1}" + "\\y{" * 4_000,
        "[" * 20_000, "\\_" * 10_000,
    ],
)  # fmt: skip
def test_long_formulas_take_linear_time(tex: str) -> None:
    start = time.process_time()
    assert is_clean(readable(tex))
    assert time.process_time() - start < 2


@pytest.mark.skipif("BLOGSITE_FORMULAS" not in os.environ, reason="BLOGSITE_FORMULAS names no file of formulas")
def test_real_formulas_have_clean_texts() -> None:
    lines = Path(os.environ["BLOGSITE_FORMULAS"]).read_text("utf-8").splitlines()
    formulas = [(found["tex"], readable(found["tex"]), found["source"]) for found in map(json.loads, lines)]
    assert not [(tex, text) for tex, text, _ in formulas if not is_clean(text)]
    written = [(tex, text) for tex, text, source in formulas if not source.startswith("test")]
    assert not [tex for tex, text in written if not text and not re.match(r"%|\\def", tex)]
