"""Permalinks: the address of a post, from the site's pattern or from the defaults of another generator."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar

from blogsite.core.slugs import date_in_name, post_name, slugify, term_slug, title_slug, without_date
from blogsite.core.transliteration import pelican_slug
from blogsite.core.urls import AddressError, site_address

TOKENS = ("year", "month", "day", "slug", "title", "title_slug", "filename", "filename_date", "categories", "id")
"""Names that may follow a ":" in a pattern."""

CategoryLists: TypeAlias = Literal["auto", "nested", "flat"]
"""Meaning of a list of categories: one category in another ("nested"), or several ("flat"); "auto": by its dialect."""

_TOKEN = re.compile(r":(title_slug|filename_date|[a-z]+)")
_DATE_FORMATS = {"year": "%Y", "month": "%m", "day": "%d"}
_FILE_NAME_PUNCTUATION = "~!$&'()+,;=@"
"""Characters that Jekyll and Hexo keep in file names in addition to those of a slug."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class PostName:
    """The parts of a post's name that permalinks use."""

    path: str
    """The path below posts/ without extension; of a bundle, the path of its folder."""
    slug: str
    """`slug` in the front matter, or ""."""
    title: str = ""
    """`title` in the front matter, or ""."""
    date_in_front_matter: bool = False

    @property
    def file_name(self) -> str:
        """The last part of the path, with its date."""
        return self.path.rpartition("/")[2]

    @property
    def default_slug(self) -> str:
        """The value of `:slug`."""
        return slugify(self.slug) or slugify(without_date(self.file_name))


@dataclass(frozen=True, slots=True)
class Preset:
    """The default permalink of another generator: its pattern, and a function that makes its `:title`."""

    pattern: str
    title: Callable[[PostName], str]


def _default_title(name: PostName) -> str:
    keep = _FILE_NAME_PUNCTUATION
    return slugify(name.slug, keep) or slugify(without_date(name.file_name), keep) or name.default_slug


def _jekyll_title(name: PostName) -> str:
    """Return the title as Jekyll makes it: Utils.slugify(mode: "pretty", cased: true)."""
    return _jekyll_segment(name.slug) or _jekyll_segment(without_date(name.file_name).rstrip("."))


def _hugo_title(name: PostName) -> str:
    """Return the title as Hugo makes it: the path with its folders, in lower case.

    If the front matter has a date, the date in the file's name stays. Without one, the site must take its dates from
    the names (frontmatter.date = [":filename"]), and Hugo leaves them out.
    """
    folders, _, file_name = name.path.rpartition("/")
    last = name.slug or (file_name if name.date_in_front_matter else without_date(file_name))
    return "/".join(filter(None, map(_hugo_segment, [*folders.split("/"), last])))


def _hexo_title(name: PostName) -> str:
    """Return the title as Hexo makes it: the path with its folders, without the date. Hexo ignores `slug`."""
    folders, slash, file_name = name.path.rpartition("/")
    return f"{folders}{slash}{without_date(file_name).strip()}"


def _pelican_title(name: PostName) -> str:
    """Return `Slug`, else the title as Pelican makes a slug of it, else the file's name."""
    return name.slug or pelican_slug(name.title) or name.default_slug.lower()


PERMALINKS = {
    "jekyll": Preset("/:categories/:year/:month/:day/:title.html", _jekyll_title),
    "jekyll-pretty": Preset("/:categories/:year/:month/:day/:title/", _jekyll_title),
    "hugo": Preset("/posts/:title/", _hugo_title),
    "hexo": Preset("/:year/:month/:day/:title/", _hexo_title),
    "pelican": Preset("/:title.html", _pelican_title),
}


def category_lists(permalink: str) -> CategoryLists:
    """Return what a list of categories means to the generator of a permalink; "auto" for a pattern."""
    return "auto" if permalink not in PERMALINKS else "nested" if permalink == "hexo" else "flat"


def is_pattern(text: str) -> bool:
    """Return whether a text is a permalink pattern: a path from "/" with known tokens, one of which names the post."""
    tokens = _TOKEN.findall(text)
    names_a_post = any(token in tokens for token in ("slug", "title", "title_slug", "filename", "id"))
    return text.startswith("/") and names_a_post and all(token in TOKENS for token in tokens) and ".." not in text


def with_date(permalink: str) -> str:
    """Return the pattern of a permalink with the whole date before the post's name; "" if it has the date already."""
    pattern = PERMALINKS[permalink].pattern if permalink in PERMALINKS else permalink
    if permalink == "pelican":
        pattern = pattern.replace(":title", ":title_slug")
    if ":filename" in pattern or all(token in pattern for token in (":year", ":month", ":day")):
        return ""
    segments = [part for part in pattern.split("/") if part not in (":year", ":month", ":day")]
    first = next(index for index, part in enumerate(segments) if ":" in part and part != ":categories")
    return "/".join([*segments[:first], ":year", ":month", ":day", *segments[first:]])


def post_address(
    permalink: str,
    *,
    source: str,
    slug: str,
    date: datetime | None,
    categories: tuple[tuple[str, ...], ...],
    id: str,
    title: str = "",
    date_in_front_matter: bool = False,
) -> str:
    """Return the site address of a post. `date` is in the site's time zone.

    Raises AddressError if the post lacks a value that the permalink uses.
    """
    preset = PERMALINKS.get(permalink) or Preset(permalink, _default_title)
    name = PostName(_path_below_posts(source), slug, title, date_in_front_matter)

    def token_value(token: re.Match[str]) -> str:
        match token[1]:
            case "slug":
                return _checked(name.default_slug, name)
            case "title":
                return _checked(preset.title(name), name)
            case "title_slug":
                return _checked(slugify(name.slug) or title_slug(name.title) or name.default_slug, name)
            case "filename_date":
                return _required(date_in_name(name.file_name), "a date in the file's name", "")
            case "filename":
                return _checked(slugify(name.file_name), name)
            case "categories":
                return _category_path(source, categories, slugs=permalink not in PERMALINKS)
            case "id":
                return _checked(slugify(_required(id, "an id", "id")), name)
            case part:
                return format(_required(date, "a date", "date"), _DATE_FORMATS[part])

    return site_address(re.sub(r"/{2,}", "/", _TOKEN.sub(token_value, preset.pattern)))


def _required(value: _Value | None, description: str, key: str) -> _Value:
    if not value:
        raise AddressError(
            f"the permalink of this site needs {description}, and the post has none",
            f"add {key}: to its front matter" if key else "rename the file, or add url: to its front matter",
        )
    return value


def _checked(segment: str, name: PostName) -> str:
    """Return the segment. Raises AddressError if it is empty, because then nothing would tell posts apart."""
    if not segment.strip("/"):
        raise AddressError(f"no address can be made of the name {name.file_name}", "add slug: to its front matter")
    return segment


def _path_below_posts(source: str) -> str:
    """Return the path below posts/, or below _posts/ or _drafts/ inside it: posts/a/b.md → a/b."""
    *folders, file_name = source.split("/")
    roots = [index for index, folder in enumerate(folders) if folder in ("_posts", "_drafts")]
    below = folders[roots[-1] + 1 if roots else 1 :]
    if below and file_name.rpartition(".")[0] == "index":
        below.pop()
    return "/".join([*below, post_name(source)])


def _category_path(source: str, categories: tuple[tuple[str, ...], ...], *, slugs: bool) -> str:
    """Return Jekyll's `:categories`: the folders above _posts/, then those of the front matter, in lower case."""
    above = re.match(r"posts/(?:(.*)/)?_(?:posts|drafts)/", source)
    names = [*(above[1].split("/") if above and above[1] else ()), *(name for path in categories for name in path)]
    segments = map(term_slug, names) if slugs else names
    return "/".join(dict.fromkeys(segment.lower() for segment in segments))


def _jekyll_segment(text: str) -> str:
    kept = (char if _is_word(char) or char in _FILE_NAME_PUNCTUATION or char in "._" else "-" for char in text)
    return re.sub("-{2,}", "-", "".join(kept)).removeprefix("-").removesuffix("-")


def _hugo_segment(text: str) -> str:
    """Return a segment as Hugo's UnicodeSanitize makes it: punctuation is removed, spaces become one "-"."""
    kept = "".join(char for char in text if _is_word(char) or char in "._#+~-@ \t\u3000")
    return re.sub(r"(?<=-) +| +(?=-)", "", re.sub(r"\s+", " ", kept).strip()).replace(" ", "-").lower()


def _is_word(char: str) -> bool:
    """Return whether a character is a letter, a mark on one, or a decimal digit."""
    if char.isascii():
        return char.isalnum()
    category = unicodedata.category(char)
    return category == "Nd" or category[0] in "LM"
