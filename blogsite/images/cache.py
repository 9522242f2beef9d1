"""Variants of pictures and social cards as they were made, in files under .blogsite/, until no page has them any more.

They are named by all that they are made of. Losing them costs nothing but time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from blogsite.core.digest import Digest
from blogsite.core.frozen import DamageError, seal, unseal

FOLDER = "pictures"


class ImageCache:
    """What is kept in FOLDER; several processes may use it at once."""

    def __init__(self, work: Path) -> None:
        self._folder = work / FOLDER

    def get(self, key: Digest) -> bytes | None:
        """The picture of this name; None where it is not known, or its file was damaged."""
        try:
            return unseal(key, (self._folder / key).read_bytes())
        except (OSError, DamageError):
            return None

    def put(self, key: Digest, data: bytes) -> None:
        """Keep a picture, if the disk lets us."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix="new-", dir=self._folder)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(seal(key, data))
                os.replace(name, self._folder / key)
            except BaseException:
                os.unlink(name)
                raise

    def keep(self, keys: Collection[Digest]) -> None:
        """Drop all others."""
        with suppress(OSError):
            for name in os.listdir(self._folder):
                if name not in keys:
                    os.unlink(self._folder / name)

    def clear(self) -> None:
        """Drop all."""
        shutil.rmtree(self._folder, ignore_errors=True)
