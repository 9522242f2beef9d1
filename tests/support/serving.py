"""`blogsite serve` in a process of its own, and raw HTTP requests to it."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.sites import EPOCH

PATIENCE = 30.0
"""Seconds after which something that was to happen has not happened."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A running server: its address, and what it says on stderr, line by line."""

    process: subprocess.Popen[str]
    address: str
    lines: queue.Queue[str]
    root: Path = Path()

    @property
    def port(self) -> int:
        found = re.search(r":(\d+)/", self.address)
        assert found
        return int(found[1])

    def says(self, pattern: str) -> str:
        """The next line that matches; those before it are passed over."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if re.search(pattern, line):
                return line


@contextmanager
def serving(root: Path, *flags: str, port: int | None = None) -> Iterator[Served]:
    """Run `blogsite serve` in `root` until it has printed its address; end it with Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "blogsite", "serve", "--port", str(port or free_port()), *flags],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout
    assert process.stderr
    lines: queue.Queue[str] = queue.Queue()
    said: list[str] = []
    reader = threading.Thread(target=_read, args=(process.stderr, lines, said))
    reader.start()
    try:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://[^/]+:\d+/.*", address), (address, said)
        yield Served(process, address, lines, root)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            reader.join()
            process.stdout.close()
            process.stderr.close()
    assert process.returncode in (0, 130)
    assert "Traceback" not in "".join(said), "".join(said)


def _read(stream: IO[str], lines: queue.Queue[str], said: list[str]) -> None:
    for line in stream:
        said.append(line)
        lines.put(line)


@dataclass(frozen=True)
class Response:
    """The response of a server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def fetch(port: int, path: str, *, method: str = "GET", host: str | None = None, **headers: str) -> Response:
    """Send a request for a path exactly as written, and return the response; "_" in a header's name stands for "-"."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host=host is not None)
        if host is not None:
            connection.putheader("Host", host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


class Listener:
    """A tab that listens for changes."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._connection.request("GET", "/_blogsite/changes")
        self._answer = self._connection.getresponse()
        assert self._answer.headers["content-type"].startswith("text/event-stream")

    def next(self) -> str:
        """Return the next event of the stream."""
        while not (line := self._answer.readline()).startswith(b"data: "):
            assert line, "the server has gone"
        return line.decode().removeprefix("data: ").strip()

    def close(self) -> None:
        self._answer.close()
        self._connection.close()
