"""Parallel work in processes of this machine, or on an executor that the caller hands in.

Tasks are calls of top-level functions with one picklable argument. Their results do not depend on where they run.
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

MAX_QUEUED = 64
"""Tasks that are submitted before their results are read, on an executor of unknown size."""
Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers(AbstractContextManager["Workers"]):
    """Runs tasks in `jobs` worker processes, which the first parallel `map` starts, or on the given executor."""

    def __init__(self, jobs: int = 0, executor: Executor | None = None) -> None:
        self.jobs = jobs or usable_cores()
        self._executor = executor
        self._own = executor is None

    @property
    def is_local(self) -> bool:
        """Whether tasks run on this machine and see its files."""
        return self._own

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], *, parallel: bool = True
    ) -> Iterator[Result]:
        """Yield the results in the order of the tasks. Unless `parallel`, the tasks run one by one in this process.

        Only a few tasks are taken ahead of the results, so that not all of them are in memory.
        """
        if self._own and (self.jobs == 1 or not parallel):
            yield from (_run_locked(function, task) for task in tasks)
            return
        executor = self._started()
        ahead = self.jobs * 2 + 1 if self._own else MAX_QUEUED
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                with _interrupts_blocked():  # as are then the processes that this starts
                    waiting.append(executor.submit(_run_locked, function, task))
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
            kill_child_processes()
        self.stop()

    def stop(self) -> None:
        """Shut down the worker processes. A later `map` starts new ones."""
        if self._own and self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _started(self) -> Executor:
        if self._executor is None:
            context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
            self._executor = ProcessPoolExecutor(self.jobs, context, initializer=_follow_parent)
        return self._executor


def _may_fork() -> bool:
    """Return whether worker processes may be forked: on Linux, while this process has a single thread.

    Forked processes start with everything imported; spawned ones need half a second for that. Other threads, such as
    V8's, do not survive a fork.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1


_turn = threading.Lock()


def _run_locked(function: Callable[[Task], Result], task: Task) -> Result:
    """Run a task under a lock, because workers of a cluster may have several threads."""
    with _turn:
        return function(task)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT; processes that are started inside inherit that and never see Ctrl-C."""
    if hasattr(signal, "pthread_sigmask"):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    else:
        yield


def kill_child_processes() -> None:
    """Kill the processes that this one has started."""
    for process in multiprocessing.active_children():
        process.kill()


def exit_now(code: int) -> NoReturn:
    """Exit at once, without waiting for threads, after killing all child processes."""
    kill_child_processes()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _follow_parent() -> None:
    """Ignore Ctrl-C in a worker process, and exit when its parent does, also if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def usable_cores() -> int:
    """Return the number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield lists of at most `size` rows. (Python 3.12 has itertools.batched.)"""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
