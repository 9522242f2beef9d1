"""Parallel work in processes of this machine, or on an executor that the caller hands in.

Tasks are calls of top-level functions with one picklable argument. Their results do not depend on where they run.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

Row = TypeVar("Row")
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
            yield from (run_locked(function, task) for task in tasks)
            return
        from blogsite.core import processes  # 10 ms that most builds of a few edits do not need

        if self._executor is None:
            self._executor = processes.start_pool(self.jobs)
        queued = self.jobs * 2 + 1 if self._own else processes.MAX_QUEUED
        yield from processes.map_ordered(self._executor, run_locked, function, tasks, queued, cancel=not self._own)

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


_turn = threading.Lock()


def run_locked(function: Callable[[Task], Result], task: Task) -> Result:
    """Run a task under a lock, because workers of a cluster may have several threads."""
    with _turn:
        return function(task)


def kill_child_processes() -> None:
    """Kill the processes that this one has started."""
    if multiprocessing := sys.modules.get("multiprocessing"):
        for process in multiprocessing.active_children():
            process.kill()


def exit_now(code: int) -> NoReturn:
    """Exit at once, without waiting for threads, after killing all child processes."""
    kill_child_processes()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def usable_cores() -> int:
    """Return the number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield lists of at most `size` rows. (Python 3.12 has itertools.batched.)"""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
