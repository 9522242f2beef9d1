"""Decode and encode images with Pillow, which is imported nowhere else and only when needed.

The result for an image does not depend on the machine's cores or on other images.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blogsite.config.settings import ImageFormat
from blogsite.core.digest import Digest, digest, package_version
from blogsite.images import exif as metadata
from blogsite.images.model import DecodeResult

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 100_000_000
"""Images with more pixels are not decoded, because that would take gigabytes."""
_READ = ("PNG", "JPEG", "WEBP")


def decode_image(data: bytes, size: tuple[int, int]) -> DecodeResult:
    """Decode an image and return the result; `size` in px is that of its header, as far as it is known."""
    if size[0] * size[1] > MAX_PIXELS:
        return "huge"
    from PIL.Image import DecompressionBombError

    try:
        with _opened(data) as image:
            if image.width * image.height > MAX_PIXELS:
                return "huge"
            if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
                return "animated"
            image.draft(None, (1, 1))  # a JPEG is read to its end, but only an eighth of its pixels are made
            image.load()
    except DecompressionBombError:
        return "huge"
    except MemoryError:
        raise
    except Exception:  # a damaged picture can raise anything
        return "broken"
    return "still"


def encode(data: bytes, widths: Sequence[int], format: ImageFormat, quality: int) -> tuple[bytes, ...]:
    """Return the image in these widths in px, upright, in its own colours, without other metadata."""
    with _opened(data) as opened:
        drawn = opened.format == "PNG"
        image, profile = _upright(opened, metadata.orientation(data))
    image_cache = []
    for width in widths:
        size = width, height_at(width, image.size)
        resized = image if size == image.size else image.resize(size, _pillow().Resampling.LANCZOS)
        image_cache.append(
            _webp(resized, quality, profile, drawn) if format == "webp" else _avif(resized, quality, profile, drawn)
        )
    return tuple(image_cache)


def height_at(width: int, size: tuple[int, int]) -> int:
    """Return the height in px, at this width, of an image of this size."""
    return max(1, round(size[1] * width / size[0]))


def can_encode(format: ImageFormat) -> bool:
    """Return whether the installed Pillow can encode a format."""
    from PIL import features

    return bool(features.check(format))


@cache
def revision() -> Digest:
    """Return a digest of everything that the bytes of an encoded image depend on besides the image."""
    return digest((package_version("pillow"), Path(__file__).read_bytes(), metadata.revision()))


def _pillow() -> Any:
    from PIL import Image

    return Image


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
    """Open an image and read its header, without Pillow's own warnings about large images."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _pillow().open(io.BytesIO(data), formats=_READ) as image:
            yield image


def _upright(image: Image, turn: int) -> tuple[Image, bytes]:
    """Return the image in RGB, or with transparency in RGBA, rotated as EXIF says, and its colour profile."""
    how = _pillow().Transpose
    turns = {2: how.FLIP_LEFT_RIGHT, 3: how.ROTATE_180, 4: how.FLIP_TOP_BOTTOM, 5: how.TRANSPOSE}
    turns |= {6: how.ROTATE_270, 7: how.TRANSVERSE, 8: how.ROTATE_90}
    profile = image.info.get("icc_profile") or b""
    if profile[16:20] not in (b"RGB ", b""):
        plain, profile = _in_srgb(image, profile), b""
    elif image.mode.startswith("I"):  # 16 bits of grey
        plain = image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    else:
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return plain.transpose(turns[turn]) if turn in turns else plain, profile


def _in_srgb(image: Image, profile: bytes) -> Image:
    """Convert an image in CMYK or grey to sRGB."""
    from PIL import ImageCms

    if image.mode in ("CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
        else:
            if converted is not None:
                return converted
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _webp(image: Image, quality: int, profile: bytes, drawn: bool) -> bytes:
    """Encode as WebP, lossless if that is smaller, as it is for line drawings and plain colours."""
    lossy = _saved(image, "WEBP", quality=quality, method=4, icc_profile=profile)
    if not drawn:
        return lossy
    exact = _saved(image, "WEBP", lossless=True, quality=50, method=4, icc_profile=profile)
    return min(exact, lossy, key=len)


def _avif(image: Image, quality: int, profile: bytes, drawn: bool) -> bytes:
    """Encode as AVIF in one thread, because the bytes depend on the number of threads."""
    subsampling = "4:4:4" if drawn else "4:2:0"
    return _saved(image, "AVIF", quality=quality, speed=6, max_threads=1, subsampling=subsampling, icc_profile=profile)


def _saved(image: Image, format: str, **options: object) -> bytes:
    image.info = {}
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
