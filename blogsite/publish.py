"""Staged files → output folder, and the manifest of what is ours in it.

Only files in the manifest are ever replaced or removed. It names every file that may come to be before the first one is
put in place, so that a build that is killed leaves nothing that the next one would not know.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from blogsite.digest import Digest, digest_bytes
from blogsite.errors import Mistake, Place, SiteError, error

MANIFEST = ".blogsite.json"
STAGE = ".blogsite-stage"


@dataclass(frozen=True, slots=True)
class Staged:
    """An output ready to be put in place: its bytes stand in `file`, or already where they belong (None)."""

    path: str
    digest: Digest
    file: Path | None


@dataclass(frozen=True, slots=True)
class Publication:
    """What putting the staged files in place changes, by output path."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


class Folder:
    """An output folder that is ours, or becomes it."""

    def __init__(self, path: Path, *, take_over: bool = False) -> None:
        """Raises SiteError for a folder that holds other things and has no manifest, unless TAKE_OVER."""
        self.path = path
        self.shown = path.name
        self._take_over = take_over
        self._manifest = path / MANIFEST
        ours = self._read()
        if ours is None and path.exists():
            self._refuse_strangers()
        self.ours: dict[str, Digest] = ours or {}

    def compare(self, staged: Sequence[Staged]) -> Publication:
        """What `publish` would do; raises SiteError where it would touch what is not ours."""
        self._refuse_others_files(staged)
        wanted = {item.path for item in staged}
        return Publication(
            tuple(item.path for item in staged if item.file),
            tuple(item.path for item in staged if not item.file),
            tuple(sorted(path for path in self.ours if path not in wanted)),
        )

    def publish(self, staged: Sequence[Staged]) -> Publication:
        """Every staged file is in place, what was ours and is not wanted is gone, and the manifest says so."""
        changes = self.compare(staged)
        wanted = {item.path: item.digest for item in staged}
        if changes.written or changes.removed:
            self._write({**self.ours, **wanted})
        for path in changes.removed:
            self._remove(path)
        for item in staged:
            if item.file:
                self._place(item.path, item.file)
        self._write(wanted)
        self.ours = wanted
        return changes

    def clear(self) -> int:
        """Remove all that the manifest names, and the folder if nothing else is in it; returns the number of files."""
        removed = sum(self._remove(path) for path in self.ours)
        self._manifest.unlink(missing_ok=True)
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()
        return removed

    def _read(self) -> dict[str, Digest] | None:
        try:
            files = json.loads(self._manifest.read_text(encoding="utf-8"))["files"]
            return {path: digest for path, digest in files.items() if _stays_inside(path)}
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            what = f"{MANIFEST} is damaged, so what is ours in the folder cannot be known"
            raise SiteError([error(Place(self.shown), what, "remove the output folder and build again")]) from None

    def _write(self, files: Mapping[str, Digest]) -> None:
        text = json.dumps({"version": 1, "files": dict(sorted(files.items()))}, ensure_ascii=False, indent=0) + "\n"
        data = text.encode()
        if not self._manifest.exists() or self._manifest.read_bytes() != data:
            with _reported(self.shown):
                self.path.mkdir(parents=True, exist_ok=True)
                temporary = self._manifest.with_name(MANIFEST + ".new")
                temporary.write_bytes(data)
                os.replace(temporary, self._manifest)

    def _refuse_strangers(self) -> None:
        if not self.path.is_dir():
            hint = "move it away, or choose another folder with --output"
            raise SiteError([error(Place(self.shown), "the output is a file", hint)])
        if not self._take_over and any(entry.name not in (MANIFEST + ".new", STAGE) for entry in self.path.iterdir()):
            what = "the output folder holds files that blogsite did not make"
            hint = "choose an empty one with --output, or build with --clean to write among them"
            raise SiteError([error(Place(self.shown), what, hint)])

    def _refuse_others_files(self, staged: Iterable[Staged]) -> None:
        mistakes = []
        root = os.path.realpath(self.path)
        for parent in sorted({os.path.dirname(item.path) for item in staged}):
            if os.path.realpath(self.path / parent) != os.path.join(root, *filter(None, parent.split("/"))):
                what = f"{parent} in the output folder is a symbolic link that leads elsewhere"
                mistakes.append(error(Place(self.shown), what, "remove the link"))
        mistakes += [
            error(Place(f"{self.shown}/{item.path}"), "this file is not ours to replace", "move it away")
            for item in staged
            if item.file and item.path not in self.ours and not self._take_over and self._is_taken(item.path)
        ]
        if mistakes:
            raise SiteError(mistakes)

    def _is_taken(self, path: str) -> bool:
        """Whether something that is not ours stands at PATH; a folder with nothing but our files in it does not."""
        target = self.path / path
        if not target.is_dir() or target.is_symlink():
            return os.path.lexists(target)
        inside = (child.relative_to(self.path).as_posix() for child in target.rglob("*") if not child.is_dir())
        return any(child not in self.ours for child in inside)

    def _place(self, path: str, file: Path) -> None:
        target = self.path / path
        with _reported(f"{self.shown}/{path}"):
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)  # compare has seen that nothing but ours is in it
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)

    def _remove(self, path: str) -> bool:
        target = self.path / path
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        except PermissionError as problem:
            if target.is_dir():  # macOS answers so for a folder
                return False
            raise SiteError([_unwritable(f"{self.shown}/{path}", problem)]) from None
        for parent in target.parents:
            if parent == self.path or any(parent.iterdir()):
                break
            parent.rmdir()
        return True


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder for the files of one build until all are made; on the output's disk, so that a rename moves them."""

    path: Path
    output: Path

    @staticmethod
    def of(folder: Folder, work: Path) -> Stage:
        """An empty stage in WORK, or in the output folder if that is on another disk."""
        near = folder.path if folder.path.exists() else folder.path.parent
        work.mkdir(parents=True, exist_ok=True)
        same_disk = near.exists() and near.stat().st_dev == work.stat().st_dev
        stage = Stage(work / "stage" if same_disk else folder.path / STAGE, folder.path)
        stage.discard()
        with _reported(stage.path.name):
            stage.path.mkdir(parents=True)
        return stage

    def add(self, path: str, data: bytes) -> Staged:
        """An output with these bytes, staged unless the output folder holds them already."""
        digest = digest_bytes(data)
        if holds(self.output / path, digest, len(data)):
            return Staged(path, digest, None)
        file = self.path / digest_bytes(path.encode())
        with _reported(path):
            file.write_bytes(data)
        return Staged(path, digest, file)

    def discard(self) -> None:
        """Nothing staged is left."""
        shutil.rmtree(self.path, ignore_errors=True)


def holds(target: Path, digest: Digest, size: int) -> bool:
    """Whether the file has just these bytes."""
    try:
        if target.is_symlink() or target.stat().st_size != size:
            return False
        return digest_bytes(target.read_bytes()) == digest
    except OSError:
        return False


@contextmanager
def _reported(path: str) -> Iterator[None]:
    """What the file system refuses becomes a mistake that names the file."""
    try:
        yield
    except OSError as problem:
        raise SiteError([_unwritable(path, problem)]) from None


def _unwritable(path: str, problem: OSError) -> Mistake:
    hints = {
        errno.ENOSPC: "make room on the disk and build again",
        errno.EDQUOT: "make room on the disk and build again",
        errno.ENAMETOOLONG: "shorten the slug",
    }
    hint = hints.get(problem.errno or 0, "give yourself the right to write there and build again")
    return error(Place(path), f"the file cannot be written: {problem.strerror}", hint)


def _stays_inside(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts
