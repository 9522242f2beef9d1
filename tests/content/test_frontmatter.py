"""Front matter as seven generators write it: fields, locations and messages.

The cases are in tests/content/cases/: a title (with "@ path" after it where the path matters), the file, and what
the result of read_front_matter: fields, `line| text` of the body, and messages. `--rewrite` writes the results.
"""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.frontmatter.dialects import DIALECTS
from blogsite.content.frontmatter.dialects.yaml import YamlDialect
from blogsite.content.frontmatter.fields import FIELDS, similar_name
from blogsite.content.frontmatter.reader import ParsedFile, read_front_matter
from blogsite.content.model import FrontMatter
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.values import Table, Value

ZONE = ZoneInfo("Asia/Shanghai")
CASES = Path(__file__).parent / "cases"


class Case(NamedTuple):
    file: str
    title: str
    path: str
    text: str
    expected: str


def cases() -> Iterator[Case]:
    for file in sorted(CASES.glob("*.txt")):
        blocks = re.split(r"^\.\n", file.read_text(encoding="utf-8"), flags=re.M)
        assert len(blocks) % 3 == 1, f"{file.name}: title . input . expected ."
        for title, text, expected in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=False):
            name, _, path = title.strip().partition(" @ ")
            yield Case(file.name, name, path or "posts/a.md", text, expected)


ALL = list(cases())


def read(text: str, path: str = "posts/a.md") -> ParsedFile:
    return read_front_matter(text, path, zone=ZONE)


def shown(value: Value | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " | ".join(" > ".join(item) if isinstance(item, tuple) else shown(item) for item in value)
    return str(value).replace("\n", "⏎")


def dump(head: ParsedFile) -> str:
    """A head as the cases show it."""
    usual = FrontMatter()
    lines = []
    for field in dataclasses.fields(FrontMatter):
        value = getattr(head.meta, field.name)
        if value != getattr(usual, field.name) and field.name not in ("extra", "locations"):
            lines.append(f"{field.name}: {shown(value)}")
    lines += [f"extra.{key}: {value!r}" for key, value in head.meta.extra.items_]
    numbered = enumerate(head.body.split("\n"), head.first_line)
    lines += [f"{number}| {line}" for number, line in numbered if line]
    lines += [f"! {diagnostic}".removeprefix("! posts/a.md:") for diagnostic in head.diagnostics]
    return "".join(line + "\n" for line in lines)


def test_the_cases(rewrite: bool) -> None:
    assert ALL
    if rewrite:
        for name in {case.file for case in ALL}:
            blocks = [case for case in ALL if case.file == name]
            made = [
                f"{case.title}{'' if case.path == 'posts/a.md' else ' @ ' + case.path}\n.\n{case.text}.\n"
                f"{dump(read(case.text, case.path))}.\n"
                for case in blocks
            ]
            (CASES / name).write_text("\n".join(made), encoding="utf-8")


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file}: {case.title}")
def test_front_matter(case: Case, rewrite: bool) -> None:
    if not rewrite:
        assert dump(read(case.text, case.path)) == case.expected


# ── text around the front matter ─────────────────────────────────────────────────────────────────────────────────────


def test_the_body_is_the_text_after_the_head_as_it_stands() -> None:
    head = read("---\ntitle: x\n---\n\n    indented code\n\n\n")
    assert head.body == "\n    indented code\n\n\n"
    assert head.first_line == 4


def test_a_byte_order_mark_and_empty_lines_before_a_head_are_no_text() -> None:
    assert read("\ufeff\n\n---\ntitle: x\n---\nbody").meta.title == "x"


def test_the_places_are_those_of_the_values() -> None:
    head = read("---\ntitle: x\ntags:\n- a\ndraft:   true\n---\n")
    assert head.meta.locations == (("title", 2, 8), ("tags", 3, 1), ("draft", 5, 10))


def test_columns_count_characters() -> None:
    assert read("---\n{title: 熵不起, draft: maybe}\n---\n").meta.location("a.md", "draft").column == 21


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("catagory", "category"),
        ("catagories", "categories"),
        ("tittle", "title"),
        ("lastmood", "lastmod"),
        ("sumary", "summary"),
        ("tagss", "tags"),
        ("discription", "description"),
        ("permelink", "permalink"),
        ("udpated", "updated"),
        ("publised", "published"),
        ("drafts", "draft"),
    ],
)
def test_a_near_miss_names_the_right_key(key: str, right: str) -> None:
    assert similar_name(key) == right


REAL_KEYS = """translator mood logo location forum_id weight meta_extra number type subtitle keywords pandoc theme cate1
version mermaid sequence flow mindmap mindmap2 customer customercategory from_rmd tagline sharing footer output song
linktitle image_alt title2 tocbot comment_id commentid authorlink author_url header mode note city site page data state
series_index series_order translationkey slug_en url_en hide_title topic lead rating
creationdate og_title og_image_alt hash_original copyright uuid banner_img top_img password tumblr_url from_wp priority
link audio wordpress_id guid parent menu_order coverwidth showreadingtime hidemeta searchhidden tocopen editpost
canonicalurl licences reward render_with_liquid published_in sitemap robots noindex readtime reading_time"""


@pytest.mark.parametrize("key", REAL_KEYS.split())
def test_keys_of_real_posts_are_no_near_misses(key: str) -> None:
    assert similar_name(key) == ""


def test_every_name_of_a_field_belongs_to_it_alone() -> None:
    names = [name for field in FIELDS for name in field.names]
    assert len(names) == len(set(names))
    assert {field.name for field in FIELDS} == {field.name for field in dataclasses.fields(FrontMatter)} - {
        "extra",
        "locations",
    }


@pytest.mark.parametrize("name", [name for field in FIELDS for name in field.names])
def test_keys_are_known_in_any_case(name: str) -> None:
    head = read(f"---\n{name.upper()}:\n---\n")
    assert not head.meta.extra.items_
    assert not [diagnostic for diagnostic in head.diagnostics if "unknown" in diagnostic.message]


# ── python-frontmatter ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_dialects_are_handlers_of_python_frontmatter() -> None:
    metadata, body = frontmatter.parse("---\ntitle: 2018-02-31\n...\nbody", handler=YamlDialect())
    assert str(metadata["title"].value) == "2018-02-31"  # type: ignore[attr-defined]
    assert body == "body"


# ── round trips ──────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="&"), min_size=1, max_size=12
)
PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
NAMES = st.lists(
    st.text("abcXYZ中文+#/.'\"", min_size=1, max_size=6).filter(lambda n: n.strip()), max_size=3, unique=True
)
OFFSETS = st.integers(-48, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.datetimes(
    datetime(1995, 1, 1), datetime(2400, 1, 1), timezones=st.one_of(st.just(ZONE), OFFSETS, st.just(UTC))
).map(lambda moment: moment.replace(second=moment.second, microsecond=0, fold=0))


@st.composite
def metas(draw: st.DrawFn) -> FrontMatter:
    """The fields that every dialect can tell."""
    return FrontMatter(
        title=draw(PHRASES),
        date=draw(MOMENTS),
        updated=draw(st.none() | MOMENTS),
        summary=draw(st.just("") | PHRASES),
        slug=draw(st.just("") | st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)),
        tags=tuple(draw(NAMES)),
        draft=draw(st.booleans()),
    )


def fields_of(meta: FrontMatter) -> dict[str, object]:
    written = {
        field.name: getattr(meta, field.name)
        for field in dataclasses.fields(meta)
        if getattr(meta, field.name) != getattr(FrontMatter(), field.name)
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()}


def stripped(meta: FrontMatter) -> FrontMatter:
    return dataclasses.replace(meta, locations=())


def as_json(value: object) -> str:
    return json.dumps(value.isoformat() if isinstance(value, datetime) else value, ensure_ascii=False)


@given(metas())
def test_what_python_frontmatter_writes_is_read_back(meta: FrontMatter) -> None:
    fields = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in fields_of(meta).items()
    }
    head = read(frontmatter.dumps(frontmatter.Post("body", **fields)))
    assert not head.diagnostics
    assert stripped(head.meta) == meta
    assert head.body.strip() == "body"


@given(metas())
def test_yaml_in_one_line_values_is_read_back(meta: FrontMatter) -> None:
    lines = [f"{key}: {as_json(value)}\n" for key, value in fields_of(meta).items()]
    head = read(f"---\n{''.join(lines)}---\nbody")
    assert (stripped(head.meta), head.body, head.diagnostics) == (meta, "body", ())


@given(metas())
def test_hexo_without_its_first_line_is_read_back(meta: FrontMatter) -> None:
    lines = [f"{key}: {as_json(value)}\n" for key, value in fields_of(meta).items()]
    head = read(f"{''.join(lines)}---\nbody")
    assert (stripped(head.meta), head.body, head.diagnostics) == (meta, "body", ())


@given(metas())
def test_toml_is_read_back(meta: FrontMatter) -> None:
    lines = [
        f"{key} = {value.isoformat() if isinstance(value, datetime) else as_json(value)}\n"
        for key, value in fields_of(meta).items()
    ]
    head = read(f"+++\n{''.join(lines)}+++\nbody")
    assert (stripped(head.meta), head.body, head.diagnostics) == (meta, "body", ())


@given(metas())
def test_json_is_read_back(meta: FrontMatter) -> None:
    fields = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in fields_of(meta).items()
    }
    head = read(json.dumps(fields, indent=2, ensure_ascii=False) + "\nbody")
    assert (stripped(head.meta), head.body, head.diagnostics) == (meta, "body", ())


@given(metas())
def test_lines_without_fences_are_read_back(meta: FrontMatter) -> None:
    lines = [f"{key.title()}: {shown_in_a_line(value)}\n" for key, value in fields_of(meta).items()]
    head = read(f"{''.join(lines)}\nbody")
    assert (stripped(head.meta), head.body.strip(), head.diagnostics) == (meta, "body", ())


def shown_in_a_line(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


# ── no input makes a traceback ───────────────────────────────────────────────────────────────────────────────────────

PIECES = st.sampled_from(
    [
        "---", "----", "...", "+++", "{", "}", "[", "]", "title", "date", "tags", "draft", ":", "：", ": ", "=", " = ",
        '"', "'", "\n", "\n\n", " ", "\t", "- ", "*a", "&a ", "!x ", "|", ">", "#", "# ", "<!--", "-->", ".. ", "<> (",
        ")", "2018-02-31", "2020/1/2", "{{ date }}", "[extra]", "[taxonomies]", "true", "null", "中文", "\ufeff",
        "\x00", "\x02", "\ud800", "\u2028", "\x85", "\r", "<<", "=====", ",", "1e999", "0x" + "f" * 50, "9" * 30, ".",
        "\\", "\\u0002",
    ]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_makes_a_traceback(text: str) -> None:
    head = read(text)
    assert text.endswith(head.body) or head.meta.title
    assert not any("\x02" in str(value) or "\x03" in str(value) for value in head.meta.extra.items_)
    assert all(
        isinstance(diagnostic, Diagnostic) and diagnostic.message and diagnostic.hint for diagnostic in head.diagnostics
    )


@given(
    st.lists(PIECES, max_size=20).map("".join),
    st.sampled_from(["---\n{}\n---\n", "+++\n{}\n+++\n", "{{{}}}\n", "{}\n\n"]),
)
def test_no_head_makes_a_traceback(text: str, fence: str) -> None:
    read("".join(fence.replace("{{", "{").replace("}}", "}").partition("{}")[0] + "title: x\n" + text))
    read(fence.replace("{}", "title: x\n" + text, 1))


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n" + BOMB + "---\n",
        "---\ntitle: &x [*x]\n---\n",
        "---\ntitle: " + "[" * 100_000 + "\n---\n",
        "---\ntitle: x\na: " + "{a: " * 100_000 + "\n---\n",
        "---\ntitle: x\na:\n" + "- " * 100_000 + "\n---\n",
        "---\ntitle: x\ntags: [" + "a, " * 100_000 + "]\n---\n",
        "+++\ntitle = " + "[" * 100_000 + "\n+++\n",
        "+++\n" + "a." * 100_000 + "b = 1\n+++\n",
        '{"title": ' + "[" * 100_000,
        '{"title": ' + "9" * 100_000 + "}\n",
    ],
    ids=["bomb", "loop", "lists", "mappings", "dashes", "items", "toml", "toml keys", "json", "json number"],
)
def test_hostile_heads_are_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    head = read(text)
    assert [diagnostic.severity for diagnostic in head.diagnostics] == ["error"]
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 300_000,
        "# a" + " " * 300_000 + "b",
        "a" + " " * 300_000 + "b\n===\n",
        "Title: a" + " " * 300_000 + "b\nx" + " " * 300_000 + "y\n\n",
        "[title]: <> (" + ")" * 300_000 + "x",
        "<!--\n.. title: x\n" + ".. a: b\n" * 30_000 + "-->",
        '+++\nx = "' + "a" * 300_000 + '"\n+++\n',
        "---\n" + "".join(f"titl{number}: x\n" for number in range(5000)) + "---\n",
        "---\n" + "a: {{: " * 50_000 + "\n---\n",
    ],
    ids=["empty lines", "atx", "setext", "pelican", "link", "nikola", "toml text", "many keys", "scaffold"],
)
def test_long_texts_take_no_longer_than_their_length(text: str) -> None:
    started = time.perf_counter()
    read(text)
    assert time.perf_counter() - started < 2


def test_escapes_forge_no_placeholder() -> None:
    assert "\x02" not in read('---\ntitle: "a\\x02n0\\x03"\n---\n').meta.title
    assert "\x02" not in read('{"title": "a\\u0002n0"}\n').meta.title
    assert read('+++\ntitle = "x"\n[extra]\na = "\\u0002"\n+++\n').meta.extra == Table((("a", " "),))


# ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_of_categories_nest_where_the_site_says_so() -> None:
    text = "---\ntitle: x\ncategories: [数学, 概率论]\n---\n"
    nested = read_front_matter(text, "posts/a.md", zone=ZONE, category_lists="nested")
    flat = read_front_matter(text, "posts/a.md", zone=ZONE, category_lists="flat")
    assert nested.meta.categories == (("数学", "概率论"),)
    assert flat.meta.categories == (("数学",), ("概率论",))


def test_dialects_are_tried_in_an_order_that_loses_no_text() -> None:
    assert [type(dialect).__name__ for dialect in DIALECTS][-2:] == ["BareYamlDialect", "PelicanDialect"]
