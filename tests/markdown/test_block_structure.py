"""Random mixtures of blocks have the structure that a CommonMark parser finds."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.support.markdown_cases import convert

KEPT = {"ul", "ol", "li", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr", "th", "td"}
REFERENCE = MarkdownIt("commonmark").enable("table")


class Tree(HTMLParser):
    """The nesting of the elements in KEPT, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.root: list[object] = []
        self.open: list[tuple[str, list[object]]] = [("", self.root)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in KEPT:
            children: list[object] = []
            start = dict(attrs).get("start") if tag == "ol" else None
            self.open[-1][1].append((tag, start, children))
            if tag != "hr":
                self.open.append((tag, children))

    def handle_endtag(self, tag: str) -> None:
        if tag in KEPT and tag != "hr":
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        location = self.open[-1][1]
        words = data.split()
        if words:
            if location and isinstance(location[-1], str):
                location[-1] += " " + " ".join(words)
            else:
                location.append(" ".join(words))


def tree(html: str) -> list[object]:
    parser = Tree()
    parser.feed(html)
    parser.close()
    return parser.root


WORD = st.sampled_from(["alpha", "beta", "gamma", "混合", "1986. year", "x - y", "a | b", "中文。", "2. two", "e + f"])
TEXT = st.lists(WORD, min_size=1, max_size=3).map("\n".join)


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def fence(body: str) -> str:
    return f"```\n{body}\n```"


LEAF = st.one_of(
    TEXT,
    TEXT,
    st.builds(lambda level, word: f"{'#' * level} {word}", st.integers(1, 4), st.sampled_from(["ParsedFile", "标题"])),
    st.sampled_from(["Title\n===", "Title\n---", "***", "| a | b |\n|---|---|\n| 1 | 2 |"]),
    st.sampled_from(["code()", "- no list", "> no quote\n\nmore"]).map(fence),
    st.sampled_from(["    indented", "    indented\n\n    more"]),
)


@st.composite
def items(draw: st.DrawFn, block: st.SearchStrategy[str]) -> str:
    """A list, its items' content indented by what its marker takes."""
    marker = draw(st.sampled_from(["-", "*", "+", "1.", "1)", "3.", "10."]))
    spaces = draw(st.integers(1, 3))
    gap = draw(st.sampled_from(["\n", "\n", "\n\n"]))
    made = []
    for number in range(draw(st.integers(1, 3))):
        mark = f"{int(marker[:-1]) + number}{marker[-1]}" if marker[0].isdigit() else marker
        width = len(mark) + spaces
        body = draw(st.lists(block, min_size=1, max_size=2))
        inner = indented(draw(st.sampled_from(["\n", "\n\n"])).join(body), width)
        made.append(mark + inner[len(mark) :] if inner.startswith(" " * width) else mark)
    return gap.join(made)


@st.composite
def quote(draw: st.DrawFn, block: st.SearchStrategy[str]) -> str:
    body = draw(st.lists(block, min_size=1, max_size=2))
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(body).split("\n"))


BLOCK = st.recursive(LEAF, lambda block: st.one_of(items(block), quote(block), items(block)), max_leaves=6)
DOCUMENT = st.lists(st.tuples(BLOCK, st.sampled_from(["\n", "\n\n", "\n\n"])), min_size=1, max_size=5).map(
    lambda parts: "".join(block + gap for block, gap in parts)
)


@pytest.mark.slow
@given(DOCUMENT)
@settings(max_examples=300, deadline=None)
def test_structure_is_commonmarks(text: str) -> None:
    assert tree(convert(text)) == tree(REFERENCE.render(text))
