"""Errors and warnings of the Nu Html Checker for the pages of a site."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.audit.result import AuditorError, Result


def check(tools: Path, reports: Path, public: Path) -> list[Result]:
    """Return one result for errors and one for warnings in all HTML below `public`; the report holds every message."""
    if shutil.which("java") is None:
        raise AuditorError(
            "no Java, which the Nu Html Checker needs: install it (apt-get install default-jre-headless)"
        )
    jar = tools / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--skip-non-html", str(public)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)
    try:
        messages = json.loads(done.stderr)["messages"]
    except (ValueError, KeyError):
        raise AuditorError(f"the Nu Html Checker failed:\n{done.stderr.strip()[-2000:]}") from None
    said: dict[str, list[tuple[str, str]]] = {"errors": [], "warnings": []}
    for message in messages:
        page = Path(unquote(urlsplit(message.get("url", "")).path))
        location = f"{page.relative_to(public.resolve()) if page.is_relative_to(public.resolve()) else page}"
        kind = "warnings" if message["type"] == "info" else "errors"
        said[kind].append((f"{location}:{message.get('lastLine', 0)}", message["message"]))
    lines = [f"{location}: {kind[:-1]}: {text}\n" for kind, locations in said.items() for location, text in locations]
    (reports / "nu.txt").write_text("".join(lines), encoding="utf-8")
    pages = f"{len(list(public.rglob('*.html')))} pages"
    return [
        Result(pages, f"Nu {kind}", f"{len(locations)}", "0", not locations, _grouped(locations))
        for kind, locations in said.items()
    ]


def _grouped(locations: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return each different message once, with its count and its first location."""
    first = {text: location for location, text in reversed(locations)}
    often = Counter(text for _, text in locations)
    return tuple(f"{count} × {text} First at {first[text]}" for text, count in often.most_common())
