"""A lock for each output folder, so that two builds of it run one after the other.

There is no library in use for it, because importing filelock or portalocker takes 40 ms: a third of the time in which a
build finds that nothing has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from blogsite.core.diagnostics import SiteError, unwritable_file
from blogsite.core.digest import digest_bytes


@contextmanager
def exclusive_build(folder: Path, work: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of an output folder, a file in `work`. Calls `waiting` if another process holds it.

    The operating system releases the lock of a killed process.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
        name = digest_bytes(os.path.realpath(folder).encode("utf-8", "surrogateescape"))[:16]
        opened = (work / f"lock-{name}").open("a+b")
    except OSError as problem:
        raise SiteError([unwritable_file(work.name, problem)]) from None
    with opened as file:
        if not _acquire(file, wait=False):
            waiting()
            _acquire(file, wait=True)
        yield


if os.name == "nt":  # pragma: no cover - tests run on POSIX
    import msvcrt
    import time

    def _acquire(file: IO[bytes], *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            except OSError:
                if not wait:
                    return False
                time.sleep(0.2)
            else:
                return True
else:
    import fcntl

    def _acquire(file: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
