"""What is known of each file: digest, size in px, decode result. A file is read again only if its stat has changed."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from blogsite.content.discovery import locate
from blogsite.content.model import File
from blogsite.core.diagnostics import Location, SiteError, error
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.file_state import FileState
from blogsite.images import exif
from blogsite.images.codec import decode_image
from blogsite.images.model import DecodeResult, FileInfo

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".ico", ".tif", ".tiff", ".heic", ".jxl")
"""Extensions of files that may be images."""
_ROTATED = range(5, 9)
"""EXIF orientations that exchange width and height."""


class FileInspector:
    """The files of a site, inspected when something is asked of them. `infos` is for the next build to rely on."""

    def __init__(self, root: Path, known: Mapping[str, FileInfo]) -> None:
        """`known` is what earlier builds found out, by path."""
        self._root = root
        self._known = known
        self.infos: dict[str, FileInfo] = {}

    def digest(self, file: File) -> Digest:
        """Return the digest of a file. Raises SiteError if it cannot be read."""
        return self._info(file).seen.digest

    def read(self, file: File) -> bytes:
        """Return the bytes of a file. Raises SiteError if it cannot be read."""
        try:
            return locate(self._root, file).read_bytes()
        except OSError as problem:
            message = f"it cannot be read: {problem.strerror}"
            hint = "give yourself permission to read it, or remove it"
            raise SiteError([error(Location(file.path), message, hint, "file-unreadable")]) from None

    def size_of(self, file: File) -> tuple[int, int]:
        """Return the width and height in px of an image the right way up; (0, 0) if the file is no image."""
        info = self._info(file)
        return info.width, info.height

    def decode_result(self, file: File) -> DecodeResult:
        """Return the result of decoding an image."""
        info = self._info(file)
        if not info.decode_result:
            info = self.infos[self._name(file)] = with_decode_result(info, self.read(file))
        return info.decode_result

    def published_digest(self, file: File) -> Digest:
        """Return the digest of everything that `published_bytes` depends on."""
        info = self._info(file)
        return digest((info.seen.digest, exif.revision())) if info.has_location else info.seen.digest

    def published_bytes(self, file: File) -> bytes:
        """Return the bytes of a file as they are published: images without the place where they were taken."""
        data = self.read(file)
        return exif.without_location(data) if self._info(file).has_location else data

    def path(self, file: File) -> str:
        """Return the path of a file on disk."""
        return str(locate(self._root, file))

    def has_decode_result(self, file: File) -> bool:
        """Return whether `decode_result` is known without decoding the image."""
        name = self._name(file)
        known = self.infos.get(name) or self._known_info(file)
        if known is None or not known.decode_result:
            return False
        self.infos[name] = known
        return True

    def last_info(self, file: File) -> FileInfo | None:
        """Return what an earlier build found out about a file, which may have changed since."""
        return self._known.get(self._name(file))

    def add(self, file: File, info: FileInfo) -> None:
        """Add what another process found out about a file."""
        self.infos[self._name(file)] = info

    def _name(self, file: File) -> str:
        return self.path(file) if file.root else file.path

    def _info(self, file: File) -> FileInfo:
        name = self._name(file)
        if name not in self.infos:
            self.infos[name] = self._known_info(file) or self._inspect(file)
        return self.infos[name]

    def _known_info(self, file: File) -> FileInfo | None:
        known = self.last_info(file)
        return known if known and known.seen.matches(file.stat) else None

    def _inspect(self, file: File) -> FileInfo:
        looked_at = time.time_ns()
        return inspect_file(file, looked_at, self.read(file), self.last_info(file))


def inspect_file(file: File, looked_at: int, data: bytes, known: FileInfo | None) -> FileInfo:
    """Return what the bytes of a file say, which were read after `looked_at` (ns). `known` is what they said before."""
    name = digest_bytes(data)
    seen = FileState(file.stat, looked_at, name)
    if known and known.seen.digest == name:
        return replace(known, seen=seen)
    if not file.path.lower().endswith(PICTURES):
        return FileInfo(seen)
    width, height = stored_size(data)
    if exif.orientation(data) in _ROTATED:
        width, height = height, width
    return FileInfo(seen, width, height, exif.without_location(data) is not data)


def with_decode_result(info: FileInfo, data: bytes) -> FileInfo:
    """Decode the bytes of an image and return `info` with the result."""
    return replace(info, decode_result=decode_image(data, (info.width, info.height)))


def stored_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in px of an image as it is stored; (0, 0) if they cannot be read."""
    import imagesize

    try:
        width, height = imagesize.get(io.BytesIO(data), exif_rotation=False)
    except Exception:  # a damaged image can raise anything; its page does without the size
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)
