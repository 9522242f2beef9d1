"""Resolve the references of posts to other posts, files and equations; report those that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from urllib.parse import unquote

from blogsite.content.anchors import AnchorIndex, letters_of
from blogsite.content.model import Post, Reference
from blogsite.core.diagnostics import Diagnostic, Location, warning
from blogsite.core.slugs import MARKDOWN_SUFFIXES
from blogsite.core.suggest import LONGEST
from blogsite.core.urls import percent_encode
from blogsite.site.files import FileIndex
from blogsite.site.lookup import AddressedPost, PostIndex
from blogsite.site.model import ResolvedReference
from blogsite.site.titles import TitleIndex


class ReferenceResolver:
    """Resolves references, and collects diagnostics."""

    def __init__(self, posts: Sequence[AddressedPost], unseen: Iterable[Post], files: FileIndex) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._files = files
        self._anchors: dict[str, AnchorIndex] = {}
        unseen = tuple(unseen)
        self._posts = PostIndex(posts, unseen)
        self._titles = TitleIndex(posts, unseen, self._posts)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def resolved(self, item: AddressedPost, references: Sequence[Reference]) -> tuple[ResolvedReference, ...]:
        """Resolve each reference of a post, in order. A missing target gives a warning and a harmless result."""
        ask = {"link": self._link, "image": self._image, "label": self._label, "title": self._title}
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
        self._warn(item, reference, f"{found.post.source} has no equation labelled {label}", hint, "reference-unknown")
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
        rooted = self._files.from_root(item, path)
        beside = None if path.startswith("/") else self._posts.beside(item, path)
        if known := beside or self._posts.at(rooted):
            return self._to_post(item, reference, known, tail)
        if located := self._files.locate(item, path):
            return ResolvedReference(located[1] + tail)
        if not reference.optional:
            self._warn(
                item, reference, f"there is nothing at {reference.target}", self._files.nearest(path), "link-missing"
            )
        return ResolvedReference(percent_encode(rooted) + tail)

    def _image(self, item: AddressedPost, reference: Reference) -> ResolvedReference:
        target, tail = _split(reference.target)
        path = unquote(target)
        located = self._files.locate(item, path)
        if located is None:
            if not reference.optional:
                self._warn(
                    item, reference, f"the image {target} does not exist", self._files.nearest(path), "image-missing"
                )
            return ResolvedReference(percent_encode(self._files.from_root(item, path)) + tail)
        file, address = located
        width, height = size = self._files.size_of(file)
        if not reference.responsive:
            return ResolvedReference(address + tail, width=width, height=height)
        if flaw := self._files.flaw_of(file):
            self._warn(item, reference, flaw[0].format(target), flaw[1], "image-invalid")
        offered = self._files.offered(file, address, size)
        return ResolvedReference(address + tail, width=width, height=height, variants=offered)

    # ── posts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _to_post(self, item: AddressedPost, reference: Reference, found: AddressedPost, tail: str) -> ResolvedReference:
        query, _, written = tail.partition("#")
        if fragment := unquote(written):
            anchors = self._anchors_of(found.post)
            anchor = anchors.find(fragment)
            if anchor is None:
                hint = _hint(anchors.like(fragment), "heading it has")
                self._warn(item, reference, f"{found.post.source} has no heading #{fragment}", hint, "anchor-missing")
            elif anchor != fragment:
                tail = f"{query}#{anchor}"
        return ResolvedReference(found.url + tail, found.post.title.plain)

    def _anchors_of(self, post: Post) -> AnchorIndex:
        if post.source not in self._anchors:
            self._anchors[post.source] = AnchorIndex(post.anchors, post.anchor_aliases)
        return self._anchors[post.source]

    def _title(self, item: AddressedPost, reference: Reference) -> ResolvedReference:
        """Resolve `[[…]]`; a text is returned where it takes the place of the one that is written."""
        written = reference.target
        if reference.optional:
            titled = self._titles.titled(written.strip("《》"), item) or self._titles.titled(written, item)
            return ResolvedReference(titled.url if titled else "")
        found = self._titles.find(written, item)
        link, posts = found.link, found.posts
        if not link.name and link.heading:
            posts = (item,)
        elif not posts:
            self._warn_of_title(item, reference, link.name)
            return ResolvedReference(text=f"[[{written}]]")
        elif len(posts) > 1:
            paths = " and ".join(sorted(other.post.source for other in posts)[:3])
            message = f"{link.name} may be more than one post: {paths}"
            self._warn(item, reference, message, "write the name of the file that is meant", "reference-ambiguous")
        url = posts[0].url + self._heading(item, reference, posts[0], link.heading)
        shown = "" if found.by_title or link.text or link.heading else posts[0].post.title.plain
        return ResolvedReference(url, shown)

    def _heading(self, item: AddressedPost, reference: Reference, found: AddressedPost, heading: str) -> str:
        """Return "#" and the id of a heading that is named by its text or id, or ""."""
        if not heading:
            return ""
        post, wanted = found.post, letters_of(heading)
        anchors = self._anchors_of(post)
        if heading in anchors:
            return f"#{heading}"
        for known in post.headings:
            if letters_of(known.text.plain) == wanted:
                return f"#{known.id}"
        if anchor := anchors.find(heading):
            return f"#{anchor}"
        hint = _nearest(heading, [known.text.plain for known in post.headings], "heading it has")
        self._warn(item, reference, f"{post.source} has no heading “{heading}”", hint, "anchor-missing")
        return ""

    def _warn_of_title(self, item: AddressedPost, reference: Reference, name: str) -> None:
        if self._titles.is_unseen(name) or self._posts.is_unseen(name):
            hint = "publish it, or remove the reference"
            self._warn(item, reference, f"“{name}” is not published", hint, "reference-unknown")
        else:
            hint = _hint(self._titles.like(name), "title")
            self._warn(item, reference, f"no post has the title or name “{name}”", hint, "reference-unknown")

    def _named(self, item: AddressedPost, name: str, reference: Reference) -> AddressedPost | None:
        found = self._posts.named(name, item)
        if len(found) == 1:
            return found[0]
        if found:
            paths = " or ".join(sorted(other.post.source for other in found)[:3])
            self._warn(
                item, reference, f"{name} may be more than one post", f"say which: {paths}", "reference-ambiguous"
            )
        elif self._posts.is_unseen(name):
            self._warn(
                item, reference, f"{name} is not published", "publish it, or remove the reference", "link-missing"
            )
        else:
            hint = _hint(self._posts.like(name), "post")
            self._warn(item, reference, f"there is no post {name}", hint, "link-missing")
        return None

    def _warn(self, item: AddressedPost, reference: Reference, message: str, hint: str, code: str) -> None:
        self.diagnostics.append(
            warning(Location(item.post.source, reference.line, reference.column), message, hint, code)
        )


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


def _nearest(wanted: str, known: Sequence[str], kind: str) -> str:
    like = get_close_matches(wanted, known[:500], n=3, cutoff=0.4) if len(wanted) <= LONGEST else None
    return _hint(like, kind)


def _hint(like: Sequence[str] | None, kind: str) -> str:
    if like:
        return f"nearest {kind}: {', '.join(like)}"
    reason = "" if like is None else f"no {kind.split()[0]} has a similar name; "
    return f"{reason}correct the reference"
