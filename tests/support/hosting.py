"""A web host on loopback that serves a folder as real hosts do, and the built sample blog."""

from __future__ import annotations

import contextlib
import gzip
import mimetypes
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

CHECKOUT = Path(__file__).parents[2]
MOVED = b'http-equiv="refresh"'
"""What the pages of former addresses hold."""

POST_MARKS = {
    "formulas": 'class="math ',
    "figures": "<figure",
    "code": 'class="highlight',
    "tables": "<table",
    "footnotes": 'class="footnote',
    "boxes": 'class="admonition',
    "English": ' lang="en',
}
"""What posts have more or less of: of each, the post with the most is looked at."""


def page_of_each_kind(public: Path) -> dict[str, str]:
    """The addresses of one page of every kind, by a name for the kind: "home", "tags/*", "most formulas", …"""
    pages = {
        path.parent.relative_to(public).as_posix().removeprefix(".").rstrip("/"): data
        for path in sorted(public.rglob("index.html"))
        if MOVED not in (data := path.read_bytes())
    }
    kinds: dict[str, str] = {}
    for path in pages:
        top, *below = path.split("/")
        if top != "posts":
            kinds.setdefault("/".join([top or "home", *"*" * len(below)]), f"{path}/" if path else "")
    posts = {f"{path}/": data for path, data in pages.items() if path.startswith("posts/")}
    for name, mark in POST_MARKS.items():
        richest = max(posts, key=lambda path: posts[path].count(mark.encode()))
        if richest not in kinds.values():
            kinds[f"most {name}"] = richest
    return {**kinds, "404": "404.html"}


def build_sample(public: Path, base_url: str) -> None:
    """Build the sample blog of the checkout into `public`, from a copy of it."""
    root = public.parent / "sample"
    for name in ("posts", "pages"):
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, root / name)
    shutil.copy(CHECKOUT / "blogsite.toml", root)
    flags = ["--future", "--output", str(public), "--base-url", base_url]
    subprocess.run([sys.executable, "-m", "blogsite", "-q", "build", *flags], cwd=root, check=True, timeout=300)


@contextmanager
def hosted(public: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve the folder `public` with these headers, and yield its address without a slash at the end.

    Text is compressed; HTML is revalidated each time, and everything else kept for a week; unknown addresses get
    404.html.
    """

    class Host(_Host):
        folder = public.resolve()
        further = {} if headers is None else headers

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Host(BaseHTTPRequestHandler):
    folder: Path
    further: Mapping[str, str]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0].partition("#")[0])
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder):
            return self._answer(403, b"", "text/plain")
        if file.is_dir() and not path.endswith("/"):
            return self._answer(301, b"", "text/plain", Location=quote(path + "/"))
        if path.endswith("/"):
            file /= "index.html"
        if file.is_file():
            return self._answer(200, file.read_bytes(), _type(file.name))
        missing = self.folder / "404.html"
        return self._answer(404, missing.read_bytes() if missing.is_file() else b"", "text/html; charset=utf-8")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, data: bytes, content_type: str, **headers: str) -> None:
        textual = not content_type.startswith(("image/p", "image/jp", "image/w", "font/"))
        if textual and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = _compressed(data)
            headers["Content-Encoding"] = "gzip"
        headers["Cache-Control"] = "no-cache" if content_type.startswith("text/html") else "public, max-age=604800"
        self.send_response(status)
        for name, value in {**self.further, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            with contextlib.suppress(ConnectionError):  # who asked may have gone on to another page
                self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@cache
def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


_TYPES = {
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


def _type(name: str) -> str:
    suffix = Path(name).suffix
    guessed = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return guessed + "; charset=utf-8" if guessed.startswith("text/") or suffix == ".js" else guessed
