"""Habits of authors that other programs allow: marks of contents, footnotes, ids, line breaks, links within a post."""

from __future__ import annotations

import re

import pytest

from blogsite.config.settings import MarkdownSettings, ParseSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.converter import converter
from blogsite.markdown.post import parse

SETTINGS = ParseSettings(MarkdownSettings(), "UTC", 300)


def html(text: str) -> str:
    return converter(MarkdownSettings()).run(ParseContext(text, "posts/a.md"))


def said(text: str) -> list[str]:
    data = f"---\ntitle: T\ndate: 2024-01-02\n---\n{text}"
    return [str(diagnostic) for diagnostic in parse("posts/a.md", "post", data.encode(), SETTINGS).post.diagnostics]


MARKS = [
    *(
        "[TOC]",
        "[toc]",
        "[Toc]",
        "[[toc]]",
        "[[TOC]]",
        "[[_TOC_]]",
        "{{ toc }}",
        "{{TOC}}",
        "<!-- toc -->",
        "<!--TOC-->",
    ),
    *("${toc}", "@[toc]", "@[TOC](目录)", "{:toc}", "* toc\n{:toc}", "1. TOC\n{: toc}", "- x\n{:toc max_level=2}"),
    *(
        "{% toc %}",
        "{{< toc >}}",
        "{{% toc %}}",
        "{% include toc.html html=content %}",
        "<!-- toc -->\n<!-- tocstop -->",
    ),
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("around", ["{}\n\n## A", "Text.\n\n{}\n\n## A", "Text.\n\n{}", "> ## A\n>\n> {}"])
def test_marks_of_contents(mark: str, around: str) -> None:
    text = around.replace("{}", mark.replace("\n", "\n> " if around[0] == ">" else "\n"))
    text = text if "## A" in text else f"## A\n\n{text}"
    made = html(text)
    assert made.count('<nav class="toc"') == 1
    assert "toc" not in re.sub("<[^<>]*>", "", made).lower()
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "`[[toc]]`",
            "```\n[[toc]]\n```",
            "    [[toc]]",
            "\\[TOC]",
            "a [TOC]",
            "[TOC] a",
            "a <!-- toc --> b",
            "**[TOC]**",
        ),
        *(
            "[toc]\n\n[toc]: a.md",
            "[toc](a.md)",
            "<pre>\n[TOC]\n</pre>",
            "<p>[TOC]</p>",
            "| [TOC] |\n|---|",
            "## [TOC]",
        ),
        *(f"<!-- TOC -->\n\n- [A](#a)\n\n<!-- {end} -->" for end in ("tocstop", "/TOC", "endtoc", "TOC END", "tocend")),
    ],
)
def test_what_is_no_mark_of_contents(text: str) -> None:
    made = html(f"{text}\n\n## A\n")
    assert '<nav class="toc"' not in made
    assert "toc" in made.lower()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("😀 表情", "表情"),
        ("C++ & C#", "c-c"),
        ("- a -", "a"),
        ("A - B", "a-b"),
        ("a--b", "a-b"),
        ("!!!", "section"),
        ("第 1 节：定义", "第-1-节定义"),
        ("under_score", "under_score"),
    ],
)
def test_ids_have_no_loose_hyphens(heading: str, name: str) -> None:
    assert f'<h2 id="{name}">' in html(f"## {heading}\n")


def test_an_id_of_the_authors_own_stays() -> None:
    assert '<h2 id="-a--b-">' in html("## A {#-a--b-}\n")


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("第四，\n“引”", "第四，“引”"),
        ("“引”\n，后", "“引”，后"),
        ("他说：“好。”\n“是吗？”", "他说：“好。”“是吗？”"),
        ("前面——\n“引”", "前面——“引”"),
        ("文字\n‘引’", "文字‘引’"),
    ],
)
def test_lines_join_at_chinese_quotation_marks(text: str, joined: str) -> None:
    assert joined in html(text)


@pytest.mark.parametrize("text", ["he said\n“yes”", "“one”\n“two”", "well…\n“yes”", "中文 word\n“yes”"])
def test_lines_of_english_keep_their_space(text: str) -> None:
    assert "\n" in re.sub(r"\n\Z", "", html(text))


def test_a_footnote_that_is_not_there_is_told() -> None:
    assert said("Text[^one] and[^nope].\n\n[^one]: Note.\n") == [
        "posts/a.md:5:15: warning: there is no footnote [^nope]\n    did you mean [^one]?"
    ]
    assert "[^nope]" in html("Text[^nope].")


def test_a_footnote_that_nothing_refers_to_is_left_out() -> None:
    text = "Text[^a].\n\n[^a]: Kept.\n\n> [^b]: Dropped.\n"
    assert [line.split("\n")[0] for line in said(text)] == [
        "posts/a.md:9:3: warning: nothing refers to the footnote [^b], and it is left out"
    ]
    assert "Kept." in html(text)
    assert "Dropped." not in html(text)
    assert "footnote" not in html("Text.\n\n[^b]: Dropped.\n")


def test_a_link_to_a_heading_that_is_not_there_is_told() -> None:
    links = "[x](#nowhere) [y](#somwhere) [z](#somewhere) [t](#top) [e](#) [r](#raw)"
    text = f"{links}\n\n## Somewhere\n\n<a name='raw'></a>\n"
    assert said(text) == [
        "posts/a.md:5:5: warning: this post has no #nowhere\n    nearest id it has: somewhere",
        "posts/a.md:5:19: warning: this post has no #somwhere\n    nearest id it has: somewhere",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Note[^1] $x$\n\n[^1]: Text.\n",
        "\\begin{equation}\\label{eq:a} x \\end{equation}\n\n[x](#eq-eq:a) \\eqref{eq:a}\n",
        "[定义](#%E5%AE%9A%E4%B9%89)\n\n## 定义\n",
        "[x](#more)\n\n<!-- more -->\n\nrest\n",
        "[TOC]\n\n## A\n\n## A\n",
    ],
)
def test_links_within_a_post_that_lead_somewhere(text: str) -> None:
    assert said(text) == []
