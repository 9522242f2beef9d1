"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from blogsite.config.settings import CardDesign, ImageFormat
from blogsite.content.model import File
from blogsite.core.digest import Digest
from blogsite.core.file_state import FileState
from blogsite.core.frozen import Record

DecodeResult = Literal["", "still", "animated", "broken", "huge"]
"""What decoding a picture comes to: one that may have variants, or why it may not; "" while nobody has tried."""


@dataclass(frozen=True, slots=True)
class FileInfo(Record):
    """What was seen in a file; 0 and 0 for the width and height in px of what is no picture."""

    seen: FileState
    width: int = 0
    height: int = 0
    has_location: bool = False
    decode_result: DecodeResult = ""


@dataclass(frozen=True, slots=True)
class ImageVariant(Record):
    """An output that is a smaller version of a picture."""

    path: str
    file: File
    width: int
    format: ImageFormat
    quality: int
    key: Digest
    """Names all that it is made of: what is in the file, these settings, the encoder."""


@dataclass(frozen=True, slots=True)
class SocialCard(Record):
    """What the picture of a post says that other sites show of it; what is empty is left out."""

    title: str
    site_title: str = ""
    author: str = ""
    badge: str = ""
    """The date as the site's badges have it, "27 Sep": its first word stands large, above the others."""


@dataclass(frozen=True, slots=True)
class SocialCardImage(Record):
    """An output that is a social card."""

    path: str
    card: SocialCard
    design: CardDesign
    font: File
    key: Digest
    """Names all that it is made of: card, design, what is in the font's file, how it is drawn."""
