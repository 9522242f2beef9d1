"""Answers to the needs of posts: where another post, a file or an equation is found, or a mistake that says so."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote, urljoin

from blogsite.config.settings import Images
from blogsite.content.model import File, Need, Post, Source
from blogsite.core.diagnostics import Mistake, Place, error, warning
from blogsite.core.digest import Digest, digest_bytes
from blogsite.core.suggest import LONGEST, Nearest
from blogsite.core.urls import MARKDOWN_SUFFIXES, encode, folder_address, output_path
from blogsite.images.codec import MOST_PIXELS
from blogsite.images.model import Sight, Variant
from blogsite.images.responsive import is_offered, is_raster, variants_of
from blogsite.site.lookup import Addressed, PostNames
from blogsite.site.model import Answer

_FLAWS: dict[Sight, tuple[str, str]] = {
    "broken": (
        "the image {} cannot be decoded",
        "save it again as what its name says, PNG, JPEG or WebP: it is damaged",
    ),
    "huge": (
        f"the image {{}} has more than {MOST_PIXELS // 1_000_000} million pixels and is not made smaller",
        "save it in the size in which it is to be seen",
    ),
}
"""What is wrong with a picture that can have no variants, and what to do."""


class Looks(Protocol):
    """What is known of files by looking into them."""

    def digest(self, file: File, /) -> Digest:
        """The digest of its bytes."""

    def measure(self, file: File, /) -> tuple[int, int]:
        """Width and height of a picture in px, (0, 0) where they cannot be known."""

    def sight(self, file: File, /) -> Sight:
        """What decoding a picture comes to."""


class References:
    """Everything that a post can refer to. Asking it collects the files that posts show and the mistakes they make."""

    def __init__(
        self,
        posts: Sequence[Addressed],
        unseen: Iterable[Post],
        sources: Iterable[Source],
        files: Iterable[File],
        static: Mapping[str, File],
        base_path: str,
        looks: Looks,
        images: Images,
    ) -> None:
        self.assets: dict[str, File] = dict(static)
        self.variants: dict[str, Variant] = {}
        self.mistakes: list[Mistake] = []
        self._looks = looks
        self._images = images
        self._base_path = base_path
        self._files = {_nfc(file.path): file for file in files}
        self._sources = {source.path: source for source in sources}
        self._posts = PostNames(posts, unseen)
        for item in posts:
            for file in self._attachments(item.post.source):
                self._publish(item, file)
        self._published = {_nfc(path): file for path, file in self.assets.items()}

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def answers(self, item: Addressed, needs: Sequence[Need]) -> tuple[Answer, ...]:
        """One answer for each need of a post, in order; what is missing becomes a mistake and a harmless answer."""
        ask = {"link": self._link, "image": self._image, "label": self._label}
        return tuple(ask[need.kind](item, need) for need in needs)

    def image(self, item: Addressed, target: str, place: Place) -> str:
        """The site address of the picture that a post's head names, or the URL that it is."""
        if re.match(r"[a-z]+:|//", target):
            return target
        return self._image(item, Need("image", target, place.line, place.column)).url

    def _label(self, item: Addressed, need: Need) -> Answer:
        name, _, label = need.target.rpartition("#")
        found = self._named(item, name, need) if name else item
        if found is None:
            return Answer(text="??")
        for known in found.post.labels:
            if known.name == label:
                return Answer(f"{found.url}#{known.anchor}", known.number)
        hint = _nearest(label, [known.name for known in found.post.labels], "label it has")
        self._warn(item, need, f"{found.post.source} has no equation labelled {label}", hint)
        return Answer(found.url, "??")

    def _link(self, item: Addressed, need: Need) -> Answer:
        target, tail = _split(need.target)
        if target.startswith("post:"):
            found = self._named(item, target.removeprefix("post:"), need)
            return self._to_post(item, need, found, tail) if found else Answer(text=target.removeprefix("post:"))
        path = unquote(target)
        if path.lower().endswith(MARKDOWN_SUFFIXES):
            found = self._posts.from_source(_beside(item.post.source, path)) or self._named(item, path, need)
            return self._to_post(item, need, found, tail) if found else Answer(encode(target) + tail)
        rooted = self._from_root(item, path)
        beside = None if path.startswith("/") else self._posts.beside(item, path)
        if known := beside or self._posts.at(rooted):
            return self._to_post(item, need, known, tail)
        if located := self._locate(item, path):
            return Answer(located[1] + tail)
        if not need.optional:
            self._warn(item, need, f"there is nothing at {need.target}", self._nearest_file(path))
        return Answer(encode(rooted) + tail)

    def _image(self, item: Addressed, need: Need) -> Answer:
        target, tail = _split(need.target)
        path = unquote(target)
        located = self._locate(item, path)
        if located is None:
            if not need.optional:
                self._warn(item, need, f"the image {target} does not exist", self._nearest_file(path))
            return Answer(encode(self._from_root(item, path)) + tail)
        width, height = size = self._looks.measure(located[0])
        variants = self._variants(item, need, *located, size) if need.responsive else ()
        return Answer(located[1] + tail, width=width, height=height, variants=variants)

    def _variants(
        self, item: Addressed, need: Need, file: File, address: str, size: tuple[int, int]
    ) -> tuple[tuple[str, int], ...]:
        """(address, width in px) of the versions that a page offers of the picture at ADDRESS."""
        if not self._images.resize or not is_raster(file.path):
            return ()
        sight = self._looks.sight(file)
        if sight in _FLAWS:
            what, hint = _FLAWS[sight]
            self._warn(item, need, what.format(_split(need.target)[0]), hint)
        if sight != "still":
            return ()
        variants = variants_of(file, output_path(address), self._looks.digest(file), size, self._images)
        self.variants |= {variant.path: variant for variant in variants}
        offered = tuple((encode(f"/{variant.path}"), variant.width) for variant in variants)
        return (*offered, (address, size[0])) if is_offered(size, variants, self._images) else offered

    # ── posts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_post(self, item: Addressed, need: Need, found: Addressed, tail: str) -> Answer:
        fragment = unquote(tail.partition("#")[2])
        if fragment and fragment not in found.post.anchors:
            loose = {_loosely(anchor): anchor for anchor in found.post.anchors}
            if (anchor := loose.get(_loosely(fragment))) is not None:
                tail = tail.partition("#")[0] + "#" + anchor
            elif fragment != "more":
                hint = _nearest(fragment, found.post.anchors, "heading it has")
                self._warn(item, need, f"{found.post.source} has no heading #{fragment}", hint)
        return Answer(found.url + tail, found.post.title.plain)

    def _named(self, item: Addressed, name: str, need: Need) -> Addressed | None:
        found = self._posts.named(name, item)
        if len(found) == 1:
            return found[0]
        if found:
            paths = " or ".join(sorted(other.post.source for other in found)[:3])
            self._warn(item, need, f"{name} may be more than one post", f"say which: {paths}")
        elif self._posts.is_unseen(name):
            self._warn(item, need, f"{name} is a post that is not published", "publish it, or take the reference out")
        else:
            hint = _hint(self._posts.like(name), "post")
            self._warn(item, need, f"there is no post {name}", hint)
        return None

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _attachments(self, source: str) -> tuple[File, ...]:
        known = self._sources.get(source)
        return known.attachments if known else ()

    def _owned(self, source: str) -> str:
        """The folder whose files are the post's alone: the bundle's, or the one of the post's name."""
        known = self._sources.get(source)
        return known.folder if known and known.is_bundle else source.rpartition(".")[0]

    def _locate(self, item: Addressed, path: str) -> tuple[File, str] | None:
        """The file that PATH means in a post, and the address at which it is published.

        A path counts from the post's folder, or from the folder that is the post's own; then as if static/ and posts/
        were the root of the site, as they are for other generators.
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
                    return file, encode("/" + published)
            for known in (inner, f"posts/{inner}", f"pages/{inner}"):
                if file := self._files.get(known):
                    return file, self._publish(item, file)
        return None

    def _publish(self, item: Addressed, file: File) -> str:
        """The address at which FILE is published for this post: beside the post's page."""
        owned, folder = self._owned(item.post.source) + "/", posixpath.dirname(item.post.source) + "/"
        inside = next((file.path.removeprefix(base) for base in (owned, folder) if file.path.startswith(base)), "")
        base = folder_address(item.url)
        address = base + encode(inside or posixpath.basename(file.path))
        taken = self.assets.setdefault(output_path(address), file)
        if taken != file and not inside:
            stem_, suffix = posixpath.splitext(posixpath.basename(file.path))
            address = base + encode(f"{stem_}-{digest_bytes(file.path.encode())[:8]}{suffix}")
            self.assets[output_path(address)] = file
        elif taken != file:
            what = f"{taken.path} and {file.path} would both be written to {output_path(address)}"
            self.mistakes.append(error(Place(item.post.source), what, "rename one of the two"))
        return address

    def _without_base(self, path: str) -> str:
        inside = self._base_path and path.startswith(self._base_path + "/")
        return path.removeprefix(self._base_path) if inside else path

    def _from_root(self, item: Addressed, path: str) -> str:
        """A path of the author as a decoded site path: relative ones count from the post's address."""
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
    def _nearest_names(self) -> Nearest:
        return Nearest(self._file_names)

    def _warn(self, item: Addressed, need: Need, what: str, hint: str) -> None:
        self.mistakes.append(warning(Place(item.post.source, need.line, need.column), what, hint))


def _beside(source: str, path: str) -> str:
    if path.startswith("/"):
        return path.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _split(target: str) -> tuple[str, str]:
    """The path of an address, and its query and fragment."""
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
    if like is None:
        return "mend the reference"
    return (
        f"nearest {kind}: {', '.join(like)}" if like else f"there is no {kind.split()[0]} like it; mend the reference"
    )
