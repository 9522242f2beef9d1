"""Writes README.md from the results. `run` calls it; it can also be run on kept results:

python -m benchmarks.report --dir DIR [--readme FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import GOALS, Figures
from benchmarks.results import Builds, Phase, load_builds, load_parts

README = Path(__file__).with_name("README.md")
NAMES = {"blogsite": "blogsite", "hugo": "Hugo", "eleventy": "Eleventy", "pelican": "Pelican"}
FIGURES: tuple[tuple[Phase, str], ...] = (
    ("cold", "from nothing"),
    ("again", "nothing changed"),
    ("edit", "one body edited"),
    ("new", "one new post"),
)
NOTHING = "–"
BUSY = 0.3
"""Cores that may be busy with something else; below it lie the samples of memory and the system's own work."""


def write(results: Path, readme: Path) -> None:
    """Write the report of all results in the folder `results` to `readme`."""
    figures = Figures(load_builds(results), load_parts(results))
    parts = ((INTRODUCTION,), _goals(figures), _builds(figures.builds), _parts(figures.parts), (CLOSING,))
    readme.write_text("\n".join(line for part in parts for line in part), encoding="utf-8")


def _goals(figures: Figures) -> Iterator[str]:
    yield "## Goals\n"
    rows = []
    for goal in GOALS:
        value = goal.found(figures)
        bar = f"at {'least' if goal.at_least else 'most'} {goal.limit:,g} {goal.unit}".rstrip()
        met = "not measured" if value is None else "yes" if goal.is_met(value) else "**no**"
        rows.append((goal.what, bar, NOTHING if value is None else _number(value), met))
    yield from _table(("", "goal", "measured", "met"), rows)
    yield "Ratios are to the other's build from nothing in the same round, the median over the rounds.\n"


def _builds(builds: Sequence[Builds]) -> Iterator[str]:
    yield "## Builds, side by side\n"
    if not builds:
        yield "Not measured yet.\n"
    for item in builds:
        yield f"### {item.case.title}\n"
        yield f"{_machine(item.machine)}; {item.case.rounds} round(s), medians.\n"
        names = [name for name in item.case.contestants if item.of(name)]
        header = ("", *(f"{title}, s" for _, title in FIGURES), "peak memory, MB", "files", "written: edit / new")
        yield from _table(header, [_row(item, name) for name in names])
        if "blogsite" in names:
            yield from _ratios(item, [name for name in names if name != "blogsite"])
        for name, features in item.lacking.items():
            if features:
                yield f"{NAMES[name]} lacks here: {'; '.join(features)}.\n"
        for name, why in item.failed.items():
            yield f"{NAMES[name]} failed here: {why.splitlines()[0]}.\n"
        if (busy := item.others()) > BUSY:
            yield f"**{busy:.1f} cores of the machine were busy with other things: these figures are no good.**\n"


def _row(builds: Builds, name: str) -> tuple[str, ...]:
    seconds = [builds.median(name, phase, "seconds") for phase, _ in FIGURES]
    edit, new = (_number(builds.median(name, phase, "files_written")) for phase in ("edit", "new"))
    return (
        f"{NAMES[name]} {builds.versions.get(name, '')}",
        *map(_number, seconds),
        _number(max(run.peak_mb for run in builds.of(name))),
        _number(builds.median(name, "cold", "files")),
        f"{edit} / {new}",
    )


def _ratios(builds: Builds, others: Iterable[str]) -> Iterator[str]:
    rows = [
        (f"{NAMES[name]}'s", *(_number(builds.ratio(phase, name)) for phase, _ in FIGURES))
        for name in others
        if builds.ratio("cold", name)
    ]
    if rows:
        yield from _table(("blogsite ÷ the build from nothing of", *(title for _, title in FIGURES)), rows)


def _parts(parts: Mapping[str, Any]) -> Iterator[str]:
    yield "## Parts of blogsite, one process on one core\n"
    if not parts:
        yield "Not measured yet.\n"
        return
    yield f"{_machine(parts['machine'])}; {parts['posts']} posts.\n"
    kinds = list(parts["parse"])
    yield from _table(
        ("Markdown → HTML, ms a post", *kinds),
        [
            (f"{text}{who}", *(_number(parts["parse"][kind][key][figure]) for kind in kinds))
            for key, text in (("Markdown", ""), ("Markdown, code blocks taken out", "code blocks taken out: "))
            for figure, who in (("here", "blogsite"), ("alone", "Python-Markdown, stock extensions"), ("more", "more"))
        ],
    )
    labels = dict.fromkeys(label for kind in kinds for label in parts["parse"][kind]["parts"])
    yield from _table(
        ("parsing, ms a post", *kinds),
        [
            ("**in all**", *(_number(parts["parse"][kind]["in all"]) for kind in kinds)),
            *((label, *(_number(parts["parse"][kind]["parts"].get(label)) for kind in kinds)) for label in labels),
        ],
    )
    yield from _table(("formulas", ""), [(key, _number(value)) for key, value in parts["formulas"].items()])
    stages = [(key, _number(value)) for key, value in parts["build"].items()]
    yield from _table(("a build from nothing, with formulas", "ms a post"), stages)


def _machine(machine: Mapping[str, object]) -> str:
    return "{cores} core(s), {memory_gb} GB of memory, {system}, Python {python}, Node {node}".format(**machine)


def _number(value: float | None) -> str:
    """Three figures that count."""
    if value is None:
        return NOTHING
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.4f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(cells)} |"
    yield ""


INTRODUCTION = """\
# Benchmarks

The same blog built by blogsite, Hugo, Eleventy and Pelican, and what the parts of blogsite cost. This page is written
by `make bench`; do not edit it.

    make bench [BENCH=DIR]                               all of what follows but the growth; takes about an hour
    benchmarks/setup.sh DIR                              the other generators, from PyPI and npm (Node 20 or newer)
    python -m benchmarks.parts --dir DIR                 the parts
    python -m benchmarks.run --dir DIR                   the builds; each is kept in DIR/results as JSON
    python -m benchmarks.run --dir DIR --only 1000       some of them
    python -m benchmarks.run --dir DIR --growth          5,000 and 50,000 posts
    python -m benchmarks.run --dir DIR --posts 200       a trial of any size, kept in DIR/trials with its report
    python -m benchmarks.corpus OUT --posts 100          the posts, to look at

Needs Linux (memory is read from /proc) and a machine that does nothing else. Compare figures of one table only: from
run to run they move by 15 % and more.
"""

CLOSING = """\
## What is compared

Posts of about 7 KB in Chinese and English, 38 formulas in each, of which 22 occur once on the site; code, lists, a
table, quotes. Every site has, and `check.py` makes sure of it after the first build: a page for each post with title,
date, category, tags, description and highlighted code; list pages of ten with excerpts up to the break; a page for
each tag and category; a feed of twenty whole posts; with formulas, each of them as HTML and MathML by KaTeX. Pelican
makes no formulas when it builds, so it is compared without.

Seconds are those of the command from start to end, Python's or Node's own start included. From nothing: the site's
folder is made anew, every cache emptied. Memory is the peak of the sum over all processes, shared pages counted once
(PSS), sampled up to fifty times a second, more rarely where the system takes long to tell it. The versions of what
the others stand on are pinned in peers/: goldmark, Chroma and KaTeX are part of Hugo; Eleventy has markdown-it, Prism
and KaTeX; Pelican has Python-Markdown and Pygments.

## Known unfairnesses

- All run as they are installed. blogsite and Hugo use all cores; Eleventy and Pelican mostly one.
- Only blogsite keeps what it parsed for the next build, and Hugo its formulas; Pelican's cache of contents is off, as
  it is by default.
- blogsite also makes an archive, a sitemap, a JSON feed, and its whole theme with style sheets; the others have bare
  templates and none of these.
- blogsite and Hugo make equal formulas once; Eleventy's plugin makes each again. Hugo's build from nothing includes
  half a second in which it compiles its KaTeX.
- Hugo with 10,000 posts and formulas is left out: it takes more than half an hour. Eleventy then needs more memory
  than Node allows by default, and is given 14 GB.
- With more than 1,000 posts, what the others take for a site that is built already is measured once: they build all
  of it again.
- The system's file cache is warm for all. Between samples a short peak of memory can go unseen.
- Of the parts: Python-Markdown alone takes formulas for text, and colours code with Pygments as it is; blogsite takes
  formulas out, and has quicker loops for inline patterns and for lexers.
- Heading ids: blogsite and Hugo only. The feed is RSS from Hugo, Atom from the others.
"""


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--readme", type=Path, default=README)
    arguments = parser.parse_args()
    write(arguments.dir / "results", arguments.readme)


if __name__ == "__main__":
    main()
