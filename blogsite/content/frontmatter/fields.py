"""The table of front matter fields: the names that generators give each one, and the function that reads its value.

A new field is a line here and one in `content.model.FrontMatter`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from blogsite.content.frontmatter import list_values, values
from blogsite.content.frontmatter.values import Reader
from blogsite.core.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Field:
    """A field of FrontMatter. `names` are in lower case, with "_" for "-"; the first that has a value wins."""

    name: str
    names: tuple[str, ...]
    read: Reader
    severity: Severity = "error"
    """Severity of a value that cannot be read: an error if the post would appear at a wrong time or place."""
    merges: bool = False
    """The values of all names are joined, instead of the first one winning."""


def _field(name: str, names: str, read: Reader, *, severity: Severity = "error", merges: bool = False) -> Field:
    return Field(name, tuple(names.split()), read, severity, merges)


FIELDS: tuple[Field, ...] = (
    _field("title", "title", values.title),
    _field("date", "date pubdate created created_at date_published", values.moment),
    _field(
        "updated",
        "updated update lastmod modified last_modified_at last_modified lastmodified last_updated updated_at "
        "updateddate modified_at date_modified",
        values.moment,
    ),
    _field("publish", "publishdate publish_date published_at", values.moment),
    _field("expires", "expires expirydate expiry_date unpublishdate expire", values.moment),
    _field("summary", "summary excerpt", values.prose, severity="warning"),
    _field("description", "description", values.prose, severity="warning"),
    _field("slug", "slug", values.slug),
    _field("url", "url permalink path save_as", values.url),
    _field("tags", "tags tag", list_values.names, merges=True),
    _field("categories", "categories category", list_values.paths, merges=True),
    _field("authors", "authors author second_author", list_values.people, severity="warning", merges=True),
    _field("draft", "draft", values.flag),
    _field("hidden", "hidden unlisted", values.flag),
    _field("series", "series", list_values.first, severity="warning"),
    _field("aliases", "aliases alias redirect_from redirects", list_values.addresses, merges=True),
    _field(
        "image",
        "image cover thumbnail banner featured_image featuredimage feature_image index_img previewimage "
        "heroimage images",
        values.image,
        severity="warning",
    ),
    _field("lang", "lang language", values.language, severity="warning"),
    _field("toc", "toc show_toc showtoc", values.switch, severity="warning"),
    _field("math", "math mathjax katex has_math use_math usemath", values.switch, severity="warning", merges=True),
    _field("comments", "comments comment", values.switch, severity="warning"),
    _field("cite", "cite", values.flag, severity="warning"),
    _field("id", "id abbrlink", values.text),
    _field("pin", "pin pinned sticky top", values.rank, severity="warning"),
    _field("layout", "layout template", values.layout, severity="warning"),
)

# Keys that say the opposite of a field, and are read where the field itself is not set.
OPPOSITES: tuple[Field, ...] = (
    _field("draft", "published publish", values.negated(values.flag)),
    _field("toc", "disable_toc notoc", values.negated(values.switch), severity="warning"),
    _field("math", "disable_math disable_mathjax", values.negated(values.switch), severity="warning"),
    _field("comments", "disable_comments nocomments no_comments", values.negated(values.switch), severity="warning"),
)

BY_NAME: dict[str, Field] = {name: field for field in FIELDS for name in field.names}
OPPOSITE: dict[str, Field] = {name: field for field in OPPOSITES for name in field.names}

# What a table of other values (Zola's [extra], Hugo's params) may say of a post besides what a template wants.
IN_EXTRA = frozenset(
    [
        "math",
        "mathjax",
        "katex",
        "toc",
        "show_toc",
        "comments",
        "comment",
        "image",
        "cover",
        "thumbnail",
        "banner",
        "lang",
        "language",
        "pin",
        "cite",
    ]
)
STATUS: dict[str, tuple[str, bool]] = {
    "draft": ("draft", True),
    "drafts": ("draft", True),
    "private": ("draft", True),
    "pending": ("draft", True),
    "skip": ("draft", True),
    "hidden": ("hidden", True),
    "unlisted": ("hidden", True),
    "featured": ("pin", True),
    "published": ("draft", False),
    "publish": ("draft", False),
}
"""`status: …` of Pelican, Nikola and WordPress → (field, value)."""


# ── keys that are none of these ──────────────────────────────────────────────────────────────────────────────────────

WARNED = frozenset(("tag",))
"""Names that are read, with a warning, because they are most likely misspelt."""

# Keys that real posts have and that look like one of ours.
_HARMLESS = frozenset(
    [
        "mood",
        "logo",
        "location",
        "translator",
        "translation",
        "weight",
        "keywords",
        "subtitle",
        "tagline",
        "type",
        "theme",
        "version",
        "output",
        "footer",
        "sharing",
        "song",
        "data",
        "dates",
        "updates",
        "imagealt",
        "image_alt",
        "titles",
        "covers",
        "authorlink",
        "commentid",
        "comment_id",
        "comments_id",
    ]
)
_SHORTEST = 4
_CLOSE = 0.82


@lru_cache(maxsize=4096)
def normalise_key(key: str) -> str:
    """Return a key in the spelling of the table: in lower case, with "_" for "-" and spaces."""
    return key.strip().lower().replace("-", "_").replace(" ", "_")


@lru_cache(maxsize=4096)
def similar_name(key: str) -> str:
    """Return the known name that an unknown key looks like, or "": `catagory` → "category"."""
    if len(key) < _SHORTEST or key in _HARMLESS or key in BY_NAME or key in OPPOSITE:
        return ""
    known = [name for name in (*BY_NAME, "published") if len(name) >= _SHORTEST]
    close = get_close_matches(key, known, n=1, cutoff=_CLOSE)
    return close[0] if close and not _extends(key, close[0]) else ""


def _extends(key: str, name: str) -> bool:
    """Return whether a key is a name with a word or number added: image_alt, title2, authorurl."""
    for rest in (key.removeprefix(name), key.removesuffix(name)):
        if rest != key and (len(rest) > 1 or not rest.isalpha()):
            return True
    return False
