"""The items of HEIC and AVIF files: their types, and the offsets of their bytes (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator

MOST_ITEMS = 10_000
Span = tuple[int, int]
"""Start and end offset in the file."""


def is_boxed(data: bytes) -> bool:
    """Return whether these are the bytes of such a file."""
    return data[4:8] == b"ftyp"


def items(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each item ("Exif", "mime", "av01", …) and the spans of its parts; nothing if it is damaged."""
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind == b"meta":
            inner = {name: (first, last) for name, first, last in _boxes(data, start + 4, end)}
            nothing = (0, 0)
            kinds = _kinds(data, *inner.get(b"iinf", nothing))
            for item, span in _places(data, *inner.get(b"iloc", nothing), inner.get(b"idat", nothing)):
                if item in kinds and 0 <= span[0] < span[1] <= len(data):
                    yield (kinds[item], *span)


def _boxes(data: bytes, location: int, limit: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box and the span of its content."""
    while location + 8 <= limit:
        size, head = int.from_bytes(data[location : location + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[location + 8 : location + 16], "big"), 16
        end = location + size if size else limit
        if end > limit or end < location + head:
            return
        yield data[location + 4 : location + 8], location + head, end
        location = end


def _kinds(data: bytes, start: int, end: int) -> dict[int, bytes]:
    """Return item → type, from an "iinf" box."""
    kinds: dict[int, bytes] = {}
    if end - start < 8:
        return kinds
    for name, first, last in _boxes(data, start + (6 if data[start] == 0 else 8), end):
        if name == b"infe" and last - first >= 12 and data[first] >= 2:
            width = 2 if data[first] == 2 else 4
            after = first + 4 + width + 2
            if after + 4 <= last:
                kinds[int.from_bytes(data[first + 4 : first + 4 + width], "big")] = data[after : after + 4]
    return kinds


def _places(data: bytes, start: int, end: int, idat: Span) -> Iterator[tuple[int, Span]]:
    """Return item → spans, from an "iloc" box."""
    if end - start < 8:
        return
    version, location = data[start], start + 6

    def number(width: int) -> int:
        nonlocal location
        location += width
        return int.from_bytes(data[location - width : location], "big")

    widths = data[start + 4 : start + 6]
    of_offset, of_length, of_base, of_index = widths[0] >> 4, widths[0] & 15, widths[1] >> 4, widths[1] & 15
    if not of_offset and not of_length:
        return
    for _ in range(min(number(2 if version < 2 else 4), MOST_ITEMS)):
        item = number(2 if version < 2 else 4)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(of_base)
        for _ in range(number(2)):
            if location > end:
                return
            if version:
                number(of_index)
            offset, length = base + number(of_offset), number(of_length)
            if method == 0:
                yield item, (offset, offset + length)
            elif method == 1:
                yield item, (idat[0] + offset, min(idat[0] + offset + length, idat[1]))
