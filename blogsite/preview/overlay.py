"""What is shown only in preview: the script that follows changes, the list of warnings, the page in place of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from html import escape
from pathlib import Path

from blogsite.content.discovery import theme_root
from blogsite.core.diagnostics import Diagnostic, Location

SCRIPT = "/_blogsite/reload.js"
MOST_SHOWN = 20
"""Mistakes in a list; more are counted."""
AROUND = 4
"""Lines shown before and after a mistake's."""
WIDEST = 160
"""Characters shown of a line."""
BIGGEST = 4_000_000
"""Bytes of a file that is shown."""
_LINE_END = re.compile("\r\n|\r|\n")


def script() -> bytes:
    """The script's text, without what is there for people."""
    lines = (line.strip() for line in Path(__file__).with_name("reload.js").read_text(encoding="utf-8").split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


def with_script(page: bytes, at: str, *, follow: bool, warnings: Sequence[Diagnostic] = ()) -> bytes:
    """PAGE that follows its sources from the state AT on, and lists WARNINGS."""
    flag = " data-follow=1" if follow else ""
    added = f'{_box(warnings)}<script src="{SCRIPT}" data-at="{at}"{flag}></script>\n'.encode()
    end = page.rfind(b"</body>")
    return page + added if end < 0 else page[:end] + added + page[end:]


def own_first(warnings: Iterable[Diagnostic], source: str) -> list[Diagnostic]:
    """WARNINGS with those of SOURCE before the others."""
    return sorted(warnings, key=lambda diagnostic: diagnostic.location.path != source)


def _box(warnings: Sequence[Diagnostic]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{_said(diagnostic)}</li>" for diagnostic in warnings[:MOST_SHOWN])
    count = f"{len(warnings)} warning{'s' if len(warnings) > 1 else ''}"
    name = blake2b(repr(warnings).encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()
    return (
        f'<aside id="blogsite-warnings" data-of="{name}" lang="en" hidden>'
        f'<button type="button" aria-label="Close">×</button> <b>{count}</b>'
        f"<ul>{items}</ul>{_rest(warnings)}</aside>\n"
    )


def _said(diagnostic: Diagnostic) -> str:
    location, message, hint = (
        escape(_shown(text)) for text in (str(diagnostic.location), diagnostic.message, diagnostic.hint)
    )
    return f"<code>{location}</code>: {message}<br><small>{hint}</small>"


def _rest(diagnostics: Sequence[Diagnostic]) -> str:
    return f"<p>and {len(diagnostics) - MOST_SHOWN} more</p>" if len(diagnostics) > MOST_SHOWN else ""


def error_page(root: Path, diagnostics: Sequence[Diagnostic], *, has_older: bool) -> bytes:
    """The page in place of one that cannot be had: every mistake with the lines around it, and what to do."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"] or list(diagnostics)
    count = f"{len(errors)} mistake{'' if len(errors) == 1 else 's'}"
    sections = "".join(_section(root, diagnostic) for diagnostic in errors[:MOST_SHOWN])
    older = '<p><a href="?last-good">See the last version that could be made</a></p>' if has_older else ""
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{count}</title>
<style>
body {{ max-width: 60em; margin: 2em auto; padding: 0 1em; font: 16px/1.6 sans-serif }}
h1 {{ font-size: 1.4em; color: #c22 }}
h2 {{ font: bold 1em monospace; margin: 2em 0 0 }}
pre {{ overflow: auto; padding: .6em; border: 1px solid #8886; border-radius: 4px; line-height: 1.5 }}
pre b {{ background: #d228; font-weight: bold }}
mark {{ background: #d22; color: #fff }}
i {{ color: #888; font-style: normal; user-select: none }}
</style>
</head>
<body>
<h1>{count} to mend</h1>
<p>The page comes back by itself once {"it is" if len(errors) == 1 else "they are"} mended.</p>
{older}{sections}{_rest(errors)}
</body>
</html>
"""
    return page.encode("utf-8", "backslashreplace")


def _section(root: Path, diagnostic: Diagnostic) -> str:
    location, message, hint = (
        escape(_shown(text)) for text in (str(diagnostic.location), diagnostic.message, diagnostic.hint)
    )
    lines = _lines(root, diagnostic.location)
    return f"<section><h2>{location}</h2>\n<p><strong>{message}</strong><br>{hint}</p>\n{lines}</section>\n"


def _lines(root: Path, location: Location) -> str:
    """The lines around PLACE, its line and column marked; "" where there are none to show."""
    lines = _LINE_END.split(_text(root, location.path)) if location.line else []
    if not 0 < location.line <= len(lines):
        return ""
    first = max(1, location.line - AROUND)
    rows = []
    for number in range(first, min(len(lines), location.line + AROUND) + 1):
        line, wanted = lines[number - 1], number == location.line
        shown = _marked(line, location.column) if wanted else escape(_cut(line))
        rows.append(f"<i>{number:>5} </i>{f'<b>{shown}</b>' if wanted else shown}")
    return "<pre>" + "\n".join(rows) + "</pre>\n"


def _marked(line: str, column: int) -> str:
    if not column:
        return escape(_cut(line))
    at = min(column - 1, len(line))
    start = max(0, at - WIDEST // 2)
    before, char, after = line[start:at], line[at : at + 1] or " ", line[at + 1 : start + WIDEST]
    head, tail = "…" if start else "", "…" if start + WIDEST < len(line) else ""
    return f"{head}{escape(before)}<mark>{escape(char)}</mark>{escape(after)}{tail}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDEST else line[:WIDEST] + "…"


def _text(root: Path, path: str) -> str:
    """The file of the site, or of the theme, that a mistake names; "" for none, and for one that is elsewhere."""
    for base in (root, theme_root()):
        file = base / path
        try:
            if file.resolve().is_relative_to(base.resolve()) and file.is_file() and file.stat().st_size <= BIGGEST:
                return file.read_bytes().decode("utf-8-sig", "replace")
        except (OSError, ValueError):
            continue
    return ""


def _shown(text: str) -> str:
    """TEXT of which only the beginning is shown where it is long: an author's line can be of any length."""
    return text if len(text) <= 1000 else text[:1000] + "…"
