"""Decoding of files: all forms of UTF-8, and messages for everything else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.encoding import decode

CHINESE = "---\ntitle: 统计之都\n---\n\n熵是不确定性的度量，它的单位是比特。\n"
TAIWANESE = "---\ntitle: 統計之都\n---\n\n這是繁體中文的測試文章，它的單位是位元。\n"


def test_utf_8_is_read_as_it_is() -> None:
    assert decode(CHINESE.encode(), "a.md") == (CHINESE, ())


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfabc", "a.md") == ("abc", ())


def test_lines_end_in_one_way() -> None:
    assert decode(b"a\r\nb\rc\n\r\n", "a.md") == ("a\nb\nc\n\n", ())


def test_other_separators_are_text() -> None:
    text = "a\x0bb\x0cc\x85d\u2028e\x04"
    assert decode(text.encode(), "a.md") == (text, ())


def test_what_placeholders_are_made_of_is_no_text() -> None:
    text, diagnostics = decode(b"a\x02n0\x03b", "a.md")
    assert text == "a\ufffdn0\ufffdb"
    assert not diagnostics


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (CHINESE, "gb18030", "GB18030"),
        (CHINESE, "gbk", "GB18030"),
        (TAIWANESE, "big5", "BIG5"),
        (CHINESE, "utf-16", "UTF-16"),
        (CHINESE, "utf-32", "UTF-32"),
        ("plain Latin text", "utf-16-le", "UTF-16LE"),
        ("plain Latin text", "utf-16-be", "UTF-16BE"),
        ("これは日本語のテスト文章です。漢字も含む。", "shift_jis", "SHIFT_JIS"),
        ("이것은 한국어 시험 문장입니다.", "euc_kr", "EUC-KR"),
        ("Voilà l’été à Zürich – déjà vu, naïve façade", "cp1252", "WINDOWS-1252"),
    ],
)
def test_another_encoding_is_named_with_the_command_that_converts_it(text: str, codec: str, name: str) -> None:
    decoded, (diagnostic,) = decode(text.encode(codec), "posts/a b.md")
    assert decoded == ""
    assert diagnostic.severity == "error"
    assert diagnostic.message.endswith(f"looks like {name}")
    assert f"iconv -f {name} -t UTF-8 'posts/a b.md'" in diagnostic.hint


def test_the_place_is_that_of_the_first_foreign_character() -> None:
    _, (diagnostic,) = decode(CHINESE.encode("gb18030"), "posts/a.md")
    assert str(diagnostic).startswith("posts/a.md:2:8: error:")


def test_a_broken_byte_in_utf_8_is_no_other_encoding() -> None:
    _, (diagnostic,) = decode(CHINESE.encode() + b"\xff\n", "a.md")
    assert str(diagnostic).startswith("a.md:6:1: error: the byte 0xFF is not valid UTF-8")


def test_a_lone_surrogate_is_an_error_with_its_place() -> None:
    _, (diagnostic,) = decode("\ufeff中\r\n a\ud800b".encode("utf-8", "surrogatepass"), "a.md")
    assert str(diagnostic).startswith("a.md:2:3: error: the text holds a lone surrogate")


def test_a_nul_byte_is_an_error_with_its_place() -> None:
    _, (diagnostic,) = decode(b"\xef\xbb\xbfabc\r\n  \x00d", "a.md")
    assert str(diagnostic).startswith("a.md:2:3: error: the text holds a NUL byte")


@given(st.one_of(st.binary(), st.binary(max_size=60).map(lambda data: data + CHINESE.encode("gb18030"))))
def test_no_bytes_make_a_traceback(data: bytes) -> None:
    text, diagnostics = decode(data, "posts/a.md")
    assert not any(char in text for char in "\r\x00\x02\x03")
    assert all(diagnostic.severity == "error" for diagnostic in diagnostics)
    assert diagnostics or data.decode()[:1] in ("\ufeff", text[:1], "\r", "\x02", "\x03")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x02\x03\r\ufeff")))
def test_every_text_in_utf_8_is_read(text: str) -> None:
    assert decode(text.encode(), "a.md") == (text, ())


@pytest.mark.parametrize("piece", [b"\xff", b"\xd6\xd0", b"\x00", b"a\x00", b"\xed\xa0\x80", b"\r"])
def test_long_files_take_no_longer_than_their_length(piece: bytes) -> None:
    started = time.perf_counter()
    decode(piece * 500_000, "a.md")
    assert time.perf_counter() - started < 2
