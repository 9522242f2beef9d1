"""KaTeX: real formulas are made, hostile ones cost one message each, and none is made twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import pytest

from blogsite.config.settings import MathFormat
from blogsite.content.model import Formula
from blogsite.maths import katex as engine_module
from blogsite.maths.assets import KATEX, MATH_ASSETS, SCRIPTS, TEMML
from blogsite.maths.commands import ENGINE_MACROS, TEMML_MACROS
from blogsite.maths.html import Rendered, TypesetFormulas, engine_input, typeset
from blogsite.maths.katex import Engine, EngineError, Result, TeX, formula_key
from blogsite.maths.katex_patches import PATCHES
from blogsite.maths.numbering import EquationNumberer
from blogsite.maths.packages import expanded
from blogsite.maths.preprocess import plain_signs, preprocess
from blogsite.maths.resolve import known_commands
from blogsite.maths.tex import commands, without_comments
from tests.maths.test_delimiters import convert

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests/maths/data/formulas.jsonl"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def prepared(line: str) -> tuple[str, TeX]:
    """Source and TeX of one line of a file of formulas, as a post would hand it to the engine, references numbered."""
    formula = json.loads(line)
    tex = expanded(without_comments(plain_signs(formula["tex"])), (), frozenset())
    tex = preprocess(EquationNumberer().number(tex, formula["display"]).tex, formula["display"])
    return formula["source"], TeX(re.sub(r"\\(?:eq)?ref\s*\{[^{}]*\}", "1", tex), formula["display"])


def failures(engine: Engine, path: Path, output: MathFormat) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return for each source the number of formulas, the number of failures, and their reasons."""
    formulas = [prepared(line) for line in path.read_text("utf-8").splitlines()]
    results = engine.render([tex for _, tex in formulas], output)
    failed = [
        (source, f"{source}: {result.message}: {tex.tex[:100]}")
        for (source, tex), result in zip(formulas, results, strict=True)
        if isinstance(result, EngineError)
    ]
    return (
        Counter(source for source, _ in formulas),
        Counter(source for source, _ in failed),
        [why for _, why in failed],
    )


@pytest.mark.parametrize("output", ["html", "mathml"])
def test_formulas_of_real_posts_are_made(engine: Engine, output: MathFormat) -> None:
    total, failed, why = failures(engine, SAMPLE, output)
    assert total.total() > 250
    assert failed.total() <= total.total() * 0.005, "\n".join(why)


@pytest.mark.skipif("BLOGSITE_FORMULAS" not in os.environ, reason="BLOGSITE_FORMULAS names no file of formulas")
@pytest.mark.parametrize("output", ["html", "mathml"])
def test_formulas_of_the_corpus_are_made(engine: Engine, output: MathFormat) -> None:
    total, failed, why = failures(engine, Path(os.environ["BLOGSITE_FORMULAS"]), output)
    real = [source for source in total if source.startswith(("zh:", "en:"))]
    assert sum(failed[source] for source in real) <= 0.005 * sum(total[source] for source in real), "\n".join(why)


def test_html_comes_with_mathml_for_screen_readers(engine: Engine) -> None:
    (html,) = engine.render([TeX("x^2\\tag{3}", True)])
    assert isinstance(html, str)
    assert "<math " in html
    assert 'aria-hidden="true"' in html
    assert "katex-tag" in html


def test_mathml_has_real_letters(engine: Engine) -> None:
    (html,) = engine.render([TeX("\\mathbb{R}\\bar{x}\\pmb{\\mathcal{H}}\\text{若}", False)], "mathml")
    assert isinstance(html, str)
    assert html.startswith("<math>")
    assert "ℝ" in html
    assert "𝓗" in html
    assert "若" in html
    assert "‾" not in html


@pytest.mark.parametrize("output", ["html", "mathml"])
@pytest.mark.parametrize(
    ("tex", "variables", "text"),
    [
        ("$\\text{若 $x>0$}$", ["x"], "若 x>0"),
        ("$$a \\mbox{ if $b_1$ or $c$}\\textbf{甲 $d$}$$", ["a", "b", "c"], "a if b1 or c甲 "),
        ("$\\text{若 $a\\text{ 或 $b_1$}$}$", ["a", "b"], "若 a 或 b1"),
        ("$\\text{a_b & $x_1$}$", ["x"], "a_b & x1"),
    ],
)
def test_maths_within_text_is_maths(
    engine: Engine, output: MathFormat, tex: str, variables: list[str], text: str
) -> None:
    _, context = convert(tex)
    (formula,) = context.formulas
    (html,) = engine.render([engine_input(formula)], output)
    assert isinstance(html, str)
    mathml = re.sub("<annotation.*", "", html)
    assert set(variables) <= set(re.findall("<mi[^>]*>([^<]*)</mi>", mathml))
    assert text in unescape(re.sub("<[^>]*>", "", mathml)).replace("\xa0", " ")


def test_macros_reach_the_formulas_that_have_them(engine: Engine) -> None:
    _, context = convert(
        "\\newcommand{\\norm}[2][2]{\\|#2\\|_{#1}}\n\\DeclarePairedDelimiter{\\abs}{\\lvert}{\\rvert}\n\\def\\gone#1{x}\n\n"
        "$\\norm{u}$ $\\norm[1]{u}$ $\\abs*{u}$ $\\gone{y}$ $\\renewcommand{\\phi}{\\varphi}\\phi$ $\\phi$"
    )
    for output in ("html", "mathml"):
        results = engine.render([engine_input(formula) for formula in context.formulas], output)  # type: ignore[arg-type]
        assert all(isinstance(result, str) for result in results), results
        assert "y" not in re.sub("<[^>]*>|annotation.*", "", str(results[3])).replace("\\gone{y}", "")
        assert engine.render([TeX("\\gone{y}", False)], output) == [EngineError("unknown macro \\gone")]  # type: ignore[arg-type]


HOSTILE = {
    "x" * 20_001: "formula has more than 20,000 characters",
    "\ud800": "formula holds a character that is not text",
    "\x00": "formula holds a character that is not text",
    "\x01": "formula holds a character that is not text",
    "{" * 5_000 + "}" * 5_000: "formula is nested more than 300 deep",
    "\\def\\a{\\a\\a}\\a": "macros of the formula expand without end",
    "\\def\\a{xx}" + "\\edef\\a{\\a\\a}" * 40 + "\\a": "macros of the formula expand without end",
    "\\foo": "unknown macro \\foo",
}


@pytest.mark.parametrize("output", ["html", "mathml"])
def test_hostile_formulas_cost_a_message_each(engine: Engine, output: MathFormat) -> None:
    results = engine.render([TeX(tex, True) for tex in HOSTILE] + [TeX("x", False)], output)
    assert [result.message for result in results[:-1] if isinstance(result, EngineError)] == list(HOSTILE.values())
    assert isinstance(results[-1], str)


@pytest.mark.parametrize("output", ["html", "mathml"])
def test_a_formula_cannot_bring_markup_into_a_page(engine: Engine, output: MathFormat) -> None:
    for tex in (
        "\\text{<img src=x onerror=alert(1)>}",
        '\\htmlClass{a"><script>}{x}',
        '\\color{"><script>}x',
        "<script>",
    ):
        (result,) = engine.render([TeX(tex, True)], output)
        assert isinstance(result, EngineError) or not re.search("<img|<script", result)
    (huge,) = engine.render([TeX("\\rule{1000000em}{9999em}", True)], output)
    assert "1000000" not in re.sub("<annotation.*?</annotation>", "", str(huge))


def test_a_slow_formula_costs_only_itself(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "SECONDS", 0.5)
    bomb = TeX("\\def\\a{" + "x" * 9_000 + "}" + "\\a" * 900, True)
    results = engine.render([TeX("x", False), bomb, TeX("y", False)])
    assert isinstance(results[0], str)
    assert results[1] == EngineError("formula takes longer than 0.5 seconds")
    assert isinstance(results[2], str)


def test_the_process_ends_though_nobody_closed_the_engine() -> None:
    code = "from blogsite.maths.katex import *; print(len(render_many([TeX('x', False)])))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


class Recorded:
    """An engine that only counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[TeX] = []

    def __call__(self, formulas: Sequence[TeX], output: MathFormat) -> list[Result]:
        self.asked += formulas
        return [EngineError("no such thing") if "bad" in f.tex else f"<{output}>{f.tex}</{output}>" for f in formulas]


def formula(tex: str, *, display: bool = False, **fields: object) -> Formula:
    return Formula(tex, display, f"${tex}$", **fields)  # type: ignore[arg-type]


def test_equal_formulas_are_made_once() -> None:
    make = Recorded()
    filled = TypesetFormulas("html", make=make)
    formulas = (formula("x", line=1), formula("x", line=2), formula("x", display=True), formula("q", error="broken"))
    html = "".join(f"\x02f{number}\x03" for number in range(4))
    filled.fill(html, formulas)
    filled.fill(html, formulas)
    assert make.asked == [TeX("x", False), TeX("x", True)]
    filled.fill(html, formulas, feed=True)
    assert len(make.asked) == 4


def test_a_key_holds_all_that_shapes_the_html() -> None:
    formulas = [TeX("x", False), TeX("x", True), TeX("y", False), TeX("x", False, (("\\a", "\\gdef\\a{b}"),))]
    keys = {formula_key(tex, output) for tex in formulas for output in ("html", "mathml")}  # type: ignore[arg-type]
    assert len(keys) == 8
    assert formula_key(TeX("x", False), "html") == formula_key(TeX("x", False), "html")


def test_a_page_shows_formulas_errors_and_anchors() -> None:
    make = Recorded()
    formulas = (
        formula("x"),
        formula("y", display=True, ids=("eq-a", "eq-b")),
        formula("bad<", line=3, column=4),
        formula("", error="unknown macro \\q"),
    )
    made = typeset(formulas, "html", make)
    page = TypesetFormulas("html", made)
    html = page.fill("<p>\x02f0\x03，\x02f1\x03 \x02f2\x03。\x02f3\x03 \x02f1\x03</p>", formulas)
    assert html == (
        '<p><span class="math-nobreak"><span class="math inline"><html>x</html></span>，</span>'
        '<span class="math display" id="eq-a"><span id="eq-b"></span><html>y</html></span> '
        '<span class="math-nobreak"><span class="math inline"><code class="math-error" title="no such thing">'
        "$bad&lt;$</code>"
        '</span>。</span><span class="math inline"><code class="math-error" title="unknown macro \\q">$$</code></span> '
        '<span class="math display"><html>y</html></span></p>'
    )
    assert list(map(str, page.warnings("posts/a.md", formulas))) == [
        "posts/a.md:3:4: warning: no such thing\n    correct the formula; it is shown as it was written"
    ]


def test_feeds_have_mathml_without_ids_and_glue() -> None:
    formulas = (formula("x", display=True, ids=("eq-a",)), formula("y"))
    html = TypesetFormulas("html", make=Recorded()).fill("\x02f0\x03 \x02f1\x03, z", formulas, feed=True)
    assert html == (
        '<span class="math display"><mathml>x</mathml></span> <span class="math inline"><mathml>y</mathml></span>, z'
    )


def test_long_formulas_may_break_before_their_punctuation() -> None:
    long = formula("x" * 41)
    made = {formula_key(engine_input(long), "html"): Rendered("…")}
    assert TypesetFormulas("html", made).fill("\x02f0\x03，", (long,)) == '<span class="math inline">…</span>，'


# ── what is vendored ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_scripts_styles_and_fonts_are_of_one_version() -> None:
    for name, version, output in (("katex", KATEX, "html"), ("temml", TEMML, "mathml")):
        assert (SCRIPTS / f"{name}-{version}" / "LICENSE").is_file()
        assets = MATH_ASSETS[output]
        css = (ROOT / "static" / assets.style_sheet.lstrip("/")).read_text("utf-8")
        urls = re.findall(r"url\(['\"]?((?!data:|%23)[^)'\"]+)", css)
        assert urls
        for url in urls:
            assert url.endswith(".woff2")
            assert (ROOT / "static" / assets.folder / url).is_file()
        assert all((ROOT / "static" / font.lstrip("/")).is_file() for font in assets.fonts)
    assert f'version:"{KATEX}"' in (SCRIPTS / f"katex-{KATEX}/katex.min.js").read_text("utf-8").replace(" ", "")


def test_style_sheets_end_in_our_rules() -> None:
    for output, rules in (("html", "pages.css"), ("mathml", "mathml.css")):
        css = (ROOT / "static" / MATH_ASSETS[output].style_sheet.lstrip("/")).read_text("utf-8")
        assert css.endswith((ROOT / "blogsite/maths" / rules).read_text("utf-8"))


def test_the_engine_knows_the_commands_it_is_said_to_know(engine: Engine) -> None:
    known = [name for name in (SCRIPTS / "commands.txt").read_text("utf-8").split("\n") if name]
    assert len(known) > 900
    assert {"\\frac", "\\alpha", "\\ce", "\\R", "\\,", "\\{", "\\left"} <= set(known)
    results = engine.render([TeX(name + "{}{}{}{}", True) for name in [*known, *ENGINE_MACROS]])
    assert not [r for r in results if isinstance(r, EngineError) and r.message.startswith("unknown macro")]
    assert commands("".join(TEMML_MACROS.values()).replace("#1", "")) - known_commands() == set()


def test_tuning_fits_the_version_and_changes_no_byte(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (SCRIPTS / f"katex-{KATEX}/katex.min.js").read_text("utf-8")
    assert all(script.count(original) == 1 for original, _ in PATCHES)
    formulas = [prepared(line)[1] for line in SAMPLE.read_text("utf-8").splitlines()]
    apply_patches = engine.render(formulas)
    monkeypatch.setattr(engine_module, "apply_patches", str)
    with Engine() as plain:
        assert plain.render(formulas) == apply_patches


@pytest.mark.skipif("BLOGSITE_FORMULAS" not in os.environ, reason="BLOGSITE_FORMULAS names no file of formulas")
def test_large_batches_are_fast(engine: Engine) -> None:
    formulas = [prepared(line)[1] for line in Path(os.environ["BLOGSITE_FORMULAS"]).read_text("utf-8").splitlines()]
    engine.render(formulas)
    started = time.process_time()
    engine.render(formulas)
    assert len(formulas) / (time.process_time() - started) > 1000
