"""Work shared out through one concurrent.futures.Executor: this process, several here, or a cluster that is handed in.

Tasks are top-level functions of picklable values; what comes out does not depend on who did it or in which order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from multiprocessing.connection import wait
from types import TracebackType
from typing import NoReturn, TypeVar

from blogsite.core.diagnostics import BlogsiteError

Row = TypeVar("Row")

AHEAD = 64
"""Tasks that wait for a cluster, whatever its size."""
Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers(AbstractContextManager["Workers"]):
    """Runs tasks on JOBS processes, started when there is enough to do for them, or on a given executor."""

    def __init__(self, jobs: int = 0, executor: Executor | None = None) -> None:
        self.jobs = jobs or cores()
        self._executor = executor
        self._own = executor is None

    @property
    def is_local(self) -> bool:
        """Whether every task runs on this machine and sees its files."""
        return self._own

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], *, parallel: bool = True
    ) -> Iterator[Result]:
        """The results in the order of the tasks, few tasks ahead of the reader; here, one by one, unless WORTHWHILE."""
        if self._own and (self.jobs == 1 or not parallel):
            yield from (_alone(function, task) for task in tasks)
            return
        executor = self._started()
        ahead = self.jobs * 2 + 1 if self._own else AHEAD
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                with _deaf_to_interrupts():  # as are then the processes that this starts
                    waiting.append(executor.submit(_alone, function, task))
                if len(waiting) >= ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenExecutor:
            raise BlogsiteError(
                "a process that was at work has ended before its time; where memory is short, build with --jobs 1"
            ) from None
        finally:
            # `stop` ends our own: an executor whose processes are killed while it holds a cancelled one never ends.
            for future in () if self._own else waiting:
                future.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            kill_processes()
        self.stop()

    def stop(self) -> None:
        """No process of ours is left; a later `map` starts new ones."""
        if self._own and self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _started(self) -> Executor:
        if self._executor is None:
            context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
            self._executor = ProcessPoolExecutor(self.jobs, context, initializer=_serve_parent)
        return self._executor


def _may_fork() -> bool:
    """Whether this process has one thread alone, on Linux: others, as the engine has, do not survive a fork.

    Forked processes have from the start all that is imported here, which takes spawned ones half a second.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1


_turn = threading.Lock()


def _alone(function: Callable[[Task], Result], task: Task) -> Result:
    """What FUNCTION makes of TASK, one at a time in a process, whose worker on a cluster may have several threads."""
    with _turn:
        return function(task)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl-C waits until the end: who is started meanwhile, where that can be inherited, never hears of it."""
    if hasattr(signal, "pthread_sigmask"):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    else:
        yield


def kill_processes() -> None:
    """The processes that this one has started end in the middle of their work, which nobody wants any more."""
    for process in multiprocessing.active_children():
        process.kill()


def exit_now(code: int) -> NoReturn:
    """The program has ended, though processes that it started be at work, and threads that wait for them."""
    kill_processes()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _serve_parent() -> None:
    """This process ends when the one that started it does, also when that was killed, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()


def _leave_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of at most SIZE."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
