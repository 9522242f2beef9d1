"""The smaller versions of a picture that a page offers: in which widths, at which addresses, for which screens."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from blogsite.config.schema import LONGEST_SIDE
from blogsite.config.settings import ImageFormat, Images
from blogsite.content.model import File
from blogsite.core.digest import Digest, digest
from blogsite.core.values import Table, Value
from blogsite.images.codec import height_at, revision
from blogsite.images.model import ImageVariant

RASTER = (".png", ".jpg", ".jpeg", ".webp")
STEM_BYTES = 200
TEXT_REM = 1.0625
"""The size of the theme's text; its column is as many times as wide as `width` says, in em."""
MARGINS_REM = 2.5
_LENGTH = re.compile(r"\s*(\d*\.?\d+)\s*(em|rem|px)?\s*")


def is_raster(path: str) -> bool:
    """Whether a file of this name may have variants."""
    return path.lower().endswith(RASTER)


def variants_of(
    file: File, path: str, source: Digest, size: tuple[int, int], images: Images
) -> tuple[ImageVariant, ...]:
    """The variants of a picture that is published at PATH, with the digest and the size in px of its file."""
    return tuple(_variants(file, path, source, size, images))


def is_offered(size: tuple[int, int], variants: Sequence[ImageVariant], images: Images) -> bool:
    """Whether the original is to be chosen from beside its variants: where none of these is as large as may be."""
    return bool(variants) and size[0] <= max(images.widths) and variants[-1].width < size[0]


def _variants(file: File, path: str, source: Digest, size: tuple[int, int], images: Images) -> Iterator[ImageVariant]:
    widths = [width for width in images.widths if width < size[0]]
    stem, suffix = posixpath.splitext(path)
    if 0 < size[0] <= max(images.widths) and suffix.lower() != f".{images.format}":
        widths.append(size[0])
    folder, name = posixpath.split(stem)
    short = name.encode()[:STEM_BYTES].decode(errors="ignore")
    for width in widths:
        if height_at(width, size) <= LONGEST_SIDE:
            key = key_of(source, width, images.format, images.quality)
            named = posixpath.join(folder, f"{short}-{width}w.{key[:10]}.{images.format}")
            yield ImageVariant(named, file, width, images.format, images.quality, key)


def key_of(source: Digest, width: int, format: ImageFormat, quality: int) -> Digest:
    """The name of a variant: another one for whatever may have other bytes."""
    return digest((source, width, format, quality, revision()))


def sizes(theme: Table) -> str:
    """How wide the theme shows a picture, for the attribute `sizes`: as wide as the text, on small screens as these."""
    column = _rem(theme.get("width", "40em")) or _rem("40em")
    return f"(min-width: {column + MARGINS_REM:g}em) {column:g}em, 100vw"


def _rem(width: Value) -> float:
    """A width of the theme in rem, which in `sizes` is called em; 0 for one that only a browser can tell."""
    found = _LENGTH.fullmatch(str(width))
    if not found:
        return 0
    factor = {"rem": 1.0, "px": 1 / 16}.get(found[2], TEXT_REM)
    return round(float(found[1]) * factor, 3)
