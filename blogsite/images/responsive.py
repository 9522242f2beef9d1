"""Responsive images: the widths and addresses of resized versions, and the `sizes` attribute."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from blogsite.config.schema import MAX_IMAGE_SIDE
from blogsite.config.settings import ImageFormat, ImageSettings
from blogsite.content.model import File
from blogsite.core.digest import Digest, digest
from blogsite.core.values import Table, Value
from blogsite.images.codec import height_at, revision
from blogsite.images.model import ImageVariant

RASTER = (".png", ".jpg", ".jpeg", ".webp")
STEM_BYTES = 200
TEXT_REM = 1.0625
"""Font size of the theme's text in rem; `width` of the theme is in em of it."""
MARGINS_REM = 2.5
_LENGTH = re.compile(r"\s*(\d*\.?\d+)\s*(em|rem|px)?\s*")


def is_raster(path: str) -> bool:
    """Return whether a file of this name may be resized."""
    return path.lower().endswith(RASTER)


def plan_variants(
    file: File, path: str, source: Digest, size: tuple[int, int], images: ImageSettings
) -> tuple[ImageVariant, ...]:
    """Return the variants of an image that is published at `path`, from its file's digest and size in px."""
    return tuple(_variants(file, path, source, size, images))


def offers_original(size: tuple[int, int], variants: Sequence[ImageVariant], images: ImageSettings) -> bool:
    """Return whether the original is offered beside its variants: if none of these is as large as it may be."""
    return bool(variants) and size[0] <= max(images.widths) and variants[-1].width < size[0]


def _variants(
    file: File, path: str, source: Digest, size: tuple[int, int], images: ImageSettings
) -> Iterator[ImageVariant]:
    widths = [width for width in images.widths if width < size[0]]
    stem, suffix = posixpath.splitext(path)
    if 0 < size[0] <= max(images.widths) and suffix.lower() != f".{images.format}":
        widths.append(size[0])
    folder, name = posixpath.split(stem)
    short = name.encode()[:STEM_BYTES].decode(errors="ignore")
    for width in widths:
        if height_at(width, size) <= MAX_IMAGE_SIDE:
            key = variant_key(source, width, images.format, images.quality)
            named = posixpath.join(folder, f"{short}-{width}w.{key[:10]}.{images.format}")
            yield ImageVariant(named, file, width, images.format, images.quality, key)


def variant_key(source: Digest, width: int, format: ImageFormat, quality: int) -> Digest:
    """Return the key of a variant: a digest of everything its bytes depend on."""
    return digest((source, width, format, quality, revision()))


def sizes(theme: Table) -> str:
    """Return the value of `sizes`: as wide as the theme's text, on small screens as the screen."""
    column = _rem(theme.get("width", "40em")) or _rem("40em")
    return f"(min-width: {column + MARGINS_REM:g}em) {column:g}em, 100vw"


def _rem(width: Value) -> float:
    """Return a width of the theme in rem, which `sizes` calls em; 0 if only a browser can compute it."""
    found = _LENGTH.fullmatch(str(width))
    if not found:
        return 0
    factor = {"rem": 1.0, "px": 1 / 16}.get(found[2], TEXT_REM)
    return round(float(found[1]) * factor, 3)
