"""One thread for all that concerns the site: what is asked for first, what can wait when there is nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import ParamSpec, TypeVar

from blogsite.core.executor import kill_processes

P = ParamSpec("P")
Result = TypeVar("Result")


class Worker:
    """A thread that does one thing after another; nothing it works on needs a lock."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._steps: Iterator[None] | None = None
        self._thread = threading.Thread(target=self._work, name="site", daemon=True)
        self._thread.start()

    def call(self, function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        """What FUNCTION will have returned, or raised, once its turn has come."""
        future: Future[Result] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as problem:  # whoever waits for the future is told
                future.set_exception(problem)

        self._calls.put(work)
        return future

    def in_idle_moments(self, steps: Iterator[None]) -> None:
        """STEPS are taken one by one while nobody calls, in place of earlier ones; to be called by the thread."""
        self._steps = steps

    def stop(self, seconds: float) -> None:
        """The thread has ended, or SECONDS have passed; nobody wants what other processes do for it any more."""
        self._calls.put(None)
        end = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < end:
            kill_processes()
            self._thread.join(0.05)

    def _work(self) -> None:
        while True:
            try:
                work = self._calls.get(block=self._steps is None)
            except Empty:
                self._step()
                continue
            if work is None:
                return
            work()

    def _step(self) -> None:
        steps = self._steps
        assert steps is not None
        try:
            next(steps)
        except Exception:  # the end, or what cannot be done now: nobody waits for it
            self._steps = None
