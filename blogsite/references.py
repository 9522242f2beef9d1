"""Answers to the needs of posts: where another post, a file or an equation is found, or a mistake that says so."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote, urljoin

from blogsite.digest import digest_bytes
from blogsite.errors import Mistake, Place, error, warning
from blogsite.model import Answer, File, Need, Post, Source
from blogsite.urls import MARKDOWN_SUFFIXES, encode, folder_address, output_path, stem, undated

Measure = Callable[[File], tuple[int, int]]
"""Width and height of a picture in px, (0, 0) where they cannot be known."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A post that is to be seen, and its site address."""

    post: Post
    url: str


class References:
    """Everything that a post can refer to. Asking it collects the files that posts show and the mistakes they make."""

    def __init__(
        self,
        posts: Sequence[Addressed],
        unseen: Iterable[Post],
        sources: Iterable[Source],
        files: Iterable[File],
        static: Iterable[File],
        base_path: str,
        measure: Measure,
    ) -> None:
        self.assets: dict[str, File] = {file.path: file for file in static}
        self.mistakes: list[Mistake] = []
        self._measure = measure
        self._base_path = base_path
        self._files = {file.path: file for file in files}
        self._sources = {source.path: source for source in sources}
        self._by_source = {item.post.source: item for item in posts}
        self._by_address = {unquote(item.url).rstrip("/"): item for item in posts}
        self._unseen = {name: post for post in unseen for name in _names(post, "")}
        self._by_name: dict[str, list[Addressed]] = defaultdict(list)
        for item in posts:
            for name in _names(item.post, item.url):
                self._by_name[name].append(item)
        for item in posts:
            self._take_attachments(item)

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
            found = self._by_source.get(_beside(item.post.source, path)) or self._named(item, path, need)
            return self._to_post(item, need, found, tail) if found else Answer(encode(target) + tail)
        rooted = self._from_root(item, path)
        if known := self._by_address.get(rooted.rstrip("/")):
            return self._to_post(item, need, known, tail)
        file = self._file(item, path)
        if file is not None:
            return Answer(self._asset(item, file) + tail)
        if not need.optional:
            self._warn(item, need, f"there is nothing at {need.target}", self._nearest_file(path))
        return Answer(encode(rooted) + tail)

    def _image(self, item: Addressed, need: Need) -> Answer:
        target, tail = _split(need.target)
        path = unquote(target)
        file = self._file(item, path)
        if file is None:
            if not need.optional:
                self._warn(item, need, f"the image {target} does not exist", self._nearest_file(path))
            return Answer(encode(self._from_root(item, path)) + tail)
        width, height = self._measure(file)
        return Answer(self._asset(item, file) + tail, width=width, height=height)

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
        key = _key(name)
        found = self._by_name.get(key) or self._by_name.get(_key(undated(key)), [])
        if len(found) == 1:
            return found[0]
        if found:
            paths = " and ".join(sorted(other.post.source for other in found)[:3])
            self._warn(item, need, f"{name} may be more than one post", f"say which: {paths}")
        elif key in self._unseen:
            self._warn(item, need, f"{name} is a post that is not published", "publish it, or take the reference out")
        else:
            self._warn(item, need, f"there is no post {name}", _nearest(key, list(self._by_name), "post"))
        return None

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_attachments(self, item: Addressed) -> None:
        for file in self._attachments(item.post.source):
            self._asset(item, file)

    def _attachments(self, source: str) -> tuple[File, ...]:
        known = self._sources.get(source)
        return known.attachments if known else ()

    def _owned(self, source: str) -> str:
        """The folder whose files are the post's alone: the bundle's, or the one of the post's name."""
        known = self._sources.get(source)
        return known.folder if known and known.is_bundle else source.rpartition(".")[0]

    def _file(self, item: Addressed, path: str) -> File | None:
        if path.startswith("/"):
            rooted = self._without_base(path)
            return self.assets.get(rooted.lstrip("/")) or self._files.get(rooted.lstrip("/"))
        for folder in (posixpath.dirname(item.post.source), self._owned(item.post.source)):
            if file := self._files.get(posixpath.normpath(posixpath.join(folder, path))):
                return file
        return None

    def _asset(self, item: Addressed, file: File) -> str:
        """The address at which FILE is published for this post; it lands beside the post's page."""
        if file.root:  # a static file keeps its place
            return encode("/" + file.path)
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
        wanted = posixpath.basename(path)
        names: Mapping[str, str] = {posixpath.basename(known): known for known in (*self._files, *self.assets)}
        close = get_close_matches(wanted, names, n=1, cutoff=0.7)
        if close:
            return f"did you mean {names[close[0]]}? Paths count from the post's own folder, or from static/ after a /"
        return "put the file beside the post, or below static/ and write its path from / on"

    def _warn(self, item: Addressed, need: Need, what: str, hint: str) -> None:
        self.mistakes.append(warning(Place(item.post.source, need.line, need.column), what, hint))


def _names(post: Post, url: str) -> set[str]:
    """What other posts may call this one."""
    name = stem(post.source)
    last = unquote(url).rstrip("/").rpartition("/")[2].removesuffix(".html")
    names = {name, undated(name), post.meta.slug, last, post.source.rpartition(".")[0], post.meta.id}
    return {_key(known) for known in names if known}


def _key(name: str) -> str:
    """A post's name in the form that names are compared in: no extension, no folders of other generators, no case."""
    key = name.strip().strip("/").casefold()
    for suffix in (*MARKDOWN_SUFFIXES, ".html"):
        key = key.removesuffix(suffix)
    key = re.sub(r"^(?:\.{1,2}/)+|^(?:content|source)/", "", key)
    key = re.sub(r"^(?:posts/)?(?:_posts|_drafts|posts|post)/", "", key)
    return key.removesuffix("/index")


def _beside(source: str, path: str) -> str:
    if path.startswith("/"):
        return path.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _split(target: str) -> tuple[str, str]:
    """The path of an address, and its query and fragment."""
    end = min((position for position in map(target.find, "?#") if position >= 0), default=len(target))
    return target[:end], target[end:]


def _loosely(anchor: str) -> str:
    return "".join(char for char in anchor.casefold() if char.isalnum())


def _nearest(wanted: str, known: Sequence[str], kind: str) -> str:
    close = get_close_matches(wanted, known, n=3, cutoff=0.4)
    return f"nearest {kind}: {', '.join(close)}" if close else f"there is no {kind} like it; mend the reference"
