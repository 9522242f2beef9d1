"""Decode the bytes of a post. Only UTF-8 is read; for anything else the error says which encoding it seems to be.

A wrong guess would publish nonsense, so a guess is used for nothing but the hint. For encodings that are not Chinese,
Japanese or Western, charset-normalizer makes it; for those it is often wrong on short texts, so the rules here come
first.
"""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Callable

from blogsite.core.diagnostics import Diagnostic, Location, error

_UTF16_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_WIDE = re.compile(rb"\x00[\t\n\r -~]\x00[\t\n\r -~]\x00|[\t\n\r -~]\x00[\t\n\r -~]\x00[\t\n\r -~]")
_RESERVED = str.maketrans({"\x02": "\ufffd", "\x03": "\ufffd"})

_GUESSED_FROM = 64 * 1024


def decode(data: bytes, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    r"""Return the text of the file at `path`, and the mistakes in its encoding.

    The text has no byte-order mark and ends lines with "\n". U+0002 and U+0003, which mark placeholders, have become
    U+FFFD, so that offsets stay the same. It is empty if the bytes are in another encoding.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    foreign = next((name for bom, name in _UTF16_BOMS if data.startswith(bom)), "")
    if foreign:
        return "", (_foreign(Location(path, 1, 1), foreign, path),)
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        text, diagnostic = _undecodable(data, problem.start, path)
        return _normalized(text), (diagnostic,)
    if "\x00" not in text:
        return _normalized(text), ()
    if _is_wide(data):
        return "", (_foreign(Location(path, 1, 1), "UTF-16LE" if data.find(b"\x00") % 2 else "UTF-16BE", path),)
    text = _normalized(text)
    location = _place(path, text, text.index("\x00"))
    hint = f"delete it; tr -d '\\000' < {shlex.quote(path)} prints the file without it"
    return text.replace("\x00", "\ufffd"), (error(location, "the text holds a NUL byte", hint, "encoding-invalid"),)


def _normalized(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_RESERVED) if "\x02" in text or "\x03" in text else text


def _place(path: str, text: str, offset: int) -> Location:
    return Location(path, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _undecodable(data: bytes, start: int, path: str) -> tuple[str, Diagnostic]:
    """Return what can be shown of bytes that are not UTF-8 from `start` on, and the error."""
    before = _normalized(data[:start].decode(errors="replace"))
    location = _place(path, before, len(before))
    replaced = data.decode(errors="replace")
    if _SURROGATE.match(data, start):
        hint = "delete the character there and type it again: a program has written half of one (CESU-8)"
        return replaced, error(
            location, "the text holds a lone surrogate, which is not valid UTF-8", hint, "encoding-invalid"
        )
    if _is_broken_utf8(replaced):
        message = f"the byte 0x{data[start]:02X} is not valid UTF-8"
        return replaced, error(
            location, message, "delete the broken character there and type it again", "encoding-invalid"
        )
    first = _HIGH.search(data)
    before = _normalized(data[: first.start() if first else start].decode("ascii", "replace"))
    return "", _foreign(_place(path, before, len(before)), _encoding(data, start), path)


def _foreign(location: Location, encoding: str, path: str) -> Diagnostic:
    if not encoding:
        return error(location, "the file is not text in UTF-8", "save it as UTF-8 in your editor", "encoding-invalid")
    name = shlex.quote(path)
    hint = f"convert it: iconv -f {encoding} -t UTF-8 {name} > {name}.tmp && mv {name}.tmp {name}"
    return error(location, f"the file is not in UTF-8; it looks like {encoding}", hint, "encoding-invalid")


def _is_broken_utf8(replaced: str) -> bool:
    """Return whether a text, decoded with U+FFFD for each error, was UTF-8 but for a few bytes."""
    wide = len(replaced) - len(replaced.encode("ascii", "ignore"))
    broken = replaced.count("\ufffd")
    return wide - broken > 8 * broken


def _is_wide(data: bytes) -> bool:
    """Return whether every other byte is NUL, as in UTF-16 without a byte-order mark."""
    return data.count(b"\x00") * 3 > len(data) and _WIDE.search(data) is not None


def _encoding(data: bytes, start: int) -> str:
    """Return the name, as iconv knows it, of the encoding that the bytes seem to be in; "" if none fits."""
    sample = data[max(0, start - 1024) : start + _GUESSED_FROM]
    for name, fits in _LIKELY:
        if fits(sample):
            return name
    from charset_normalizer import from_bytes

    try:
        best = from_bytes(sample, cp_exclusion=list(_ALWAYS_FIT)).best()
    except (ValueError, LookupError):  # its detectors may trip over bytes that are no text at all
        best = None
    name = best.encoding if best else ""
    return _ICONV_NAMES.get(name, name.upper().replace("_", "-"))


_ALWAYS_FIT = ("utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7", "cp037", "cp500", "cp1026", "cp1140")
_ICONV_NAMES = {
    "gb2312": "GB18030",
    "gbk": "GB18030",
    "big5hkscs": "BIG5-HKSCS",
    "cp932": "SHIFT_JIS",
    "shift_jis_2004": "SHIFT_JIS",
    "cp1250": "WINDOWS-1250",
    "cp1251": "WINDOWS-1251",
    "cp1252": "WINDOWS-1252",
    "latin_1": "ISO-8859-1",
    "iso8859_15": "ISO-8859-15",
    "mac_roman": "MACINTOSH",
}


# ── the encodings that Chinese posts are really in, by the bytes of their common characters ─────────────────────────


def _pairs(sample: bytes, codec: str) -> list[tuple[int, int]]:
    """Return the two-byte characters of a sample in this encoding; none if it cannot be in it."""
    text = sample.decode(codec, "replace")
    if text.count("\ufffd") > 2:  # both ends of the sample may be cut
        return []
    codes = [char.encode(codec, "replace") for char in text if char > "\x7f"]
    return [(code[0], code[1]) for code in codes if len(code) == 2]


def _share(pairs: list[tuple[int, int]], low: int, high: int) -> float:
    return sum(low <= lead <= high for lead, _ in pairs) / len(pairs) if pairs else 0.0


def _is_korean(sample: bytes) -> bool:
    """Return whether the sample is Korean: Hangul syllables, without the lead bytes that every Chinese text has."""
    pairs = _pairs(sample, "euc_kr")
    return len(pairs) >= _TELLING and _share(pairs, 0xB0, 0xC8) > 0.6 and _share(pairs, 0xC9, 0xFD) < 0.05


def _is_gb18030(sample: bytes) -> bool:
    """Return whether the sample is GB 18030: mostly the 3,755 common characters of GB 2312 and punctuation, no kana."""
    pairs = _pairs(sample, "gb18030")
    return _share(pairs, 0xB0, 0xD7) + _share(pairs, 0xA1, 0xA1) + _share(pairs, 0xA3, 0xA3) > 0.6


def _is_big5(sample: bytes) -> bool:
    """Return whether the sample is Big5: mostly its common characters, a third with a second byte only Big5 has."""
    pairs = _pairs(sample, "big5")
    low = sum(trail < 0x80 for _, trail in pairs)
    return _share(pairs, 0xA1, 0xC6) > 0.6 and low * 8 > len(pairs)


def _is_western(sample: bytes) -> bool:
    """Return whether the sample is Western: single accented letters and typographic quotes between ASCII letters."""
    high = sum(map(len, _HIGH.findall(sample)))
    return high * 3 < len(sample) and not any(len(run) > 2 for run in _HIGH.findall(sample)) and _fits(sample, "cp1252")


def _fits(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


_TELLING = 8
"""Least number of characters by which a language can be recognised."""
_HIGH = re.compile(rb"[\x80-\xff]+")
_LIKELY: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("EUC-KR", _is_korean),
    ("BIG5", _is_big5),
    ("GB18030", _is_gb18030),
    ("WINDOWS-1252", _is_western),
)
