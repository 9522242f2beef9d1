"""Files by what is in them: digest, size in px, what decoding comes to; looked into only where their stat has moved."""

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
from blogsite.images import exif as metadata
from blogsite.images.codec import sight_of
from blogsite.images.model import DecodeResult, FileInfo


class FileInspector:
    """The files of a site; `looks` is what the next build may rely on."""

    def __init__(self, root: Path, known: Mapping[str, FileInfo]) -> None:
        self._root = root
        self._known = known
        self.looks: dict[str, FileInfo] = {}

    def digest(self, file: File) -> Digest:
        """The digest of its bytes; raises SiteError for a file that cannot be read."""
        return self._look(file).seen.digest

    def read(self, file: File) -> bytes:
        """Its bytes; raises SiteError for a file that cannot be read."""
        try:
            return locate(self._root, file).read_bytes()
        except OSError as problem:
            message, hint = f"it cannot be read: {problem.strerror}", "give yourself the right to read it, or remove it"
            raise SiteError([error(Location(file.path), message, hint)]) from None

    def measure(self, file: File) -> tuple[int, int]:
        """Its width and height in px as they are seen, (0, 0) for what is no picture."""
        look = self._look(file)
        return look.width, look.height

    def decode_result(self, file: File) -> DecodeResult:
        """What decoding it comes to."""
        look = self._look(file)
        if not look.decode_result:
            look = self.looks[self._name(file)] = decoded(look, self.read(file))
        return look.decode_result

    def published(self, file: File) -> Digest:
        """The digest of what `content` is made of."""
        look = self._look(file)
        return digest((look.seen.digest, metadata.revision())) if look.has_location else look.seen.digest

    def content(self, file: File) -> bytes:
        """Its bytes as they are published: a picture's do not say where it was taken."""
        data = self.read(file)
        return metadata.without_location(data) if self._look(file).has_location else data

    def location(self, file: File) -> str:
        """Where it stands."""
        return str(locate(self._root, file))

    def is_decoded(self, file: File) -> bool:
        """Whether `sight` has nothing to do; what was known of the file stays known then."""
        name = self._name(file)
        known = self.looks.get(name) or self._still_known(file)
        if known is None or not known.decode_result:
            return False
        self.looks[name] = known
        return True

    def known(self, file: File) -> FileInfo | None:
        """What was seen in the file when somebody looked into it last."""
        return self._known.get(self._name(file))

    def learn(self, file: File, look: FileInfo) -> None:
        """Somebody has looked into the file."""
        self.looks[self._name(file)] = look

    def _name(self, file: File) -> str:
        return self.location(file) if file.root else file.path

    def _look(self, file: File) -> FileInfo:
        name = self._name(file)
        if name not in self.looks:
            self.looks[name] = self._still_known(file) or self._open(file)
        return self.looks[name]

    def _still_known(self, file: File) -> FileInfo | None:
        known = self.known(file)
        return known if known and known.seen.matches(file.stat) else None

    def _open(self, file: File) -> FileInfo:
        moment = time.time_ns()
        return look_into(file, moment, self.read(file), self.known(file))


def look_into(file: File, moment: int, data: bytes, known: FileInfo | None) -> FileInfo:
    """What is seen in DATA, the bytes that a file has had since MOMENT (ns), and was KNOWN of them before."""
    name = digest_bytes(data)
    seen = FileState(file.stat, moment, name)
    if known and known.seen.digest == name:
        return replace(known, seen=seen)
    if not file.path.lower().endswith(PICTURES):
        return FileInfo(seen)
    width, height = size_in_px(data)
    if metadata.orientation(data) > 4:  # it lies on its side
        width, height = height, width
    return FileInfo(seen, width, height, metadata.without_location(data) is not data)


def decoded(look: FileInfo, data: bytes) -> FileInfo:
    """LOOK with what decoding the file's bytes comes to."""
    return replace(look, decode_result=sight_of(data, (look.width, look.height)))


PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".ico", ".tif", ".tiff", ".heic", ".jxl")


def size_in_px(data: bytes) -> tuple[int, int]:
    """Width and height of a picture as its pixels are stored, (0, 0) where they cannot be known."""
    import imagesize

    try:
        width, height = imagesize.get(io.BytesIO(data), exif_rotation=False)
    except Exception:  # a damaged picture can raise anything; the page does without its size
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)
