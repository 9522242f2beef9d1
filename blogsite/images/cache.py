"""Resized images and social cards of earlier builds, as files in .blogsite/, while a page of the site uses them.

Their names are digests of everything they are made of. Losing them costs nothing but time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from blogsite.core.digest import Digest
from blogsite.core.frozen import DamagedRecordError, add_checksum, verify_checksum

FOLDER = "pictures"


class ImageCache:
    """The cached images of a site. Several processes may use them at once."""

    def __init__(self, work: Path) -> None:
        self._folder = work / FOLDER

    def get(self, key: Digest) -> bytes | None:
        """Return the image of this key; None if it is not cached or its file is damaged."""
        try:
            return verify_checksum(key, (self._folder / key).read_bytes())
        except (OSError, DamagedRecordError):
            return None

    def put(self, key: Digest, data: bytes) -> None:
        """Cache an image, if the file system permits."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix="new-", dir=self._folder)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(add_checksum(key, data))
                os.replace(name, self._folder / key)
            except BaseException:
                os.unlink(name)
                raise

    def keep(self, keys: Collection[Digest]) -> None:
        """Delete all other images."""
        with suppress(OSError):
            for name in os.listdir(self._folder):
                if name not in keys:
                    os.unlink(self._folder / name)

    def clear(self) -> None:
        """Delete all images."""
        shutil.rmtree(self._folder, ignore_errors=True)
