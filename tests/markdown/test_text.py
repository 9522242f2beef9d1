"""Plain text of HTML, counting of words, and HTML for feeds."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.model import Formula
from blogsite.markdown.html.text import (
    count_words,
    for_feed,
    opening_text,
    plain_text,
    reading_minutes,
    shorten,
    without_invalid_xml,
)


def formula(tex: str) -> Formula:
    return Formula(tex, False, f"${tex}$")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<p>甲<em>乙</em></p><p>丙</p>", "甲乙 丙"),
        ("<ul><li>甲</li><li>乙</li></ul>丙<br>丁", "甲 乙 丙 丁"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<p>a</p><script>b</script><style>c</style><!-- d > e --><p>f</p>", "a f"),
        ("<script>never closed", ""),
        ("<!-- never closed", ""),
        ('<p>甲<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>乙</p>', "甲乙"),
        ('<li>注&#160;<a class="footnote-backref" href="#fnref:1">&#8617;</a></li>', "注"),
        ('<p>甲<img alt="乙" src="x">丙</p>', "甲 丙"),
        ("<p>\x02f0\x03、\x02f1\x03 \x02n0.text\x03</p>", "x<1、α"),
        ("<p>\x02f9\x03甲</p>", "甲"),
        ("<p><code>a &lt;b&gt;</code></p><pre><code>c\n d</code></pre>", "a <b> c d"),
    ],
)
def test_the_words_of_html(html: str, expected: str) -> None:
    assert plain_text(html, (formula("x<1"), formula("\\alpha"))) == expected


def test_code_blocks_can_be_left_out() -> None:
    assert plain_text("<p><code>a</code></p><pre><code><b>b</b></code></pre><p>c</p>", code=False) == "a c"


def test_a_formula_that_cannot_be_made_is_text_too() -> None:
    broken = Formula("", True, "$$\n\\frac{a}{b\n$$", error="unbalanced braces")
    assert plain_text("<p>\x02f0\x03</p>", (broken,)) == "a/b"


def test_the_opening_of_a_text_keeps_the_placeholders_of_numbers() -> None:
    made = Formula("x = \\text{(\x02n7.text\x03)}", False, "", references=(("\x02n7.text\x03", 1),))
    text = opening_text("<p>a \x02f0\x03 <a href='\x02n0\x03'>\x02n0.text\x03</a></p>", (made,))
    assert text == "a x = (\x02n1.text\x03) \x02n0.text\x03"


def test_the_opening_of_a_long_text_reads_few_of_its_formulas() -> None:
    many = tuple(formula(f"x_{{{number}}}") for number in range(10_000))
    text = opening_text(" ".join(f"\x02f{number}\x03" for number in range(10_000)), many)
    assert text.startswith("x₀ x₁ x₂")
    assert 1000 <= len(text) < 1100


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("短", 5, "短"),
        ("一二三。四五六七", 6, "一二三。"),
        ("一。二三四五六七", 6, "一。二三四…"),
        ("一二三，四五六七", 5, "一二三…"),
        ("他说《红楼梦》好", 4, "他说…"),
        ("one two three", 10, "one two…"),
        ("One two. Three four.", 12, "One two."),
        ("one, e.g. this long", 14, "one, e.g…"),
        ("incomprehensible", 8, "incompr…"),
        ("中文word中文", 5, "中文…"),
    ],
)
def test_a_text_is_shortened_where_it_hurts_least(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("  \n<p></p>", 0),
        ("中文字", 3),
        ("中文，字。“引”", 4),
        ("two words", 2),
        ("用BERT做GPT2", 4),
        ("don't and don’t", 3),
        ("'quoted' '' ' words'", 2),
        ("few-shot, 2024/05", 4),
        ("snake_case", 2),
        ("naïve café", 2),
        ("cafe\u0301 x", 2),
        ("かなカナー", 5),
        ("한국어 낱말", 2),
        ("Привет мир", 2),
        ("々〇", 2),
        ("𠮷野家", 3),
        ("ＡＢＣ", 1),
        ("a &amp; b&nbsp;c", 3),
        ("<p>甲<b>乙</b></p><p>x</p>", 3),
        ("un<b>believ</b>able", 1),
        ("甲 \x02f0\x03 乙\x02f12\x03", 4),
        ('<a href="\x02n0\x03">\x02n0.text\x03</a>', 1),
        ('<p>甲</p><img alt="乙丙" src="x"><!-- 丁 -->', 1),
        ("<p>甲<code>x y z</code></p><pre><code><span>a</span> b</code></pre>乙", 2),
        ("甲<script>x y</script><style>z</style>乙", 2),
        ('甲<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">12</a></sup>', 1),
        ("1 < 2 and 3 > 2", 5),
    ],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert count_words(text) == count
    if "<" not in text:
        assert count_words(text + " œ") == count + 1, "with rare letters in it, the count is the same"


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (299, 1), (3000, 10)])
def test_reading_takes_a_minute_at_least(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert count_words(text) >= 0
    assert "<p" not in plain_text(f"<p>{text}</p>") or "<p" in text or "&" in text


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<pre>", "<a ", "<", "$", "\\(", "&", ". ", "\x02", "' ", "  "])
def test_hostile_texts_take_no_longer(piece: str) -> None:
    text = piece * 60_000
    start = time.process_time()
    count_words(text)
    opening_text(text, ())
    shorten(plain_text(text), 160)
    for_feed(text, "https://example.org/")
    assert time.process_time() - start < 2


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────

HERE = "https://example.org/a/?b&c"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>甲</p>", "<p>甲</p>"),
        ('<h2 id="a">甲</h2>', "<h2>甲</h2>"),
        ('<a class="id" href="#a" id=x>甲</a>', '<a class="id" href="https://example.org/a/?b&amp;c#a">甲</a>'),
        ("<a href='#\"'>甲</a>", '<a href="https://example.org/a/?b&amp;c#&quot;">甲</a>'),
        ('<a href="/b/#a" title=" id=\'x\'">甲</a>', '<a href="/b/#a" title=" id=\'x\'">甲</a>'),
        ('a id="x" href="#y"', 'a id="x" href="#y"'),
        ("甲<script>x</script><style>y</style>乙", "甲乙"),
        ('<input type="checkbox" disabled> 甲', "☐ 甲"),
        ('<input type="checkbox" disabled="disabled" checked="checked"> 甲', "☑ 甲"),
        ('<img src="a.png" loading="lazy">', '<img src="a.png" loading="lazy">'),
    ],
)
def test_html_for_a_feed(html: str, expected: str) -> None:
    assert for_feed(html, HERE) == expected


def test_texts_for_xml_hold_no_forbidden_characters() -> None:
    assert without_invalid_xml("a\x00\x08\t\n\r\x0b\x1fb\ud800c\ufffe\uffff\U0001f600") == "a\t\n\rbc\U0001f600"


@given(st.text(st.characters()))
def test_any_text_fits_into_xml(text: str) -> None:
    escaped = without_invalid_xml(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ElementTree.fromstring(f"<a>{escaped}</a>".encode())
