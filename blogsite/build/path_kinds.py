"""What stands in a folder, each place looked at once and no link followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal, TypeAlias

PathKind: TypeAlias = Literal["nothing", "file", "link", "folder"]


class PathKinds:
    """What stands in a folder; each place is looked at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, PathKind] = {"": "folder" if folder.is_dir() else "nothing"}

    def at(self, path: str) -> PathKind:
        """What stands at this path; nothing, if its way there is not through folders alone."""
        known = self._known.get(path)
        if known is None:
            inside = self.at(os.path.dirname(path)) == "folder"
            known = self._known[path] = self._look(os.path.join(self._folder, path)) if inside else "nothing"
        return known

    def nearest(self, path: str) -> Path:
        """The folder at this path, or the nearest above it that there is."""
        while path and self.at(path) != "folder":
            path = os.path.dirname(path)
        if path or self.at("") == "folder":
            return self._folder / path
        return next(location for location in self._folder.absolute().parents if location.is_dir())

    @staticmethod
    def _look(location: str) -> PathKind:
        try:
            mode = os.lstat(location).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return "nothing"
        return "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "file"
