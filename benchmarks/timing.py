"""Measures where the time of a call goes, by wrapping functions and methods in timers."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Clock:
    """Seconds by label; what a timed function calls, and is timed itself, does not count for the caller."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._labels: list[str] = []
        self._since = 0.0

    def timed(self, label: str, function: Function) -> Function:
        """Return the function wrapped so that its own time is counted under a label."""

        def wrapper(*arguments: Any, **named: Any) -> Any:
            self._enter(label)
            try:
                return function(*arguments, **named)
            finally:
                self._leave()

        return wrapper  # type: ignore[return-value]

    @contextmanager
    def functions(self, labels: dict[str, Callable[..., Any]]) -> Iterator[None]:
        """Within, these functions are timed wherever a module of blogsite has them under a name."""
        replaced: list[tuple[Any, str, Any]] = []
        made = {id(function): self.timed(label, function) for label, function in labels.items()}
        for module in [module for name, module in sys.modules.items() if name.startswith("blogsite")]:
            for name, value in list(vars(module).items()):
                if id(value) in made:
                    replaced.append((module, name, value))
                    setattr(module, name, made[id(value)])
        try:
            yield
        finally:
            for module, name, value in replaced:
                setattr(module, name, value)

    def method(self, label: str, owner: object, name: str) -> None:
        """From now on the method of this one object is timed."""
        setattr(owner, name, self.timed(label, getattr(owner, name)))

    def _enter(self, label: str) -> None:
        self._count()
        self._labels.append(label)

    def _leave(self) -> None:
        self._count()
        self._labels.pop()

    def _count(self) -> None:
        moment = time.perf_counter()
        if self._labels:
            self.seconds[self._labels[-1]] += moment - self._since
        self._since = moment


def best(function: Callable[[], object], repeat: int) -> float:
    """Return the seconds of the quickest of `repeat` calls, because other load on the machine only adds time."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
