"""Work in several processes, and what is left of it after Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

INTERRUPTED = """
import _thread, threading, time
from concurrent.futures import process
from blogsite.core import executor
from blogsite.core.executor import Workers

process.EXTRA_QUEUED_CALLS = -1  # so that tasks wait outside the queue, where they can be cancelled
end = executor.kill_child_processes
executor.kill_child_processes = lambda: (end(), time.sleep(0.3))  # so that it is noticed before anything else is done

if __name__ == "__main__":
    threading.Timer(0.5, _thread.interrupt_main).start()
    try:
        with Workers(2) as two:
            list(two.map(time.sleep, [0.2] * 100))
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_it_ends_at_once_when_interrupted_while_tasks_wait(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=20)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")
