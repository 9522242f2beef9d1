"""Staged files → output folder, and the manifest of what is ours in it.

Only files in the manifest are ever replaced or removed. It names every file that may come to be before the first one is
put in place, so that a build that is killed leaves nothing that the next one would not know.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json.encoder import encode_basestring as encode
from pathlib import Path

from blogsite.build.path_kinds import PathKind, PathKinds
from blogsite.core.diagnostics import Location, SiteError, error, unwritable
from blogsite.core.digest import Digest

MANIFEST = ".blogsite.json"
STAGE = ".blogsite-stage"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """An output ready to be put in place: its bytes stand in `file`, or already where they belong (None)."""

    path: str
    digest: Digest
    file: Path | None


@dataclass(frozen=True, slots=True)
class OutputChanges:
    """What putting the staged files in place changes, by output path."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


class OutputFolder:
    """An output folder that is ours, or becomes it."""

    def __init__(self, path: Path, *, take_over: bool = False) -> None:
        """Raises SiteError for a folder that holds other things and has no manifest, unless TAKE_OVER."""
        self.path = path
        self.shown = path.name
        self._take_over = take_over
        self._manifest = path / MANIFEST
        self.manifest = b""
        """The manifest's bytes."""
        ours = self._read()
        if ours is None and path.exists():
            self._refuse_strangers()
        self.ours: dict[str, Digest] = ours or {}

    def compare(self, staged: Sequence[StagedFile]) -> OutputChanges:
        """What `publish` would do; raises SiteError where it would touch what is not ours."""
        wanted = {item.path for item in staged}
        changes = OutputChanges(
            tuple(item.path for item in staged if item.file),
            tuple(item.path for item in staged if not item.file),
            tuple(sorted(path for path in self.ours if path not in wanted)),
        )
        self._refuse_others_files(changes)
        return changes

    def is_there(self) -> bool:
        """Whether there is such a folder, or anything else at its place."""
        return os.path.lexists(self.path)

    def publish(self, staged: Sequence[StagedFile], changes: OutputChanges, whole: Path | None = None) -> None:
        """Every staged file is in place, what was ours and is not wanted is gone, and the manifest says so.

        CHANGES is what `compare` has said of them. A folder that is WHOLE, with every file in it, becomes this one,
        unless there is one by now.
        """
        wanted = {item.path: item.digest for item in staged}
        if whole and all(item.file for item in staged) and not self.is_there():
            self._refuse_what_is_not_to_be_written({""})
            self._become(whole, wanted)
            return
        parents = {os.path.dirname(path) for path in (*changes.written, *changes.removed)}
        self._refuse_what_is_not_to_be_written(parents)
        if not wanted.keys() <= self.ours.keys():
            self._write({**self.ours, **wanted})
        for path in changes.removed:
            self._remove(path)
        self._place_all(staged)
        self._write(wanted)
        self.ours = wanted

    def clear(self) -> int:
        """Remove all that the manifest names, and the folder if nothing else is in it; returns the number of files."""
        removed = sum(self._remove(path) for path in self.ours)
        self._manifest.unlink(missing_ok=True)
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()
        return removed

    def _read(self) -> dict[str, Digest] | None:
        try:
            self.manifest = self._manifest.read_bytes()
            files = json.loads(self.manifest)["files"]
            return {path: str(digest) for path, digest in files.items() if _stays_inside(path)}
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            message = f"{MANIFEST} cannot be read: {problem.strerror}"
            raise SiteError([error(Location(self.shown), message, "give yourself the right to read it")]) from None
        except (RecursionError, ValueError, KeyError, TypeError, AttributeError):
            message = f"{MANIFEST} is damaged, so what is ours in the folder cannot be known"
            raise SiteError(
                [error(Location(self.shown), message, "remove the output folder and build again")]
            ) from None

    def _become(self, whole: Path, files: Mapping[str, Digest]) -> None:
        """The folder WHOLE, with a manifest of these files, is this folder."""
        data = _manifest_of(files)
        with reported(self.shown):
            (whole / MANIFEST).write_bytes(data)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            whole.rename(self.path)
        self.manifest, self.ours = data, dict(files)

    def _write(self, files: Mapping[str, Digest]) -> None:
        data = _manifest_of(files)
        temporary = self._manifest.with_name(MANIFEST + ".new")
        with reported(f"{self.shown}/{MANIFEST}"):
            try:
                if self.manifest != data:
                    self.path.mkdir(parents=True, exist_ok=True)
                    temporary.unlink(missing_ok=True)
                    temporary.write_bytes(data)
                    os.replace(temporary, self._manifest)
            finally:
                with suppress(NotADirectoryError):
                    temporary.unlink(missing_ok=True)
        self.manifest = data

    def _refuse_strangers(self) -> None:
        if not self.path.is_dir():
            hint = "move it away, or choose another folder with --output"
            raise SiteError([error(Location(self.shown), "the output is a file", hint)])
        if not self._take_over and any(
            not entry.name.startswith((MANIFEST + ".new", STAGE)) for entry in self.path.iterdir()
        ):
            message = "the output folder holds files that blogsite did not make"
            hint = "choose an empty one with --output, or build with --clean to write among them"
            raise SiteError([error(Location(self.shown), message, hint)])

    def _refuse_others_files(self, changes: OutputChanges) -> None:
        """Raise SiteError if a file that is to be written would go elsewhere, or stand where something of others is."""
        diagnostics = []
        standing = PathKinds(self.path)
        for parent in sorted({os.path.dirname(path) for path in changes.written}):
            for part in _parts(parent):
                if (kind := standing.at(part)) == "link":
                    message = f"{part} in the output folder is a symbolic link that leads elsewhere"
                    diagnostics.append(error(Location(self.shown), message, "remove the link"))
                elif kind == "file" and part not in self.ours:
                    message = f"this file is not ours to replace by a folder, as {parent}/ needs"
                    diagnostics.append(error(Location(f"{self.shown}/{part}"), message, "move it away"))
        diagnostics += [
            error(Location(f"{self.shown}/{path}"), "this file is not ours to replace", "move it away")
            for path in changes.written
            if self._is_taken(path, standing.at(path))
        ]
        if diagnostics:
            raise SiteError(diagnostics)

    def _is_taken(self, path: str, kind: PathKind) -> bool:
        """Whether something that is not ours to replace stands at PATH.

        A folder with nothing but our files in it is not; a folder that is taken over gives its files, but no folders.
        """
        if kind != "folder":
            return kind != "nothing" and path not in self.ours and not self._take_over
        inside = (child for child in (self.path / path).rglob("*") if child.is_symlink() or not child.is_dir())
        return any(child.relative_to(self.path).as_posix() not in self.ours for child in inside)

    def _refuse_what_is_not_to_be_written(self, parents: Set[str]) -> None:
        """Raise SiteError, before anything is changed, for folders of ours that the file system protects."""
        standing = PathKinds(self.path)
        folders = {standing.nearest(parent) for parent in parents}
        effective = os.access in os.supports_effective_ids
        protected = sorted(
            folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)
        )
        if protected:
            refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise SiteError([unwritable(self._displayed(folder), refused) for folder in protected])

    def _displayed(self, path: Path) -> str:
        inside = path.is_relative_to(self.path)
        return os.path.normpath(os.path.join(self.shown, path.relative_to(self.path))) if inside else str(path)

    def _link_in(self, path: str) -> str | None:
        """The first part of a folder's PATH that is a symbolic link."""
        return next((part for part in _parts(path) if (self.path / part).is_symlink()), None)

    def _place_all(self, staged: Sequence[StagedFile]) -> None:
        ready: set[str] = set()
        for item in staged:
            if not item.file:
                continue
            target = os.path.join(self.path, item.path)
            parent = os.path.dirname(target)
            with reported(f"{self.shown}/{item.path}"):
                if parent not in ready:
                    os.makedirs(parent, exist_ok=True)
                    ready.add(parent)
                if os.path.isdir(target) and not os.path.islink(target):
                    shutil.rmtree(target)  # compare has seen that nothing but ours is in it
                os.replace(item.file, target)

    def _remove(self, path: str) -> bool:
        """Nothing of ours is at PATH, nor a folder that has become empty; what a link leads to is not ours."""
        target = self.path / path
        parent = os.path.dirname(path)
        if self._link_in(parent) or (target.is_dir() and not target.is_symlink()):
            return False
        removed = True
        with reported(f"{self.shown}/{path}"):
            try:
                target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                removed = False  # by hand, or by a build that was killed before it came to the folders
        with suppress(OSError):  # one of them is not empty
            for part in reversed(_parts(parent)):
                with suppress(FileNotFoundError):
                    os.rmdir(self.path / part)
        return removed


@contextmanager
def reported(path: str) -> Iterator[None]:
    """What the file system refuses becomes a mistake that names the file."""
    try:
        yield
    except OSError as problem:
        raise SiteError([unwritable(path, problem)]) from None


def _manifest_of(files: Mapping[str, Digest]) -> bytes:
    lines = ",\n".join(f"{encode(path)}: {encode(digest)}" for path, digest in sorted(files.items()))
    return f'{{\n"version": 1,\n"files": {{\n{lines}\n}}\n}}\n'.encode()


def _parts(path: str) -> list[str]:
    """ "a/b/c" → "a", "a/b", "a/b/c"."""
    names = path.split("/") if path else []
    return ["/".join(names[: count + 1]) for count in range(len(names))]


def _stays_inside(path: str) -> bool:
    """Whether PATH names a file in a folder and nothing outside it."""
    try:
        known = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    parts = path.replace(os.sep, "/").split("/")
    return b"\0" not in known and not {"", ".", ".."} & set(parts) and not os.path.splitdrive(path)[0]
