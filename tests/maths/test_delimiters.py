"""Delimiters of formulas in Markdown: the 51 cases, dialects, code, attributes, and hostile text."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.extensions.math import MathsExtension, without_delimiters, without_tex_markup
from blogsite.maths.delimiters import find_tex
from tests.support.cases import load_cases, save_cases

CASES = Path(__file__).parent / "cases"
EXTENSIONS = ("tables", "footnotes", "fenced_code", "def_list", "smarty")


def convert(text: str, **settings: object) -> tuple[str, ParseContext]:
    """Return the HTML of a post and its messages, with Python-Markdown's own extensions and those for maths."""
    md = markdown.Markdown(extensions=[*EXTENSIONS, MathsExtension(MarkdownSettings(**settings))])  # type: ignore[arg-type]
    md.preprocessors.deregister("normalize_whitespace")
    context = ParseContext(text, "posts/a.md")
    md.context = context  # type: ignore[attr-defined]
    return md.convert(text), context


def standing(text: str, **settings: object) -> str:
    """Return the formulas and references of a text, one on each line."""
    html, context = convert(text, **settings)
    lines = []
    for match in re.finditer('\x02f([0-9]+)\x03|class="eqref"[^>]*>([^<]*)', html):
        if match[1] is None:
            lines.append(f"reference {match[2]}")
            continue
        formula = context.formulas[int(match[1])]
        kind = "error" if formula.error else "display" if formula.display else "inline"
        lines.append(f"{kind} {without_delimiters(formula.source)}".replace("\n", "⏎"))
    return "\n".join(lines) or "nothing"


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("51.md", "default"),
        ("find.md", "default"),
        ("kramdown.md", "kramdown"),
        ("blogdown.md", "blogdown"),
    ],
)
def test_maths_is_found_where_it_stands(name: str, dialect: str, rewrite: bool) -> None:
    cases = load_cases(CASES / name)
    made = [(title, text, standing(text, math_dialect=dialect)) for title, text, _ in cases]
    if rewrite and name != "51.md":
        save_cases(CASES / name, made)
    assert made == cases or rewrite


def test_the_51_cases_are_51() -> None:
    assert len(load_cases(CASES / "51.md")) == 51


@pytest.mark.parametrize("dialect", ["kramdown", "blogdown"])
def test_nothing_is_maths_where_it_is_switched_off(dialect: str) -> None:
    text = "`$x$` $x_1$ $$y$$ \\$5\n\n```math\nx\n```\n"
    html, context = convert(text, math=False, math_dialect=dialect)
    assert context.formulas == []
    assert "$x_1$" in html
    assert "\\$5" not in html


def test_code_and_attributes_get_back_what_was_written() -> None:
    html, context = convert(
        '    a = "$x$" <$y$>\n\n`\\$` <i title="$a$" class="$b & c$">$<i>$</i>\n\n> para\n>\n>     $a\n>     b$ c\n'
    )
    assert html.startswith('<pre><code>a = "$x$" &lt;$y$&gt;\n</code></pre>')
    assert 'title="$a$"' in html
    assert "<code>$a\nb$ c\n</code>" in html
    assert [formula.source for formula in context.formulas] == ["$<i>$"]


def test_maths_is_safe_from_markdown() -> None:
    html, context = convert(
        "*a $x*y$ b* __$_1$__ [$a]b$](u) ![$i$](i.png) # $h$\n\n| $|x|$ | $`$ |\n|---|---|\n| 1 | 2 |\n"
    )
    assert "<em>a \x02f0\x03 b</em>" in html
    assert "<strong>\x02f1\x03</strong>" in html
    assert '<a href="u">\x02f2\x03</a>' in html
    assert 'alt="i"' in html
    assert "<th>\x02f4\x03</th>" in html
    assert len(context.formulas) == 6


def test_a_place_is_the_opening_delimiter() -> None:
    _, context = convert("甲 $a$ 乙\n\n> 丙 $$\n> b\n> $$ 丁 \\(c\\)\n\n- \\begin{equation}d\\end{equation}\n")
    assert [(formula.line, formula.column) for formula in context.formulas] == [(1, 3), (3, 5), (5, 8), (7, 3)]


def test_breaks_beside_displays_go() -> None:
    html, _ = convert("a  \n$$x$$  \nb  \nc $y$  \nd")
    assert html.count("<br") == 2


def test_plain_text_of_a_heading_is_tex() -> None:
    context = ParseContext("", "a.md")
    assert without_tex_markup("no maths", context) == "no maths"
    for text, tex in (("$x$", "x"), ("$$\nx\n$$", "x"), ("\\(x\\)", "x"), ("```math\nx\n```", "x"), ("`$x$`", "x")):
        _, context = convert(text, math_dialect="blogdown")
        assert without_tex_markup("a \x02f0\x03 b", context) == f"a {tex} b"


HOSTILE = {
    "dollars": "$" * 200_000,
    "spaced dollars": "$ " * 100_000,
    "openers": "$a " * 100_000,
    "displays": "$$a " * 80_000,
    "displays with blank lines": "$$\n\n" * 50_000,
    "round brackets": "\\(" * 100_000,
    "square brackets": "\\[\n" * 100_000,
    "environments": "\\begin{equation}" * 30_000,
    "environments across": "\\begin{align}\\begin{gather}" * 15_000 + "\\end{align}" * 15_000,
    "ticks": "".join("`" * count + " " for count in range(1, 800)),
    "fences of maths": "```math\n" * 30_000,
    "two kinds of fence": "~~~~math\n~~~\n" * 30_000,
    "comments": "<!--" * 100_000,
    "tags with quotes": "<a \"'" * 100_000,
    "tags with values": '<a b=\'c" d="' * 40_000,
    "raw code": "<pre>" * 60_000,
    "definitions": "\\def\\a{\n" * 30_000,
    "options": "\\newcommand\\a[" * 30_000,
    "quotes": ">" * 100_000 + "$x\n" + ">" * 100_000 + "y$",
    "one long line": "x" * 2_000_000 + "$y$",
    "references": "\\ref{" * 100_000,
    "braces": "$" + "{" * 100_000 + "$",
    "texts that are never closed": "$\\text{" * 40_000,
    "texts in one another": "$\\text{" * 12_000 + "}$" * 12_000,
    "texts in one another with a list": "- $\\text{" * 12_000 + "\n- " + "}$" * 12_000,
    "texts in one another around code": ("$\\text{" * 1_500 + "`x`" + "}$" * 1_500) * 10,
    "texts beside one another": "$，" + "\\text{$}" * 30_000,
    "round brackets around a tick": "\\(" * 100_000 + "`\\)`",
    "round brackets around code": "\\(" * 100_000 + "`x`\\)",
    "displays of ticks": "$$`a`$$" * 30_000,
    "items of ticks": "- $ ` `` $\n" * 20_000,
    "ticks of many lengths in dollars": "$" + "".join("`" * count + " " for count in range(1, 600)) + "$ $x` $",
    "amounts": "$5" + "，、" * 100_000 + "$",
    "amounts and words": "5$" + " ab/c" * 50_000 + "=$",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    started = time.process_time()
    assert sum(1 for _ in find_tex(HOSTILE[name])) <= len(HOSTILE[name])
    assert time.process_time() - started < 3


WRITTEN = r"""
$ $$ \( \) \[ \] ` `` > - # | x 甲 \begin{align} \end{align} \eqref{a} \label{a} \newcommand{\q}{1} \q { } & \\ % 5
<!-- --> <a␣b=' '> </a> <pre> </pre> <code> \tag{1} \$ \def\q#1{#1} ```math⏎ ```⏎ ⏎ ⏎⏎ ␣ ␣␣␣␣ >␣ -␣ #␣
"""
PIECES = st.sampled_from([piece.replace("⏎", "\n").replace("␣", " ") for piece in WRITTEN.split()])


@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["default", "kramdown", "blogdown"]))
@example("$\\def\\q{", "default")
def test_whatever_is_written_is_found_in_order_and_made(text: str, dialect: str) -> None:
    at = 0
    for found in find_tex(text, dialect):
        assert at <= found.start < found.end <= len(text)
        at = found.end
    html, context = convert(text, math_dialect=dialect)
    numbers = [int(number) for number in re.findall("\x02f([0-9]+)\x03", html)]
    assert sorted(set(numbers)) == list(range(len(context.formulas)))
    assert list(dict.fromkeys(numbers)) == sorted(set(numbers))
    assert "\x02gone" not in html


@given(st.lists(PIECES, max_size=30).map("".join))
def test_code_is_never_changed(text: str) -> None:
    code = re.sub(r"[`~<>&\n]", "", text)
    html, context = convert(f"    a {code}\n")
    assert unescape(re.sub("<[^>]*>", "", html)).strip() == f"a {code}".strip()
    assert context.formulas == []
    assert context.diagnostics == []
