"""Which social cards are drawn: one for each post or page that has no picture of its own to stand for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from blogsite.config.loader import Config
from blogsite.content.model import File
from blogsite.core.digest import Digest, digest
from blogsite.core.i18n import badge
from blogsite.images.model import SocialCard, SocialCardImage
from blogsite.images.social_cards import revision

FOLDER = "cards"


class Drawings:
    """The cards that were asked for, by output path; none where the site wants none, which FONT says."""

    def __init__(self, config: Config, font: File | None, digest_of: Callable[[File], Digest]) -> None:
        self.drawn: dict[str, SocialCardImage] = {}
        self._config = config
        self._font = font
        self._design = config.cards()
        self._made_with = digest((digest_of(font), revision())) if font else ""

    def address(self, title: str, date: datetime | None, authors: Sequence[str]) -> str:
        """The site address of the card that says this; "" if none is drawn."""
        if self._font is None or self._design is None:
            return ""
        day = badge(date, self._config.badge) if date else ""
        card = SocialCard(title, self._config.title, ", ".join(authors), day)
        key = digest((card, self._design, self._made_with))
        drawing = SocialCardImage(f"{FOLDER}/{key[:20]}.png", card, self._design, self._font, key)
        self.drawn[drawing.path] = drawing
        return f"/{drawing.path}"
