"""A build that kills its own process: `python crash_child.py ROOT N` at step N; N = 0 means never.

Every operation on a file or on the store is a step. Prints the number of steps.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from blogsite.build.context import BuildOptions
from blogsite.build.driver import build
from blogsite.config.loader import load_config

TOLD = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree")
root, fatal = Path(sys.argv[1]), int(sys.argv[2])
steps = 0


def step() -> None:
    global steps
    steps += 1
    if steps == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


class Counted(sqlite3.Connection):
    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        step()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        step()
        return super().executemany(*arguments)


def told(event: str, arguments: tuple[Any, ...]) -> None:
    if event in TOLD or (
        event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    ):
        step()


connect = sqlite3.connect
sqlite3.connect = lambda *arguments, **named: connect(*arguments, factory=Counted, **named)  # type: ignore[assignment]
sys.addaudithook(told)
build(root, load_config(root), BuildOptions(jobs=1), lambda stage, done, total: None)
print(steps)
