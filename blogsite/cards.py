"""The picture of a post that other sites show when somebody sends its address on: title, date badge, site and author.

`draw_card` is a pure function: equal cards of an equal design are equal bytes, for one version of Pillow. Lines are
broken as Chinese and English break them (`break_lines`), balanced, in the largest size in which the title fits.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

from blogsite.errors import UsageError
from blogsite.record import Record

WIDTH, HEIGHT = 1200, 630
MARGIN = 84
BADGE = 132
GAP = 48
TITLE_SIZES = (84, 76, 68, 60, 54, 48)
TITLE_LINES = 4
LEADING = 1.36
FOOT_SIZE = 30
FOOT_TOP = HEIGHT - MARGIN - 66

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class SocialCard(Record):
    """What a card says; what is empty is left out."""

    title: str
    site_title: str = ""
    author: str = ""
    badge: str = ""
    """The date as the site's badges have it, "27 Sep": its first word stands large, above the others."""


@dataclass(frozen=True, slots=True)
class CardDesign(Record):
    """What cards look like: colours as CSS writes them (#rrggbb, rgb(), hsl(), names), and the path of a font file.

    Without a font it is the one of the package's extra "cards".
    """

    background: str = "#ffffff"
    text: str = "#25282d"
    accent: str = "#1d5f94"
    font: str = ""


def draw_card(card: SocialCard, design: CardDesign | None = None) -> bytes:
    """A card as PNG, 1200 by 630; UsageError if the design cannot be drawn with."""
    design = design or CardDesign()
    font = font_file(design.font)
    paper, ink, accent = map(_colour, (design.background, design.text, design.accent))
    muted = _mixed(paper, ink, 0.68)
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    draw = ImageDraw.Draw(image)
    left = MARGIN
    if card.badge:
        _draw_badge(draw, font, card.badge, accent, (_mixed(paper, ink, 0.035), _mixed(paper, ink, 0.15), ink, muted))
        left += BADGE + GAP
    size, lines = title_lines(card.title, font, WIDTH - MARGIN - left)
    face = _face(font, size)
    for number, line in enumerate(lines):
        _write(draw, face, (left, MARGIN + size * 0.9 + number * size * LEADING), line, ink)
    draw.line((MARGIN, FOOT_TOP, WIDTH - MARGIN, FOOT_TOP), _mixed(paper, ink, 0.15), 2)
    _draw_foot(draw, font, card, ink, muted)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def font_file(given: str) -> Path:
    """The font that cards are written with: the file that was given, or that of the extra "cards"."""
    if given:
        path = Path(given)
    else:
        try:
            from pylopdf_fonts_zh_cn import sans_path
        except ImportError:
            raise UsageError(
                "there is no font to draw cards with", "install one with pip install 'blogsite[cards]', or name a font file"
            ) from None
        path = sans_path()
    try:
        _face(path, TITLE_SIZES[0])
    except OSError as problem:
        raise UsageError(
            f"the font {path} cannot be read: {problem}", "name a file in a format such as .otf, .ttf or .ttc"
        ) from None
    return path


def title_lines(title: str, font: Path, width: float) -> tuple[int, list[str]]:
    """The largest size in which a title takes no more than four lines of this width, and those lines, evenly filled.

    In the smallest size what is left over becomes an ellipsis.
    """
    for size in TITLE_SIZES:
        face = _face(font, size)
        text = _drawable(title, face)
        lines = break_lines(text, face.getlength, width)
        if len(lines) <= TITLE_LINES:
            return size, balanced(text, face.getlength, width)
    shown, rest = lines[: TITLE_LINES - 1], " ".join(lines[TITLE_LINES - 1 :])
    return size, [*shown, shortened(rest, face.getlength, width)]


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

NEVER_FIRST = frozenset("、。，．：；？！）］｝〉》」』】〕〗”’…—·・ー々％,.:;?!)]}%»›")
"""What no line begins with: the marks that close something or lean on what is before them."""

NEVER_LAST = frozenset("（［｛〈《「『【〔〖“‘([{«‹$¥￥")
"""What no line ends with: the marks that open something."""


def break_lines(text: str, measure: Measure, width: float) -> list[str]:
    """A text in lines no wider than WIDTH: broken at spaces, at hyphens within words, and between Chinese characters.

    No line begins with a closing mark or ends with an opening one. What has no place to break and is wider than a line
    is cut where the line is full; only a single character may stick out.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while measure(line.rstrip()) > width and (kept := _that_fits(line, measure, width)) < len(line.rstrip()):
            lines.append(line[:kept].rstrip())
            line = line[kept:].lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def balanced(text: str, measure: Measure, width: float) -> list[str]:
    """As few lines as `break_lines` makes, in the narrowest width that needs no more."""
    lines = break_lines(text, measure, width)
    low, high = width / 2, width
    while high - low > 1:
        middle = (low + high) / 2
        narrower = break_lines(text, measure, middle)
        if len(narrower) <= len(lines) and all(measure(line) <= middle for line in narrower):
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def shortened(text: str, measure: Measure, width: float) -> str:
    """The beginning of a text that fits the width with an ellipsis after it; the whole text if that fits."""
    if measure(text) <= width:
        return text
    kept = _that_fits(text, lambda start: measure(start.rstrip() + "…"), width)
    return text[:kept].rstrip().rstrip("".join(NEVER_LAST) + ",.;:、。，；：") + "…"


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text between which a line may break, each with the spaces behind it."""
    begin = 0
    for place in range(1, len(text)):
        if _may_break(text, place):
            yield text[begin:place]
            begin = place
    yield text[begin:]


def _may_break(text: str, place: int) -> bool:
    """Whether a line may end before the character at PLACE."""
    before, after = text[place - 1], text[place]
    if after.isspace() or _joined(text, place) or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if before.isspace():
        return text[:place].rstrip()[-1:] not in NEVER_LAST
    if before in "-–/":
        return place > 1 and text[place - 2].isalpha() and after.isalpha()
    return _is_wide(before) or _is_wide(after) or before in "—…"


def _is_wide(character: str) -> bool:
    """Han, kana, hangul, full-width marks, emoji."""
    return unicodedata.east_asian_width(character) in "WF"


def _joined(text: str, place: int) -> bool:
    """Whether the character at PLACE belongs to the one before it: accents, variants, parts of an emoji."""
    joiner = "\u200d"
    after = text[place]
    return after == joiner or text[place - 1] == joiner or unicodedata.category(after) in ("Mn", "Me", "Mc")


def _that_fits(text: str, measure: Measure, width: float) -> int:
    """The length of the longest beginning that is no wider, at least one character with what is joined to it."""
    ends = [place for place in range(1, len(text)) if not _joined(text, place)] + [len(text)]
    kept = ends[0]
    for end in ends:
        if measure(text[:end].rstrip()) > width:
            break
        kept = end
    return kept


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Colour = tuple[int, int, int]


def _draw_badge(
    draw: ImageDraw.ImageDraw, font: Path, badge: str, accent: Colour, rest: tuple[Colour, Colour, Colour, Colour]
) -> None:
    """The box of the date, as the theme has it: an accent on top, the day large, the month below."""
    surface, line, ink, muted = rest
    day, _, month = badge.partition(" ")
    box = (MARGIN, MARGIN, MARGIN + BADGE, MARGIN + BADGE)
    draw.rounded_rectangle(box, 10, surface, line, 2)
    draw.rounded_rectangle((box[0], box[1], box[2], box[1] + 20), 10, accent, corners=(True, True, False, False))
    draw.rectangle((box[0] + 2, box[1] + 9, box[2] - 2, box[1] + 20), surface)
    for text, size, base, colour in ((day, 58, 78, ink), (month.strip(), 28, 114, muted)):
        while size > 10 and _face(font, size).getlength(text) > BADGE - 16:
            size -= 2
        _write(draw, _face(font, size), (MARGIN + BADGE / 2, MARGIN + base), text, colour, "ms")


def _draw_foot(draw: ImageDraw.ImageDraw, font: Path, card: SocialCard, ink: Colour, muted: Colour) -> None:
    """The site's title, and at the other end the author, who gets at most a third of the line."""
    face = _face(font, FOOT_SIZE)
    width, base = WIDTH - 2 * MARGIN, HEIGHT - MARGIN - 4
    author = shortened(_drawable(card.author, face), face.getlength, width / 3) if card.author != card.site_title else ""
    site_title = shortened(_drawable(card.site_title, face), face.getlength, width * 2 / 3 - GAP)
    _write(draw, face, (MARGIN, base), site_title, ink)
    _write(draw, face, (WIDTH - MARGIN, base), author, muted, "rs")


def _write(
    draw: ImageDraw.ImageDraw,
    face: ImageFont.FreeTypeFont,
    place: tuple[float, float],
    text: str,
    colour: Colour,
    anchor: str = "ls",
) -> None:
    draw.text((round(place[0]), round(place[1])), text, colour, face, anchor)


@lru_cache(maxsize=64)
def _face(font: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font in a size; the basic layout, because the other is not in every Pillow and gives other pictures."""
    return ImageFont.truetype(font, size, layout_engine=ImageFont.Layout.BASIC)


def _drawable(text: str, face: ImageFont.FreeTypeFont) -> str:
    """A text as one line, without the characters that the font lacks, unless it lacks them all."""
    words = " ".join("".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") or c.isspace()).split())
    known = " ".join("".join(c for c in words if c == " " or _has(face, c)).split())
    return known or words


@lru_cache(maxsize=8192)
def _has(face: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether a font has a character: it looks unlike one that cannot exist."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return unicodedata.category(character) != "Cf"
    drawn, missing = face.getmask(character), face.getmask("\uffff")
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def _colour(css: str) -> Colour:
    try:
        red, green, blue = ImageColor.getrgb(css)[:3]
    except ValueError:
        raise UsageError(f'the colour "{css}" is not one that cards can be drawn in', "write it as #rrggbb") from None
    return red, green, blue


def _mixed(paper: Colour, ink: Colour, share: float) -> Colour:
    """A colour between two, with this share of the second."""
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True))
    return red, green, blue
