"""Ids of headings, and links within a page: found, mended, or told."""

from __future__ import annotations

import re
import time
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.config.settings import MarkdownSettings, ParseSettings
from blogsite.markdown.post import Parsed, parse

SETTINGS = ParseSettings(MarkdownSettings(language="zh"), "UTC", 300)
HEAD = "---\ntitle: The title\ndate: 2024-01-01\n---\n"


def parsed(body: str, head: str = HEAD) -> Parsed:
    return parse("posts/a.md", "post", (head + body).encode(), SETTINGS)


def said(body: str, head: str = HEAD) -> list[str]:
    return [str(diagnostic) for diagnostic in parsed(body, head).post.diagnostics]


def hrefs(body: str) -> list[str]:
    return [unquote(address) for address in re.findall('href="([^"]*)"', parsed(body).fragments[0][1].html)]


# ── ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.text(alphabet="aB-_ .+😀\ufe0f\u0301表é!", max_size=8), max_size=6))
def test_ids_have_single_hyphens_between_words_and_are_unique(headings: list[str]) -> None:
    found = parsed("\n\n".join(f"## x{text}\n\n## {text} #" for text in headings)).post.headings
    names = [heading.id for heading in found]
    assert len(set(names)) == len(names)
    assert not [name for name in names if not name or name[0] == "-" or name[-1] == "-" or "--" in name]


def test_a_heading_keeps_its_id_beside_one_that_is_only_like_it() -> None:
    body = "## C++ & C#\n## C C\n## C C\n## !\n## Section\n## 甲 {#-own--}\n## Eq x\n\n$$x\\label{x}$$\n"
    found = parsed(body).post
    assert [heading.id for heading in found.headings] == [
        "c-c-2", "c-c", "c-c-1", "section", "section-1", "-own--", "eq-x-1",
    ]  # fmt: skip
    assert found.anchor_aliases == (("c--c", "c-c-2"),)


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────────

THERE = """
## 表情 😀 一

<h3 id='Raw'>Raw</h3> <a name="old">x</a> <p title="a > b" id=plain>p</p>

Text.[^1]
{: #para}

$$x \\label{eq:a}$$

[^1]: Note.
"""


@pytest.mark.parametrize(
    "link",
    [
        "[x](#表情--一)", "[x](#表情-一)", "[x](#%E8%A1%A8%E6%83%85-%E4%B8%80)", "[x](#Raw)", "[x](#raw)", "[x](#old)",
        "[x](#plain)", "[x](#para)", "[x](#fn:1)", "[x](#fnref:1)", "[x](#eq-eq:a)", "[x](#EQ_eq:a)", "[x](#more)",
        "[x](#top)", "[x](#TOP)", "[x](#)", "[x](#main)", "[x](#comments)", "[x](#the-title)", "[x](#!/app)",
        "[x](#/app)",
        "[x](#:~:text=Note)", "[x](#para:~:text=Text)", "<a href='#old'>x</a>", "<a href=#old>x</a>", "`[x](#no)`",
        "```\n[x](#no)\n```", "    [x](#no)", "<!-- [x](#no) <a href='#no'>x</a> -->", "\\[x](#no)", "$[x](#no)$",
        '<script>document.write("<a href=\'#no\'>")</script>', "![x](https://example.org/a.svg#no)", "[TOC]",
        "<svg><use href='#no'/></svg>", "[x](https://example.org/#no)", "见 \\eqref{eq:a}", "[^1]",
    ],
)  # fmt: skip
def test_links_that_lead_somewhere(link: str) -> None:
    assert said(f"{link}\n{THERE}") == []


def test_links_in_another_spelling_are_mended() -> None:
    links = "[x](#表情--一) [y](#para:~:text=a) [t](#the-title)"
    assert hrefs(f"{links}\n{THERE}")[:3] == ["#表情-一", "#para:~:text=a", "#top"]
    html = parsed(f"<a class=y href=#RAW title=z>x</a>\n{THERE}").fragments[0][1].html
    assert "<a class=y href=#Raw title=z>x</a>" in html


def test_mended_links_lead_into_the_post_from_its_excerpt() -> None:
    html = parsed("[x](#c--c) <!-- more -->\n\n## C++ & C#\n").fragments[1][1].html
    assert 'href="\x02self\x03#c-c"' in html


@pytest.mark.parametrize(
    ("body", "line", "column", "name"),
    [
        ("[x](#nowhere)", 5, 5, "nowhere"),
        ("文[x](#无处)", 5, 6, "无处"),
        ("文[x](#%E6%97%A0%E5%A4%84)", 5, 6, "无处"),
        ("`[x](#no)` and ``a`b [x](#no)`` and [x](#no)", 5, 41, "no"),
        ("```\n[x](#no)\n```\n\n[x](#no-one) [x](#no)", 9, 5, "no-one"),
        ("- a\n  > b [x](#no)", 6, 11, "no"),
        ("| a |\n|---|\n| [x](#no) |", 7, 7, "no"),
        ("## [x](#no)", 5, 8, "no"),
        ("[x](<#a b>)", 5, 6, "a b"),
        ("[x](#a(b))", 5, 5, "a(b)"),
        ("[x][r]\n\n[r]: #no", 7, 6, "no"),
        ("<a href='#no'>x</a>", 5, 10, "no"),
        ("<p>\n<a href=#no>x</a></p>", 6, 9, "no"),
        ("<map><area href='#no'></map>", 5, 18, "no"),
        ('{{< ref "#no" >}} [x]({{< ref "#no" >}})', 5, 10, "no"),
        ("[x](#a&b)", 5, 5, "a&b"),
        ("Text.[^1]\n\n[^1]: [x](#no)", 7, 11, "no"),
        ("!!! note\n    [x](#no)", 6, 9, "no"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(body: str, line: int, column: int, name: str) -> None:
    first = said(body)[0].split("\n")[0]
    assert first == f"posts/a.md:{line}:{column}: warning: this post has no #{name}"


def test_each_of_several_links_is_told_where_it_stands() -> None:
    found = [message.split(" ")[0] for message in said("[x](#no) [y](#no)\n\n[z](#never) [w](#no)")]
    assert found == ["posts/a.md:5:5:", "posts/a.md:5:14:", "posts/a.md:7:5:", "posts/a.md:7:17:"]


@pytest.mark.parametrize(
    ("link", "hint"),
    [
        ("#intorduction", "nearest id it has: introduction"),
        ("#zzz", "correct the link, or give a heading this {#id}"),
    ],
)
def test_the_hint_names_the_nearest_id(link: str, hint: str) -> None:
    assert said(f"[x]({link})\n\n## Introduction\n\n## 结论\n")[0].split("\n")[1].strip() == hint


def test_links_in_a_summary_lead_to_ids_of_the_post() -> None:
    head = "---\ntitle: T\nsummary: |\n  See [x](#C--C)\n  and [y](#no).\ndate: 2024-01-01\n---\n"
    assert [message.split("\n")[0] for message in said("## C++ & C#\n", head)] == [
        "posts/a.md:5:11: warning: this post has no #no"
    ]
    assert 'href="\x02self\x03#c-c"' in parsed("## C++ & C#\n", head).fragments[1][1].html


def test_thousands_of_links_that_lead_nowhere_take_linear_time() -> None:
    body = "\n\n".join(f"[x](#n{number}) `[x](#` `` ![x](#" for number in range(3000))
    start = time.process_time()
    assert len(said(body + "".join(f"\n\n## H {number}" for number in range(2000)))) == 3000
    assert time.process_time() - start < 20
