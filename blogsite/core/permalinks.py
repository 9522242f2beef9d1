"""Permalinks: the address of a post by the site's pattern, also by those of other generators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from blogsite.core.slugs import post_name, slugify, term_slug, without_date
from blogsite.core.urls import AddressError, site_address

TOKENS = ("year", "month", "day", "slug", "title", "filename", "categories", "id")


_TOKEN = re.compile(r":([a-z]+)")


@dataclass(frozen=True, slots=True)
class Names:
    """What a permalink can use of a post's name: the path of its file, and the `slug` of its front matter."""

    path: str
    """The path below posts/ without extension; of a bundle, the path of its folder."""
    slug: str
    dated_by_head: bool = False

    @property
    def file(self) -> str:
        """The file's own name, with its date."""
        return self.path.rpartition("/")[2]

    @property
    def usual(self) -> str:
        """The slug that `:slug` stands for."""
        return slugify(self.slug) or slugify(without_date(self.file))


@dataclass(frozen=True, slots=True)
class Preset:
    """The permalink of another generator: its pattern, and a function from a post's name to its `:title`."""

    pattern: str
    title: Callable[[Names], str]


def _usual_title(names: Names) -> str:
    return slugify(names.slug, READABLE) or slugify(without_date(names.file), READABLE) or names.usual


def _jekyll_title(names: Names) -> str:
    """Return the title as Jekyll makes it: Utils.slugify(mode: "pretty", cased: true)."""
    return _pretty(names.slug) or _pretty(without_date(names.file).rstrip("."))


def _hugo_title(names: Names) -> str:
    """Return the title as Hugo makes it: the path with its folders, in lower case.

    The date in a file's name belongs to it if the front matter has a date, too. Without one, the site must take its
    dates from the names (frontmatter.date = [":filename"]), and Hugo leaves them out.
    """
    folders, _, name = names.path.rpartition("/")
    own = names.slug or (name if names.dated_by_head else without_date(name))
    return "/".join(filter(None, map(_hugo_segment, [*folders.split("/"), own])))


def _hexo_title(names: Names) -> str:
    """Return the title as Hexo makes it: the path as it is. Hexo ignores `slug`, and takes the date off the name."""
    folders, slash, name = names.path.rpartition("/")
    return f"{folders}{slash}{without_date(name).strip()}"


def _pelican_title(names: Names) -> str:
    """Return `Slug`, else the file's name. (Pelican would make a slug from the title, which may change.)"""
    return names.slug or names.usual.lower()


PERMALINKS = {
    "jekyll": Preset("/:categories/:year/:month/:day/:title.html", _jekyll_title),
    "jekyll-pretty": Preset("/:categories/:year/:month/:day/:title/", _jekyll_title),
    "hugo": Preset("/posts/:title/", _hugo_title),
    "hexo": Preset("/:year/:month/:day/:title/", _hexo_title),
    "pelican": Preset("/:title.html", _pelican_title),
}


def category_lists(permalink: str) -> Literal["auto", "nested", "flat"]:
    """Return how the generator of a permalink reads a list of categories: as one path, or as several categories."""
    return "auto" if permalink not in PERMALINKS else "nested" if permalink == "hexo" else "flat"


def is_pattern(text: str) -> bool:
    """Return whether a text is a permalink pattern: a path from "/" with known tokens, one of which names the post."""
    tokens = _TOKEN.findall(text)
    names_a_post = any(token in tokens for token in ("slug", "title", "filename", "id"))
    return text.startswith("/") and names_a_post and all(token in TOKENS for token in tokens) and ".." not in text


def post_address(
    permalink: str,
    *,
    source: str,
    slug: str,
    date: datetime | None,
    categories: tuple[tuple[str, ...], ...],
    id: str,
    dated_by_head: bool = False,
) -> str:
    """Return the site address of a post. `date` is in the site's zone. Raises AddressError."""
    preset = PERMALINKS.get(permalink) or Preset(permalink, _usual_title)
    names = Names(_path_below_posts(source), slug, dated_by_head)

    def value(token: re.Match[str]) -> str:
        match token[1]:
            case "slug":
                return _found(names.usual, names)
            case "title":
                return _found(preset.title(names), names)
            case "filename":
                return _found(slugify(names.file), names)
            case "categories":
                return _category_path(source, categories, slugs=permalink not in PERMALINKS)
            case "id":
                return _found(slugify(_wanted(id, "an id", "id")), names)
            case part:
                return format(_wanted(date, "a date", "date"), _DATE_PARTS[part])

    return site_address(re.sub(r"/{2,}", "/", _TOKEN.sub(value, preset.pattern)))


_DATE_PARTS = {"year": "%Y", "month": "%m", "day": "%d"}


_Wanted = TypeVar("_Wanted")


def _wanted(value: _Wanted | None, message: str, key: str) -> _Wanted:
    if not value:
        raise AddressError(
            f"the permalink of this site needs {message}, and the post has none", f"add {key}: to the head of the post"
        )
    return value


def _found(name: str, names: Names) -> str:
    if not name.strip("/"):
        raise AddressError(f"no address can be made of the name {names.file}", "add slug: to the head of the post")
    return name


def _path_below_posts(source: str) -> str:
    """Return the path below posts/, or below _posts/ and _drafts/ if these are in it: posts/a/b.md → a/b."""
    *folders, name = source.split("/")
    tops = [position for position, folder in enumerate(folders) if folder in ("_posts", "_drafts")]
    below = folders[tops[-1] + 1 if tops else 1 :]
    if below and name.rpartition(".")[0] == "index":
        below.pop()
    return "/".join([*below, post_name(source)])


def _category_path(source: str, categories: tuple[tuple[str, ...], ...], *, slugs: bool) -> str:
    """Return Jekyll's `:categories`: the folders above _posts/, then those of the front matter, in lower case."""
    above = re.match(r"posts/(?:(.*)/)?_(?:posts|drafts)/", source)
    found = [*(above[1].split("/") if above and above[1] else ()), *(name for path in categories for name in path)]
    named = map(term_slug, found) if slugs else found
    return "/".join(dict.fromkeys(name.lower() for name in named))


READABLE = "~!$&'()+,;=@"
"""Characters that Jekyll and Hexo keep in file names in addition to those of a slug."""


def _pretty(text: str) -> str:
    kept = (char if _is_word(char) or char in READABLE or char in "._" else "-" for char in text)
    return re.sub("-{2,}", "-", "".join(kept)).removeprefix("-").removesuffix("-")


def _hugo_segment(text: str) -> str:
    """Return a segment as Hugo's UnicodeSanitize makes it: punctuation is removed, spaces become one "-"."""
    kept = "".join(char for char in text if _is_word(char) or char in "._#+~-@ \t\u3000")
    return re.sub(r"(?<=-) +| +(?=-)", "", re.sub(r"\s+", " ", kept).strip()).replace(" ", "-").lower()


def _is_word(char: str) -> bool:
    return (
        char.isalnum()
        if char.isascii()
        else unicodedata.category(char)[:2] in ("Nd",) or (unicodedata.category(char)[0] in "LM")
    )
