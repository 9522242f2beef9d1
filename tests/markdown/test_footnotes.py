"""Footnotes: their numbers and links, notes in the line, and what is told about labels that do not meet."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.converter import converter
from tests.support.sites import CONFIG, build_site, page, post, site, warnings

SETTINGS = MarkdownSettings()


def read(text: str) -> tuple[str, list[str], list[str]]:
    """Return the text with [1] for the first note, the notes without their links back, and the messages."""
    context = ParseContext(text, "posts/a.md")
    html = converter(SETTINGS).run(context)
    html = re.sub(r'<sup id="fnref[^"]*"><a class="footnote-ref" href="#fn:[^"]*">(\d+)</a></sup>', r"[\1]", html)
    body, _, notes = html.partition('<div class="footnote">')
    notes = re.sub(r'(?:&#160;)?<a class="footnote-backref".*?</a>', "", notes).replace("<p></p>", "")
    items = [
        re.sub(r"\s*\n\s*", "", item)
        for item in re.findall(r"<li id=[^>]*>(.*?)</li>(?=\s*<(?:li id|/ol>\s*</div>))", notes, re.S)
    ]
    messages = [f"{d.location.line}:{d.location.column} {d.message} | {d.hint}" for d in context.diagnostics]
    return body.strip(), items, messages


def test_notes_are_numbered_in_the_order_of_their_references() -> None:
    body, notes, messages = read("a[^b] b[^a] c[^b]\n\n[^a]: A\n[^b]: B [^c]\n[^c]: C")
    assert body == "<p>a[1] b[2] c[1]</p>"
    assert notes == ["<p>B [3]</p>", "<p>A</p>", "<p>C</p>"]
    assert not messages


def test_every_link_leads_somewhere() -> None:
    context = ParseContext("a[^x] b[^x] ^[c [^my note]]\n\n## h[^x]\n\n[^x]: X\n[^My  Note]: M\n[^unused]: U", "a.md")
    html = converter(SETTINGS).run(context)
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert not re.search(r'\sid="[^"]*\s', html)
    links = re.findall(r'href="#([^"]*)"', html)
    assert len(links) == 5 + 5  # there and back
    assert set(links) <= set(ids)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("词^[注]。", "注"),
        ("词^[a [b [c]] d]", "a [b [c]] d"),
        ("词^[`]` and `^[x]`]", "<code>]</code> and <code>^[x]</code>"),
        (r"词^[a\] b]", "a] b"),
        ("词^[见 [书](b.md \"t\") 与 <https://a.org>]", '见 <a href="\x02n0\x03" title="t">书</a> 与 <a href="https://a.org">https://a.org</a>'),
        ("词^[$x^{[2]}$ 与 $a_1*b*$]", "\x02f0\x03 与 \x02f1\x03"),
        ("词^[**粗** ~~删~~ *斜*]", "<strong>粗</strong> <del>删</del> <em>斜</em>"),
        ("词^[一\n二]", "一二"),
        ("- 词^[注]", "注"),
        ("> 词^[注]", "注"),
        ("| a |\n|---|\n| 词^[注] |", "注"),
        ("## 词^[注]", "注"),
        ("**词^[注]**", "注"),
        ("[词^[注]](a.md)", "注"),
        ("![词^[注]](a.svg)", "注"),
        ('![词](a.svg "题^[注]")', "注"),
        ("!!! note\n    词^[注]", "注"),
        ("词\n: 义^[注]", "注"),
    ],
)  # fmt: skip
def test_a_note_in_the_line(text: str, note: str) -> None:
    body, notes, messages = read(text)
    assert body.count("[1]") == 1
    assert "注]" not in body.replace("[注]", "")
    assert notes == [f"<p>{note}</p>"]
    assert not messages


def test_a_note_in_the_line_may_refer_to_another() -> None:
    assert read("a^[b [^1]] c[^1]\n\n[^1]: d ^[e]") == (
        "<p>a[1] c[2]</p>",
        ["<p>b [2]</p>", "<p>d [3]</p>", "<p>e</p>"],
        [],
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`x^[2]`", "<p><code>x^[2]</code></p>"),
        ("$x^[2]$", "<p>\x02f0\x03</p>"),
        (r"x\^[2]", "<p>x^[2]</p>"),
        ("x^[2](a.md)", '<p>x^<a href="\x02n0\x03">2</a></p>'),
        ("x^[]", "<p>x^[]</p>"),
        ("x^[ ]", "<p>x^[ ]</p>"),
        ("x^[2", "<p>x^[2</p>"),
        ("x^[2\n\n]", "<p>x^[2</p>\n<p>]</p>"),
        ("```\nx^[2]\n```", '<div class="highlight"><pre><code class="language-text">x^[2]\n</code></pre></div>'),
        ("<pre>x^[2] [^1]</pre>", "<pre>x^[2] [^1]</pre>"),
    ],
)
def test_what_is_no_note(text: str, shown: str) -> None:
    assert read(text) == (shown, [], [])


def test_a_caption_has_notes_and_the_alternative_text_has_none() -> None:
    html = converter(SETTINGS).run(ParseContext("![图 1[^1]](a.svg)\n\n[^1]: 源", "posts/a.md"))
    assert 'alt="图 1"' in html
    assert '<figcaption>图 1<sup id="fnref:1">' in html


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "a[^nope]",
            ["1:2 there is no footnote [^nope] | write its text on a line of its own: [^nope]: …; or \\[^nope]"],
        ),
        ("a[^nte]\n\nb[^note]\n\n[^note]: x", ["1:2 there is no footnote [^nte] | did you mean [^note]?"]),
        (
            "a[^two words]",
            ["1:2 there is no footnote [^two words] | write ^[two words] for a note in the line, or \\[^two"],
        ),
        (
            "`[^x]` 中[^x]\n\n> - b[^x]\n\n    [^x]\n\n```\n[^x]\n```\n",
            ["1:9 there is no footnote [^x]", "3:6 there is no footnote [^x]"],
        ),
        ("$$\nx\n$$\n\n$a$ 后[^x]", ["5:6 there is no footnote [^x]"]),
        ("{% raw %}{{ x }}{% endraw %} [^x]", ["1:30 there is no footnote [^x]"]),
        ("# h[^x]\n\n| a[^y] |\n|---|\n| b |", ["1:4 there is no footnote [^x]", "3:4 there is no footnote [^y]"]),
        ("a\n\n[^1]: x", ["3:1 nothing refers to the footnote [^1], and it is left out | refer to it, or remove it"]),
        (
            "a[^on]\n\n[^one]: x",
            [
                "1:2 there is no footnote [^on] | did you mean [^one]?",
                "3:1 nothing refers to the footnote [^one], and it is left out | is it the one that [^on] refers to?",
            ],
        ),
        ("a\n\n[^1]: b [^2]\n[^2]: c [^1]", ["3:1 nothing refers to the footnote [^1]", "4:1 nothing refers to"]),
        ("a[^1]\n\n[^1]: b\n\n> [^1]: c", ["5:3 footnote [^1] is defined twice, and the first definition counts"]),
        ("a[^1]\n\n[^1]: b\n\n    [^2]: c", ["5:5 nothing refers to the footnote [^2]"]),
        ("a `[^1]`\n\n[^1]: b", ["3:1 nothing refers to the footnote [^1]"]),
        ("[^x](a.md) [^x][r] \\[^x] [^]\n\n[r]: a.md", []),
        ("a[^Note]\n\n[^note]: x", []),
        ("a[^a\\_b] [^`c`]\n\n[^a\\_b]: x\n[^`c`]: y", []),
    ],
)
def test_labels_that_do_not_meet_are_told(text: str, messages: list[str]) -> None:
    told = read(text)[2]
    assert len(told) == len(messages)
    for line, expected in zip(told, messages, strict=True):
        assert line.startswith(expected)


def test_a_reference_without_a_definition_prints_as_it_is() -> None:
    assert read("a[^nope] *b*")[0] == "<p>a[^nope] <em>b</em></p>"


def test_an_unused_note_leaves_nothing_on_the_page_and_its_neighbours_their_numbers() -> None:
    body, notes, _ = read("a[^2]\n\n[^1]: $y$ [z](z.md)\n[^2]: x\n")
    assert (body, notes) == ("<p>a[1]</p>", ["<p>x</p>"])
    assert "class" not in read("a\n\n[^1]: x")[0]


def test_in_a_title_there_are_no_notes(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("'标题^[注] [^1]'", body="text\n")}, CONFIG)
    assert not [line for line in warnings(build_site(root)) if "footnote" in line]
    assert page(root / "public/posts/a/index.html").one("h1").text == "标题^[注] [^1]"


def test_the_warning_says_where_in_the_file(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(body="text\n\nmore [^x]\n")}, CONFIG)
    (told,) = [line for line in warnings(build_site(root)) if "footnote" in line]
    assert told.startswith("posts/a.md:8:6: warning: there is no footnote [^x]")


N = 5_000


@pytest.mark.parametrize(
    "text",
    [
        "^[" * N,
        "^[" * N + "]" * N,
        "^[a] " * N,
        "^[a [^b] " * N,
        "[^x]" * N,
        "".join(f"[^{n}]" for n in range(N)),
        "".join(f"[^{n}] " for n in range(N)) + "\n\n" + "".join(f"[^{n}]: x\n" for n in range(N)),
        "\n".join(f"[^{n}]: x\nlazy" for n in range(N // 5)),
        "".join(f"[^l{n}]: [^l{n + 1}]\n" for n in range(N)) + "\n[^l0]",
        "\n\n".join(f"[^{n}]: a\n\n    [^x{n}]: b" for n in range(N // 5)),
        "`" + "[^x] ` `` " * N,
    ],
)
def test_hostile_texts(text: str) -> None:
    begin = time.process_time()
    assert read(text)[0] or "[^l" in text or "[^0]: " in text
    assert time.process_time() - begin < 6
