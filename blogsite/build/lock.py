"""One build at a time for each output folder; a preview has its own and waits for nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from blogsite.core.diagnostics import SiteError, unwritable
from blogsite.core.digest import digest_bytes


@contextmanager
def only_build_of(folder: Path, work: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Nobody else builds FOLDER meanwhile; WAITING is called if somebody does. A killed build lets go by itself."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        name = digest_bytes(os.path.realpath(folder).encode("utf-8", "surrogateescape"))[:16]
        opened = (work / f"lock-{name}").open("a+b")
    except OSError as problem:
        raise SiteError([unwritable(work.name, problem)]) from None
    with opened as file:
        if not _take(file, wait=False):
            waiting()
            _take(file, wait=True)
        yield


if os.name == "nt":  # pragma: no cover - the other half is tested
    import msvcrt
    import time

    def _take(file: IO[bytes], *, wait: bool) -> bool:
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

    def _take(file: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
