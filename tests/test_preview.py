"""`blogsite serve`: pages fetched for real over loopback, and nothing given away to anybody else."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from making import EPOCH, post, site, tree, write

from blogsite.errors import UsageError
from blogsite.preview import open_server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, base_path: str = "", bind: str = "127.0.0.1") -> Iterator[int]:
    """A running server of FOLDER; yields its port."""
    with open_server(folder, base_path, bind, free_port()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def fetch(port: int, path: str, *, method: str = "GET", host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request that is sent just as PATH is written."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=host is not None)
        if host is not None:
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, {"secret.txt": "secret", "outside/index.html": "secret", "previewed/index.html": "secret"})
    return write(
        tmp_path / "preview",
        {
            "index.html": "home",
            "404.html": "lost",
            "posts/熵/index.html": "entropy",
            "css/style.css": "a{}",
            "feed.xml": "<feed/>",
            "a b.txt": "blank",
            ".blogsite.json": "{}",
            "empty/sub/x.txt": "x",
        },
    )


def test_pages_are_served_at_their_addresses(folder: Path) -> None:
    with serving(folder) as port:
        status, headers, body = fetch(port, "/")
        assert (status, body) == (200, b"home")
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert fetch(port, "/posts/%E7%86%B5/?q=1#x")[2] == b"entropy"
        assert fetch(port, "/css/style.css")[1]["content-type"] == "text/css; charset=utf-8"
        assert fetch(port, "/feed.xml")[1]["content-type"] == "application/xml"
        assert fetch(port, "/a%20b.txt")[2] == b"blank"


def test_a_folder_without_its_slash_is_redirected(folder: Path) -> None:
    with serving(folder) as port:
        status, headers, _ = fetch(port, "/posts/%E7%86%B5")
        assert (status, headers["location"]) == (302, "/posts/%E7%86%B5/")


def test_what_is_not_there_is_answered_with_the_404_page(folder: Path) -> None:
    with serving(folder) as port:
        for path in ("/nowhere", "/nowhere/", "/empty/", "/empty", "/index.html/", "/.blogsite.json"):
            status, _, body = fetch(port, path)
            assert (status, body) == (404, b"lost"), path
    (folder / "404.html").unlink()
    with serving(folder) as port:
        assert fetch(port, "/nowhere")[0] == 404


def test_head_answers_without_a_body(folder: Path) -> None:
    with serving(folder) as port:
        status, headers, body = fetch(port, "/", method="HEAD")
        assert (status, headers["content-length"], body) == (200, "4", b"")
        assert fetch(port, "/nowhere", method="HEAD")[::2] == (404, b"")


def test_other_methods_are_refused(folder: Path) -> None:
    with serving(folder) as port:
        assert fetch(port, "/", method="POST")[0] == 501
        assert fetch(port, "/index.html", method="DELETE")[0] == 501
    assert (folder / "index.html").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/css/../../secret.txt",
        "/..%5csecret.txt",
        "//../secret.txt",
        "/../previewed/",
        "/%00",
        "/css%00/style.css",
        "/link/secret.txt",
        "/link.txt",
        "/" + "a" * 5000,
        "/%ff%fe",
        "//example.org/",
        "/%",
    ],
)
def test_nothing_outside_the_folder_is_served(folder: Path, path: str) -> None:
    (folder / "link").symlink_to(folder.parent)
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    with serving(folder) as port:
        status, headers, body = fetch(port, path)
        assert b"secret" not in body
        assert status in (404, 302)
        assert "example.org" not in headers.get("location", "")
        assert fetch(port, "/")[0] == 200  # and it still answers


def test_below_a_base_path(folder: Path) -> None:
    with serving(folder, "/blog") as port:
        assert fetch(port, "/blog/")[2] == b"home"
        assert fetch(port, "/blog/css/style.css")[0] == 200
        for path in ("/", "/blog"):
            status, headers, _ = fetch(port, path)
            assert (status, headers["location"]) == (302, "/blog/")
        assert fetch(port, "/css/style.css")[0] == 404
        assert fetch(port, "/blogs/")[0] == 404
        assert fetch(port, "/blog/../css/style.css")[0] == 404
        assert fetch(port, "/blog/posts/%E7%86%B5")[1]["location"] == "/blog/posts/%E7%86%B5/"


def test_asked_for_by_another_name_it_gives_nothing_away(folder: Path) -> None:
    with serving(folder) as port:
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"LOCALHOST:{port}", f"[::1]:{port}"):
            assert fetch(port, "/", host=host)[0] == 200, host
        for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "", ":", "[::1"):
            status, _, body = fetch(port, "/", host=host)
            assert status in (400, 421), host
            assert b"home" not in body


def test_the_next_port_is_tried_while_one_is_taken(folder: Path) -> None:
    with serving(folder) as port, open_server(folder, "", "127.0.0.1", port) as second:
        assert second.server_port > port


def test_an_address_that_is_not_ours_is_wrong_usage(folder: Path) -> None:
    with pytest.raises(UsageError, match="cannot listen on"):
        open_server(folder, "", "192.0.2.1", 8000)


def test_serve_shows_drafts_and_leaves_public_alone(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/a.md": post("A"),
            "posts/d.md": post("Draft", draft="true"),
            "posts/f.md": post("Future", "2030-01-01"),
        },
        config='title = "Test"\nbase_url = "https://example.org/blog/"\n',
    )
    with running(root) as port:
        status, _, body = fetch(port, "/blog/")
        assert status == 200
        assert b'href="/blog/posts/d/"' in body
        assert b'href="/blog/posts/f/"' in body
        assert b"https://example.org/blog/posts" not in body or b"canonical" in body
        assert fetch(port, "/blog/posts/d/")[0] == 200
    assert not (root / "public").exists()
    with running(root, "--no-drafts") as port:
        assert fetch(port, "/blog/posts/d/")[0] == 404
        assert fetch(port, "/blog/posts/a/")[0] == 200
    assert tree(root / "posts").keys() == {"a.md", "d.md", "f.md"}


@contextmanager
def running(root: Path, *flags: str) -> Iterator[int]:
    """`blogsite serve` at work in ROOT; yields the port that it says it listens on, and ends it with Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "blogsite", "serve", "--port", str(free_port()), *flags],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/blog/\n", said)
        assert found, said
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
        assert "Traceback" not in errors
