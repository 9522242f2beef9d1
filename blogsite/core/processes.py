"""Worker processes, and the mapping of tasks over an executor. executor.py imports this when work is parallel."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TypeVar

from blogsite.core.diagnostics import BlogsiteError

MAX_QUEUED = 64
"""Tasks that are submitted before their results are read, on an executor of unknown size."""
Task = TypeVar("Task")
Result = TypeVar("Result")


def start_pool(jobs: int) -> ProcessPoolExecutor:
    """Return an executor with so many processes of this machine."""
    context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
    return ProcessPoolExecutor(jobs, context, initializer=_follow_parent)


def map_ordered(
    executor: Executor,
    run: Callable[[Callable[[Task], Result], Task], Result],
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    max_queued: int,
    *,
    cancel: bool,
) -> Iterator[Result]:
    """Yield the results of `run(function, task)` in order, with at most `max_queued` tasks submitted ahead.

    If the caller stops early, the queued tasks are cancelled if `cancel`; a process pool whose processes are killed
    while it holds cancelled tasks would never end.
    """
    waiting: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            with _interrupts_blocked():  # processes that are started here inherit that
                waiting.append(executor.submit(run, function, task))
            if len(waiting) >= max_queued:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor:
        raise BlogsiteError("a worker process ended unexpectedly; if memory is short, build with --jobs 1") from None
    finally:
        for future in waiting if cancel else ():
            future.cancel()


def _may_fork() -> bool:
    """Return whether worker processes may be forked: on Linux, while this process has a single thread.

    Forked processes start with everything imported; spawned ones need half a second for that. Other threads, such as
    V8's, do not survive a fork.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1


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


def _follow_parent() -> None:
    """Ignore Ctrl-C in a worker process, and exit when its parent does, also if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
