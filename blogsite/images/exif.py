"""Image metadata: the orientation, and the place where a photograph was taken, which is removed before publishing.

The place is blanked out in EXIF and XMP without decoding pixels or moving any other byte, so that file offsets and
other metadata stay valid. Pillow would encode the image again, and no maintained library edits metadata in place in all
of these formats.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from blogsite.core.digest import Digest, digest_bytes
from blogsite.images import isobmff
from blogsite.images.isobmff import is_boxed, items

_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF = b"Exif\0\0"
_TIFF = (b"II*\0", b"MM\0*")
_ORIENTATION, _GPS = 0x0112, 0x8825
_VERSION_OF_GPS = 0
"""A tag that many cameras write without knowing where they are."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of a value of each TIFF type."""
_MOST_DIRECTORIES = 8
_MOST_TEXT = 20_000_000
"""Bytes of a compressed text that are examined."""

_EXIF_SEGMENT = re.compile(rb"\xff\xe1(..)Exif\0\0", re.DOTALL)
_XMP_SEGMENT = re.compile(rb"\xff\xe1(..)http://ns\.adobe\.com/(?:xap/1\.0/\0|(xmp/extension/\0.{40}))", re.DOTALL)
_LOCATION = re.compile(rb"[:<]gps|:Location(?:Created|Shown)", re.IGNORECASE)
_NAME = rb"[\w.-]+:(?:GPS\w*|Location(?:Created|Shown))"
_ATTRIBUTE = re.compile(rb"\s" + _NAME + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ELEMENT = re.compile(rb"<(" + _NAME + rb")(?=[\s/>])(?:[^>]*/>|.*?</\1\s*>)", re.IGNORECASE | re.DOTALL)
_NO_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def orientation(data: bytes) -> int:
    """Return the EXIF orientation of an image (JPEG, PNG, WebP), from 1 to 8; 1 if it has none."""
    for start, end in _exif_blocks(data):
        block = data[start:end]
        order = _byte_order(block)
        for location, count in _directories(block)[:1]:
            for entry in range(location + 2, min(location + 2 + 12 * count, len(block) - 11), 12):
                if int.from_bytes(block[entry : entry + 2], order) == _ORIENTATION:
                    value = int.from_bytes(block[entry + 8 : entry + 10], order)
                    return value if 1 <= value <= 8 else 1
        break
    return 1


def without_location(data: bytes) -> bytes:
    """Return an image (JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF) without the place where it was taken.

    Returns `data` itself if it has none, or is no image.
    """
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if is_boxed(data):
        return _boxed(data)
    if data.startswith(_TIFF):
        return _with_packets(data, _exif(data))
    return _with_packets(data, data) if data.startswith((b"GIF87a", b"GIF89a")) else data


@cache
def revision() -> Digest:
    """Return a digest of this code, on which published images depend."""
    return digest_bytes(Path(__file__).read_bytes() + Path(isobmff.__file__).read_bytes())


# ── the formats ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _exif_blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Return the start and end of each TIFF block of an image's EXIF."""
    if data.startswith(b"\xff\xd8"):
        location = 2
        while data[location : location + 1] == b"\xff" and data[location + 1 : location + 2] not in (
            b"\xda",
            b"\xd9",
            b"",
        ):
            end = location + 2 + int.from_bytes(data[location + 2 : location + 4], "big")
            if data[location + 1] == 0xE1 and data[location + 4 : location + 10] == _EXIF:
                yield location + 10, end
            location = max(end, location + 4)
    elif data.startswith(_PNG):
        yield from ((start, end) for kind, start, end in _png_chunks(data) if kind == b"eXIf")
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        for kind, start, end in _webp_chunks(data):
            if kind == b"EXIF":
                yield start + 6 * data.startswith(_EXIF, start), end


def _jpeg(data: bytes) -> bytes:
    """Examine the whole file, because cameras put further pictures with metadata behind the first."""
    new = bytearray(data)
    for found in _EXIF_SEGMENT.finditer(data):
        end = found.start() + 2 + int.from_bytes(found[1], "big")
        new[found.end() : end] = _exif(data[found.end() : end])
    for found in _XMP_SEGMENT.finditer(data):
        end = found.start() + 2 + int.from_bytes(found[1], "big")
        packet = data[found.end() : end]
        # A piece of a long packet is no XML by itself.
        new[found.end() : end] = _xmp(packet) if not found[2] else _blank(packet) if _has_location(packet) else packet
    return data if new == data else bytes(new)


def _png(data: bytes) -> bytes:
    pieces, done = [], 0
    for kind, start, end in _png_chunks(data):
        chunk = data[start:end]
        new: bytes | None = chunk
        if kind == b"eXIf":
            new = _exif(chunk)
        elif kind == b"iTXt" and chunk.startswith(b"XML:com.adobe.xmp\0"):
            new = _itxt(chunk)
        elif kind in (b"tEXt", b"zTXt") and chunk.startswith(b"Raw profile type "):
            new = None if _is_located_profile(kind, chunk) else chunk
        if new != chunk:
            pieces.append(data[done : start - 8])
            if new is not None:
                checked = kind + new
                pieces.append(len(new).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big"))
            done = end + 4
    return b"".join((*pieces, data[done:])) if done else data


def _webp(data: bytes) -> bytes:
    new = bytearray(data)
    for kind, start, end in _webp_chunks(data):
        if kind == b"EXIF":
            start += 6 * data.startswith(_EXIF, start)
            new[start:end] = _exif(data[start:end])
        elif kind == b"XMP ":
            new[start:end] = _xmp(data[start:end])
    return data if new == data else bytes(new)


def _boxed(data: bytes) -> bytes:
    new = bytearray(data)
    for kind, start, end in items(data):
        if kind == b"Exif" and end - start > 4:
            start += 4 + int.from_bytes(data[start : start + 4], "big")  # where the block begins, after this number
            new[start:end] = _exif(data[start:end])
        elif kind == b"mime":
            new[start:end] = _xmp(data[start:end])
    return data if new == data else bytes(new)


def _with_packets(data: bytes, exif: bytes) -> bytes:
    """Remove the place from the XMP packets in an image whose EXIF is clean already."""
    new = bytearray(exif)
    end = 0
    while (start := data.find(b"<x:xmpmeta", end)) >= 0 and (end := data.find(b"</x:xmpmeta", start)) >= 0:
        new[start:end] = _xmp(data[start:end])
    return data if new == data else bytes(new)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each complete chunk, and the start and end of its data."""
    location = len(_PNG)
    while location + 12 <= len(data):
        start = location + 8
        end = start + int.from_bytes(data[location : location + 4], "big")
        if end + 4 > len(data):
            return
        yield data[location + 4 : start], start, end
        location = end + 4


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    location = 12
    while location + 8 <= len(data):
        size = int.from_bytes(data[location + 4 : location + 8], "little")
        yield data[location : location + 4], location + 8, min(location + 8 + size, len(data))
        location += 8 + size + size % 2


def _itxt(chunk: bytes) -> bytes:
    """Return an international text chunk with XMP without a place."""
    head = chunk[: chunk.find(b"\0") + 3]
    language = chunk.find(b"\0", len(head))
    start = chunk.find(b"\0", language + 1) + 1
    if language < 0 or not start:
        return chunk
    if head[-2:-1] != b"\1":
        return chunk[:start] + _xmp(chunk[start:])
    packet = _inflated(chunk[start:])
    new = _xmp(packet)
    return chunk if new == packet else chunk[:start] + zlib.compress(new)


def _is_located_profile(kind: bytes, chunk: bytes) -> bool:
    """Return whether a text chunk has metadata with a place, in hexadecimal digits as ImageMagick writes it."""
    _, _, text = chunk.partition(b"\0")
    if kind == b"zTXt":
        text = _inflated(text[1:])
    try:
        profile = bytes.fromhex(b"".join(text.split()[2:]).decode("ascii"))
    except ValueError:
        return False
    block = profile.removeprefix(_EXIF)
    return _exif(block) != block or _has_location(profile)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MOST_TEXT)
    except zlib.error:
        return b""


# ── EXIF: a TIFF block of directories ────────────────────────────────────────────────────────────────────────────────


def _byte_order(block: bytes | bytearray) -> Literal["little", "big"]:
    return "little" if block[:2] == b"II" else "big"


def _directories(block: bytes | bytearray) -> list[tuple[int, int]]:
    """Yield the offset and number of entries of each directory of a TIFF block; nothing if it is no such block."""
    if bytes(block[:4]) not in _TIFF:
        return []
    order = _byte_order(block)
    found: list[tuple[int, int]] = []
    location = int.from_bytes(block[4:8], order)
    while 8 <= location <= len(block) - 2 and len(found) < _MOST_DIRECTORIES and location not in dict(found):
        count = int.from_bytes(block[location : location + 2], order)
        found.append((location, count))
        after = location + 2 + 12 * count
        location = int.from_bytes(block[after : after + 4], order)
    return found


def _exif(block: bytes) -> bytes:
    """Return the TIFF block with its GPS directories blanked out."""
    new = bytearray(block)
    order = _byte_order(block)
    for location, count in _directories(block):
        end = min(location + 2 + 12 * count + 4, len(new))
        for entry in range(location + 2, min(location + 2 + 12 * count, len(new) - 11), 12):
            if int.from_bytes(new[entry : entry + 2], order) != _GPS:
                continue
            if _blank_gps(new, int.from_bytes(new[entry + 8 : entry + 12], order)):
                new[entry:end] = new[entry + 12 : end] + bytes(12)
                new[location : location + 2] = (count - 1).to_bytes(2, order)
            break
    return bytes(new)


def _blank_gps(block: bytearray, location: int) -> bool:
    """Blank out a GPS directory; return whether there was a place in it."""
    order = _byte_order(block)
    count = int.from_bytes(block[location : location + 2], order)
    entries = [block[entry : entry + 12] for entry in range(location + 2, location + 2 + 12 * count, 12)]
    entries = [entry for entry in entries if len(entry) == 12]
    if all(int.from_bytes(entry[:2], order) == _VERSION_OF_GPS for entry in entries):
        return False
    for entry in entries:
        size = _SIZES.get(int.from_bytes(entry[2:4], order), 0) * int.from_bytes(entry[4:8], order)
        start = int.from_bytes(entry[8:12], order)
        if size > 4 and 8 <= start <= len(block) - size:
            block[start : start + size] = bytes(size)
    end = min(location + 2 + 12 * count + 4, len(block))
    block[location:end] = bytes(end - location)
    return True


# ── XMP: a packet of XML, which may hold space ───────────────────────────────────────────────────────────────────────


def _xmp(packet: bytes) -> bytes:
    """Return an XMP packet of the same length without a place; an empty one if the place cannot be removed from it."""
    if not _has_location(packet):
        return packet
    new = _ATTRIBUTE.sub(lambda found: _blank(found[0]), packet)
    new = _ELEMENT.sub(lambda found: _blank(found[0]), new)
    return new if not _has_location(new) else _NO_XMP[: len(packet)].ljust(len(packet))


def _has_location(packet: bytes) -> bool:
    plain = packet.replace(b"\0", b"") if b"\0" in packet else packet  # it may be UTF-16
    return _LOCATION.search(plain) is not None


def _blank(data: bytes) -> bytes:
    return b" " * len(data)
