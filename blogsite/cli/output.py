"""Messages and progress on stderr; colour and progress bars only on a terminal."""

from __future__ import annotations

import os
import sys
import time

import click

from blogsite.core.diagnostics import Diagnostic


def _plain() -> bool:
    """Return whether stderr gets plain text: it is no terminal, or NO_COLOR or TERM=dumb is set."""
    return not sys.stderr.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def say(text: str) -> None:
    """Print a line on stderr."""
    click.echo(text, err=True, color=False if _plain() else None)


def say_diagnostic(diagnostic: Diagnostic) -> None:
    """Print a diagnostic on stderr, with its location and hint."""
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
