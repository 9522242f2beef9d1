"""Latency of previews: a post is saved, and the time is taken until its page shows the new text.

    python -m benchmarks.latency --dir DIR [--posts 1000] [--edits 20] [--maths] [--contestants blogsite,hugo,eleventy]

DIR is where setup.sh has installed. The site is built first, so that the server starts with full caches. Each edit ends
the middle post with a new word, and the post's page is asked for every 2 ms until it holds that word. The next edit
waits until the server has come to rest, and then each time another while: a server that looks for changes on a clock
(Hugo's ticks every 500 ms) must not have all edits fall at the same point of its beat. Memory is the peak PSS of the
server's processes, read after the start and after each edit. Written to DIR/results: latency-CASE.json and .md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.contestants import Workplace, named
from benchmarks.corpus import Options, posts, slug
from benchmarks.processes import FailedError, run

SERVERS = {
    "blogsite": ("serve", "--port", "{port}"),
    "hugo": ("server", "--cacheDir", "{cache}", "--bind", "127.0.0.1", "--port", "{port}"),
    "eleventy": ("--quiet", "--serve", "--incremental", "--port={port}"),
}
"""What each contestant's program is given, to serve its site and follow edits."""
POLL = 0.002
START_LIMIT = 900.0
EDIT_LIMIT = 60.0
GOLDEN = 0.618
"""Its multiples, less their whole part, spread evenly over a second."""


@dataclass(frozen=True, slots=True)
class Latency:
    """The measurements of one server: seconds and MB."""

    start: float
    edits: tuple[float, ...]
    peak_mb: float

    @property
    def median(self) -> float:
        return statistics.median(self.edits)

    @property
    def most(self) -> float:
        """The 95th percentile of the edits, in seconds."""
        return sorted(self.edits)[math.ceil(0.95 * len(self.edits)) - 1]


def main() -> int:
    """1 if a server failed."""
    arguments = _arguments()
    installed, results = arguments.dir.resolve(), {}
    failed: dict[str, str] = {}
    for contestant in named(arguments.contestants):
        place = Workplace(installed, contestant, arguments.posts)
        try:
            results[contestant.name] = measure(place, arguments.posts, arguments.edits, Options(maths=arguments.maths))
        except (FailedError, OSError) as problem:
            failed[contestant.name] = str(problem)
            print(f"{contestant.name} failed: {problem}", file=sys.stderr)
    name = f"latency-{arguments.posts}{'' if arguments.maths else '-no-maths'}"
    folder = installed / "results"
    folder.mkdir(exist_ok=True)
    record = {"posts": arguments.posts, "maths": arguments.maths, "failed": failed}
    record["servers"] = {server: asdict(result) for server, result in results.items()}
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    text = table(arguments.posts, arguments.maths, results)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if failed else 0


def measure(place: Workplace, count: int, edits: int, options: Options) -> Latency:
    """Start a contestant's server on a site of `count` posts, and edit the middle post `edits` times."""
    place.prepare(count, options)
    place.make_anew()
    run(place.command(), place.site, place.environment(), place.log, START_LIMIT)
    os.sync()
    name = slug(count // 2)
    title = next(post.title for number, post in enumerate(posts(count, options)) if number == count // 2)
    source = place.site / place.contestant.posts / f"{name}.md"
    original = source.read_text(encoding="utf-8")
    port = _free_port()
    begun = time.perf_counter()
    with _serving(place, port) as server:
        page = _Page(server, port, f"/posts/{name}/")
        page.wait_for(title.split()[0], START_LIMIT)
        start, peak = time.perf_counter() - begun, _memory(server.pid)
        seconds = []
        for number in range(edits):
            _settle(server.pid)
            time.sleep(number * GOLDEN % 1)
            word = f"edit{number}x{time.time_ns()}"
            source.write_text(f"{original}\n{word}\n", encoding="utf-8")
            seconds.append(page.wait_for(word, EDIT_LIMIT))
            peak = max(peak, _memory(server.pid))
    return Latency(start, tuple(seconds), peak / 1e6)


def table(count: int, maths: bool, results: dict[str, Latency]) -> str:
    """The results as Markdown."""
    lines = [
        f"{count:,} posts {'with' if maths else 'without'} formulas, one edited again and again",
        "",
        "| | start, caches full | save → served, median | 95 % | peak memory |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {result.start:.2f} s | {result.median * 1000:.0f} ms | {result.most * 1000:.0f} ms "
        f"| {result.peak_mb:.0f} MB |"
        for name, result in results.items()
    ]
    return "\n".join(lines) + "\n"


@dataclass(slots=True)
class _Page:
    """One page of a server on this machine, asked for over a connection that is kept."""

    server: subprocess.Popen[bytes]
    port: int
    path: str
    connection: http.client.HTTPConnection | None = None

    def text(self) -> str:
        """The page as it is served now; empty if nothing is served."""
        self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=EDIT_LIMIT)
        try:
            self.connection.request("GET", self.path)
            answer = self.connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return ""
        return body if answer.status == 200 else ""

    def wait_for(self, word: str, limit: float) -> float:
        """Return the seconds until the page holds a word. Raises FailedError after LIMIT or if the server ended."""
        start = time.perf_counter()
        while word not in self.text():
            if self.server.poll() is not None:
                raise FailedError("the server has ended")
            if time.perf_counter() - start > limit:
                raise FailedError(f"{self.path} did not show {word} within {limit:g} s")
            time.sleep(POLL)
        return time.perf_counter() - start


@contextmanager
def _serving(place: Workplace, port: int) -> Iterator[subprocess.Popen[bytes]]:
    program = place.command()[0]
    arguments = (part.format(cache=place.folder / "cache", port=port) for part in SERVERS[place.contestant.name])
    with place.log.open("wb") as log:
        server = subprocess.Popen(
            [program, *arguments],
            cwd=place.site,
            env=place.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _settle(session: int, quiet: float = 0.5, limit: float = 60.0) -> None:
    """Wait until the processes of a session have been idle for QUIET seconds, at most LIMIT seconds."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        before = _ticks(session)
        time.sleep(quiet)
        if _ticks(session) - before < 0.05 * quiet * os.sysconf("SC_CLK_TCK"):
            return


def _ticks(session: int) -> int:
    return sum(int(fields[11]) + int(fields[12]) for _, fields in _processes(session))


def _memory(session: int) -> int:
    """The proportional set size of the session's processes in bytes."""
    total = 0
    for name, _ in _processes(session):
        with suppress(OSError):
            lines = Path(f"/proc/{name}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def _processes(session: int) -> list[tuple[str, list[str]]]:
    """Number and fields (proc(5), "stat", from the state on) of each process of the session."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                found.append((name, fields))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--maths", action="store_true")
    parser.add_argument("--contestants", default="blogsite,hugo,eleventy")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
