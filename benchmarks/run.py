"""Builds the same blog with blogsite, Hugo, Eleventy and Pelican, and compares the costs.

    python -m benchmarks.run --dir DIR [--only 1000,10000-no-maths]
                                       what the goals speak of, or some of it; writes benchmarks/README.md
    python -m benchmarks.run --dir DIR --growth
                                       blogsite alone with 5,000 and 50,000 posts without formulas; the same
    python -m benchmarks.run --dir DIR --posts 100 [--no-maths] [--images] [--references] [--series]
                             [--contestants blogsite,hugo] [--thrifty]
                                       a trial: its results and its report go to DIR/trials

DIR is where setup.sh has installed. In each round all contestants build a site four times: from nothing, with every
cache emptied; with nothing changed; with a sentence added to the body of one post; with one new post. Each round begins
with the next contestant. Every build is kept as JSON. Compare within one run, on a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.check import lacking
from benchmarks.contestants import CONTESTANTS, Workplace, named
from benchmarks.corpus import Options, add_arguments, options_of, slug, write
from benchmarks.processes import FailedError, run
from benchmarks.results import PHASES, Builds, Case, Phase, Run, machine

SENTENCE = "This sentence was not there before."
SUITE = (
    (1_000, True, "blogsite,hugo,eleventy", False),
    (1_000, False, "blogsite,hugo,eleventy,pelican", False),
    (10_000, True, "blogsite,eleventy", True),  # Hugo's build from nothing takes more than half an hour
    (10_000, False, "blogsite,hugo,eleventy,pelican", True),
)
"""Posts, formulas, contestants, thrifty."""
GROWTH = ((5_000, False, "blogsite", False), (50_000, False, "blogsite", False))


def main() -> int:
    """1 if a contestant failed or lacks something."""
    arguments = _arguments()
    installed = arguments.dir.resolve()
    results = installed / ("trials" if arguments.posts else "results")
    bad = False
    for case in _cases(arguments):
        print(f"{case.title}:", flush=True)
        builds = measure(case, installed, results, arguments.timeout)
        bad |= bool(builds.failed) or any(builds.lacking.values())
        report.write(results, results / "README.md" if arguments.posts else report.README)
    return 1 if bad else 0


def measure(case: Case, installed: Path, results: Path, limit: float) -> Builds:
    """All builds of the case, saved after each round."""
    builds = Builds(case, machine())
    places = [Workplace(installed, contestant, case.posts) for contestant in named(",".join(case.contestants))]
    for place in places:
        place.prepare(case.posts, case.options)
    for turn in range(case.rounds):
        first = turn % len(places)
        for place in places[first:] + places[:first]:
            name = place.contestant.name
            if name in builds.failed:
                continue
            only_cold = case.thrifty and turn > 0 and name != "blogsite"
            try:
                for phase in PHASES[:1] if only_cold else PHASES:
                    builds.runs.append(_build(place, phase, case, turn + 1, limit))
                    if name not in builds.lacking:
                        builds.versions[name] = place.version()
                        builds.lacking[name] = lacking(place, case.posts, case.options)
                        if builds.lacking[name]:
                            print(f"  {name} LACKS: {'; '.join(builds.lacking[name])}", file=sys.stderr)
            except (FailedError, OSError) as problem:
                builds.failed[name] = str(problem.strerror if isinstance(problem, OSError) else problem)
                print(f"  {name} FAILED: {problem}", file=sys.stderr)
        builds.save(results)
    return builds


def _build(place: Workplace, phase: Phase, case: Case, turn: int, limit: float) -> Run:
    """One build after what its phase calls for; raises FailedError if the site is not then what its sources say."""
    edited = slug(case.posts // 2)
    if phase == "cold":
        place.make_anew()
    elif phase == "edit":
        place.append(edited, SENTENCE)
    elif phase == "new":
        place.add(write(case.posts, case.options))
    before = _states(place.output)
    os.sync()  # nobody pays for what the one before has left to write
    cost = run(place.command(), place.site, place.environment(), place.log, limit)
    after = _states(place.output)
    if (SENTENCE in place.page(edited)) != (phase in ("edit", "new")):
        raise FailedError(f"the page of {edited} is not what its source says")
    if phase == "new" and slug(case.posts) not in (place.output / "index.html").read_text(encoding="utf-8"):
        raise FailedError("the new post is not on the first page")
    written = sum(before.get(path) != state for path, state in after.items())
    name = place.contestant.name
    print(f"  {name:9} {turn} {phase:5} {cost.seconds:8.3f} s {cost.peak_mb:6.0f} MB {written:6} files", flush=True)
    return Run(name, turn, phase, cost.seconds, cost.cpu_seconds, cost.peak_mb, len(after), written, cost.others)


def _states(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Each file with what changes when it is written again: inode, size, time."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = f"{parent}/{name}"
            status = os.stat(path)
            found[path] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="where setup.sh has installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", metavar="CASES", help="as they are named in the files of results: 1000, 1000-no-maths"
    )
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--contestants", default=",".join(contestant.name for contestant in CONTESTANTS))
    parser.add_argument("--thrifty", action="store_true", help="the others build again in the first round alone")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds that one build may take")
    add_arguments(parser)
    parser.set_defaults(posts=0)
    arguments = parser.parse_args()
    if not arguments.posts and options_of(arguments) != Options():
        parser.error("say how many --posts are to have that")
    return arguments


def _cases(arguments: argparse.Namespace) -> list[Case]:
    if arguments.posts:
        contestants = tuple(contestant.name for contestant in named(arguments.contestants))
        return [Case(arguments.posts, options_of(arguments), contestants, arguments.rounds, arguments.thrifty)]
    cases = [
        Case(count, Options(maths=maths), tuple(names.split(",")), arguments.rounds, thrifty)
        for count, maths, names, thrifty in (GROWTH if arguments.growth else SUITE)
    ]
    wanted = arguments.only.split(",") if arguments.only else [case.name for case in cases]
    if unknown := set(wanted) - {case.name for case in cases}:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in cases)}")
    return [case for case in cases if case.name in wanted]


if __name__ == "__main__":
    sys.exit(main())
