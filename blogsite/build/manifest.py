"""The manifest of an output folder: the files in it that blogsite wrote, with their digests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from json.encoder import encode_basestring as encode
from pathlib import Path

from blogsite.core.diagnostics import Location, SiteError, error, unwritable_file
from blogsite.core.digest import Digest

MANIFEST = ".blogsite.json"


class Manifest:
    """The file .blogsite.json in an output folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / MANIFEST
        self.shown = folder.name
        """The folder's name in diagnostics."""
        self.data = b""
        """The manifest's bytes as they are on disk; empty if there is none."""

    def read(self) -> dict[str, Digest] | None:
        """Return output path → digest; None if there is no manifest. Raises SiteError if it cannot be read."""
        try:
            self.data = self.path.read_bytes()
            files = json.loads(self.data)["files"]
            return {path: str(digest) for path, digest in files.items() if _is_inside(path)}
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            message = f"{MANIFEST} cannot be read: {problem.strerror}"
            raise SiteError(
                [error(Location(self.shown), message, "give yourself permission to read it", "file-unreadable")]
            ) from None
        except (RecursionError, ValueError, KeyError, TypeError, AttributeError):
            message = f"{MANIFEST} is damaged, so it is not known which files of the folder blogsite made"
            raise SiteError(
                [error(Location(self.shown), message, "remove the output folder and build again", "manifest-damaged")]
            ) from None

    def write(self, files: Mapping[str, Digest]) -> None:
        """Replace the manifest by one of these files, unless it is the same. Creates the folder."""
        data = manifest_bytes(files)
        temporary = self.path.with_name(MANIFEST + ".new")
        with reported_as(f"{self.shown}/{MANIFEST}"):
            try:
                if self.data != data:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    temporary.unlink(missing_ok=True)
                    temporary.write_bytes(data)
                    os.replace(temporary, self.path)
            finally:
                with suppress(NotADirectoryError):
                    temporary.unlink(missing_ok=True)
        self.data = data


def manifest_bytes(files: Mapping[str, Digest]) -> bytes:
    """Return the content of a manifest of these files."""
    lines = ",\n".join(f"{encode(path)}: {encode(digest)}" for path, digest in sorted(files.items()))
    return f'{{\n"version": 1,\n"files": {{\n{lines}\n}}\n}}\n'.encode()


@contextmanager
def reported_as(path: str) -> Iterator[None]:
    """Turn an OSError raised inside into a SiteError that names `path`."""
    try:
        yield
    except OSError as problem:
        raise SiteError([unwritable_file(path, problem)]) from None


def _is_inside(path: str) -> bool:
    """Return whether an output path from a manifest names a file inside the output folder."""
    try:
        encoded = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    parts = path.replace(os.sep, "/").split("/")
    return b"\0" not in encoded and not {"", ".", ".."} & set(parts) and not os.path.splitdrive(path)[0]
