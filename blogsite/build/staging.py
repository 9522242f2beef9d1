"""The staging folder: rendered outputs are written here, so that publishing them is a rename."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from blogsite.build.manifest import reported_as
from blogsite.build.output_folder import STAGING_PREFIX, OutputFolder, StagedFile
from blogsite.core.digest import Digest, digest_bytes

COMPLETE_SITE = "site"


@dataclass(frozen=True, slots=True)
class Staging:
    """A temporary folder on the disk of the output folder."""

    path: Path
    output: Path
    complete: Path | None = None
    """If there is no output folder yet: the folder in `path` that becomes it, with files at their output paths."""

    def add(self, path: str, data: bytes) -> StagedFile:
        """Write an output, unless the output folder has the same bytes at its path. Raises SiteError."""
        digest = digest_bytes(data)
        if self.complete:
            file = Path(os.path.join(self.complete, path))
            with reported_as(f"{self.output.name}/{path}"):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            return StagedFile(path, digest, file)
        if _has_bytes(self.output / path, digest, len(data)):
            return StagedFile(path, digest, None)
        file = self.path / digest_bytes(path.encode())
        with reported_as(path):
            file.write_bytes(data)
        return StagedFile(path, digest, file)


@contextmanager
def open_staging(folder: OutputFolder, work: Path, *, in_work: bool = False) -> Iterator[Staging]:
    """Create a staging folder in `work`, or in the output folder if that is on another disk; remove it at the end.

    With `in_work` it is always in `work`. The folder's name is new each time, because processes of a killed build may
    still be writing into an older one.
    """
    nearest = next(path for path in (folder.path, *folder.path.absolute().parents) if path.exists())
    near_work, near_output = _locations(folder, work)
    location, prefix = near_work if in_work or nearest.stat().st_dev == work.stat().st_dev else near_output
    with reported_as(f"{folder.shown}/{prefix}"):
        location.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=location))
        complete = None if folder.exists() or location != work else path / COMPLETE_SITE
        if complete:
            complete.mkdir()  # with the usual permissions; `path` itself is private
    try:
        yield Staging(path, folder.path, complete)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if location == folder.path:
            with suppress(OSError):  # other files are in it
                folder.path.rmdir()


def remove_leftovers(folder: OutputFolder, work: Path) -> None:
    """Remove the staging folders of builds of this output folder that were killed."""
    for location, prefix in _locations(folder, work):
        for path in location.glob(prefix + "*"):
            shutil.rmtree(path, ignore_errors=True)


def _locations(folder: OutputFolder, work: Path) -> tuple[tuple[Path, str], tuple[Path, str]]:
    """Return the two possible parents of a staging folder, each with the prefix of its name."""
    name = digest_bytes(folder.key.encode("utf-8", "surrogateescape"))[:16]
    return (work, f"stage-{name}-"), (folder.path, f"{STAGING_PREFIX}-")


def _has_bytes(path: Path, digest: Digest, size: int) -> bool:
    """Return whether there is a plain file with just these bytes."""
    try:
        status = os.lstat(path)
        if status.st_size != size or not stat.S_ISREG(status.st_mode):
            return False
        return digest_bytes(path.read_bytes()) == digest
    except OSError:
        return False
