"""Builds the sample blog, serves it as a host does, audits it and prints a table; exit code 1 if a bar is missed."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.audit import lighthouse, nu
from tests.audit.result import AuditorError, Result
from tests.support.hosting import build_sample, hosted, page_of_each_kind

MEASURED = ("home", "most formulas", "archive")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--tools", type=Path, required=True, help="the folder whose node_modules hold the auditors")
    parser.add_argument("--reports", type=Path, required=True, help="where their reports are written, in full")
    parser.add_argument("--only", choices=["lighthouse", "nu"], help="ask one of them alone")
    given = parser.parse_args()
    shutil.rmtree(given.reports, ignore_errors=True)
    given.reports.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return report(audited(given.tools, given.reports, Path(folder) / "public", given.only), given.reports)
    except AuditorError as problem:
        print(f"make audit: {problem}", file=sys.stderr)
        return 2


def audited(tools: Path, reports: Path, public: Path, only: str | None) -> list[Result]:
    """Build the sample blog into `public` for the address at which it is served, and return the results."""
    public.mkdir()
    results: list[Result] = []
    with hosted(public) as address:
        build_sample(public, f"{address}/")
        kinds = page_of_each_kind(public)
        if only != "lighthouse":
            results += nu.check(tools, reports, public)
        if only != "nu":
            for kind in MEASURED:
                print(f"Lighthouse: /{kinds[kind]}", file=sys.stderr)
                results += lighthouse.measure(tools, reports, kind.replace(" ", "-"), f"{address}/{kinds[kind]}")
    return results


def report(results: list[Result], reports: Path) -> int:
    """The table, what is behind each missed bar, and what was not judged; 1 if a bar is missed."""
    rows = [("page", "what", "found", "wanted", "")]
    rows += [(one.page, one.message, one.found, one.wanted, "" if one.passed else "MISSED") for one in results]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    missed = [one for one in results if not one.passed]
    for one in missed:
        print(f"\n{one.page}, {one.message}:", *one.details, sep="\n    ")
    if any(one.message == "seo" for one in results):
        print("\nNot judged by Lighthouse on http at 127.0.0.1, and left out of its scores:")
        print(*(f"    {line}" for line in lighthouse.not_judged(reports)), sep="\n")
        print(f"\nSpeed of this machine by Lighthouse's own measure: {lighthouse.speed(reports)}.")
    print(
        f"\nReports: {reports}\n{len(missed)} of {len(results)} bars missed"
        if missed
        else f"\nReports: {reports}\nAll met"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
