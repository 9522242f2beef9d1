"""What can go wrong, as values and as exceptions.

    Mistake              one thing the author can mend: place, severity, what is wrong, what to do
    BlogsiteError        the only exceptions that reach the command line
    ├── UsageError       the command was given wrongly: exit code 2
    └── SiteError        the site holds mistakes that stop the build: exit code 1; carries them all

Mistakes are collected, never raised one by one, so that a build reports all of them at once.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    pass

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """Where something stands: path relative to the site's root with "/", line and column from 1 (0: the whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.path, *numbers])


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One mistake of the author: what is wrong at a place, and what to do about it."""

    location: Location
    severity: Severity
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.location}: {self.severity}: {self.message}\n    {self.hint}"


def error(location: Location, message: str, hint: str) -> Diagnostic:
    """A mistake that keeps the site from being published."""
    return Diagnostic(location, "error", message, hint)


def warning(location: Location, message: str, hint: str) -> Diagnostic:
    """A mistake that the site can be published with; an error under `--strict`."""
    return Diagnostic(location, "warning", message, hint)


def unwritable(path: str, problem: OSError) -> Diagnostic:
    """An error for a file or folder that the file system refuses to write."""
    hint = _HINTS.get(problem.errno or 0, "give yourself the right to write there and build again")
    return error(Location(path), f"it cannot be written: {problem.strerror or problem}", hint)


_HINTS = {
    errno.ENOSPC: "make room on the disk and build again",
    errno.EDQUOT: "make room on the disk and build again",
    errno.ENAMETOOLONG: "shorten the slug",
    errno.EROFS: "the disk is mounted for reading alone: choose another folder with --output",
}


class BlogsiteError(Exception):
    """Something the person at the command line is told, without a traceback."""


class UsageError(BlogsiteError):
    """The command was given wrongly; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SiteError(BlogsiteError):
    """The site cannot be built as it stands; `mistakes` says why, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[SiteError], tuple[tuple[Diagnostic, ...]]]:
        """So that it comes back from another process with its mistakes."""
        return SiteError, (self.diagnostics,)


def stop_on_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> None:
    """Raise SiteError with all diagnostics if one of them is an error, or if `strict` makes a warning one."""
    found = [replace(diagnostic, severity="error") for diagnostic in diagnostics] if strict else [*diagnostics]
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise SiteError(found)


def unreadable_file(path: str, problem: OSError) -> Diagnostic:
    """Return the error for a file or folder that cannot be read."""
    return error(Location(path), f"it cannot be read: {problem.strerror}", "give yourself the right to read it")
