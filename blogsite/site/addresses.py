"""Select the posts that are shown, and give each its address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from blogsite.config.loader import Config
from blogsite.content.model import FrontMatter, Kind, Post
from blogsite.content.status import PublishFilter, State, publication_status
from blogsite.core.diagnostics import Diagnostic, Location, error, warning
from blogsite.core.permalinks import post_address, with_date
from blogsite.core.slugs import post_name, slugify, without_date
from blogsite.core.transliteration import is_transliterated
from blogsite.core.urls import AddressError, parse_address
from blogsite.site.lookup import AddressedPost
from blogsite.site.model import SitePost

_OWN_ADDRESSES = {"index": "/", "404": "/404.html"}
_SHOWN = 5
"""Number of posts that a message about their one address names."""


def address_of(config: Config, source: str, kind: Kind, meta: FrontMatter) -> str:
    """Return the site address of the post or page in the file `source`. Raises AddressError if it has none."""
    if meta.url and not (kind == "page" and meta.url == "/"):
        return parse_address(meta.url)
    if kind == "page":
        path = "/" if meta.url else _page_path(source, meta.slug)
        return path if path == "/" else parse_address(path)
    date = meta.date.astimezone(config.zone) if meta.date else None
    return post_address(
        config.permalink,
        source=source,
        slug=meta.slug,
        date=date,
        categories=meta.categories,
        id=meta.id,
        title=meta.title,
        date_in_front_matter=any(field == "date" for field, _, _ in meta.locations),
    )


def _page_path(source: str, slug: str) -> str:
    """Return the path of a page: pages/about.md → /about/, notes/index.md → /notes/, notes/a.md → /notes/a/.

    Two names are those of pages that every site has: pages/index.md → /, and pages/404.md → /404.html.
    """
    folders = source.split("/")[1:-1]
    name = post_name(source)
    if not folders and not slug and name in _OWN_ADDRESSES:
        return _OWN_ADDRESSES[name]
    own = [] if folders and source.rsplit("/", 1)[-1].startswith("index.") else [without_date(name)]
    segments = [*folders, *own]
    if slug:
        segments[-1] = slug
    slugs = [slugify(segment) for segment in segments]
    if not all(slugs):
        raise AddressError(f"no address can be made of the name {source}", "add slug: to its front matter")
    return "/" + "/".join(slugs) + "/"


def _doubled_addresses(config: Config, seen: Sequence[SelectedPost]) -> Iterator[Diagnostic]:
    """Yield an error for each address that several posts have."""
    by_address: dict[str, list[Post]] = defaultdict(list)
    for item in seen:
        by_address[item.addressed.url].append(item.post)
    for address, posts in by_address.items():
        if len(posts) > 1:
            later = posts[1]
            location = later.meta.location(later.source, "url" if later.meta.url else "slug")
            message = f"{_list_sources(posts)} would {'both' if len(posts) == 2 else 'all'} be written to {address}"
            yield error(location, message, _remedy(config, posts), "address-duplicate")


def _list_sources(posts: Sequence[Post]) -> str:
    names = [posts[1].source, posts[0].source, *(post.source for post in posts[2:_SHOWN])]
    if len(posts) > _SHOWN:
        return f"{', '.join(names)} and {len(posts) - _SHOWN} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _remedy(config: Config, posts: Sequence[Post]) -> str:
    """Return what to do about posts with one address: a permalink with the date, if that would tell them apart."""
    if any(post.meta.url for post in posts):
        return "give one of them another url or slug"
    days = {post.meta.date.astimezone(config.zone).date() for post in posts if post.kind == "post" and post.meta.date}
    dated = with_date(config.permalink)
    if not dated or len(days) < len(posts):
        return "give one of them another slug"
    return f'give one of them another slug, or all posts their dates: permalink = "{dated}" in blogsite.toml'


def _letters_beyond_ascii(posts: Iterable[Post]) -> Iterator[Diagnostic]:
    """Yield a warning if Pelican's addresses of some posts need a package that is not installed."""
    unlike = [post for post in posts if not (post.meta.url or post.meta.slug or is_transliterated(post.meta.title))]
    if unlike:
        others = f", and {len(unlike) - 1} more posts like it" if len(unlike) > 1 else ""
        yield warning(
            unlike[0].meta.location(unlike[0].source, "title"),
            f"Pelican writes the letters of this title in ASCII in the address{others}",
            "to keep such addresses, install Unidecode: pip install 'blogsite[pelican]'; until then the letters stay",
            "address-unlike",
        )


def check_aliases(entry: SitePost) -> Iterator[Diagnostic]:
    """Yield an error for each alias of a post that cannot be an address."""
    meta, source = entry.post.meta, entry.post.source
    for alias in meta.aliases:
        try:
            parse_address(alias)
        except AddressError as problem:
            yield error(
                meta.location(source, "aliases"),
                f"alias {alias}: {problem.args[0]}",
                str(problem.args[1]),
                "address-invalid",
            )


@dataclass(frozen=True, slots=True)
class SelectedPost:
    addressed: AddressedPost
    state: State
    reason: str

    @property
    def post(self) -> Post:
        return self.addressed.post


def with_kind(config: Config, post: Post, diagnostics: list[Diagnostic]) -> Post:
    """Return the post, as a standalone page if it has no date and the settings say so."""
    if post.kind == "page" or post.meta.date or any(diagnostic.severity == "error" for diagnostic in post.diagnostics):
        return post
    if config.undated == "page":
        return replace(post, kind="page")
    if not post.meta.draft:
        hint = 'add date: to its front matter, or set undated = "page" in blogsite.toml to make pages of such posts'
        diagnostics.append(error(Location(post.source, 1, 1), "the post has no date", hint, "date-missing"))
    return post


def select_posts(
    config: Config, posts: Iterable[Post], now: datetime, publish_filter: PublishFilter, diagnostics: list[Diagnostic]
) -> tuple[list[SelectedPost], list[SelectedPost]]:
    """Return the posts that are shown, with their addresses, and those that are not."""
    seen: list[SelectedPost] = []
    unseen: list[SelectedPost] = []
    for post in posts:
        state, reason = publication_status(post.meta, now, config.timezone)
        visible = (
            state in ("published", "hidden")
            or (state == "draft" and publish_filter.drafts)
            or (state == "future" and publish_filter.future)
        )
        try:
            address = address_of(config, post.source, post.kind, post.meta)
        except AddressError as problem:
            if visible:
                location = post.meta.location(post.source, "url" if post.meta.url else "slug")
                diagnostics.append(error(location, str(problem.args[0]), str(problem.args[1]), "address-invalid"))
                continue
            address = ""
        (seen if visible else unseen).append(SelectedPost(AddressedPost(post, address), state, reason))
    diagnostics += _doubled_addresses(config, seen)
    if config.permalink == "pelican":
        diagnostics += _letters_beyond_ascii(item.post for item in seen)
    return seen, unseen
