"""The development server: serves a built folder on this machine, at the addresses it will have on the web."""

from __future__ import annotations

import os
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from blogsite.errors import UsageError

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_TRIES = 20


class _Handler(SimpleHTTPRequestHandler):
    """GET and HEAD of files below one folder, whose address starts with `base_path`."""

    server_version = "blogsite"
    sys_version = ""
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".md": "text/plain; charset=utf-8",
        ".json": "application/json",
        ".xml": "application/xml",
        ".svg": "image/svg+xml",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".woff2": "font/woff2",
    }

    def __init__(self, *arguments: object, base_path: str, hosts: frozenset[str], directory: str) -> None:
        self._base_path = base_path
        self._hosts = hosts
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""

    def _answer(self, *, body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host.lower() not in self._hosts:  # a page elsewhere that made its name point here must not read the drafts
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "this server is asked for by another name")
            return
        path = unquote(urlsplit(self.path).path)
        if not path.startswith(self._base_path + "/"):
            self._redirect(self._base_path + "/") if path in ("/", self._base_path) else self._not_found(body)
            return
        file = self._locate(path.removeprefix(self._base_path))
        if file is None:
            self._not_found(body)
        elif file.is_dir():
            self._redirect(path + "/")
        else:
            self._send(HTTPStatus.OK, file, body)

    def _locate(self, path: str) -> Path | None:
        """The file that PATH names, a folder that wants a slash after it, or None: nothing outside the folder."""
        root = os.path.realpath(self.directory)
        if "\0" in path or "\\" in path:
            return None
        found = os.path.realpath(os.path.join(root, path.lstrip("/")))
        if found != root and not found.startswith(root + os.sep):
            return None
        if path.endswith("/"):
            found = os.path.join(found, "index.html")
        if os.path.basename(found).startswith(".blogsite"):
            return None
        # os.path, because pathlib raises for names that no file can have
        return Path(found) if os.path.isfile(found) or os.path.isfile(os.path.join(found, "index.html")) else None

    def _redirect(self, path: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", quote(path))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _not_found(self, body: bool) -> None:
        page = self._locate("/404.html")
        if page is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._send(HTTPStatus.NOT_FOUND, page, body)

    def _send(self, status: HTTPStatus, file: Path, body: bool) -> None:
        data = file.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if body:
            self.wfile.write(data)


def open_server(folder: Path, base_path: str, bind: str, port: int) -> ThreadingHTTPServer:
    """A server of FOLDER that listens on BIND at PORT, or at the next port that is free.

    Its `server_port` tells which; `serve_forever` answers until `shutdown`. Raises UsageError where it cannot listen.
    """
    hosts = frozenset({*LOCAL_HOSTS, bind.lower()})
    handler = partial(_Handler, base_path=base_path, hosts=hosts, directory=str(folder))
    for candidate in range(port, min(port + _TRIES, 65536)):
        try:
            return ThreadingHTTPServer((bind, candidate), handler)
        except OSError as problem:
            refused = problem
    what = f"cannot listen on {bind}, ports {port} to {candidate}: {refused.strerror}"
    raise UsageError(what, "choose another --port")
