"""The result of an audit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: what was looked at, what for, what came out, what was wanted, what is wrong in detail."""

    page: str
    message: str
    found: str
    wanted: str
    passed: bool
    details: tuple[str, ...] = ()


class AuditorError(Exception):
    """A program that an auditor needs is missing, or fails; says which and what to do."""
