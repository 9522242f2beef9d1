"""Citation of a post: a line of text, and a BibTeX entry that is valid for any title."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.site.citation import escaped, key
from tests.support.sites import build_site, page, post, site

CONFIG = """
title = "Shells & Numbers"
base_url = "https://www.example.org/blog/"
author = "Lin Zhi"
"""


def cited(root: Path, path: str) -> list[str]:
    """The texts of the citation box of a page: the line, then the entry."""
    found = page(root / "public" / path / "index.html").find("pre")
    return ["".join(element._texts()) for element in found if "cit" in element["class"] or "bib" in element["class"]]


def test_an_english_post(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/max-entropy.md": post("Why $e^{i\\pi}$ & 100%_ of {it}?", "2024-09-27")}, CONFIG)
    build_site(root)
    line, entry = cited(root, "posts/max-entropy")
    assert line.startswith("Lin Zhi. “Why ")
    assert line.endswith("?” Shells & Numbers, 2024-09-27. https://www.example.org/blog/posts/max-entropy/")
    assert entry.splitlines() == [
        "@online{example2024maxentropy,",
        "  author = {Lin Zhi},",
        r"  title = {Why $e^{i\pi}$ \& 100\%\_ of \{it\}?},",
        r"  organization = {Shells \& Numbers},",
        "  year = {2024},",
        "  date = {2024-09-27},",
        "  url = {https://www.example.org/blog/posts/max-entropy/},",
        "}",
    ]


def test_a_chinese_post_by_several(tmp_path: Path) -> None:
    config = CONFIG.replace("Shells & Numbers", "果壳") + 'language = "zh-CN"\n'
    root = site(tmp_path, {"posts/熵.md": post("熵", "2024-09-27", authors="[林知, 苏明]")}, config)
    build_site(root)
    line, entry = cited(root, "posts/熵")
    assert line == "林知, 苏明. 熵[EB/OL]. 果壳, 2024-09-27. https://www.example.org/blog/posts/%E7%86%B5/"
    assert "  author = {林知 and 苏明}," in entry
    assert re.match(r"@online\{example2024[0-9a-f]{6},\n", entry)


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        (CONFIG, {"cite": "false"}),
        (CONFIG + "[theme]\ncite = false\n", {}),
        ('title = "T"\n', {}),
    ],
)
def test_none_where_none_is_wanted_or_the_address_is_unknown(
    tmp_path: Path, config: str, fields: dict[str, str]
) -> None:
    root = site(tmp_path, {"posts/a.md": post(**fields)}, config)
    build_site(root)
    assert not page(root / "public/posts/a/index.html").find("details.cite")


@given(st.text(max_size=60))
def test_braces_balance_in_whatever_is_escaped(text: str) -> None:
    depth = 0
    for token in re.findall(r"\\[{}]|[{}]", escaped(text)):
        depth += {"{": 1, "}": -1}.get(token, 0)
        assert depth >= 0
    assert depth == 0


@given(st.none() | st.just(datetime(2024, 1, 2, tzinfo=UTC)), st.text(max_size=30))
def test_keys_are_letters_and_digits(date: datetime | None, slug: str) -> None:
    assert re.fullmatch("[a-z0-9]+", key(date, f"https://example.org/posts/{slug.replace('[', '').replace(']', '')}/"))
