"""Link reference definitions: what they make is what CommonMark makes of them."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.converter import converter

Link = tuple[str, str, str]
"""Address, title, text."""


def links(text: str) -> list[Link]:
    """Return the links of a text, with the addresses that they lead to."""
    context = ParseContext(text, "posts/a.md")
    html = converter(MarkdownSettings(soft_breaks="keep")).run(context)
    found = []
    for attributes, words in re.findall(r"<a ([^>]*)>(.*?)</a>", html, re.DOTALL):
        given = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        reference = re.fullmatch("\x02n(\\d+)\x03", given["href"])
        address = context.references[int(reference[1])].target if reference else given["href"]
        found.append((unquote(unescape(address)), unescape(given.get("title", "")), re.sub("<[^>]*>", "", words)))
    return found


@lru_cache(maxsize=1)
def commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark")


def links_of_commonmark(text: str) -> list[Link]:
    tokens = (token for block in commonmark().parse(text) for token in block.children or ())
    found: list[Link] = []
    opened: Token | None = None
    for token in tokens:
        if token.type == "link_open":
            opened, words = token, ""
        elif token.type == "link_close" and opened:
            found.append((unquote(str(opened.attrs["href"])), str(opened.attrs.get("title", "")), words))
            opened = None
        elif opened:
            words += "\n" if token.type == "softbreak" else token.content
    return found


USE = "[词]\n\n"
LIKE_COMMONMARK = [
    "[词]: a.md",
    "[词]: <a b.md> (title)",
    "[词]: <图 一.md>",
    "[词]: <a.md> 'single'",
    '[词]: a.md "double"',
    "[词]: a.md (parentheses)",
    '[词]: a.md\n"on the next line"',
    "[词]: a.md\n   'on the next line'   ",
    '[词]:\na.md\n"t"',
    "[词]:\n   <a b.md>\n   (t)",
    "   [词]:    a.md   't'   ",
    '[词]: a.md "over\nseveral\nlines"',
    "[词]: a.md 'over\nseveral'\ntext",
    '[词]: a.md "with \\"quotes\\""',
    "[词]: a.md 'it\\'s'",
    "[词]: a.md (a \\) b)",
    '[词]: a.md "title" text',
    '[词]: a.md\n"title" text',
    '[词]: a.md "never\n\nclosed"',
    '[词]: a.md"no space"',
    "[词]: <a.md>(no space)",
    "[词]: <a.md",
    "[词]: a b",
    "[词]: \n\na.md",
    "[词]: <>",
    "[词]: a\\*b\\_c.md 't\\*'",
    "[词]: a_b*c*.md '*t*'",
    "[词]: https://a.org/x?a=1&b=2#c 't'",
    "[词]: a.md\n[词]: b.md",
    "[词]: a.md 't'\n[other]: b.md\n[third]:\nc.md",
    "    [词]: a.md",
    "```\n[词]: a.md\n```",
    "> [词]: a.md",
    "> [词]:\n> a.md\n> 't'",
    "- [词]: a.md",
    "- x\n\n  [词]:\n  <a b.md>\n  't'",
    "> - [词]: a.md 'over\n>   several'",
    "1. x\n\n   > [词]: a.md",
    "# [词]\n[词]: a.md\n> quote",
    "[词]: a.md\n===\n[词]",
    "[词]: a.md\n't'\nheading\n===\n[词]",
    "[词]:\na.md\nheading\n---\n[词]",
    "\\[词]: a.md",
    "[词] : a.md",
    "[词]:a.md",
    "[]: a.md\n\n[]",
    "[ ]: a.md\n\n[ ]",
]  # fmt: skip


@pytest.mark.parametrize("definition", LIKE_COMMONMARK)
@pytest.mark.parametrize("use", ["{}\n\n[词]", "[词]\n\n{}"])
def test_a_definition_is_read_as_commonmark_reads_it(definition: str, use: str) -> None:
    text = use.replace("{}", definition)
    assert links(text) == links_of_commonmark(text)


@pytest.mark.parametrize(
    "text",
    [
        "[Foo]\n\n[fOO]: a.md",
        "[ΑΓΩ]\n\n[αγω]: a.md",
        "[ẞ]\n\n[SS]: a.md",
        "[two  words] [two\nwords] [x][ two words ]\n\n[Two\n  Words]: a.md",
        "[a\\]b]\n\n[a\\]b]: a.md",
        "[a][]\n\n[a]: a.md",
        "[a] [b]\n\n[a]: a.md\n[b]: b.md",
        "[a][b]\n\n[a]: a.md\n[b]: b.md",
        "[a]\n[b]\n\n[a]: a.md\n[b]: b.md",
        "[`a`]\n\n[`a`]: a.md",
        "[*a*]\n\n[*a*]: a.md",
        "[a](b.md)\n\n[a]: a.md",
        "[x][a]\n\n> [a]: a.md\n\n[a]: b.md",
    ],
)
def test_a_label_is_found_as_commonmark_finds_it(text: str) -> None:
    assert [link[:2] for link in links(text)] == [link[:2] for link in links_of_commonmark(text)]
    assert links(text)


def test_what_other_programs_accept_is_still_accepted() -> None:
    assert links("text\n[a]: a.md\n\n[a]") == [("a.md", "", "a")]
    assert links('[a]: a.md "a "b" c"\n\n[a]') == [("a.md", 'a "b" c', "a")]
    assert links("[text] [a]\n\n[a]: a.md") == [("a.md", "", "text")]
    assert links("[$x_1$]\n\n[$x_1$]: a.md") == [("a.md", "", "\x02f0\x03")]


def test_an_image_by_label_has_the_title_of_its_definition() -> None:
    html = converter(MarkdownSettings()).run(ParseContext("文 ![图][a] 字\n\n[A]: <图 1.png>\n'两\n行'", "posts/a.md"))
    assert 'title="两行"' in html
    assert "\x02n0.size\x03" in html


N = 3_000


@pytest.mark.parametrize(
    "text",
    [
        "[a]: x\n" * N,
        "[a]:\nx\n'" * N,
        "[a]: x 't\n" * N,
        "[a]: x (t\n" * N,
        "[a]: <x\n" * N,
        "[" * N + "\n" + "[\n" * N,
        "[a\n" * N + "]: x",
        "[a]: x\n" * N + "===",
        "\\" * N * 10 + "[a]: x",
        "[a]: x" + " " * N * 30 + "y",
        "[a]: x" + "\n'" * N,
    ],
)
def test_hostile_texts(text: str) -> None:
    begin = time.process_time()
    links(text)
    assert time.process_time() - begin < 4
