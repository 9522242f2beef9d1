"""Values about images: what is known of a file, and the images that a build makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from blogsite.config.settings import CardDesign, ImageFormat
from blogsite.content.model import File
from blogsite.core.digest import Digest
from blogsite.core.file_state import FileState
from blogsite.core.frozen import Record

DecodeResult = Literal["", "still", "animated", "broken", "huge"]
"""Result of decoding an image: "still" may be resized, the others may not; "" if it has not been decoded."""


@dataclass(frozen=True, slots=True)
class FileInfo(Record):
    """What is known of a file. `width` and `height` in px are 0 if it is no image."""

    seen: FileState
    width: int = 0
    height: int = 0
    has_location: bool = False
    decode_result: DecodeResult = ""


@dataclass(frozen=True, slots=True)
class ImageVariant(Record):
    """An output: a smaller version of an image."""

    path: str
    file: File
    width: int
    format: ImageFormat
    quality: int
    key: Digest
    """Digest of everything it is made of: the image, these settings, the encoder."""


@dataclass(frozen=True, slots=True)
class SocialCard(Record):
    """The texts of a social card, the image that other sites show for a post. Empty texts are left out."""

    title: str
    site_title: str = ""
    author: str = ""
    badge: str = ""
    """The date as in date badges, "27 Sep": its first word is large, above the others."""


@dataclass(frozen=True, slots=True)
class SocialCardImage(Record):
    """An output: a social card."""

    path: str
    card: SocialCard
    design: CardDesign
    font: File
    key: Digest
    """Digest of everything it is made of: texts, design, font file, drawing code."""
