"""Outputs → files in a stage, where they wait until all are made."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from blogsite.build.output_folder import STAGE, OutputFolder, StagedFile, reported
from blogsite.core.digest import Digest, digest_bytes

WHOLE = "site"


@dataclass(frozen=True, slots=True)
class Staging:
    """A folder for the files of one build until all are made; on the output's disk, so that a rename moves them."""

    path: Path
    output: Path
    whole: Path | None = None
    """Where files are staged at their paths in the site, if there is no output folder yet: this becomes it."""

    @staticmethod
    def of(folder: OutputFolder, work: Path, *, dry: bool = False) -> Staging:
        """An empty stage in WORK, or in the output folder if that is on another disk; always in WORK if DRY.

        No two are the same: what is left of a build that was killed may still be writing into its own.
        """
        near = next(location for location in (folder.path, *folder.path.absolute().parents) if location.exists())
        near_work, near_output = Staging._places(folder, work)
        location, prefix = near_work if dry or near.stat().st_dev == work.stat().st_dev else near_output
        with reported(f"{folder.shown}/{prefix}"):
            location.mkdir(parents=True, exist_ok=True)
            path = Path(tempfile.mkdtemp(prefix=prefix, dir=location))
            if folder.is_there() or location != work:
                return Staging(path, folder.path)
            (path / WHOLE).mkdir()  # with the rights that folders have here; the stage is for nobody else to see
            return Staging(path, folder.path, path / WHOLE)

    @staticmethod
    def sweep(folder: OutputFolder, work: Path) -> None:
        """Nothing is left of a build of this folder that was killed."""
        for location, prefix in Staging._places(folder, work):
            for left in location.glob(prefix + "*"):
                shutil.rmtree(left, ignore_errors=True)

    @staticmethod
    def _places(folder: OutputFolder, work: Path) -> tuple[tuple[Path, str], tuple[Path, str]]:
        name = digest_bytes(os.path.realpath(folder.path).encode("utf-8", "surrogateescape"))[:16]
        return (work, f"stage-{name}-"), (folder.path, f"{STAGE}-")

    def add(self, path: str, data: bytes) -> StagedFile:
        """An output with these bytes, staged unless the output folder holds them already."""
        digest = digest_bytes(data)
        if self.whole:
            file = Path(os.path.join(self.whole, path))
            with reported(f"{self.output.name}/{path}"):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            return StagedFile(path, digest, file)
        if holds(self.output / path, digest, len(data)):
            return StagedFile(path, digest, None)
        file = self.path / digest_bytes(path.encode())
        with reported(path):
            file.write_bytes(data)
        return StagedFile(path, digest, file)

    def discard(self) -> None:
        """Nothing staged is left, nor an output folder that has nothing else in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.parent == self.output:
            with suppress(OSError):
                self.output.rmdir()


def holds(target: Path, digest: Digest, size: int) -> bool:
    """Whether the file has just these bytes."""
    try:
        status = os.lstat(target)
        if status.st_size != size or not stat.S_ISREG(status.st_mode):
            return False
        return digest_bytes(target.read_bytes()) == digest
    except OSError:
        return False
