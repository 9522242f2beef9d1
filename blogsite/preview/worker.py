"""The thread that everything about the site runs in: requests first, background work while there are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import ParamSpec, TypeVar

from blogsite.core.executor import kill_child_processes

P = ParamSpec("P")
Result = TypeVar("Result")
KILL_INTERVAL = 0.05
"""Seconds between two attempts to end the worker processes that the thread waits for."""


class Worker:
    """A thread that runs one call after another, so that what it works on needs no locks."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._background: Iterator[None] | None = None
        self._thread = threading.Thread(target=self._run, name="site", daemon=True)
        self._thread.start()

    def call(self, function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        """Queue a call of `function` and return its future."""
        future: Future[Result] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as problem:  # the caller gets it from the future
                future.set_exception(problem)

        self._calls.put(run)
        return future

    def run_when_idle(self, steps: Iterator[None]) -> None:
        """Run a generator's steps while the queue is empty, in place of earlier ones. To be called by the thread."""
        self._background = steps

    def stop(self, seconds: float) -> None:
        """End the thread; wait for it at most `seconds`, and kill the processes that it may be waiting for."""
        self._calls.put(None)
        end = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < end:
            kill_child_processes()
            self._thread.join(KILL_INTERVAL)

    def _run(self) -> None:
        while True:
            try:
                call = self._calls.get(block=self._background is None)
            except Empty:
                self._run_step()
                continue
            if call is None:
                return
            call()

    def _run_step(self) -> None:
        steps = self._background
        assert steps is not None
        try:
            next(steps)
        except Exception:  # StopIteration, or a failure: no request depends on background work
            self._background = None
