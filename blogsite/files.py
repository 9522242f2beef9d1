"""Files by what is in them: digest and size in px, looked into only where their stat says they may have changed."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from pathlib import Path

from blogsite.digest import Digest, digest_bytes
from blogsite.errors import Place, SiteError, error
from blogsite.model import File
from blogsite.read import locate
from blogsite.rows import Seen

Look = tuple[Seen, tuple[int, int]]
"""What was seen in a file, and its width and height in px (0, 0 for what is no picture)."""


class Files:
    """The files of a site; `looks` is what the next build may rely on."""

    def __init__(self, root: Path, known: Mapping[str, Look]) -> None:
        self._root = root
        self._known = known
        self.looks: dict[str, Look] = {}

    def digest(self, file: File) -> Digest:
        """The digest of its bytes; raises SiteError for a file that cannot be read."""
        return self._look(file)[0].digest

    def read(self, file: File) -> bytes:
        """Its bytes; raises SiteError for a file that cannot be read."""
        try:
            return locate(self._root, file).read_bytes()
        except OSError as problem:
            what, hint = f"it cannot be read: {problem.strerror}", "give yourself the right to read it, or remove it"
            raise SiteError([error(Place(file.path), what, hint)]) from None

    def measure(self, file: File) -> tuple[int, int]:
        """Its width and height in px, (0, 0) for what is no picture."""
        return self._look(file)[1]

    def _look(self, file: File) -> Look:
        name = str(locate(self._root, file)) if file.root else file.path
        if name not in self.looks:
            known = self._known.get(name)
            self.looks[name] = known if known and known[0].is_still(file.stat) else self._open(file)
        return self.looks[name]

    def _open(self, file: File) -> Look:
        moment = time.time_ns()
        data = self.read(file)
        return Seen(file.stat, moment, digest_bytes(data)), size_in_px(file.path, data)


PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".ico", ".tif", ".tiff", ".heic", ".jxl")


def size_in_px(path: str, data: bytes) -> tuple[int, int]:
    """Width and height of a picture, (0, 0) where they cannot be known."""
    if not path.lower().endswith(PICTURES):
        return 0, 0
    import imagesize

    try:
        width, height = imagesize.get(io.BytesIO(data))
    except Exception:  # a damaged picture can raise anything; the page does without its size
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)
