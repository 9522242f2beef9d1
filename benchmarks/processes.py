"""The cost of a command: seconds, seconds of all cores, and peak memory of all its processes.

Memory is PSS, the proportional set size of proc(5): a page that several processes share counts once among them, so
that forked workers are not counted twice and their sum is what the machine has less of. Linux only. Reading it takes
the kernel a while for a large process; it is left out where the resident sizes show that the sum cannot be a new peak,
and takes a twentieth of the time at most.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN = 0.02
SHARE = 20
"""Sampling may take one part in so many of the time."""
PAGE = resource.getpagesize()
TICKS = os.sysconf("SC_CLK_TCK")
TAIL = 20


class FailedError(Exception):
    """A command that failed; the message is the end of its output."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a command from its start to its end, with the start-up of Python or Node."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    others: float
    """Cores that were busy with something else meanwhile: its figures are worth little where this is not near 0."""


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path, limit: float) -> Cost:
    """Run a command and return its cost; its output goes to `log`.

    Raises FailedError if it fails or takes longer than `limit` seconds.
    """
    before, busy = resource.getrusage(resource.RUSAGE_CHILDREN), _busy()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        sampler = _Sampler(process.pid)
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            seconds = time.perf_counter() - start
            sampler.stop()
            with suppress(ProcessLookupError):  # whatever it left behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    after, busy = resource.getrusage(resource.RUSAGE_CHILDREN), _busy() - busy
    if code != 0:
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        ended = f"stopped after {limit:g} s" if code is None else f"ended with {code}"
        raise FailedError("\n".join([ended, *said]))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, cpu, sampler.peak / 1e6, max(0.0, busy - cpu) / seconds)


def _busy() -> float:
    """Seconds that all cores of the machine have worked since it started."""
    user, nice, system, _, _, interrupts, soft, *_ = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:8])
    return (user + nice + system + interrupts + soft) / TICKS


class _Sampler:
    """A thread that watches the memory of all processes of a session until it is stopped."""

    def __init__(self, session: int) -> None:
        self.session = session
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._over.wait(max(SECONDS_BETWEEN, pause)):
            start = time.perf_counter()
            processes = self._processes()
            if sum(resident for _, resident in processes) > self.peak:
                self.peak = max(self.peak, sum(_shared_out(process) for process, _ in processes))
            pause = (time.perf_counter() - start) * SHARE

    def _processes(self) -> list[tuple[str, int]]:
        """Number and resident bytes of each process of the session."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with suppress(OSError, ValueError):  # it has ended meanwhile
                    fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self.session:
                        found.append((name, int(fields[21]) * PAGE))
        return found


def _shared_out(process: str) -> int:
    """Return the PSS of a process in bytes; 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
