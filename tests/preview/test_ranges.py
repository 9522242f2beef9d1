"""Byte ranges, without which Safari plays no video."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.serving import Served, fetch, serving
from tests.support.sites import CONFIG, picture, post, site

VIDEO = bytes(range(256)) * 4


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    files: dict[str, str | bytes] = {
        "posts/a/index.md": post("A", body="![](a.jpg)\n"),
        "posts/a/clip.mp4": VIDEO,
        "posts/a/a.jpg": picture("JPEG", (30, 20), gps=True),
    }
    with serving(site(tmp_path_factory.mktemp("site"), files, CONFIG)) as server:
        yield server


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=0-1", 206, "bytes 0-1/1024", VIDEO[:2]),
        ("bytes=1000-", 206, "bytes 1000-1023/1024", VIDEO[1000:]),
        ("bytes=-5", 206, "bytes 1019-1023/1024", VIDEO[-5:]),
        ("bytes=2000-", 416, "bytes */1024", None),
    ],
)
def test_a_video_is_sent_in_ranges(
    served: Served, asked: str, status: int, content_range: str, body: bytes | None
) -> None:
    answer = fetch(served.port, "/posts/a/clip.mp4", Range=asked)
    assert answer.status == status
    assert answer.headers["content-range"] == content_range
    assert body is None or (answer.body, answer.headers["content-type"]) == (body, "video/mp4")


def test_a_video_says_that_it_can_be_had_in_ranges(served: Served) -> None:
    answer = fetch(served.port, "/posts/a/clip.mp4")
    assert (answer.status, answer.headers["accept-ranges"], answer.body) == (200, "bytes", VIDEO)
