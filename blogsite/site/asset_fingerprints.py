"""Names with a digest for the theme's style sheets and scripts, so that browsers may cache them for good.

Files of a site's own static/ keep their names.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from blogsite.content.discovery import theme_root
from blogsite.content.model import File
from blogsite.core.digest import Digest

FOLDERS = ("css/", "js/")
"""Folders below the theme's static/; those in assets/ have the version in the folder's name."""
LENGTH = 8
"""Hexadecimal digits of the digest in a name."""


def fingerprinted_names(static: Iterable[File], digest: Callable[[File], Digest]) -> dict[str, str]:
    """Return path below static/ → output path of each renamed file: css/style.css → css/style.1a2b3c4d.css."""
    theme = str(theme_root() / "static")
    return {
        file.path: _named(file.path, digest(file))
        for file in static
        if file.root == theme and file.path.startswith(FOLDERS)
    }


def _named(path: str, digest: Digest) -> str:
    post_name, suffix = posixpath.splitext(path)
    return f"{post_name}.{digest[:LENGTH]}{suffix}"
