"""Find the post that `[[…]]` means: by its title, exactly or loosely, then by its slug, file name or alias."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from blogsite.content.model import Post
from blogsite.core.suggest import Suggester
from blogsite.site.lookup import AddressedPost, PostIndex

_SET_ASIDE = re.compile(r"[\s《》“”\"]+")


@dataclass(frozen=True, slots=True)
class WikiLink:
    """What stands between the brackets of `[[name#heading|text]]`."""

    name: str
    heading: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The posts that a link may mean, and how it was read."""

    posts: Sequence[AddressedPost]
    link: WikiLink
    by_title: bool


class TitleIndex:
    """The posts that are shown, by their titles. Nothing is computed before it is asked."""

    def __init__(self, posts: Sequence[AddressedPost], unseen: Iterable[Post], names: PostIndex) -> None:
        self._posts = posts
        self._unseen_posts = unseen
        self._names = names

    def find(self, written: str, asking: AddressedPost) -> Found:
        """Return the posts that `[[written]]` may mean in a post.

        A title may hold "|" and "#": the longest part that is one counts.
        """
        readings = list(_readings(written))
        for titles, key in ((self._exact, str.strip), (self._loose, loosely)):
            for link in readings:
                if link.name and (found := titles.get(key(link.name))):
                    return Found(_of_language(found, asking), link, True)
        for link in readings:
            if link.name and (found := self._names.called(link.name, asking)):
                return Found(_of_language(found, asking), link, False)
        return Found((), readings[-1], False)

    def titled(self, title: str, asking: AddressedPost) -> AddressedPost | None:
        """Return the only other post with exactly this title, or None."""
        found = [item for item in _of_language(self._exact.get(title.strip(), []), asking) if item is not asking]
        return found[0] if len(found) == 1 else None

    def is_unseen(self, name: str) -> bool:
        """Return whether a post that is not shown has this title."""
        return loosely(name) in self._unseen

    def like(self, name: str) -> list[str] | None:
        """Return titles similar to a name; None if they were not searched."""
        return self._nearest.to(name, count=3, cutoff=0.4)

    @cached_property
    def _exact(self) -> dict[str, list[AddressedPost]]:
        return _by(lambda title: title.strip(), self._posts)

    @cached_property
    def _loose(self) -> dict[str, list[AddressedPost]]:
        return _by(loosely, self._posts)

    @cached_property
    def _unseen(self) -> frozenset[str]:
        return frozenset(loosely(title) for post in self._unseen_posts for title in _titles(post))

    @cached_property
    def _nearest(self) -> Suggester:
        return Suggester(item.post.title.plain for item in self._posts)


def loosely(title: str) -> str:
    """Return a title without what is set aside in comparisons: case, width, white space, 《》 and quotation marks."""
    return _SET_ASIDE.sub("", unicodedata.normalize("NFKC", title)).casefold()


def _readings(written: str) -> list[WikiLink]:
    """Return the ways to read what stands between the brackets, the longest name first."""
    readings = [WikiLink(written)]
    name, text = written, ""
    if "|" in written:
        name, _, text = (part.strip() for part in re.split(r"\\?(\|)", written, maxsplit=1))
        readings.append(WikiLink(name, text=text))
    if "#" in name:
        head, _, heading = name.rpartition("#")
        readings.append(WikiLink(head.strip(), heading.strip(), text))
        if "#" in head:  # [[C##heading]], [[title#heading#part]]
            head, _, heading = name.partition("#")
            readings.append(WikiLink(head.strip(), heading.rpartition("#")[2].strip(), text))
    return readings


def _titles(post: Post) -> set[str]:
    return {title for title in (post.meta.title, post.title.plain) if title}


def _by(key: Callable[[str], str], posts: Iterable[AddressedPost]) -> dict[str, list[AddressedPost]]:
    """Return the posts by the keys of their titles."""
    by_key: dict[str, list[AddressedPost]] = defaultdict(list)
    for item in posts:
        for name in {key(title) for title in _titles(item.post)}:
            if name:
                by_key[name].append(item)
    return by_key


def _of_language(found: Sequence[AddressedPost], asking: AddressedPost) -> Sequence[AddressedPost]:
    """Return those of the posts that are in the language of the post that asks, if there are any."""
    if len(found) < 2:
        return found
    return [item for item in found if item.post.meta.lang == asking.post.meta.lang] or found
