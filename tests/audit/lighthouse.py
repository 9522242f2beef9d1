"""Scores of Lighthouse for a page on a phone."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Any

from tests.audit.result import AuditorError, Result
from tests.support.chromium import CHROMIUM

FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
BARS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3


def measure(tools: Path, reports: Path, name: str, url: str) -> list[Result]:
    """One result for each of Lighthouse's categories: the median of several runs, whose reports are written."""
    runs = [_run(tools, reports / f"lighthouse-{name}-{number + 1}", url) for number in range(RUNS)]
    results = []
    for category, bar in BARS.items():
        scores = [round(100 * (run["categories"][category]["score"] or 0)) for run in runs]
        score = int(statistics.median(scores))
        spread = f" ({min(scores)}–{max(scores)})" if len(set(scores)) > 1 else ""
        details = _lost(runs[scores.index(score)], category) if score < bar else ()
        results.append(Result(name, category, f"{score}{spread}", f"{bar}", score >= bar, details))
    return results


def not_judged(reports: Path) -> list[str]:
    """Return the titles of the best practices and SEO audits that Lighthouse counts in no page's score."""
    unpublished: dict[str, int] = {}
    runs = _written(reports)
    for run in runs:
        for category in ("best-practices", "seo"):
            for reference in run["categories"][category]["auditRefs"]:
                audit = run["audits"][reference["id"]]
                if audit["scoreDisplayMode"] in ("notApplicable", "manual"):
                    line = f"{category}: {audit['id']} ({audit['scoreDisplayMode']}): {audit['title']}"
                    unpublished[line] = unpublished.get(line, 0) + 1
    return [line for line, times in unpublished.items() if times == len(runs)]


def speed(reports: Path) -> str:
    """Return Lighthouse's benchmark index of the machine; below about 1000 the scores are too low."""
    found = [round(run["environment"]["benchmarkIndex"]) for run in _written(reports)]
    return f"{min(found)} to {max(found)} (a desktop has over 1500; below 1000 performance comes out too low)"


def _written(reports: Path) -> list[dict[str, Any]]:
    files = sorted(reports.glob("lighthouse-*.report.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _run(tools: Path, report: Path, url: str) -> dict[str, Any]:
    """Return the report of one run, which is kept as REPORT.report.json and REPORT.report.html."""
    if CHROMIUM is None:
        raise AuditorError("no Chromium: install it (apt-get install chromium) and try again")
    node, program = (tools / "node_modules" / path for path in ("node/bin/node", "lighthouse/cli/index.js"))
    command = [str(node), str(program), url, "--quiet", "--output=json", "--output=html", f"--output-path={report}"]
    command += [f"--only-categories={','.join(BARS)}", f"--chrome-flags={FLAGS}"]
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode:
        raise AuditorError(f"Lighthouse failed on {url}:\n{done.stderr.strip()[-2000:]}")
    run: dict[str, Any] = json.loads(report.with_name(report.name + ".report.json").read_text(encoding="utf-8"))
    return run


def _lost(run: dict[str, Any], category: str) -> tuple[str, ...]:
    """Where the points of a category were lost."""
    lost = []
    for reference in run["categories"][category]["auditRefs"]:
        audit = run["audits"][reference["id"]]
        if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
            lost.append(f"{audit['id']}: {round(100 * audit['score'])} {audit.get('displayValue', '')}".rstrip())
            items = audit.get("details", {}).get("items", [])[:5]
            lost += [f"    {item['node'].get('snippet', '')[:160]}" for item in items if "node" in item]
    return tuple(lost)
