"""The assembled site as pages see it: frozen values, with every reference resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blogsite.content.model import File, Post, RichText
from blogsite.content.status import State
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest
from blogsite.core.frozen import Record
from blogsite.core.values import Table
from blogsite.images.model import ImageVariant, SocialCardImage


@dataclass(frozen=True, slots=True)
class ResolvedReference(Record):
    """What a reference resolves to: site address ("/posts/x/#eq-a") or absolute URL, text, size in px."""

    url: str = ""
    text: str = ""
    width: int = 0
    height: int = 0
    variants: tuple[tuple[str, int], ...] = ()
    """(site address, width in px) of the versions that a browser may show instead, the smallest first."""


@dataclass(frozen=True, slots=True)
class Content(Record):
    """A text on a page: its fragment, the address of its post, and its resolved references in order."""

    fragment: Digest
    url: str
    resolved: tuple[ResolvedReference, ...] = ()
    has_math: bool = False


@dataclass(frozen=True, slots=True)
class PostLink(Record):
    """A post as neighbours, archives and tag pages show it."""

    url: str
    title: RichText
    date: datetime | None
    lang: str = ""
    state: State = "published"


@dataclass(frozen=True, slots=True)
class Term(Record):
    """A tag or category as it is shown on a post."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PostCard(Record):
    """A post as lists with excerpts and feeds show it."""

    link: PostLink
    updated: datetime | None
    authors: tuple[str, ...]
    tags: tuple[Term, ...]
    categories: tuple[tuple[Term, ...], ...]
    excerpt: Content
    more: str
    """Address of the rest of the post; "" if the excerpt is the whole of it."""
    description: str
    pinned: bool = False
    state: str = "published"


@dataclass(frozen=True, slots=True)
class TermPage(Record):
    """A tag or category with its posts, newest first; `children` are subcategories with their numbers of posts."""

    name: str
    url: str
    links: tuple[PostLink, ...]
    path: tuple[Term, ...] = ()
    children: tuple[tuple[Term, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SitePost(Record):
    """A post with its address and everything that other pages show of it."""

    post: Post
    url: str
    link: PostLink
    card: PostCard
    content: Content
    state: State
    reason: str
    tags: tuple[Term, ...]
    categories: tuple[tuple[Term, ...], ...]
    image: str = ""
    """Site address of the image that represents the post, or ""."""


@dataclass(frozen=True, slots=True)
class SiteInfo(Record):
    """What every page may read of the site: nothing here changes with a new post."""

    title: str
    subtitle: str
    base_url: str
    """ "https://host/path" without "/" at the end; "" if none is set."""
    author: str
    language: str
    timezone: str
    badge: str
    menu: tuple[tuple[str, str], ...]
    theme: Table
    extra: Table
    has_feed: bool
    math_css: str = ""
    """Site address of the style sheet for formulas."""
    math_fonts: tuple[str, ...] = ()
    """Site addresses of the fonts that nearly every formula uses."""
    assets: tuple[tuple[str, str], ...] = ()
    """(path below static/, output path) of the files with a digest in their names."""
    preview: bool = False

    def asset(self, path: str) -> str:
        """Return the site address of a file below static/."""
        return "/" + dict(self.assets).get(path, path)

    @property
    def base_path(self) -> str:
        """The path of base_url, without "/" at the end: "/blog", or ""."""
        after_host = self.base_url.split("://", 1)[-1]
        return "/" + after_host.split("/", 1)[1] if "/" in after_host else ""


@dataclass(frozen=True, slots=True)
class Site:
    """All posts, in order, with every reference between them resolved."""

    info: SiteInfo
    posts: tuple[SitePost, ...]
    """Listed posts, newest first."""
    hidden: tuple[SitePost, ...]
    """Published posts that are in no list."""
    pages: tuple[SitePost, ...]
    tags: tuple[TermPage, ...]
    categories: tuple[TermPage, ...]
    files: tuple[tuple[str, File], ...]
    """(output path, file) of static files, attachments and images that posts show."""
    now: datetime
    unpublished: tuple[SitePost, ...] = ()
    """Drafts, future and expired posts, with their reasons."""
    variants: tuple[ImageVariant, ...] = ()
    """The resized versions of images."""
    social_cards: tuple[SocialCardImage, ...] = ()
    """The social cards of posts without an image."""
    diagnostics: tuple[Diagnostic, ...] = ()
    next_change: datetime | None = None
    """The next time at which a post is published or expires."""
    per_page: int = 10
    feed_limit: int = 20
    full_feeds: bool = True
    extra_feeds: tuple[str, ...] = ()
    tag_feeds: bool = False
    layouts: frozenset[str] = frozenset()
    """The names that `layout` may have: the site's own templates, without .html."""

    def has_file(self, path: str) -> bool:
        """Return whether a file of the author is copied to this output path."""
        return any(name == path for name, _ in self.files)
