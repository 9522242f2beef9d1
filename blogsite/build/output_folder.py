"""The output folder: put staged files in place and remove those of earlier builds, and touch nothing else.

Only files of the manifest are ever replaced or removed. Before the first file of a build is put in place, the manifest
names all that may come, so that the next build knows every file that a killed one left.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from blogsite.build.manifest import MANIFEST, Manifest, manifest_bytes, reported_as
from blogsite.core.diagnostics import Diagnostic, Location, SiteError, error, unwritable_file
from blogsite.core.digest import Digest

STAGING_PREFIX = ".blogsite-stage"
"""Name of staging folders inside an output folder that is on another disk than the site."""
PathKind: TypeAlias = Literal["nothing", "file", "link", "folder"]


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A rendered output: `file` is its staged file, or None if the output folder has the same bytes already."""

    path: str
    digest: Digest
    file: Path | None


@dataclass(frozen=True, slots=True)
class OutputChanges:
    """What a build changes in the output folder, by output path."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


class OutputFolder:
    """An output folder that blogsite made, or will make."""

    def __init__(self, path: Path, *, take_over: bool = False) -> None:
        """Raises SiteError for a folder with files and without a manifest, unless `take_over`."""
        self.path = path
        self.key = os.path.realpath(path)
        """The folder's name in the store."""
        self.shown = path.name
        """The folder's name in diagnostics."""
        self.manifest = Manifest(path)
        self._take_over = take_over
        files = self.manifest.read()
        if files is None and path.exists():
            self._refuse_foreign_folder()
        self.files: dict[str, Digest] = files or {}
        """Output path → digest of each file that the manifest lists."""

    def exists(self) -> bool:
        """Return whether there is such a folder, or anything else in its place."""
        return os.path.lexists(self.path)

    def compare(self, staged: Sequence[StagedFile]) -> OutputChanges:
        """Return what `publish` would change. Raises SiteError if it would touch files that are not ours."""
        wanted = {item.path for item in staged}
        changes = OutputChanges(
            tuple(item.path for item in staged if item.file),
            tuple(item.path for item in staged if not item.file),
            tuple(sorted(path for path in self.files if path not in wanted)),
        )
        self._refuse_foreign_files(changes)
        return changes

    def publish(self, staged: Sequence[StagedFile], changes: OutputChanges, complete: Path | None = None) -> None:
        """Put the staged files in place and remove the files of `changes.removed`.

        `complete` is a folder with every staged file at its output path: it becomes the output folder by one rename,
        unless that exists by now.
        """
        wanted = {item.path: item.digest for item in staged}
        if complete and all(item.file for item in staged) and not self.exists():
            self._refuse_protected({""})
            self._rename_to_output(complete, wanted)
        else:
            self._refuse_protected({os.path.dirname(path) for path in (*changes.written, *changes.removed)})
            if not wanted.keys() <= self.files.keys():
                self.manifest.write({**self.files, **wanted})
            for path in changes.removed:
                self._remove(path)
            self._put_in_place(staged)
            self.manifest.write(wanted)
        self.files = wanted

    def clear(self) -> int:
        """Remove the files of the manifest, and the folder if it is empty then. Returns the number of files."""
        removed = sum(self._remove(path) for path in self.files)
        self.manifest.path.unlink(missing_ok=True)
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()
        return removed

    # ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _refuse_foreign_folder(self) -> None:
        if not self.path.is_dir():
            hint = "move it away, or choose another folder with --output"
            raise SiteError([error(Location(self.shown), "the output is a file", hint, "output-foreign")])
        if not self._take_over and any(
            not entry.name.startswith((MANIFEST + ".new", STAGING_PREFIX)) for entry in self.path.iterdir()
        ):
            message = "the output folder holds files that blogsite did not make"
            hint = "choose an empty one with --output, or build with --clean to write among them"
            raise SiteError([error(Location(self.shown), message, hint, "output-foreign")])

    def _refuse_foreign_files(self, changes: OutputChanges) -> None:
        """Raise SiteError if a file would be written through a link, or over something that is not ours."""
        diagnostics: list[Diagnostic] = []
        kinds = _PathKinds(self.path)
        for parent in sorted({os.path.dirname(path) for path in changes.written}):
            for part in _ancestors(parent):
                if (kind := kinds.at(part)) == "link":
                    message = f"{part} in the output folder is a symbolic link that leads elsewhere"
                    diagnostics.append(error(Location(self.shown), message, "remove the link", "output-foreign"))
                elif kind == "file" and part not in self.files:
                    message = f"blogsite did not make this file, and will not replace it by the folder {parent}/"
                    diagnostics.append(
                        error(Location(f"{self.shown}/{part}"), message, "move it away", "output-foreign")
                    )
        foreign = "blogsite did not make this file, and will not replace it"
        diagnostics += [
            error(Location(f"{self.shown}/{path}"), foreign, "move it away", "output-foreign")
            for path in changes.written
            if self._is_foreign(path, kinds.at(path))
        ]
        if diagnostics:
            raise SiteError(diagnostics)

    def _is_foreign(self, path: str, kind: PathKind) -> bool:
        """Return whether there is something at `path` that must not be replaced.

        A folder may be replaced if all files in it are ours. With `take_over` any file may be, but no other folder.
        """
        if kind != "folder":
            return kind != "nothing" and path not in self.files and not self._take_over
        inside = (child for child in (self.path / path).rglob("*") if child.is_symlink() or not child.is_dir())
        return any(child.relative_to(self.path).as_posix() not in self.files for child in inside)

    def _refuse_protected(self, parents: Set[str]) -> None:
        """Raise SiteError, before anything is changed, if the file system forbids writing into these folders."""
        kinds = _PathKinds(self.path)
        folders = {kinds.nearest_folder(parent) for parent in parents}
        effective = os.access in os.supports_effective_ids
        protected = sorted(
            folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)
        )
        if protected:
            refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise SiteError([unwritable_file(self._shown_path(folder), refused) for folder in protected])

    def _shown_path(self, path: Path) -> str:
        inside = path.is_relative_to(self.path)
        return os.path.normpath(os.path.join(self.shown, path.relative_to(self.path))) if inside else str(path)

    # ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _rename_to_output(self, complete: Path, files: Mapping[str, Digest]) -> None:
        data = manifest_bytes(files)
        with reported_as(self.shown):
            (complete / MANIFEST).write_bytes(data)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            complete.rename(self.path)
        self.manifest.data = data

    def _put_in_place(self, staged: Sequence[StagedFile]) -> None:
        ready: set[str] = set()
        for item in staged:
            if not item.file:
                continue
            target = os.path.join(self.path, item.path)
            parent = os.path.dirname(target)
            with reported_as(f"{self.shown}/{item.path}"):
                if parent not in ready:
                    os.makedirs(parent, exist_ok=True)
                    ready.add(parent)
                if os.path.isdir(target) and not os.path.islink(target):
                    shutil.rmtree(target)  # `compare` made sure that all files in it are ours
                os.replace(item.file, target)

    def _remove(self, path: str) -> bool:
        """Remove a file, and its folders if they are empty then; never through a link. Returns whether it was there."""
        target = self.path / path
        parent = os.path.dirname(path)
        is_linked = any((self.path / part).is_symlink() for part in _ancestors(parent))
        if is_linked or (target.is_dir() and not target.is_symlink()):
            return False
        removed = True
        with reported_as(f"{self.shown}/{path}"):
            try:
                target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                removed = False  # by hand, or by a build that was killed before it removed the folders
        with suppress(OSError):  # a folder is not empty
            for part in reversed(_ancestors(parent)):
                with suppress(FileNotFoundError):
                    os.rmdir(self.path / part)
        return removed


class _PathKinds:
    """What is at the paths in a folder, without following symbolic links; each path is looked up once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, PathKind] = {"": "folder" if folder.is_dir() else "nothing"}

    def at(self, path: str) -> PathKind:
        """Return what is at `path`; "nothing" if one of its parents is not a folder."""
        known = self._known.get(path)
        if known is None:
            inside = self.at(os.path.dirname(path)) == "folder"
            known = self._known[path] = _kind_of(os.path.join(self._folder, path)) if inside else "nothing"
        return known

    def nearest_folder(self, path: str) -> Path:
        """Return the folder at `path`, or the nearest existing one above it."""
        while path and self.at(path) != "folder":
            path = os.path.dirname(path)
        if path or self.at("") == "folder":
            return self._folder / path
        return next(parent for parent in self._folder.absolute().parents if parent.is_dir())


def _kind_of(path: str) -> PathKind:
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    return "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "file"


def _ancestors(path: str) -> list[str]:
    """Return the folders of a path from the top: "a/b/c" → "a", "a/b", "a/b/c"."""
    names = path.split("/") if path else []
    return ["/".join(names[: count + 1]) for count in range(len(names))]
