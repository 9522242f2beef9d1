"""Messages and progress on stderr; colour and progress bars only on a terminal."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable

import click

from blogsite.core.diagnostics import Diagnostic

MANY, SHOWN = 20, 5
"""More messages than MANY that differ in names alone are not all printed, but the first SHOWN."""

_NAME = re.compile(r"[^A-Za-z ,']|\Z")


def _plain() -> bool:
    """Return whether stderr gets plain text: it is no terminal, or NO_COLOR or TERM=dumb is set."""
    return not sys.stderr.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def say(text: str) -> None:
    """Print a line on stderr."""
    click.echo(text, err=True, color=False if _plain() else None)


def say_diagnostics(diagnostics: Iterable[Diagnostic], *, verbose: bool) -> int:
    """Print diagnostics on stderr.

    If more than MANY differ in names alone, the first SHOWN of them are printed, unless `verbose`. Returns the number
    of those that are not printed.
    """
    diagnostics = tuple(diagnostics)
    counts = Counter(map(_kind, diagnostics))
    said: Counter[tuple[str, ...]] = Counter()
    hidden = 0
    for diagnostic in diagnostics:
        kind = _kind(diagnostic)
        said[kind] += 1
        if verbose or counts[kind] <= MANY or said[kind] <= SHOWN:
            _say_diagnostic(diagnostic)
            if said[kind] == SHOWN and counts[kind] > MANY and not verbose:
                hidden += counts[kind] - SHOWN
                say(f"… and {counts[kind] - SHOWN:,} more like these (-v shows all)")
    return hidden


def _kind(diagnostic: Diagnostic) -> tuple[str, ...]:
    """Return what diagnostics have in common that differ in names alone."""
    kind = (diagnostic.severity, diagnostic.code)
    if diagnostic.code == "formula-invalid":  # the engine's messages: the words before the first name
        return (*kind, diagnostic.message[: _NAME.search(diagnostic.message).start()])  # type: ignore[union-attr]
    return kind


def _say_diagnostic(diagnostic: Diagnostic) -> None:
    colour = "red" if diagnostic.severity == "error" else "yellow"
    location, rest = (
        str(diagnostic.location),
        str(diagnostic).removeprefix(f"{diagnostic.location}: {diagnostic.severity}: "),
    )
    say(f"{location}: {click.style(diagnostic.severity, fg=colour, bold=True)}: {rest}")


class Progress:
    """A progress bar on a terminal; elsewhere a line every few seconds."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._moving = not _plain()
        self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._silent:
            return
        moment = time.monotonic()
        if moment - self._last > (0.1 if self._moving else 5) and done < total:
            self._last = moment
            line = f"{stage} {done:,} of {total:,}"
            click.echo(f"\r\033[K{line}" if self._moving else line, err=True, nl=not self._moving)

    def done(self) -> None:
        """Erase the progress bar."""
        if self._moving and not self._silent:
            click.echo("\r\033[K", err=True, nl=False)
