"""TODO."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from blogsite.core.slugs import slugify, stem, term_slug, undated
from blogsite.core.urls import AddressError, site_address

TOKENS = ("year", "month", "day", "slug", "title", "filename", "categories", "id")


_TOKEN = re.compile(r":([a-z]+)")


@dataclass(frozen=True, slots=True)
class Names:
    """What a permalink may say of a post's name: its file's path below posts/ and the `slug` of its head."""

    path: str
    """Without extension; a bundle's is its folder's."""
    slug: str
    dated_by_head: bool = False

    @property
    def file(self) -> str:
        """The file's own name, with its date."""
        return self.path.rpartition("/")[2]

    @property
    def usual(self) -> str:
        """The contract's SLUG."""
        return slugify(self.slug) or slugify(undated(self.file))


@dataclass(frozen=True, slots=True)
class Preset:
    """A permalink that gives the addresses of the generator it is named after; `title` is what it makes of a name."""

    pattern: str
    title: Callable[[Names], str]


def _usual_title(names: Names) -> str:
    return slugify(names.slug, READABLE) or slugify(undated(names.file), READABLE) or names.usual


def _jekyll_title(names: Names) -> str:
    """Utils.slugify(mode: "pretty", cased: true)."""
    return _pretty(names.slug) or _pretty(undated(names.file).rstrip("."))


def _hugo_title(names: Names) -> str:
    """The path with its folders, in lower case. A date in the file's name belongs to it if the head has one, too:
    only a site that takes dates from names (frontmatter.date = [":filename"]) has to do without one in its heads."""
    folders, _, name = names.path.rpartition("/")
    own = names.slug or (name if names.dated_by_head else undated(name))
    return "/".join(filter(None, map(_hugo_segment, [*folders.split("/"), own])))


def _hexo_title(names: Names) -> str:
    """The path as it is; Hexo pays no heed to `slug`. (new_post_name takes the date from a name that has one.)"""
    folders, slash, name = names.path.rpartition("/")
    return f"{folders}{slash}{undated(name).strip()}"


def _pelican_title(names: Names) -> str:
    """`Slug` as it is, else the file's name: the title, from which Pelican would make one, may change."""
    return names.slug or names.usual.lower()


PERMALINKS = {
    "jekyll": Preset("/:categories/:year/:month/:day/:title.html", _jekyll_title),
    "jekyll-pretty": Preset("/:categories/:year/:month/:day/:title/", _jekyll_title),
    "hugo": Preset("/posts/:title/", _hugo_title),
    "hexo": Preset("/:year/:month/:day/:title/", _hexo_title),
    "pelican": Preset("/:title.html", _pelican_title),
}


def category_lists(permalink: str) -> Literal["auto", "nested", "flat"]:
    """How the generator that PERMALINK is named after reads a list of categories: as one path, or as several."""
    return "auto" if permalink not in PERMALINKS else "nested" if permalink == "hexo" else "flat"


def is_pattern(text: str) -> bool:
    """Whether TEXT is a permalink pattern: a path from / with known tokens, one of which tells posts apart."""
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
    """The site address of a post by the site's PERMALINK, DATE being in the site's zone; raises AddressError."""
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
    """posts/a/b.md → a/b; what stands above _posts/ and _drafts/ does not count."""
    *folders, name = source.split("/")
    tops = [position for position, folder in enumerate(folders) if folder in ("_posts", "_drafts")]
    below = folders[tops[-1] + 1 if tops else 1 :]
    if below and name.rpartition(".")[0] == "index":
        below.pop()
    return "/".join([*below, stem(source)])


def _category_path(source: str, categories: tuple[tuple[str, ...], ...], *, slugs: bool) -> str:
    """Jekyll's :categories, in lower case: the folders above _posts/, then those of the head, each of them once."""
    above = re.match(r"posts/(?:(.*)/)?_(?:posts|drafts)/", source)
    found = [*(above[1].split("/") if above and above[1] else ()), *(name for path in categories for name in path)]
    named = map(term_slug, found) if slugs else found
    return "/".join(dict.fromkeys(name.lower() for name in named))


READABLE = "~!$&'()+,;=@"
"""What Jekyll and Hexo keep in the name of a file besides what a slug keeps."""


def _pretty(text: str) -> str:
    kept = (char if _is_word(char) or char in READABLE or char in "._" else "-" for char in text)
    return re.sub("-{2,}", "-", "".join(kept)).removeprefix("-").removesuffix("-")


def _hugo_segment(text: str) -> str:
    """UnicodeSanitize: punctuation goes, spaces become one "-"."""
    kept = "".join(char for char in text if _is_word(char) or char in "._#+~-@ \t\u3000")
    return re.sub(r"(?<=-) +| +(?=-)", "", re.sub(r"\s+", " ", kept).strip()).replace(" ", "-").lower()


def _is_word(char: str) -> bool:
    return (
        char.isalnum()
        if char.isascii()
        else unicodedata.category(char)[:2] in ("Nd",) or (unicodedata.category(char)[0] in "LM")
    )
