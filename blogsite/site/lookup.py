"""Find a post by any name that others may use: its file's name, slug, address or title, in any generator's way."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import unquote

from blogsite.content.model import Post
from blogsite.core.slugs import MARKDOWN_SUFFIXES, post_name, without_date
from blogsite.core.suggest import Suggester
from blogsite.core.urls import AddressError, parse_address

_ABOVE = re.compile(r"^(?:\.{1,2}/)+|^(?:content|source)/")
_FOLDERS = re.compile(r"^(?:posts/)?(?:_posts|_drafts|posts|post)/")
_NAME_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_]")
_DATED_ADDRESS = re.compile(r"/(\d{4})/(\d{1,2})/(\d{1,2})/([^/]+)$")


@dataclass(frozen=True, slots=True)
class AddressedPost:
    """A post that is shown, and its site address."""

    post: Post
    url: str


class PostIndex:
    """The posts that are shown, by all their names."""

    def __init__(self, posts: Sequence[AddressedPost], unseen: Iterable[Post]) -> None:
        self._posts = posts
        self._unseen = {name for post in unseen for name in _names(post, "")}
        self._by_source = {item.post.source: item for item in posts}
        self._by_name: dict[str, list[AddressedPost]] = defaultdict(list)
        self._by_address: dict[str, AddressedPost] = {}
        self._by_place: dict[str, AddressedPost | None] = {}
        for item in posts:
            for name in _names(item.post, item.url):
                self._by_name[name].append(item)
            self._by_address[_address_key(unquote(item.url))] = item
            for location in _places(item.post.source):
                self._by_place[location] = None if location in self._by_place else item
        for item in posts:
            for alias in item.post.meta.aliases:
                self._by_address.setdefault(_alias_key(alias), item)

    def from_source(self, source: str) -> AddressedPost | None:
        """Return the post of a source file."""
        return self._by_source.get(source)

    def at(self, address: str) -> AddressedPost | None:
        """Return the post at a decoded site address, new or old, with or without "/", ".html" and "index.html"."""
        key = _address_key(address)
        if found := self._by_address.get(key):
            return found
        if (dated := _DATED_ADDRESS.search(key)) and (day := _day(*dated.groups()[:3])):
            found_ = [item for item in self._by_name.get(_key(dated[4]), []) if _is_of(item, day)]
            return found_[0] if len(found_) == 1 else None
        return None

    def beside(self, asking: AddressedPost, path: str) -> AddressedPost | None:
        """Return the post whose file or folder has this name, without extension, relative to the referring post."""
        return self._by_place.get(posixpath.normpath(posixpath.join(posixpath.dirname(asking.post.source), path)))

    def named(self, name: str, asking: AddressedPost) -> list[AddressedPost]:
        """Return the posts that a name in the text of `item` may mean: none, one, or several."""
        key = _key(name)
        last = key.rpartition("/")[2]
        found = self._by_name.get(key) or self._by_name.get(last) or self._by_name.get(_key(without_date(last)), [])
        if not found and "/" not in name:
            found = self._by_title.get(name.strip().casefold(), [])
        if (dated := _NAME_DATE.match(last)) and (day := _day(*dated.groups())):
            found = [item for item in found if _is_of(item, day)]
        return self._narrowed(found, key, asking.post) if len(found) > 1 else found

    def called(self, name: str, asking: AddressedPost) -> list[AddressedPost]:
        """Return the posts whose slug, file name or alias is `name`."""
        key = _key(name)
        found = self._by_name.get(key) or self._by_name.get(_key(without_date(key)), [])
        if not found and (aliased := self._by_address.get(_address_key("/" + name.strip("/")))):
            found = [aliased]
        return self._narrowed(found, key, asking.post) if len(found) > 1 else found

    def is_unseen(self, name: str) -> bool:
        """Return whether a name is that of a post which is not shown."""
        key = _key(name)
        return key in self._unseen or key.rpartition("/")[2] in self._unseen

    def like(self, name: str) -> list[str] | None:
        """Return names of posts similar to a name; None if they were not searched."""
        return self._nearest.to(without_date(_key(name).rpartition("/")[2]), count=3, cutoff=0.5)

    def _narrowed(self, found: list[AddressedPost], key: str, asking: Post) -> list[AddressedPost]:
        """Return those of several posts that a name most likely means: by their folder, or else by their language."""
        narrower: tuple[Callable[[Post], bool], ...] = (
            lambda post: "/" in key and _key(post.source).endswith(key),
            lambda post: posixpath.dirname(post.source) == posixpath.dirname(asking.source),
            lambda post: post.meta.lang == asking.meta.lang,
        )
        for fits in narrower:
            if len(found) > 1:
                found = [item for item in found if fits(item.post)] or found
        return found

    @cached_property
    def _by_title(self) -> dict[str, list[AddressedPost]]:
        titles = defaultdict(list)
        for item in self._posts:
            titles[item.post.title.plain.strip().casefold()].append(item)
        return titles

    @cached_property
    def _nearest(self) -> Suggester:
        return Suggester(without_date(post_name(item.post.source)) for item in self._posts)


def _names(post: Post, url: str) -> set[str]:
    """Return the names of a post, each as `_key` normalises it."""
    name = post_name(post.source)
    last = unquote(url).rstrip("/").rpartition("/")[2]
    return {
        _key(known) for known in {name, without_date(name), post.meta.slug, last, post.source, post.meta.id} if known
    }


def _key(name: str) -> str:
    """Normalise a name for comparison: without extension, folders of other generators and case."""
    key = name.strip().strip("/").casefold()
    if key.endswith((*MARKDOWN_SUFFIXES, ".html")):
        key = key.rpartition(".")[0]
    if "/" not in key:
        return key
    return _FOLDERS.sub("", _ABOVE.sub("", key)).removesuffix("/index")


def _address_key(address: str) -> str:
    key = address.rstrip("/")
    return key.removesuffix(".html").removesuffix("/index") if key.endswith((".html", "/index")) else key


def _alias_key(alias: str) -> str:
    try:
        return _address_key(unquote(parse_address(alias)))
    except AddressError:
        return ""


def _places(source: str) -> set[str]:
    """Return the paths without extension by which a source is found: its own, a bundle's folder, without the date."""
    folder = posixpath.dirname(source)
    path, name = source.rpartition(".")[0], post_name(source)
    if posixpath.basename(path) == "index" and name != "index":
        path, folder = folder, posixpath.dirname(folder)
    return {path, f"{folder}/{without_date(name)}"}


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_of(item: AddressedPost, day: date) -> bool:
    """Return whether a post is of this day, in whatever zone its address was made."""
    own = _NAME_DATE.match(post_name(item.post.source))
    if own and _day(*own.groups()) == day:
        return True
    return item.post.meta.date is not None and abs(item.post.meta.date.date() - day) <= timedelta(days=1)
