"""Results: the runners write them as JSON, and the report reads them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from benchmarks.corpus import Options

Phase: TypeAlias = Literal["cold", "again", "edit", "new"]
PHASES: tuple[Phase, ...] = get_args(Phase)
PARTS = "parts.json"


@dataclass(frozen=True, slots=True)
class Case:
    """A site to be built, by whom, and how often."""

    posts: int
    options: Options
    contestants: tuple[str, ...]
    rounds: int
    thrifty: bool = False
    """What the others take for a site that is built already is measured in the first round alone."""

    @property
    def name(self) -> str:
        given = [key for key, value in asdict(self.options).items() if value and key != "maths"]
        return "-".join([str(self.posts), *([] if self.options.maths else ["no-maths"]), *given])

    @property
    def title(self) -> str:
        given = [key for key, value in asdict(self.options).items() if value and key != "maths"]
        formulas = "with formulas" if self.options.maths else "without formulas"
        return " and ".join([f"{self.posts:,} posts {formulas}", *given])


@dataclass(frozen=True, slots=True)
class Run:
    """One build."""

    contestant: str
    round: int
    phase: Phase
    seconds: float
    cpu_seconds: float
    peak_mb: float
    files: int
    files_written: int
    others: float
    """Cores that were busy with something else."""


@dataclass(frozen=True, slots=True)
class Builds:
    """All builds of a case, and what there is to say of those who made them."""

    case: Case
    machine: Mapping[str, object]
    versions: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def of(self, contestant: str, phase: Phase | None = None) -> list[Run]:
        """A contestant's builds, of one phase or of all."""
        return [run for run in self.runs if run.contestant == contestant and phase in (None, run.phase)]

    def median(self, contestant: str, phase: Phase, figure: str) -> float | None:
        """The median over the rounds of a figure of a contestant's builds; None where there are none."""
        values = [getattr(run, figure) for run in self.of(contestant, phase)]
        return statistics.median(values) if values else None

    def ratio(self, phase: Phase, peer: str, name: str = "blogsite") -> float | None:
        """Return the median over all rounds of seconds divided by those of a peer's cold build in the same round."""
        colds = {run.round: run.seconds for run in self.of(peer, "cold")}
        values = [run.seconds / colds[run.round] for run in self.of(name, phase) if run.round in colds]
        return statistics.median(values) if values else None

    def others(self) -> float:
        """Cores that were busy with something else, on average."""
        seconds = sum(run.seconds for run in self.runs)
        return sum(run.others * run.seconds for run in self.runs) / seconds if seconds else 0.0

    def save(self, folder: Path) -> None:
        """Write these builds to a folder as JSON, in place of earlier ones of the case."""
        write_json(folder / f"builds-{self.case.name}.json", asdict(self))


def load_builds(folder: Path) -> list[Builds]:
    """All builds that were saved in a folder, small sites first."""
    found = []
    for path in folder.glob("builds-*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        case = data.pop("case")
        options, contestants = Options(**case.pop("options")), tuple(case.pop("contestants"))
        runs = [Run(**run) for run in data.pop("runs")]
        found.append(Builds(case=Case(options=options, contestants=contestants, **case), runs=runs, **data))
    return sorted(found, key=lambda builds: (not builds.case.options.maths, builds.case.posts, builds.case.name))


def load_parts(folder: Path) -> dict[str, Any]:
    """Return the results of `parts` in a folder; empty if it has not been run."""
    path = folder / PARTS
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_json(path: Path, value: object) -> None:
    """Write a value to a file as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict[str, object]:
    """The kind of machine this is."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        "node": _told(["node", "--version"]).removeprefix("v"),
    }


def _told(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
