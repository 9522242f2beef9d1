"""One Python-Markdown extension a file; convert.EXTENSIONS is the table of them.

Light to import: asking whether anything changed must not load Markdown.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from blogsite.digest import Digest, digest

PACKAGE = Path(__file__).parent.parent
SOURCES = ("convert.py", "notes.py", "extensions/*.py", "maths/*.py")
LIBRARIES = (("markdown", "__meta__.py"), ("pygments", "__init__.py"))
"""Packages that make HTML, and the file in each that holds its version."""


@lru_cache(maxsize=4)
def fingerprint(names: tuple[str, ...] = ()) -> Digest:
    """The digest of the code that turns Markdown into HTML: ours, the libraries' versions, the modules NAMES."""
    ours = [path for pattern in SOURCES for path in sorted(PACKAGE.glob(pattern))]
    parts = [(path.relative_to(PACKAGE).as_posix(), path.read_bytes()) for path in ours]
    parts += [(name, _source(name, file)) for name, file in LIBRARIES]
    parts += [(name, _source(name.split(":")[0], "")) for name in names]
    return digest(tuple(parts))


def _source(module: str, file: str) -> bytes:
    """The bytes of MODULE's own file, or of FILE beside it; nothing where there is none."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return b""
    origin = Path(spec.origin) if spec and spec.origin else None
    if origin and file:
        origin = origin.with_name(file)
    return origin.read_bytes() if origin and origin.is_file() else b""
