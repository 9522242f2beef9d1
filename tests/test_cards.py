"""Cards: where their lines break, that titles fit, and what stands on the picture."""

from __future__ import annotations

import importlib.util
import io
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from blogsite.cards import (
    HEIGHT,
    MARGIN,
    TITLE_LINES,
    TITLE_SIZES,
    WIDTH,
    CardDesign,
    SocialCard,
    draw_card,
    font_file,
    title_lines,
)
from blogsite.errors import UsageError
from blogsite.linebreaks import NEVER_FIRST, NEVER_LAST, balanced, break_lines, shortened

needs_font = pytest.mark.skipif(
    importlib.util.find_spec("pylopdf_fonts_zh_cn") is None, reason="the extra `cards` is not installed: no font"
)

MARKS = "，、。：；？！」』）》”…,.:;?!)]}%「『（《“([{—·-/ "
UNITS = [*"熵与最大原理aRz$1", *MARKS, "  ", "of", "Rényi-divergence", "don't", "e\u0301", "👩\u200d🔬"]
"""What readers see as one, and words."""

titles = st.lists(st.sampled_from(UNITS), max_size=60).map("".join)
widths = st.integers(2, 30).map(float)


def wide(text: str) -> float:
    """A width without a font: two for what is wide, one for all else."""
    return sum(2.0 if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("the law of large numbers", 10, ["the law of", "large", "numbers"]),
        ("最大熵原理", 6, ["最大熵", "原理"]),
        ("最大熵，原理", 6, ["最大", "熵，原", "理"]),  # no comma begins a line
        ("关于「最大」熵", 6, ["关于", "「最", "大」熵"]),  # no bracket ends one
        ("用GAN训练", 4, ["用", "GAN", "训练"]),
        ("用 GAN 训练", 6, ["用 GAN", "训练"]),
        ("说来话长……完了", 9, ["说来话", "长……完了"]),
        ("Kullback-Leibler", 10, ["Kullback-", "Leibler"]),
        ("x is -1", 6, ["x is", "-1"]),  # a minus is no hyphen
        ("Donaudampfschiff", 6, ["Donaud", "ampfsc", "hiff"]),
        ("in Donaudampfschiff", 8, ["in", "Donaudam", "pfschiff"]),
        ("don't", 4, ["don'", "t"]),
        ("", 5, []),
    ],
)
def test_lines_break_where_they_may(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, wide, width) == lines


@given(titles, widths)
def test_lines_are_the_text_and_fit(text: str, width: float) -> None:
    lines = break_lines(text, wide, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert line == line.strip() != ""
        assert wide(line) <= width or letters(line) == 1


UNBROKEN = [
    "熵",
    "熵，",
    "原理。",
    "「熵」",
    "“熵”，",
    "（of）",
    "(GAN), ",
    "of ",
    "1,000 ",
    "——熵",
    "熵……",
    "50% ",
    "《熵》：",
]


@given(st.lists(st.sampled_from(UNBROKEN), max_size=30).map("".join), st.integers(12, 30).map(float))
def test_no_line_begins_or_ends_with_the_wrong_mark(text: str, width: float) -> None:
    lines = break_lines(text, wide, width)
    assert not [line for line in lines[1:] if line[0] in NEVER_FIRST]
    assert not [line for line in lines[:-1] if line[-1] in NEVER_LAST]


@given(titles, widths)
def test_accents_and_parts_of_emoji_stay_with_their_letters(text: str, width: float) -> None:
    lines = break_lines(text, wide, width)
    assert not [line for line in lines if line[0] in "\u0301\u200d🔬"]


@given(titles, widths)
def test_balanced_lines_are_as_few_and_no_wider(text: str, width: float) -> None:
    lines, even = break_lines(text, wide, width), balanced(text, wide, width)
    assert "".join("".join(even).split()) == "".join(text.split())
    assert len(even) <= len(lines)
    assert max(map(wide, even), default=0) <= max(map(wide, lines), default=0)


def test_balanced_lines_leave_no_word_alone() -> None:
    text = "every formula that a paper takes for granted"
    assert break_lines(text, wide, 40) == ["every formula that a paper takes for", "granted"]
    assert balanced(text, wide, 40) == ["every formula that a", "paper takes for granted"]


@given(titles, widths)
def test_what_is_shortened_fits(text: str, width: float) -> None:
    short = shortened(text, wide, width)
    assert short == text if wide(text) <= width else short.endswith("…")
    assert wide(short) <= width or letters(short) <= 2


def test_a_shortened_text_ends_with_a_word_not_a_comma() -> None:
    assert shortened("one, two, three", wide, 10) == "one, two…"
    assert shortened("熵，与「最大", wide, 9) == "熵，与…"


def letters(text: str) -> int:
    """How many characters a reader sees: accents and the parts of an emoji belong to the one before them."""
    joined = [
        place > 0 and (character == "\u200d" or text[place - 1] == "\u200d" or bool(unicodedata.combining(character)))
        for place, character in enumerate(text)
    ]
    return len(text) - sum(joined)


# ── with a font ───────────────────────────────────────────────────────────────────────────────────────────────────────

LONG = "文本情感分类（二）：从「好」到「不好」，循环网络怎样理解否定句？以及为什么 LSTM 不是唯一的答案"
TITLES = [
    "熵",
    "熵与最大熵原理",
    "Gaussian identities",
    LONG,
    LONG * 3,
    "W" * 300,
    "Rényi 🎉 散度",
    "مرحبا",
    "",
    "\ud800\x00",
]


def picture(card: SocialCard, design: CardDesign | None = None) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(card, design))).convert("RGB")


@needs_font
@pytest.mark.parametrize("title", TITLES)
def test_every_title_is_drawn_within_the_margins(title: str) -> None:
    card = SocialCard(title, "果壳里的数学 " * 20, "Lin Zhi " * 20, "27 Sep")
    image = picture(card)
    assert image.size == (WIDTH, HEIGHT) == (1200, 630)
    paper = Image.new("L", image.size, 255)
    paper.paste(0, (MARGIN - 4, MARGIN - 4, WIDTH - MARGIN + 4, HEIGHT - MARGIN + 12))
    margins = Image.composite(image, Image.new("RGB", image.size, "white"), paper)
    assert margins.getcolors() == [(WIDTH * HEIGHT, (255, 255, 255))]


@needs_font
@given(titles)
def test_every_title_has_room(title: str) -> None:
    font = font_file("")
    size, lines = title_lines(title, font, 840)
    face = ImageFont.truetype(font, size, layout_engine=ImageFont.Layout.BASIC)
    assert size in TITLE_SIZES
    assert len(lines) <= TITLE_LINES
    assert all(face.getlength(line) <= 840 for line in lines)


@needs_font
def test_short_titles_are_larger_and_very_long_ones_end_in_an_ellipsis() -> None:
    font = font_file("")
    sizes = [title_lines(title, font, 840) for title in ("熵", LONG, LONG * 3)]
    assert sizes[0] == (TITLE_SIZES[0], ["熵"])
    assert TITLE_SIZES[-1] < sizes[1][0] < TITLE_SIZES[0]
    assert "…" not in "".join(sizes[1][1])
    assert sizes[2][0] == TITLE_SIZES[-1]
    assert sizes[2][1][-1].endswith("…")
    assert len(sizes[2][1]) == TITLE_LINES


@needs_font
def test_what_the_font_lacks_is_left_out() -> None:
    assert title_lines("熵 🎉 原理", font_file(""), 840)[1] == ["熵 原理"]


@needs_font
def test_an_accent_that_stands_alone_is_drawn_with_its_letter() -> None:
    assert title_lines("Re\u0301nyi", font_file(""), 840)[1] == ["Rényi"]


@needs_font
def test_equal_cards_are_equal_bytes_and_each_part_shows() -> None:
    card = SocialCard("熵", "果壳里的数学", "Lin Zhi", "27 Sep")
    others = [
        SocialCard("墒", "果壳里的数学", "Lin Zhi", "27 Sep"),
        SocialCard("熵", "果壳里的物理", "Lin Zhi", "27 Sep"),
        SocialCard("熵", "果壳里的数学", "Lin Zhu", "27 Sep"),
        SocialCard("熵", "果壳里的数学", "Lin Zhi", "28 Sep"),
        SocialCard("熵", "果壳里的数学", "Lin Zhi"),
    ]
    assert draw_card(card) == draw_card(card)
    assert len({draw_card(one) for one in [card, *others]}) == 6


@needs_font
def test_colours_are_those_of_the_design() -> None:
    image = picture(SocialCard("熵", badge="27 Sep"), CardDesign("#16181c", "rgb(213, 216, 221)", "tomato"))
    assert image.getpixel((5, 5)) == (0x16, 0x18, 0x1C)
    assert image.getpixel((MARGIN + 60, MARGIN + 4)) == (255, 99, 71)
    assert (213, 216, 221) in {colour for _, colour in image.getcolors(100) or []}


@needs_font
def test_a_card_is_small() -> None:
    assert len(draw_card(SocialCard(LONG, "果壳里的数学", "Lin Zhi", "27 Sep"))) < 40_000


@needs_font
def test_a_colour_that_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match=r"oklch\(0\.5 0\.1 200\)") as caught:
        draw_card(SocialCard("熵"), CardDesign(accent="oklch(0.5 0.1 200)"))
    assert "#rrggbb" in caught.value.hint


@needs_font
def test_a_font_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.otf"
    own.write_bytes(font_file("").read_bytes())
    assert draw_card(SocialCard("熵"), CardDesign(font=str(own))) == draw_card(SocialCard("熵"))


@pytest.mark.parametrize("content", [None, b"no font"])
def test_a_font_that_is_none_is_said(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "own.otf"
    if content:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"own\.otf cannot be read") as caught:
        draw_card(SocialCard("熵"), CardDesign(font=str(file)))
    assert ".ttf" in caught.value.hint


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    with pytest.raises(UsageError, match="no font") as caught:
        draw_card(SocialCard("熵"))
    assert "blogsite[cards]" in caught.value.hint
