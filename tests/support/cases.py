"""Cases in fixture files: a title, an input and an expected output, each ended by a line with one dot."""

from __future__ import annotations

from pathlib import Path

Case = tuple[str, str, str]
"""Title, input, expected output."""


def load_cases(path: Path) -> list[Case]:
    """Return the cases of a file. Raises ValueError if it holds none, or an incomplete one."""
    cases: list[Case] = []
    parts: list[list[str]] = [[]]
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line != ".":
            parts[-1].append(line)
        elif len(parts) < 3:
            parts.append([])
        else:
            title, given, expected = ("\n".join(part) for part in parts)
            cases.append((title.strip(), given, expected))
            parts = [[]]
    if len(parts) > 1 or "".join(parts[0]).strip():
        raise ValueError(f"{path}: the last case is cut short")
    if not cases:
        raise ValueError(f"{path}: no cases")
    return cases


def save_cases(path: Path, cases: list[Case]) -> None:
    """Write cases as `load_cases` reads them."""
    blocks = (f"{title}\n.\n{given}\n.\n{expected}\n.\n" for title, given, expected in cases)
    path.write_text("\n".join(blocks), encoding="utf-8", newline="\n")


def load_all(folder: Path, pattern: str = "*.md") -> list[tuple[Path, Case]]:
    """Return (file, case) for all cases of the files in a folder. Raises ValueError if there are no such files."""
    paths = sorted(folder.glob(pattern))
    if not paths:
        raise ValueError(f"{folder}: no files {pattern}")
    return [(path, case) for path in paths for case in load_cases(path)]
