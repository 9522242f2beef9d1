"""The files of a site as posts refer to them: found by the author's path, published at an address, resized."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote, urljoin

from blogsite.config.settings import ImageSettings
from blogsite.content.model import File, Source
from blogsite.core.diagnostics import Diagnostic, Location, error
from blogsite.core.digest import Digest, digest_bytes
from blogsite.core.suggest import Suggester
from blogsite.core.urls import folder_address, output_path, percent_encode
from blogsite.images.codec import MAX_PIXELS
from blogsite.images.model import DecodeResult, ImageVariant
from blogsite.images.responsive import is_raster, offers_original, plan_variants
from blogsite.site.lookup import AddressedPost

_FLAWS: dict[DecodeResult, tuple[str, str]] = {
    "broken": (
        "the image {} cannot be decoded",
        "save it again as what its name says, PNG, JPEG or WebP: it is damaged",
    ),
    "huge": (
        f"the image {{}} has more than {MAX_PIXELS // 1_000_000} million pixels and is not made smaller",
        "save it in the size in which it is to be seen",
    ),
}
"""Decode result → message and hint, for images that cannot be resized."""


class FileInfoSource(Protocol):
    """What the resolver asks of files."""

    def digest(self, file: File, /) -> Digest:
        """Return the digest of a file."""

    def size_of(self, file: File, /) -> tuple[int, int]:
        """Return the width and height of an image in px, (0, 0) if they are unknown."""

    def decode_result(self, file: File, /) -> DecodeResult:
        """Return the result of decoding an image."""


class FileIndex:
    """Finds the files that posts name. On the way it collects those that are published, and resized versions."""

    def __init__(
        self,
        posts: Iterable[AddressedPost],
        sources: Iterable[Source],
        files: Iterable[File],
        static: Mapping[str, File],
        base_path: str,
        file_infos: FileInfoSource,
        images: ImageSettings,
    ) -> None:
        self.assets: dict[str, File] = dict(static)
        self.variants: dict[str, ImageVariant] = {}
        self.diagnostics: list[Diagnostic] = []
        self._infos = file_infos
        self._images = images
        self._base_path = base_path
        self._files = {_nfc(file.path): file for file in files}
        self._sources = {source.path: source for source in sources}
        for item in posts:
            for file in self._attachments(item.post.source):
                self._publish(item, file)
        self._published = {_nfc(path): file for path, file in self.assets.items()}

    def _attachments(self, source: str) -> tuple[File, ...]:
        known = self._sources.get(source)
        return known.attachments if known else ()

    def _owned(self, source: str) -> str:
        """Return the folder whose files belong to the post alone: the bundle, or the folder of the post's name."""
        known = self._sources.get(source)
        return known.folder if known and known.is_bundle else source.rpartition(".")[0]

    def locate(self, item: AddressedPost, path: str) -> tuple[File, str] | None:
        """Return the file that a path means in a post, and the address at which it is published.

        A path is relative to the post's folder, or to the post's own folder; then, as in other generators, to static/
        and posts/ as if they were the root of the site.
        """
        path = _nfc(path)
        if path.startswith("/"):
            names = [self._without_base(path).lstrip("/")]
        else:
            folders = (posixpath.dirname(item.post.source), self._owned(item.post.source))
            names = [posixpath.normpath(posixpath.join(_nfc(folder), path)) for folder in folders]
            for name in names:
                if file := self._files.get(name):
                    return file, self._publish(item, file)
        for name in names:
            inner = re.sub(r"^(?:\.\./)+", "", name)
            inner_most = re.sub(r"^(?:posts|pages|static)/", "", inner)
            for published in (inner, inner_most):
                if file := self._published.get(published):
                    return file, percent_encode("/" + published)
            for known in (inner, f"posts/{inner}", f"pages/{inner}"):
                if file := self._files.get(known):
                    return file, self._publish(item, file)
        return None

    def _publish(self, item: AddressedPost, file: File) -> str:
        """Return the address at which a file is published for this post: below the post's own."""
        owned, folder = self._owned(item.post.source) + "/", posixpath.dirname(item.post.source) + "/"
        inside = next((file.path.removeprefix(base) for base in (owned, folder) if file.path.startswith(base)), "")
        base = folder_address(item.url)
        address = base + percent_encode(inside or posixpath.basename(file.path))
        taken = self.assets.setdefault(output_path(address), file)
        if taken != file and not inside:
            stem_, suffix = posixpath.splitext(posixpath.basename(file.path))
            address = base + percent_encode(f"{stem_}-{digest_bytes(file.path.encode())[:8]}{suffix}")
            self.assets[output_path(address)] = file
        elif taken != file:
            message = f"{taken.path} and {file.path} would both be written to {output_path(address)}"
            self.diagnostics.append(
                error(Location(item.post.source), message, "rename one of the two", "address-duplicate")
            )
        return address

    def _without_base(self, path: str) -> str:
        inside = self._base_path and path.startswith(self._base_path + "/")
        return path.removeprefix(self._base_path) if inside else path

    def from_root(self, item: AddressedPost, path: str) -> str:
        """Return a path of the author as a decoded site path; relative ones start at the post's address."""
        return self._without_base(path) if path.startswith("/") else urljoin(unquote(item.url), path)

    def nearest(self, path: str) -> str:
        """Return a hint for a path at which there is no file."""
        close = self._nearest_names.to(posixpath.basename(path), count=1, cutoff=0.7)
        if close:
            known = self._file_names[close[0]]
            return f"did you mean {known}? Paths count from the post's own folder, or from static/ after a /"
        return "put the file beside the post, or below static/ and write its path from / on"

    @cached_property
    def _file_names(self) -> dict[str, str]:
        return {posixpath.basename(path): path for path in (*self._published, *self._files)}

    @cached_property
    def _nearest_names(self) -> Suggester:
        return Suggester(self._file_names)

    def size_of(self, file: File) -> tuple[int, int]:
        """Return the width and height of an image in px, (0, 0) if they are unknown."""
        return self._infos.size_of(file)

    def flaw_of(self, file: File) -> tuple[str, str] | None:
        """Return the message and the hint for an image that cannot be resized, or None."""
        return _FLAWS.get(self._infos.decode_result(file)) if self._is_resized(file) else None

    def offered(self, file: File, address: str, size: tuple[int, int]) -> tuple[tuple[str, int], ...]:
        """Return (address, width in px) of the versions that a page offers of the image at this address."""
        if not self._is_resized(file) or self._infos.decode_result(file) != "still":
            return ()
        variants = plan_variants(file, output_path(address), self._infos.digest(file), size, self._images)
        self.variants |= {variant.path: variant for variant in variants}
        offered = tuple((percent_encode(f"/{variant.path}"), variant.width) for variant in variants)
        return (*offered, (address, size[0])) if offers_original(size, variants, self._images) else offered

    def _is_resized(self, file: File) -> bool:
        return self._images.resize and is_raster(file.path)


def _nfc(path: str) -> str:
    return path if path.isascii() else unicodedata.normalize("NFC", path)
