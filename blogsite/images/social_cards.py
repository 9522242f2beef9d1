"""Social cards: the image that other sites show for a post without one, with its title, date badge, site and author.

`draw_card` is a pure function: equal texts in an equal design give equal bytes, for one version of Pillow. The title is
set in the largest size for which there is room.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from blogsite.config.loader import Config
from blogsite.config.settings import CardDesign
from blogsite.content.discovery import locate
from blogsite.content.model import File
from blogsite.core import linebreaking as linebreaks
from blogsite.core.diagnostics import UsageError
from blogsite.core.digest import Digest, digest, package_version
from blogsite.core.file_state import stat_of
from blogsite.core.i18n import badge
from blogsite.core.linebreaking import balance_lines, break_lines, truncate, truncate_with_ellipsis
from blogsite.images.model import SocialCard, SocialCardImage

if TYPE_CHECKING:
    from PIL import ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 84
BADGE = 132
GAP = 48
TITLE_SIZES = (92, 84, 76, 68, 60, 54, 48)
TITLE_LINES = 4
LEADING = 1.36
FOOT_SIZE = 30
FOOT_TOP = HEIGHT - MARGIN - 66
TITLE_HEIGHT = FOOT_TOP - MARGIN - 44


def draw_card(card: SocialCard, design: CardDesign, font: File) -> bytes:
    """Draw a card of 1200 x 630 px and return it as PNG. Raises UsageError if the design or the font cannot be used."""
    sheet = _Sheet(design, font)
    left = MARGIN
    if card.badge:
        sheet.draw_badge(card.badge)
        left += BADGE + GAP
    size, lines = title_lines(card.title, font, WIDTH - MARGIN - left)
    for number, line in enumerate(lines):
        sheet.write(line, size, (left, MARGIN + size * (0.9 + LEADING * number)), sheet.ink)
    sheet.draw_foot(card)
    return sheet.as_png()


def card_font(root: Path, design: CardDesign) -> File:
    """Return the font of the cards: the design's (relative to the site's root), or that of the extra "cards".

    Raises UsageError if there is none.
    """
    if design.font:
        path, hint = root / design.font, "paths of fonts count from the folder of blogsite.toml"
    else:
        hint = "install one with pip install 'blogsite[cards]', or name a font file"
        try:
            from pylopdf_fonts_zh_cn import sans_path
        except ImportError:
            raise UsageError("there is no font to draw cards with", hint) from None
        path = sans_path()
    try:
        return File(path.name, stat_of(path.stat()), str(path.absolute().parent))
    except OSError as problem:
        raise UsageError(f"the font {design.font or path} cannot be read: {problem.strerror}", hint) from None


def check_design(designs: Iterable[tuple[CardDesign, File]]) -> None:
    """Raise UsageError if cards cannot be drawn with one of these designs and fonts."""
    for design, font in designs:
        _Sheet(design, font)


@cache
def revision() -> Digest:
    """Return a digest of everything that affects how a card is drawn: the Pillow version and the code."""
    return digest((package_version("pillow"), Path(__file__).read_bytes(), Path(linebreaks.__file__).read_bytes()))


def title_lines(title: str, font: File, width: float) -> tuple[int, list[str]]:
    """Return the largest font size in which a title fits into four lines of this width in px, and these lines.

    In the smallest size, the rest is replaced by an ellipsis.
    """
    for size in TITLE_SIZES:
        face = _face(font, size)
        text = _drawable(title, face)
        lines = break_lines(text, face.getlength, width)
        if len(lines) <= TITLE_LINES and size * (1.2 + LEADING * (len(lines) - 1)) <= TITLE_HEIGHT:
            return size, balance_lines(text, face.getlength, width)
    return size, [*lines[: TITLE_LINES - 1], truncate_with_ellipsis(lines[TITLE_LINES - 1], face.getlength, width)]


Colour = tuple[int, int, int]


class _Sheet:
    """The image of a card while it is drawn, with its colours and font."""

    def __init__(self, design: CardDesign, font: File) -> None:
        from PIL import Image, ImageDraw

        self.font = font
        _face(font, FOOT_SIZE)
        self.paper, self.ink, self.accent = map(_colour, (design.background, design.text, design.accent))
        self.surface, self.line, self.muted = (_mixed(self.paper, self.ink, share) for share in (0.035, 0.15, 0.68))
        self._image = Image.new("RGB", (WIDTH, HEIGHT), self.paper)
        self._draw = ImageDraw.Draw(self._image)

    def write(
        self,
        text: str,
        size: int,
        location: tuple[float, float],
        colour: Colour,
        anchor: Literal["ls", "ms", "rs"] = "ls",
    ) -> None:
        """Write a line of text that begins, is centred or ends at a position on its base line."""
        self._draw.text((round(location[0]), round(location[1])), text, colour, _face(self.font, size), anchor)

    def draw_badge(self, badge: str) -> None:
        """Draw the date badge as the theme has it: the accent on top, the day large, the month below."""
        left, top, right, bottom = MARGIN, MARGIN, MARGIN + BADGE, MARGIN + BADGE
        below = (False, False, True, True)
        self._draw.rounded_rectangle((left, top, right, top + 30), 10, self.accent)
        self._draw.rounded_rectangle((left, top + 9, right, bottom), 10, self.surface, self.line, 2, corners=below)
        day, _, month = badge.partition(" ")
        for text, size, base, colour in ((day, 58, 78, self.ink), (month.strip(), 28, 114, self.muted)):
            while size > 10 and _face(self.font, size).getlength(text) > BADGE - 16:
                size -= 2
            self.write(text, size, (left + BADGE / 2, top + base), colour, "ms")

    def draw_foot(self, card: SocialCard) -> None:
        """Draw a line and below it the site's title and, right-aligned, the author, at most a third of the width."""
        self._draw.line((MARGIN, FOOT_TOP, WIDTH - MARGIN, FOOT_TOP), self.line, 2)
        face = _face(self.font, FOOT_SIZE)
        author = "" if card.author == card.site_title else _drawable(card.author, face)
        author = truncate(author, face.getlength, (WIDTH - 2 * MARGIN) / 3)
        room = WIDTH - 2 * MARGIN - face.getlength(author) - GAP
        site_title = truncate(_drawable(card.site_title, face), face.getlength, room)
        self.write(site_title, FOOT_SIZE, (MARGIN, HEIGHT - MARGIN - 4), self.ink)
        self.write(author, FOOT_SIZE, (WIDTH - MARGIN, HEIGHT - MARGIN - 4), self.muted, "rs")

    def as_png(self) -> bytes:
        """Return the PNG with a palette, which is enough for three colours and the shades between them."""
        from PIL import Image

        file = io.BytesIO()
        few = self._image.quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(file, "PNG")
        return file.getvalue()


@lru_cache(maxsize=64)
def _face(font: File, size: int) -> ImageFont.FreeTypeFont:
    """Return a font in a size, with the basic layout, because Pillow's other one is optional and draws differently."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(locate(Path(), font), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as problem:
        message = f"the font {font.path} cannot be read: {problem}"
        raise UsageError(message, "name a file in a format such as .otf, .ttf or .ttc") from None


def _drawable(text: str, face: ImageFont.FreeTypeFont) -> str:
    """Return a text on one line, without the characters that the font lacks, unless it lacks all of them.

    In place of such a character its plain form is drawn, as n for ⁿ.
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    words = "".join(character for character in words if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))
    known = " ".join("".join(_known(face, c) for c in words).split())
    return known or words


def _known(face: ImageFont.FreeTypeFont, character: str) -> str:
    """Return a character if a font has it, else what the font has of its plain form."""
    if character == " " or _has(face, character):
        return character
    return "".join(c for c in unicodedata.normalize("NFKC", character) if c != character and _has(face, c))


@lru_cache(maxsize=8192)
def _has(face: ImageFont.FreeTypeFont, character: str) -> bool:
    """Return whether a font has a character: it is drawn unlike one that does not exist."""
    drawn, missing = face.getmask(character), face.getmask("\uffff")
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def _colour(css: str) -> Colour:
    from PIL import ImageColor

    try:
        red, green, blue = ImageColor.getrgb(css)[:3]
    except ValueError:
        message = f'the colour "{css}" is not one that cards can be drawn in'
        raise UsageError(message, 'write it as #rrggbb, for cards alone as cards = {accent = "#1d5f94"}') from None
    return red, green, blue


def _mixed(paper: Colour, ink: Colour, share: float) -> Colour:
    """Return a colour between two, with this share of the second."""
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True))
    return red, green, blue


FOLDER = "cards"


class SocialCardPlanner:
    """Decides which posts get a social card. `drawn` has the cards by output path; none if there is no font."""

    def __init__(self, config: Config, font: File | None, digest_of: Callable[[File], Digest]) -> None:
        self.drawn: dict[str, SocialCardImage] = {}
        self._config = config
        self._font = font
        self._design = config.card_design()
        self._made_with = digest((digest_of(font), revision())) if font else ""

    def address(self, title: str, date: datetime | None, authors: Sequence[str]) -> str:
        """Return the site address of a card with these texts; "" if the site has no cards."""
        if self._font is None or self._design is None:
            return ""
        day = badge(date, self._config.badge) if date else ""
        card = SocialCard(title, self._config.title, ", ".join(authors), day)
        key = digest((card, self._design, self._made_with))
        drawing = SocialCardImage(f"{FOLDER}/{key[:20]}.png", card, self._design, self._font, key)
        self.drawn[drawing.path] = drawing
        return f"/{drawing.path}"
