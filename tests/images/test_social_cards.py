"""Social cards: line breaks, fitting titles, and what is drawn."""

from __future__ import annotations

import importlib.util
import io
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from blogsite.build.context import BuildOptions
from blogsite.config.settings import CardDesign
from blogsite.content.model import File
from blogsite.core.diagnostics import SiteError, UsageError
from blogsite.core.linebreaking import NEVER_FIRST, NEVER_LAST, balance_lines, break_lines, truncate
from blogsite.images import social_cards as cards
from blogsite.images.model import SocialCard
from blogsite.images.social_cards import (
    HEIGHT,
    MARGIN,
    TITLE_LINES,
    TITLE_SIZES,
    WIDTH,
    card_font,
    draw_card,
    title_lines,
)
from tests.support.serving import fetch, serving
from tests.support.sites import (
    CONFIG,
    build_site,
    imports_pillow,
    page,
    png,
    post,
    run,
    run_alone,
    site,
    tree,
    warnings,
    write,
)

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
    lines, even = break_lines(text, wide, width), balance_lines(text, wide, width)
    assert "".join("".join(even).split()) == "".join(text.split())
    assert len(even) <= len(lines)
    assert max(map(wide, even), default=0) <= max(map(wide, lines), default=0)


def test_balanced_lines_leave_no_word_alone() -> None:
    text = "every formula that a paper takes for granted"
    assert break_lines(text, wide, 40) == ["every formula that a paper takes for", "granted"]
    assert balance_lines(text, wide, 40) == ["every formula that a", "paper takes for granted"]


@given(titles, widths)
def test_what_is_shortened_fits(text: str, width: float) -> None:
    short = truncate(text, wide, width)
    assert short == text if wide(text) <= width else short.endswith("…")
    assert wide(short) <= width or letters(short) <= 2


def test_a_shortened_text_ends_with_a_word_not_a_comma() -> None:
    assert truncate("one, two, three", wide, 10) == "one, two…"
    assert truncate("熵，与「最大", wide, 9) == "熵，与…"


def letters(text: str) -> int:
    """Return the number of characters that a reader sees; accents and the parts of an emoji count as one."""
    joined = [
        location > 0
        and (character == "\u200d" or text[location - 1] == "\u200d" or bool(unicodedata.combining(character)))
        for location, character in enumerate(text)
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


def own_font() -> File:
    return card_font(Path(), CardDesign())


def drawn(card: SocialCard, design: CardDesign | None = None, root: Path = Path()) -> bytes:
    """Draw a card as the site at `root` does."""
    design = design or CardDesign()
    return draw_card(card, design, card_font(root, design))


def picture(card: SocialCard, design: CardDesign | None = None) -> Image.Image:
    return Image.open(io.BytesIO(drawn(card, design))).convert("RGB")


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
    size, lines = title_lines(title, own_font(), 840)
    shared_view = ImageFont.truetype(Path(own_font().root, own_font().path), size, layout_engine=ImageFont.Layout.BASIC)
    assert size in TITLE_SIZES
    assert len(lines) <= TITLE_LINES
    assert all(shared_view.getlength(line) <= 840 for line in lines)


@needs_font
def test_short_titles_are_larger_and_very_long_ones_end_in_an_ellipsis() -> None:
    sizes = [title_lines(title, own_font(), 840) for title in ("熵", LONG, LONG * 3)]
    assert sizes[0] == (TITLE_SIZES[0], ["熵"])
    assert TITLE_SIZES[-1] < sizes[1][0] < TITLE_SIZES[0]
    assert "…" not in "".join(sizes[1][1])
    assert sizes[2][0] == TITLE_SIZES[-1]
    assert sizes[2][1][-1].endswith("…")
    assert len(sizes[2][1]) == TITLE_LINES


@needs_font
def test_what_the_font_lacks_is_left_out() -> None:
    assert title_lines("熵 🎉 原理", own_font(), 840)[1] == ["熵 原理"]


@needs_font
def test_an_accent_that_stands_alone_is_drawn_with_its_letter() -> None:
    assert title_lines("Re\u0301nyi", own_font(), 840)[1] == ["Rényi"]


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
    assert drawn(card) == drawn(card)
    assert len({drawn(one) for one in [card, *others]}) == 6


@needs_font
def test_colours_are_those_of_the_design() -> None:
    image = picture(SocialCard("熵", badge="27 Sep"), CardDesign("#16181c", "rgb(213, 216, 221)", "tomato"))
    assert image.getpixel((5, 5)) == (0x16, 0x18, 0x1C)
    assert image.getpixel((MARGIN + 60, MARGIN + 4)) == (255, 99, 71)
    assert (213, 216, 221) in {colour for _, colour in image.getcolors(100) or []}


@needs_font
def test_a_card_is_small() -> None:
    assert len(drawn(SocialCard(LONG, "果壳里的数学", "Lin Zhi", "27 Sep"))) < 40_000


@needs_font
def test_a_colour_that_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match=r"oklch\(0\.5 0\.1 200\)") as caught:
        drawn(SocialCard("熵"), CardDesign(accent="oklch(0.5 0.1 200)"))
    assert "#rrggbb" in caught.value.hint


@needs_font
def test_a_font_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.otf").write_bytes(Path(own_font().root, own_font().path).read_bytes())
    assert drawn(SocialCard("熵"), CardDesign(font="own.otf"), tmp_path) == drawn(SocialCard("熵"))


@pytest.mark.parametrize(("content", "hint"), [(None, "blogsite.toml"), (b"no font", ".ttf")])
def test_a_font_that_is_none_is_said(tmp_path: Path, content: bytes | None, hint: str) -> None:
    if content:
        (tmp_path / "own.otf").write_bytes(content)
    with pytest.raises(UsageError, match=r"own\.otf cannot be read") as caught:
        drawn(SocialCard("熵"), CardDesign(font="own.otf"), tmp_path)
    assert hint in caught.value.hint


# ── on a site ────────────────────────────────────────────────────────────────────────────────────────────────────────

WANTED = CONFIG + 'author = "Lin Zhi"\n[theme]\ncards = true\n'


def image_of(page_file: Path) -> str:
    """Return the og:image of a page as an address in the site."""
    found = [meta["content"] for meta in page(page_file).find("meta") if meta.attributes.get("property") == "og:image"]
    assert len(found) <= 1
    return found[0].removeprefix("https://example.org/") if found else ""


def card_of(root: Path, name: str) -> str:
    return image_of(root / f"public/posts/{name}/index.html")


def cards_of(root: Path) -> dict[str, bytes]:
    return {path: data for path, data in tree(root / "public").items() if path.startswith("cards/")}


@needs_font
def test_a_post_without_a_picture_gets_a_card(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/a.md": post("最大熵 & more"),
            "posts/b.md": post("B", body="![](/p.png)\n"),
            "posts/c.md": post("C", image="/p.png"),
            "posts/d.md": post("D", image="https://elsewhere.org/p.png"),
            "posts/e.md": post("E", draft="true"),
            "posts/f.md": post("F", author="[Ann, Bob]", hidden="true"),
            "posts/g.md": post("G", body="![](/p.svg)\n"),
            "posts/h.md": post("H", image="/p.svg"),
            "pages/about.md": post("About", date=None),
            "static/p.svg": "<svg/>",
            "static/p.png": png(5),
        },
        WANTED,
    )
    assert warnings(build_site(root)) == []
    wanted = {
        card_of(root, "a"): SocialCard("最大熵 & more", "Test", "Lin Zhi", "2 Jan"),
        card_of(root, "f"): SocialCard("F", "Test", "Ann, Bob", "2 Jan"),
        card_of(root, "g"): SocialCard("G", "Test", "Lin Zhi", "2 Jan"),
        image_of(root / "public/about/index.html"): SocialCard("About", "Test", "Lin Zhi"),
    }
    assert cards_of(root) == {path: drawn(card) for path, card in wanted.items()}
    assert [card_of(root, name) for name in "bcdh"] == ["p.png", "p.png", "https://elsewhere.org/p.png", "p.svg"]
    assert 'content="summary_large_image"' in (root / "public/posts/a/index.html").read_text()
    assert f'"image": "https://example.org/{card_of(root, "a")}"' in (root / "public/posts/a/index.html").read_text()


@needs_font
def test_cards_are_in_the_colours_of_the_theme_or_their_own(tmp_path: Path) -> None:
    colours = 'colours = {accent = "#8a3324", background = "#fffff8", muted = "oklch(0.5 0 0)"}\n'
    own = '{accent = "navy", font = "fonts/own.otf"}'
    for name, cards_, design in (
        ("1", "true", CardDesign("#fffff8", accent="#8a3324")),
        ("2", own, CardDesign("#fffff8", accent="navy")),
    ):
        config = WANTED.replace("cards = true", f"cards = {cards_}") + colours
        root = site(tmp_path / name, {"posts/a.md": post("A")}, config)
        write(root, {"fonts/own.otf": Path(own_font().root, own_font().path).read_bytes()})
        assert warnings(build_site(root)) == []
        assert list(cards_of(root).values()) == [drawn(SocialCard("A", "Test", "Lin Zhi", "2 Jan"), design)]


@needs_font
@pytest.mark.parametrize(
    "config", [WANTED.replace("cards = true", "cards = false"), CONFIG, WANTED.replace("base_url", "# base_url")]
)
def test_without_the_wish_or_an_address_there_are_no_cards(tmp_path: Path, config: str) -> None:
    root = site(tmp_path, {"posts/a.md": post("A")}, config)
    build_site(root)
    assert not cards_of(root)
    assert not card_of(root, "a")


@needs_font
def test_only_cards_that_say_something_new_are_drawn(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A"), "posts/b.md": post("B"), "posts/c.md": post("B")}, WANTED)
    build_site(root)
    before = cards_of(root)
    assert len(before) == 2  # B and its namesake share one
    with patch.object(cards, "draw_card", side_effect=AssertionError("it was drawn again")):
        write(root, {"posts/a.md": post("A", body="Another text.\n"), "posts/d.md": post("A")})
        assert not any("cards" in path for path in build_site(root).changes.written)
        build_site(root, BuildOptions(output=root / "look"))
        (root / "public" / card_of(root, "a")).write_bytes(b"by hand")
        build_site(root)
    assert cards_of(root) == before
    write(root, {"posts/b.md": post("B"), "posts/a.md": post("A′"), "posts/d.md": post("A′")})
    report = build_site(root, BuildOptions())
    assert set(report.changes.removed) == before.keys() - cards_of(root).keys()
    assert len(cards_of(root)) == 2
    assert len(list((root / ".blogsite/pictures").iterdir())) == 2
    build_site(root, BuildOptions(clean=True))
    assert cards_of(root) == {card_of(root, name): drawn(card) for name, card in said_by("A′", "B").items()}


def said_by(first: str, second: str) -> dict[str, SocialCard]:
    return {name: SocialCard(title, "Test", "Lin Zhi", "2 Jan") for name, title in (("a", first), ("b", second))}


@needs_font
def test_another_font_in_the_same_file_gives_other_cards(tmp_path: Path) -> None:
    fonts = [Path(own_font().root, name).read_bytes() for name in ("NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf")]
    config = WANTED.replace("cards = true", 'cards = {font = "own.otf"}')
    root = site(tmp_path, {"posts/a.md": post("A"), "own.otf": fonts[0]}, config)
    build_site(root)
    before = cards_of(root)
    build_site(root)
    write(root, {"own.otf": fonts[1]})
    build_site(root)
    assert len(cards_of(root)) == 1
    assert set(cards_of(root).values()) != set(before.values())
    assert cards_of(root).keys().isdisjoint(before)


@pytest.mark.slow
@needs_font
def test_cards_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"posts/{number}.md": post(f"Number {number}") for number in range(25)}
    trees = []
    for jobs in (1, 2):
        root = site(tmp_path / str(jobs), files, WANTED)
        build_site(root, BuildOptions(jobs=jobs))
        trees.append(tree(root / "public"))
    with ThreadPoolExecutor(2) as executor:
        build_site(site(tmp_path / "executor", files, WANTED), BuildOptions(executor=executor))
    assert trees[0] == trees[1] == tree(tmp_path / "executor/public")
    assert len(cards_of(tmp_path / "1")) == 25


@needs_font
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ('{accent = "oklch(0.5 0.1 200)"}', 'the colour "oklch(0.5 0.1 200)" is not one that cards can be drawn in'),
        ('{font = "none.otf"}', "the font none.otf cannot be read: No such file"),
        ('{font = "posts/a.md"}', "a.md cannot be read"),
    ],
)
def test_what_cards_cannot_be_drawn_with_is_a_mistake(tmp_path: Path, wanted: str, message: str) -> None:
    root = site(tmp_path, {"posts/a.md": post("A")}, WANTED.replace("cards = true", f"cards = {wanted}"))
    for _ in range(2):
        with pytest.raises(SiteError) as caught:
            build_site(root)
        (diagnostic,) = caught.value.diagnostics
        assert message in diagnostic.message
        assert (diagnostic.location.path, diagnostic.location.line) == ("blogsite.toml", 4)
        assert not (root / "public").exists()


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    root = site(tmp_path, {"posts/a.md": post("A")}, WANTED)
    with pytest.raises(SiteError, match="no font") as caught:
        build_site(root)
    assert "blogsite[cards]" in caught.value.diagnostics[0].hint
    assert "A" in run("list", cwd=root).stdout


@needs_font
def test_nothing_heavy_is_imported_while_no_card_is_new(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A")}, WANTED)
    build_site(root)
    write(root, {"posts/a.md": post("A", body="Another text.\n")})
    assert not imports_pillow(root)


@needs_font
def test_the_preview_draws_a_card_when_it_is_asked_for(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A")}, WANTED)
    with serving(root) as server:
        assert not (root / ".blogsite/pictures").exists()
        run_alone("build", "--output", "public", cwd=root)
        answer = fetch(server.port, f"/{card_of(root, 'a')}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
        assert {answer.body} == set(cards_of(root).values())
        assert fetch(server.port, "/cards/0123.png").status == 404
