"""The theme's style sheets and scripts under names that tell what is in them, so that browsers may keep them for good.

What a site has in its own static/ is copied under its own name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from blogsite.content.discovery import theme_root
from blogsite.content.model import File
from blogsite.core.digest import Digest

FOLDERS = ("css/", "js/")
"""Where they stand below the theme's static/; what is in assets/ tells its version by its folder."""
LENGTH = 8
"""Hexadecimal digits in a name."""


def fingerprinted(static: Iterable[File], digest: Callable[[File], Digest]) -> dict[str, str]:
    """Output path by path below static/, of each file that has another: css/style.css → css/style.1a2b3c4d.css."""
    theme = str(theme_root() / "static")
    return {
        file.path: _named(file.path, digest(file))
        for file in static
        if file.root == theme and file.path.startswith(FOLDERS)
    }


def _named(path: str, digest: Digest) -> str:
    post_name, suffix = posixpath.splitext(path)
    return f"{post_name}.{digest[:LENGTH]}{suffix}"
