"""The goals: ratios to other generators in the same run, and plain limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks.corpus import Options
from benchmarks.results import PHASES, Builds, Phase

Found: TypeAlias = Callable[["Figures"], "float | None"]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured."""

    builds: Sequence[Builds]
    parts: dict[str, Any]

    def case(self, posts: int, maths: bool) -> Builds | None:
        """The builds of so many posts with nothing else in them; None if they were not made."""
        wanted = (posts, Options(maths=maths))
        return next((item for item in self.builds if (item.case.posts, item.case.options) == wanted), None)

    def part(self, *path: str) -> float | None:
        """A figure of the parts by the names that lead to it."""
        value: Any = self.parts
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and its limit: the most it may be, or the least if `at_least`."""

    what: str
    limit: float
    unit: str
    found: Found
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a measured value is within the limit."""
        return value >= self.limit if self.at_least else value <= self.limit


def _ratio(posts: int, maths: bool, phase: Phase, peer: str) -> Found:
    def found(figures: Figures) -> float | None:
        case = figures.case(posts, maths)
        return case.ratio(phase, peer) if case else None

    return found


def _median(posts: int, maths: bool, phases: Iterable[Phase], figure: str) -> Found:
    """The largest of the medians of blogsite's builds of these phases."""

    def found(figures: Figures) -> float | None:
        case = figures.case(posts, maths)
        values = [case.median("blogsite", phase, figure) for phase in phases] if case else []
        return max((value for value in values if value is not None), default=None)

    return found


def _growth(figures: Figures) -> float | None:
    small, large = (_median(posts, False, ("cold",), "seconds")(figures) for posts in (5_000, 50_000))
    return large / 10 / small if large and small else None


GOALS = (
    Goal("cold, 1,000 posts with formulas", 0.5, "× Eleventy", _ratio(1_000, True, "cold", "eleventy")),
    Goal("cold, 1,000 posts with formulas", 0.2, "× Hugo", _ratio(1_000, True, "cold", "hugo")),
    Goal("cold, 10,000 posts with formulas", 0.5, "× Eleventy", _ratio(10_000, True, "cold", "eleventy")),
    Goal("cold, 10,000 posts without formulas", 1, "× Hugo", _ratio(10_000, False, "cold", "hugo")),
    Goal("cold, 10,000 posts without formulas", 0.35, "× Pelican", _ratio(10_000, False, "cold", "pelican")),
    Goal("cold, 1,000 posts without formulas", 1, "× Hugo", _ratio(1_000, False, "cold", "hugo")),
    Goal("cold, 1,000 posts without formulas", 0.4, "× Pelican", _ratio(1_000, False, "cold", "pelican")),
    Goal("nothing changed, 10,000 posts with formulas", 0.005, "× Eleventy", _ratio(10_000, True, "again", "eleventy")),
    Goal("one body edited, 10,000 posts with formulas", 0.01, "× Eleventy", _ratio(10_000, True, "edit", "eleventy")),
    Goal("the same", 12, "files written", _median(10_000, True, ("edit",), "files_written")),
    Goal(
        "one new post, 10,000 posts with formulas",
        30,
        "files written",
        _median(10_000, True, ("new",), "files_written"),
    ),
    Goal("peak memory, 10,000 posts with formulas", 500, "MB", _median(10_000, True, PHASES, "peak_mb")),
    Goal("peak memory, 10,000 posts without formulas", 500, "MB", _median(10_000, False, PHASES, "peak_mb")),
    Goal("time a post, 50,000 posts without formulas", 1.3, "× at 5,000 posts", _growth),
    Goal(
        "formulas a second, one core, the engine's start included",
        5000,
        "",
        lambda figures: figures.part("formulas", "formulas a second, the start included"),
        at_least=True,
    ),
    Goal(
        "formulas a second, one core, warm",
        5000,
        "",
        lambda figures: figures.part("formulas", "formulas a second, warm"),
        at_least=True,
    ),
    Goal(
        "Markdown of a post with formulas, beyond Python-Markdown with its stock extensions",
        0.6,
        "ms",
        lambda figures: figures.part("parse", "with formulas", "Markdown", "more"),
    ),
    Goal(
        "the same without formulas and code blocks",
        0.6,
        "ms",
        lambda figures: figures.part("parse", "without formulas", "Markdown, code blocks taken out", "more"),
    ),
)
