"""Byte ranges, as video players and download managers ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from blogsite.preview.ranges import parse_ranges
from tests.support.serving import Served, fetch, serving
from tests.support.sites import post, site

VIDEO = bytes(range(256)) * 40
SIZE = len(VIDEO)
PATHS = ["/video.mp4", "/posts/a/", "/feed.json", "/demo.html", "/empty.bin"]


@dataclass(frozen=True)
class Sent:
    """A path, and what it answers without a range."""

    port: int
    path: str
    body: bytes
    headers: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    files = {
        "posts/a.md": post("Entropy", body="Words of entropy.\n"),
        "static/video.mp4": VIDEO,
        "static/demo.html": "<!doctype html><body>demo 熵</body>",
        "static/empty.bin": b"",
    }
    with serving(site(tmp_path_factory.mktemp("ranges"), files)) as server:
        yield server


@pytest.fixture(params=PATHS)
def sent(served: Served, request: pytest.FixtureRequest) -> Sent:
    """A video, a page, a feed, a file that gets the script for live reload, and a file without a byte."""
    whole = fetch(served.port, request.param)
    assert whole.status == 200
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-length"] == str(len(whole.body))
    return Sent(served.port, request.param, whole.body, whole.headers)


def test_one_range(sent: Sent) -> None:
    size = len(sent.body)
    for wanted, start, end in [
        ("0-1", 0, 2), ("5-", 5, size), ("-7", size - 7, size), ("0-999999999", 0, size), ("-999999999", 0, size),
        (" 3-4 ", 3, 5), ("0-1,", 0, 2), ("0-4,2-9,9-11", 0, 12), ("0-1,99999999-", 0, 2),
    ]:  # fmt: skip
        part = fetch(sent.port, sent.path, Range=f"bytes={wanted}")
        if not size:
            assert (part.status, part.headers["content-range"]) == (416, "bytes */0")
            continue
        assert (part.status, part.body) == (206, sent.body[start:end]), wanted
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
        assert part.headers["content-type"] == sent.headers["content-type"]
        assert part.headers["etag"] == sent.headers["etag"]
        assert part.headers["x-content-type-options"] == "nosniff"


def test_several_ranges(sent: Sent) -> None:
    if not sent.body:
        return
    size = len(sent.body)
    parts = fetch(sent.port, sent.path, Range="bytes=0-1, 10-19, -3")
    assert parts.status == 206
    assert parts.headers["content-length"] == str(len(parts.body))
    boundary = re.fullmatch("multipart/byteranges; boundary=([0-9a-f]+)", parts.headers["content-type"])
    assert boundary
    head, *pieces, end = parts.body.split(f"--{boundary[1]}".encode())
    assert (head, end.strip()) == (b"", b"--")
    found = []
    for piece in pieces:
        fields, _, data = piece.removesuffix(b"\r\n").partition(b"\r\n\r\n")
        assert f"Content-Type: {sent.headers['content-type']}".encode() in fields
        found.append((re.findall(rb"Content-Range: bytes (\d+)-(\d+)/(\d+)", fields), data))
    assert found == [
        ([(b"%d" % start, b"%d" % (end - 1), b"%d" % size)], sent.body[start:end])
        for start, end in ((0, 2), (10, 20), (size - 3, size))
    ]


@pytest.mark.parametrize("wanted", ["99999999-", "5-2", "-0", "a-b", "-", "", "--1", "1--2", "0x1-2", "٣-٤", "1-2;3"])
def test_a_range_that_cannot_be_is_416(sent: Sent, wanted: str) -> None:
    answer = fetch(sent.port, sent.path, Range=f"bytes={wanted}".encode().decode("latin-1"))
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{len(sent.body)}")


def test_what_is_no_range_of_ours_gets_the_whole(sent: Sent) -> None:
    for headers in (
        {"Range": "lines=1-2"},
        {"Range": "bytes"},
        {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 2000, 2))},
        {"Range": "bytes=0-1", "If_Range": '"another version"'},
        {"Range": "bytes=0-1", "If_Range": "Tue, 01 Jan 2019 00:00:00 GMT"},
        {"Range": "bytes=99999999-", "If_Range": '"another version"'},
        {"Range": "bytes=0-1", "If_Range": f"W/{sent.headers['etag']}"},
    ):
        answer = fetch(sent.port, sent.path, **headers)
        assert (answer.status, answer.body) == (200, sent.body), headers
        assert "content-range" not in answer.headers


def test_if_range_with_the_same_version_gets_the_part(sent: Sent) -> None:
    versions = [sent.headers["etag"], sent.headers.get("last-modified")]
    for version in filter(None, versions if sent.body else ()):
        part = fetch(sent.port, sent.path, Range="bytes=1-3", If_Range=version)
        assert (part.status, part.body) == (206, sent.body[1:4])


def test_head_and_errors_have_no_ranges(served: Served) -> None:
    head = fetch(served.port, "/video.mp4", method="HEAD", Range="bytes=0-1")
    assert (head.status, head.headers["content-length"], head.body) == (200, str(SIZE), b"")
    missing = fetch(served.port, "/nowhere", Range="bytes=0-1")
    assert missing.status == 404
    assert len(missing.body) > 2
    assert fetch(served.port, "/posts/a", Range="bytes=0-1").status == 302


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("BYTES = 8-", [(8, 10)]),
        ("bytes=7-8,1-2,2-4", [(1, 5), (7, 9)]),
        ("bytes=-3,0-", [(0, 10)]),
        ("bytes=10-", []),
        ("bytes=" + "9" * 5000 + "-", []),
        ("items=0-1", None),
        ("", None),
    ],
)
def test_parsing(header: str, parts: list[tuple[int, int]] | None) -> None:
    assert parse_ranges(header, 10) == parts
