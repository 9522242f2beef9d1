"""What the preview adds to pages: the script for live reload, the list of warnings, and the page that shows errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from html import escape
from pathlib import Path

from blogsite.content.discovery import theme_root
from blogsite.core.diagnostics import Diagnostic, Location

SCRIPT = "/_blogsite/reload.js"
MAX_LISTED = 20
"""Diagnostics in a list; the others are counted."""
CONTEXT_LINES = 4
"""Lines of the source that are shown before and after the line of a diagnostic."""
MAX_LINE = 160
"""Characters that are shown of a line."""
MAX_FILE_BYTES = 4_000_000
"""Larger files are not shown."""
MAX_TEXT = 1000
"""Characters that are shown of a message or a hint, which may quote a line of any length."""
_LINE_END = re.compile("\r\n|\r|\n")


def script() -> bytes:
    """Return the script without its comments and indentation."""
    lines = (line.strip() for line in Path(__file__).with_name("reload.js").read_text(encoding="utf-8").split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


def with_script(page: bytes, at: str, *, follow: bool, warnings: Sequence[Diagnostic] = ()) -> bytes:
    """Return a page of the version `at` with the script for live reload and a list of the warnings."""
    flag = " data-follow=1" if follow else ""
    added = f'{_warning_list(warnings)}<script src="{SCRIPT}" data-at="{at}"{flag}></script>\n'.encode()
    end = page.rfind(b"</body>")
    return page + added if end < 0 else page[:end] + added + page[end:]


def own_first(warnings: Iterable[Diagnostic], source: str) -> list[Diagnostic]:
    """Return the warnings, those of the file `source` first."""
    return sorted(warnings, key=lambda diagnostic: diagnostic.location.path != source)


def _warning_list(warnings: Sequence[Diagnostic]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{_list_item(diagnostic)}</li>" for diagnostic in warnings[:MAX_LISTED])
    count = f"{len(warnings)} warning{'s' if len(warnings) > 1 else ''}"
    name = blake2b(repr(warnings).encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()
    return (
        f'<aside id="blogsite-warnings" data-of="{name}" lang="en" hidden>'
        f'<button type="button" aria-label="Close">×</button> <b>{count}</b>'
        f"<ul>{items}</ul>{_count_of_others(warnings)}</aside>\n"
    )


def _list_item(diagnostic: Diagnostic) -> str:
    location, message, hint = (
        escape(_shorten(text)) for text in (str(diagnostic.location), diagnostic.message, diagnostic.hint)
    )
    return f"<code>{location}</code>: {message}<br><small>{hint}</small>"


def _count_of_others(diagnostics: Sequence[Diagnostic]) -> str:
    return f"<p>and {len(diagnostics) - MAX_LISTED} more</p>" if len(diagnostics) > MAX_LISTED else ""


def error_page(root: Path, diagnostics: Sequence[Diagnostic], *, has_older: bool) -> bytes:
    """Return the page that is shown in place of one that cannot be rendered: each error with the lines around it."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"] or list(diagnostics)
    count = f"{len(errors)} mistake{'' if len(errors) == 1 else 's'}"
    sections = "".join(_error_section(root, diagnostic) for diagnostic in errors[:MAX_LISTED])
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
{older}{sections}{_count_of_others(errors)}
</body>
</html>
"""
    return page.encode("utf-8", "backslashreplace")


def _error_section(root: Path, diagnostic: Diagnostic) -> str:
    location, message, hint = (
        escape(_shorten(text)) for text in (str(diagnostic.location), diagnostic.message, diagnostic.hint)
    )
    lines = _source_lines(root, diagnostic.location)
    return f"<section><h2>{location}</h2>\n<p><strong>{message}</strong><br>{hint}</p>\n{lines}</section>\n"


def _source_lines(root: Path, location: Location) -> str:
    """Return the lines around a location, with its line and column marked; "" if the file cannot be shown."""
    lines = _LINE_END.split(_read_file(root, location.path)) if location.line else []
    if not 0 < location.line <= len(lines):
        return ""
    first = max(1, location.line - CONTEXT_LINES)
    rows = []
    for number in range(first, min(len(lines), location.line + CONTEXT_LINES) + 1):
        line, wanted = lines[number - 1], number == location.line
        shown = _with_mark(line, location.column) if wanted else escape(_shorten_line(line))
        rows.append(f"<i>{number:>5} </i>{f'<b>{shown}</b>' if wanted else shown}")
    return "<pre>" + "\n".join(rows) + "</pre>\n"


def _with_mark(line: str, column: int) -> str:
    if not column:
        return escape(_shorten_line(line))
    at = min(column - 1, len(line))
    start = max(0, at - MAX_LINE // 2)
    before, char, after = line[start:at], line[at : at + 1] or " ", line[at + 1 : start + MAX_LINE]
    head, tail = "…" if start else "", "…" if start + MAX_LINE < len(line) else ""
    return f"{head}{escape(before)}<mark>{escape(char)}</mark>{escape(after)}{tail}"


def _shorten_line(line: str) -> str:
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + "…"


def _read_file(root: Path, path: str) -> str:
    """Return the text of a file of the site or of the theme; "" if there is no such file inside them."""
    for base in (root, theme_root()):
        file = base / path
        try:
            if (
                file.resolve().is_relative_to(base.resolve())
                and file.is_file()
                and file.stat().st_size <= MAX_FILE_BYTES
            ):
                return file.read_bytes().decode("utf-8-sig", "replace")
        except (OSError, ValueError):
            continue
    return ""


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
