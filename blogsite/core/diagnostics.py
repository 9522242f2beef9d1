"""Mistakes of the author as values, and the exceptions that end a command.

    Diagnostic           one mistake: location, severity, message, hint
    BlogsiteError        the only exceptions that reach the command line
    ├── UsageError       wrong arguments: exit code 2
    └── SiteError        mistakes that stop the build, all of them: exit code 1

Diagnostics are collected, never raised one by one, so that a build reports all of them at once.
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
    """A place in a file: path relative to the site's root with "/", line and column from 1 (0: the file as a whole)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.path, *numbers])


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One mistake of the author: what is wrong, where, and what to do about it."""

    location: Location
    severity: Severity
    message: str
    hint: str
    code: str
    """The kind of mistake, as "link-missing": the same for messages that differ in names alone."""

    def __str__(self) -> str:
        return f"{self.location}: {self.severity}: {self.message}\n    {self.hint}"


def error(location: Location, message: str, hint: str, code: str) -> Diagnostic:
    """Return a diagnostic that keeps the site from being published."""
    return Diagnostic(location, "error", message, hint, code)


def warning(location: Location, message: str, hint: str, code: str) -> Diagnostic:
    """Return a diagnostic that the site can be published with; `--strict` makes it an error."""
    return Diagnostic(location, "warning", message, hint, code)


def unwritable_file(path: str, problem: OSError) -> Diagnostic:
    """Return the error for a file or folder that the file system refuses to write."""
    hint = _HINTS.get(problem.errno or 0, "give yourself permission to write there and build again")
    return error(Location(path), f"it cannot be written: {problem.strerror or problem}", hint, "file-unwritable")


_HINTS = {
    errno.ENOSPC: "make room on the disk and build again",
    errno.EDQUOT: "make room on the disk and build again",
    errno.ENAMETOOLONG: "shorten the slug",
    errno.EROFS: "the disk is mounted for reading alone: choose another folder with --output",
}


class BlogsiteError(Exception):
    """An error that the user is told without a traceback."""


class UsageError(BlogsiteError):
    """Wrong arguments of a command; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SiteError(BlogsiteError):
    """Mistakes for which a site cannot be built; `diagnostics` holds all of them, sorted by location."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[SiteError], tuple[tuple[Diagnostic, ...]]]:
        """Pickle the diagnostics instead of the text, for exceptions that come from another process."""
        return SiteError, (self.diagnostics,)


def stop_on_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> None:
    """Raise SiteError with all diagnostics if one of them is an error, or if `strict` makes a warning one."""
    found = [replace(diagnostic, severity="error") for diagnostic in diagnostics] if strict else [*diagnostics]
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise SiteError(found)


def unreadable_file(path: str, problem: OSError) -> Diagnostic:
    """Return the error for a file or folder that cannot be read."""
    return error(
        Location(path),
        f"it cannot be read: {problem.strerror}",
        "give yourself permission to read it",
        "file-unreadable",
    )
