"""Resolve the references of posts to other posts, files and equations; report those that lead nowhere."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote, urljoin

from blogsite.config.settings import ImageSettings
from blogsite.content.model import File, Post, Reference, Source
from blogsite.core.diagnostics import Diagnostic, Location, error, warning
from blogsite.core.digest import Digest, digest_bytes
from blogsite.core.slugs import MARKDOWN_SUFFIXES
from blogsite.core.suggest import LONGEST, Suggester
from blogsite.core.urls import folder_address, output_path, percent_encode
from blogsite.images.codec import MAX_PIXELS
from blogsite.images.model import DecodeResult, ImageVariant
from blogsite.images.responsive import is_raster, offers_original, plan_variants
from blogsite.site.lookup import AddressedPost, PostIndex
from blogsite.site.model import ResolvedReference

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


class ReferenceResolver:
    """Resolves references. On the way it collects the files that posts show, and diagnostics."""

    def __init__(
        self,
        posts: Sequence[AddressedPost],
        unseen: Iterable[Post],
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
        self._files_info = file_infos
        self._images = images
        self._base_path = base_path
        self._files = {_nfc(file.path): file for file in files}
        self._sources = {source.path: source for source in sources}
        self._posts = PostIndex(posts, unseen)
        for item in posts:
            for file in self._attachments(item.post.source):
                self._publish(item, file)
        self._published = {_nfc(path): file for path, file in self.assets.items()}

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def resolved(self, item: AddressedPost, references: Sequence[Reference]) -> tuple[ResolvedReference, ...]:
        """Resolve each reference of a post, in order. A missing target gives a warning and a harmless result."""
        ask = {"link": self._link, "image": self._image, "label": self._label}
        return tuple(ask[reference.kind](item, reference) for reference in references)

    def image(self, item: AddressedPost, target: str, location: Location) -> str:
        """Return the site address of the image that the front matter names, or its URL."""
        if re.match(r"[a-z]+:|//", target):
            return target
        return self._image(item, Reference("image", target, location.line, location.column)).url

    def _label(self, item: AddressedPost, reference: Reference) -> ResolvedReference:
        name, _, label = reference.target.rpartition("#")
        found = self._named(item, name, reference) if name else item
        if found is None:
            return ResolvedReference(text="??")
        for known in found.post.labels:
            if known.name == label:
                return ResolvedReference(f"{found.url}#{known.anchor}", known.number)
        hint = _nearest(label, [known.name for known in found.post.labels], "label it has")
        self._warn(item, reference, f"{found.post.source} has no equation labelled {label}", hint)
        return ResolvedReference(found.url, "??")

    def _link(self, item: AddressedPost, reference: Reference) -> ResolvedReference:
        target, tail = _split(reference.target)
        if target.startswith("post:"):
            found = self._named(item, target.removeprefix("post:"), reference)
            return (
                self._to_post(item, reference, found, tail)
                if found
                else ResolvedReference(text=target.removeprefix("post:"))
            )
        path = unquote(target)
        if path.lower().endswith(MARKDOWN_SUFFIXES):
            found = self._posts.from_source(_beside(item.post.source, path)) or self._named(item, path, reference)
            return (
                self._to_post(item, reference, found, tail)
                if found
                else ResolvedReference(percent_encode(target) + tail)
            )
        rooted = self._from_root(item, path)
        beside = None if path.startswith("/") else self._posts.beside(item, path)
        if known := beside or self._posts.at(rooted):
            return self._to_post(item, reference, known, tail)
        if located := self._locate(item, path):
            return ResolvedReference(located[1] + tail)
        if not reference.optional:
            self._warn(item, reference, f"there is nothing at {reference.target}", self._nearest_file(path))
        return ResolvedReference(percent_encode(rooted) + tail)

    def _image(self, item: AddressedPost, reference: Reference) -> ResolvedReference:
        target, tail = _split(reference.target)
        path = unquote(target)
        located = self._locate(item, path)
        if located is None:
            if not reference.optional:
                self._warn(item, reference, f"the image {target} does not exist", self._nearest_file(path))
            return ResolvedReference(percent_encode(self._from_root(item, path)) + tail)
        width, height = size = self._files_info.size_of(located[0])
        variants = self._variants(item, reference, *located, size) if reference.responsive else ()
        return ResolvedReference(located[1] + tail, width=width, height=height, variants=variants)

    def _variants(
        self, item: AddressedPost, reference: Reference, file: File, address: str, size: tuple[int, int]
    ) -> tuple[tuple[str, int], ...]:
        """Return (address, width in px) of the versions that a page offers of the image at this address."""
        if not self._images.resize or not is_raster(file.path):
            return ()
        decode_result = self._files_info.decode_result(file)
        if decode_result in _FLAWS:
            message, hint = _FLAWS[decode_result]
            self._warn(item, reference, message.format(_split(reference.target)[0]), hint)
        if decode_result != "still":
            return ()
        variants = plan_variants(file, output_path(address), self._files_info.digest(file), size, self._images)
        self.variants |= {variant.path: variant for variant in variants}
        offered = tuple((percent_encode(f"/{variant.path}"), variant.width) for variant in variants)
        return (*offered, (address, size[0])) if offers_original(size, variants, self._images) else offered

    # ── posts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_post(self, item: AddressedPost, reference: Reference, found: AddressedPost, tail: str) -> ResolvedReference:
        fragment = unquote(tail.partition("#")[2])
        if fragment and fragment not in found.post.anchors:
            loose = {_loosely(anchor): anchor for anchor in found.post.anchors}
            if (anchor := loose.get(_loosely(fragment))) is not None:
                tail = tail.partition("#")[0] + "#" + anchor
            elif fragment != "more":
                hint = _nearest(fragment, found.post.anchors, "heading it has")
                self._warn(item, reference, f"{found.post.source} has no heading #{fragment}", hint)
        return ResolvedReference(found.url + tail, found.post.title.plain)

    def _named(self, item: AddressedPost, name: str, reference: Reference) -> AddressedPost | None:
        found = self._posts.named(name, item)
        if len(found) == 1:
            return found[0]
        if found:
            paths = " or ".join(sorted(other.post.source for other in found)[:3])
            self._warn(item, reference, f"{name} may be more than one post", f"say which: {paths}")
        elif self._posts.is_unseen(name):
            self._warn(item, reference, f"{name} is not published", "publish it, or remove the reference")
        else:
            hint = _hint(self._posts.like(name), "post")
            self._warn(item, reference, f"there is no post {name}", hint)
        return None

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _attachments(self, source: str) -> tuple[File, ...]:
        known = self._sources.get(source)
        return known.attachments if known else ()

    def _owned(self, source: str) -> str:
        """Return the folder whose files belong to the post alone: the bundle, or the folder of the post's name."""
        known = self._sources.get(source)
        return known.folder if known and known.is_bundle else source.rpartition(".")[0]

    def _locate(self, item: AddressedPost, path: str) -> tuple[File, str] | None:
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
            self.diagnostics.append(error(Location(item.post.source), message, "rename one of the two"))
        return address

    def _without_base(self, path: str) -> str:
        inside = self._base_path and path.startswith(self._base_path + "/")
        return path.removeprefix(self._base_path) if inside else path

    def _from_root(self, item: AddressedPost, path: str) -> str:
        """Return a path of the author as a decoded site path; relative ones start at the post's address."""
        return self._without_base(path) if path.startswith("/") else urljoin(unquote(item.url), path)

    def _nearest_file(self, path: str) -> str:
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

    def _warn(self, item: AddressedPost, reference: Reference, message: str, hint: str) -> None:
        self.diagnostics.append(warning(Location(item.post.source, reference.line, reference.column), message, hint))


def _beside(source: str, path: str) -> str:
    if path.startswith("/"):
        return path.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _split(target: str) -> tuple[str, str]:
    """Split an address into its path, and its query and fragment."""
    if "#" not in target and "?" not in target:
        return target, ""
    end = min((position for position in map(target.find, "?#") if position >= 0), default=len(target))
    return target[:end], target[end:]


def _loosely(anchor: str) -> str:
    return "".join(char for char in anchor.casefold() if char.isalnum())


def _nfc(path: str) -> str:
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def _nearest(wanted: str, known: Sequence[str], kind: str) -> str:
    like = get_close_matches(wanted, known[:500], n=3, cutoff=0.4) if len(wanted) <= LONGEST else None
    return _hint(like, kind)


def _hint(like: Sequence[str] | None, kind: str) -> str:
    if like:
        return f"nearest {kind}: {', '.join(like)}"
    reason = "" if like is None else f"no {kind.split()[0]} has a similar name; "
    return f"{reason}correct the reference"
