"""Excerpts: every marker in every place, automatic excerpts, and HTML that is not closed."""

from __future__ import annotations

import re
import time
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogsite.content.model import Formula, HtmlFragment, Reference
from blogsite.markdown.excerpt import ExcerptedPost, balance, description, split
from tests.support.cases import load_cases

CASES = Path(__file__).parent / "cases"
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

FORMULAS = tuple(Formula(f"x_{n}", False, f"$x_{n}$", ids=(f"eq-{n}",)) for n in range(4))
NEEDS = tuple(Reference("link", f"target-{n}.md") for n in range(4))


def cases(name: str) -> list[object]:
    """The cases of a fixture file; its first title follows words on the file. Placeholders are written ⟨f0⟩."""
    marks = str.maketrans("⟨⟩", "\x02\x03")
    return [
        pytest.param(
            title.rpartition("\n")[2], given.translate(marks), expected.translate(marks), id=title.rpartition("\n")[2]
        )
        for title, given, expected in load_cases(CASES / name)
    ]


def cut(html: str, limit: int = 300, summary: str | None = None) -> ExcerptedPost:
    return split(HtmlFragment(html, FORMULAS), NEEDS, limit=limit, summary_html=summary)


class Checked(HTMLParser):
    """A parser of HTML that asserts that elements are properly nested."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # as HTML has it, the slash says nothing

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All letters in it."""
        return "".join("".join(self.texts).split())


# ── breaks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("title", "html", "expected"), cases("excerpt_breaks.md"))
def test_a_post_is_cut_at_its_break(title: str, html: str, expected: str) -> None:
    found = cut(html)
    assert found.has_break
    assert f"{found.excerpt.html}\n-----\n{found.body.html}" == expected


def test_formulas_and_needs_of_the_excerpt_are_those_it_shows() -> None:
    found = cut("<p>\x02f2\x03 <a href='\x02n3\x03'>x</a> \x02f0\x03</p><!-- more --><p>\x02f1\x03 \x02n0\x03</p>")
    assert [formula.tex for formula in found.excerpt.formulas] == ["x_2", "x_0"]
    assert [formula.ids for formula in found.excerpt.formulas] == [(), ()]
    assert found.excerpt_needs == (NEEDS[3],)
    assert found.body.formulas == FORMULAS


def test_references_within_formulas_count_among_the_needs_of_the_excerpt() -> None:
    formula = Formula("a ?? b", True, "$$…$$", references=(("??", 2),))
    found = split(HtmlFragment("<p>\x02f0\x03 \x02n1.text\x03</p>", (formula,)), NEEDS, limit=300)
    assert found.excerpt_needs == (NEEDS[1], NEEDS[2])
    assert found.excerpt.formulas[0].references == (("??", 1),)


@pytest.mark.parametrize(
    ("rest", "whole"),
    [
        ("", True),
        ("\n<!-- a remark --> <p> </p>\n<script>1</script>", True),
        ("</p></div>", True),
        ("<p>.</p>", False),
        ("<p>\x02f0\x03</p>", False),
        ('<img src="a.png">', False),
        ('<iframe src="a"></iframe>', False),
        ('<div class="footnote"><ol><li>x</li></ol></div>', False),
    ],
)
def test_an_excerpt_is_whole_where_nothing_of_substance_follows(rest: str, whole: bool) -> None:
    assert cut(f"<p>甲</p><!-- more -->{rest}").whole is whole


def test_the_break_decides_whatever_the_summary_says() -> None:
    found = cut("<p>甲</p><!-- more --><p>乙</p>", summary="<p>丙</p>")
    assert found.excerpt.html == "<p>甲</p>"


# ── no breaks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("title", "html", "expected"), cases("excerpt_openings.md"))
def test_a_post_without_a_break_shows_its_opening(title: str, html: str, expected: str) -> None:
    limit = re.match(r"(\d+): ", title)
    found = cut(html, int(limit[1]) if limit else 300)
    assert not found.has_break
    assert found.excerpt.html + ("\n(all)" if found.whole else "") == expected
    assert found.body.html == html


def test_a_summary_stands_in_for_the_opening() -> None:
    found = cut("<p>甲</p>", summary='<p id="x">乙 \x02f1\x03 <a href="\x02n2\x03">丙</p>')
    assert found.excerpt.html == '<p>乙 \x02f0\x03 <a href="\x02n0\x03">丙</a></p>'
    assert (found.excerpt.formulas[0].tex, found.excerpt_needs) == ("x_1", (NEEDS[2],))
    assert not found.has_break
    assert not found.whole


# ── HTML that is not closed ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("title", "html", "expected"), cases("excerpt_balance.md"))
def test_html_is_closed(title: str, html: str, expected: str) -> None:
    assert balance(html) == expected
    assert balance(expected) == expected
    assert cut(expected).body.html == expected


TAGS = """a b blockquote br button code dd div dl dt em h2 hr li object ol option p pre rt ruby select span svg table td
tr ul"""
PIECES = st.one_of(
    st.sampled_from(TAGS.split()).map("<{}>".format),
    st.sampled_from(TAGS.split()).map("</{}>".format),
    st.sampled_from(["甲", "乙丙。", "word ", "an other. ", " ", "&lt;", "&amp;", "<", "</", "<3"]),
    st.sampled_from(
        [
            "\x02f0\x03",
            "\x02f3\x03",
            '<a href="\x02n1\x03">',
            "\x02n2.text\x03",
            '<img src="\x02n2\x03"\x02n2.size\x03>',
        ]
    ),
    st.sampled_from(
        ['<a href="#x">', '<p id="i" class=c>', "<div id=j/>", "<b title=\"a>b\" id='k'>", '<i a="', "<g/>", "<DIV>"]
    ),
    st.sampled_from(
        ["<script>a<b</script>", "<style>p>q</style>", "<script>", "<!--x-->", "<!--<b>-->", "<!--", "-->", "<?x?>"]
    ),
    st.sampled_from(["<body>", "</html>", "<!doctype html>", '<div class="footnote">', "<tbody>"]),
)
SOUP = st.lists(PIECES, max_size=25).map("".join)
MARKER = st.sampled_from(["<!-- more -->", "<!--more-->", "<!---More --->", "<!-- TEASER_END: x -->"])


@given(SOUP)
def test_any_html_is_closed_once_and_for_all(html: str) -> None:
    done = balance(html)
    Checked(done)
    assert balance(done) == done


@given(SOUP, st.integers(1, 40))
def test_any_opening_is_fit_for_any_page(html: str, limit: int) -> None:
    found = cut(html, limit)
    assert_fit(found)
    if found.whole:
        assert unnumbered(Checked(found.excerpt.html).text) == unnumbered(Checked(found.body.html).text)


@given(SOUP, MARKER, SOUP)
@example("<p>甲<textarea>", "<!-- more -->", "</textarea>")
def test_a_break_parts_what_stands_before_from_what_stands_after(before: str, marker: str, after: str) -> None:
    found = cut(f"{before}\x02n0\x03{marker}\x02n3\x03{after}")
    assert_fit(found)
    if not found.has_break:  # it stood in code, or in something that begins before it and never ends
        return
    body, excerpt = Checked(found.body.html), Checked(found.excerpt.html)
    assert body.ids.count("more") == 1
    assert NEEDS[3] not in found.excerpt_needs
    if "footnote" not in before:  # the list of footnotes is no part of an excerpt
        assert NEEDS[0] in found.excerpt_needs
        until, placeholder, _ = body.text.partition("\x02n0\x03")
        assert unnumbered(excerpt.text) == unnumbered(until + placeholder), "nothing lost, nothing after it"


def unnumbered(text: str) -> str:
    """Return a text with placeholders without their numbers."""
    return re.sub("\x02([fn])[0-9]+", r"\1", text)


def assert_fit(found: ExcerptedPost) -> None:
    """The excerpt is balanced, has no ids, and its placeholders have answers; the body is balanced."""
    Checked(found.body.html)
    assert not Checked(found.excerpt.html).ids
    for kind, number in re.findall("\x02([fn])([0-9]+)", found.excerpt.html):
        assert int(number) < len(found.excerpt.formulas if kind == "f" else found.excerpt_needs)
    assert not any(formula.ids for formula in found.excerpt.formulas)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + "甲<!-- more -->乙" + "</div>" * 10_000,
        "<blockquote><p>甲" * 10_000 + "<!-- more -->",
        "<b>" * 10_000 + "<!-- more --></i>" * 10_000,
        "<table><tr><td>" * 5_000 + "<!-- more --><tr>",
        "<ul><li>" * 10_000 + "</p></li></div>" * 10_000,
        "<section>" + "<div>" * 10_000 + "<li></li>" * 10_000,
        "<p><button>" + "<i>" * 10_000 + "</p>" * 10_000,
        "<a " * 50_000,
        '<a b="' * 25_000,
        "<!--" * 50_000,
        "<script>" * 25_000,
        "<script>" + "</script " * 25_000,
        "<p" + " " * 125_000 + "=x>甲<!-- more -->",
        "<p id" + " " * 125_000 + "/>甲<!-- more -->",
        "甲" * 250_000,
        "a" * 250_000,
        "<p>" + "a&b;" * 50_000,
        "<p>" + "<a>甲</a>" * 12_000,
        "<p>" + "<!-- more -->" * 30_000,
        "<!-- more:" + " " * 125_000 + ">",
        ". " * 75_000,
        ".  " + " " * 125_000 + "x",
        "<" * 75_000,
        "&" * 75_000,
    ],
    ids=lambda html: html[:20] + "…",
)
def test_hostile_html_takes_no_longer_than_other_html_of_its_size(html: str) -> None:
    start = time.process_time()
    found = cut(html)
    assert time.process_time() - start < 3
    assert len(found.excerpt.html) <= 4 * len(html)


# ── descriptions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("<p>A\n short  text</p>", "A short text"),
        ("<p>甲 &amp; \x02f0\x03</p><pre>code</pre><p>乙</p>", "甲 & x₀ 乙"),
        ("<p>" + "句。" * 90 + "\x02n0.text\x03</p>", "句。" * 90 + "\x02n0.text\x03"),
        ("句。" * 90, "句。" * 80),
        ("字" * 200, "字" * 159 + "…"),
        ("字，" * 200, ("字，" * 80)[:159].rstrip("，") + "…"),
        ("word " * 40, "word " * 31 + "word…"),
        ("a" * 200, "a" * 159 + "…"),
    ],
)
def test_a_description_is_plain_and_short(text: str, expected: str) -> None:
    assert description(HtmlFragment(text, FORMULAS)) == expected


@given(st.text())
def test_no_description_is_too_long(text: str) -> None:
    assert len(description(HtmlFragment(escape(text * 5)))) <= 160
