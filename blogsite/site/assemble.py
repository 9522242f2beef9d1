"""Posts → Site: which are to be seen, in which order, at which address, and the answers to all they ask of each other.

One pass without input or output. Every mistake that more than one file makes is found here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from blogsite.config.loader import FILE_NAME, Config
from blogsite.content.discovery import SiteFiles
from blogsite.content.model import File, Post
from blogsite.content.status import PublishFilter, State, next_change, publication_status
from blogsite.core.diagnostics import Diagnostic, Location, error, warning
from blogsite.core.i18n import words_for
from blogsite.core.urls import AddressError, checked_address, post_address, slugify, stem, undated
from blogsite.images.drawings import Drawings
from blogsite.maths.assets import MATH_ASSETS
from blogsite.site.asset_fingerprints import fingerprinted
from blogsite.site.lookup import AddressedPost
from blogsite.site.model import Content, PostCard, PostLink, Site, SiteInfo, SitePost, Term
from blogsite.site.references import FileInfoSource, ReferenceResolver
from blogsite.site.summary import description_of, read_more_address
from blogsite.site.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class _Seen:
    addressed: AddressedPost
    state: State
    reason: str

    @property
    def post(self) -> Post:
        return self.addressed.post


def assemble(
    config: Config,
    posts: Sequence[Post],
    site_files: SiteFiles,
    now: datetime,
    publish_filter: PublishFilter,
    looks: FileInfoSource,
) -> Site:
    """The whole site as it is to be seen at NOW; its mistakes include those of every post."""
    diagnostics: list[Diagnostic] = [*site_files.diagnostics]
    for post in posts:
        diagnostics += post.diagnostics
    if not config.base_url:
        message = "base_url is not set: feeds, sitemap and canonical addresses are left out"
        diagnostics.append(
            warning(Location(FILE_NAME), message, 'write the address of the site, as base_url = "https://example.org"')
        )
    placed = [_with_kind(config, post, diagnostics) for post in sorted(posts, key=lambda post: post.source.split("/"))]
    seen, unseen = _choose(config, placed, now, publish_filter, diagnostics)
    seen.sort(key=lambda item: item.post.meta.date or datetime.min.replace(tzinfo=UTC), reverse=True)
    needed = _needed(config, seen, site_files.static)
    names = fingerprinted(needed, looks.digest)
    info = make_info(config, [item for item in seen if item.post.kind == "page"], names, preview=publish_filter.preview)
    resolver = ReferenceResolver(
        [item.addressed for item in seen],
        [item.post for item in unseen],
        site_files.sources,
        site_files.files,
        {names.get(file.path, file.path): file for file in needed},
        info.base_path,
        looks,
        config.images(),
    )
    layouts = frozenset(file.path.removesuffix(".html") for file in site_files.templates if file.path.endswith(".html"))
    listed = [item for item in seen if item.post.kind == "post" and item.state != "hidden"]
    tags, categories = Taxonomy("tags", dict(config.tags_map)), Taxonomy("categories", dict(config.tags_map))
    tags.learn(((tag,), item.post) for item in listed for tag in item.post.meta.tags)
    categories.learn((path, item.post) for item in listed for path in item.post.meta.categories)
    drawings = Drawings(config, site_files.font, looks.digest)
    entries = [_entry(config, item, resolver, drawings, tags, categories) for item in seen]
    of = {entry.post.source: entry for entry in entries}
    for entry in entries:
        diagnostics += _alias_mistakes(entry)
    diagnostics += _unknown_layouts(entries, layouts)
    diagnostics += [*resolver.diagnostics, *tags.diagnostics, *categories.diagnostics]
    return Site(
        info=info,
        posts=tuple(of[item.post.source] for item in listed),
        hidden=tuple(of[item.post.source] for item in seen if item.post.kind == "post" and item.state == "hidden"),
        pages=tuple(of[item.post.source] for item in seen if item.post.kind == "page"),
        tags=tags.pages(((tag,), of[item.post.source].link) for item in listed for tag in item.post.meta.tags),
        categories=categories.pages(
            (path, of[item.post.source].link) for item in listed for path in item.post.meta.categories
        ),
        files=tuple(sorted(resolver.assets.items())),
        variants=tuple(resolver.variants[path] for path in sorted(resolver.variants)),
        drawings=tuple(drawings.drawn[path] for path in sorted(drawings.drawn)),
        now=now,
        left_out=tuple(_outline(config, item) for item in unseen),
        diagnostics=tuple(sorted(set(diagnostics))),
        next_change=min(filter(None, (next_change(post.meta, now) for post in posts)), default=None),
        per_page=config.per_page,
        feed_limit=config.feed_limit,
        full_feeds=config.feed_content == "full",
        extra_feeds=config.extra_feeds,
        tag_feeds=config.tags_feeds,
        layouts=layouts,
    )


def _needed(config: Config, seen: Sequence[_Seen], static: Sequence[File]) -> list[File]:
    """The static files without what only formulas need, where there are none or they are made in another way."""
    shown = any(item.post.has_math or item.post.title.fragment.formulas for item in seen)
    unneeded = tuple(
        assets.folder for output, assets in MATH_ASSETS.items() if not (shown and output == config.math_output)
    )
    return [file for file in static if not file.path.startswith(unneeded)]


def make_info(config: Config, pages: Sequence[_Seen], names: Mapping[str, str], *, preview: bool) -> SiteInfo:
    """What every page may know of the site."""
    return SiteInfo(
        title=config.title,
        subtitle=config.subtitle,
        base_url=config.base_url,
        author=config.author,
        language=config.language,
        timezone=config.timezone,
        badge=config.badge,
        menu=config.menu or _default_menu(config, pages),
        theme=config.theme,
        extra=config.extra,
        has_feed=bool(config.base_url),
        math_css=MATH_ASSETS[config.math_output].style_sheet if config.math_enable else "",
        math_fonts=MATH_ASSETS[config.math_output].fonts if config.math_enable else (),
        assets=tuple(names.items()),
        preview=preview,
    )


def _default_menu(config: Config, pages: Sequence[_Seen]) -> tuple[tuple[str, str], ...]:
    words = words_for(config.language)
    lists = ((words.archive, "/archive/"), (words.categories, "/categories/"), (words.tags, "/tags/"))
    top = [item for item in pages if item.state == "published" and item.addressed.url.count("/") == 2]
    return (*lists, *sorted((item.post.title.plain, item.addressed.url) for item in top))


def _with_kind(config: Config, post: Post, diagnostics: list[Diagnostic]) -> Post:
    """POST, as a standalone page if it has no date and the site says that such ones are pages."""
    if post.kind == "page" or post.meta.date or any(diagnostic.severity == "error" for diagnostic in post.diagnostics):
        return post
    if config.undated == "page":
        return replace(post, kind="page")
    if not post.meta.draft:
        hint = 'add date: to its head, or set undated = "page" in blogsite.toml to make such posts standalone pages'
        diagnostics.append(error(Location(post.source, 1, 1), "the post has no date", hint))
    return post


def _choose(
    config: Config, posts: Iterable[Post], now: datetime, publish_filter: PublishFilter, diagnostics: list[Diagnostic]
) -> tuple[list[_Seen], list[_Seen]]:
    """The posts that are to be seen, each with its address, and those that are not."""
    seen: list[_Seen] = []
    unseen: list[_Seen] = []
    for post in posts:
        state, reason = publication_status(post.meta, now, config.timezone)
        visible = (
            state in ("published", "hidden")
            or (state == "draft" and publish_filter.drafts)
            or (state == "future" and publish_filter.future)
        )
        try:
            address = _address(config, post)
        except AddressError as problem:
            if visible:
                location = post.meta.location(post.source, "url" if post.meta.url else "slug")
                diagnostics.append(error(location, str(problem.args[0]), str(problem.args[1])))
                continue
            address = ""
        (seen if visible else unseen).append(_Seen(AddressedPost(post, address), state, reason))
    diagnostics += _doubled_addresses(seen)
    return seen, unseen


def _address(config: Config, post: Post) -> str:
    if post.meta.url:
        return checked_address(post.meta.url)
    if post.kind == "page":
        return checked_address(_page_path(post))
    date = post.meta.date.astimezone(config.zone) if post.meta.date else None
    return post_address(
        config.permalink,
        source=post.source,
        slug=post.meta.slug,
        date=date,
        categories=post.meta.categories,
        id=post.meta.id,
        dated_by_head=any(field == "date" for field, _, _ in post.meta.locations),
    )


def _page_path(post: Post) -> str:
    """pages/about.md → /about/, pages/notes/index.md → /notes/, pages/notes/a.md → /notes/a/."""
    folders = post.source.split("/")[1:-1]
    name = stem(post.source)
    own = [] if folders and post.source.rsplit("/", 1)[-1].startswith("index.") else [undated(name)]
    segments = [*folders, *own]
    if post.meta.slug:
        segments[-1] = post.meta.slug
    slugs = [slugify(segment) for segment in segments]
    if not all(slugs):
        raise AddressError(f"no address can be made of the name {post.source}", "add slug: to its head")
    return "/" + "/".join(slugs) + "/"


def _doubled_addresses(seen: Sequence[_Seen]) -> list[Diagnostic]:
    by_address: dict[str, list[Post]] = defaultdict(list)
    for item in seen:
        by_address[item.addressed.url].append(item.post)
    return [
        error(
            post.meta.location(post.source, "url" if post.meta.url else "slug"),
            f"{post.source} and {posts[0].source} would both be written to {address}",
            "give one of them another slug",
        )
        for address, posts in by_address.items()
        for post in posts[1:]
    ]


def _link(config: Config, item: _Seen) -> PostLink:
    date = item.post.meta.date
    local = date.astimezone(config.zone) if date else None
    return PostLink(item.addressed.url, item.post.title, local, item.post.meta.lang, item.state)


def _entry(
    config: Config, item: _Seen, resolver: ReferenceResolver, drawings: Drawings, tags: Taxonomy, categories: Taxonomy
) -> SitePost:
    post, url = item.post, item.addressed.url
    link = _link(config, item)
    excerpt = Content(
        post.excerpt.fragment, url, resolver.resolved(item.addressed, post.excerpt.references), post.excerpt_has_math
    )
    body_answers = resolver.resolved(item.addressed, post.body.references)
    own_tags = tuple(dict.fromkeys(tags.term((tag,)) for tag in post.meta.tags))
    own_categories = tuple(dict.fromkeys(categories.terms(path) for path in post.meta.categories))
    image = ""
    if post.meta.image:
        image = resolver.image(item.addressed, post.meta.image, post.meta.location(post.source, "image"))
    elif post.first_image >= 0:
        image = body_answers[post.first_image].url
    authors = post.meta.authors or ((config.author,) if config.author else ())
    if not image or (image.lower().endswith(".svg") and not post.meta.image):  # which other sites do not show
        image = drawings.address(post.title.plain, link.date, authors) or image
    card = PostCard(
        link=link,
        updated=post.meta.updated.astimezone(config.zone) if post.meta.updated else None,
        authors=authors,
        tags=own_tags,
        categories=own_categories,
        excerpt=excerpt,
        more=read_more_address(post, url),
        description=description_of(post),
        pinned=post.meta.pin,
        state=item.state,
    )
    content = Content(post.body.fragment, url, body_answers, post.has_math)
    return SitePost(post, url, link, card, content, item.state, item.reason, own_tags, own_categories, image)


def _outline(config: Config, item: _Seen) -> SitePost:
    """A post that is not to be seen, for `blogsite list`: nothing of it is asked for and nothing written."""
    link = _link(config, item)
    nothing = Content("", item.addressed.url)
    names: tuple[Term, ...] = tuple(Term(tag, "") for tag in item.post.meta.tags)
    paths = tuple(tuple(Term(name, "") for name in path) for path in item.post.meta.categories)
    card = PostCard(link, None, (), names, paths, nothing, "", "")
    return SitePost(item.post, item.addressed.url, link, card, nothing, item.state, item.reason, names, paths)


def _unknown_layouts(entries: Sequence[SitePost], layouts: frozenset[str]) -> Iterator[Diagnostic]:
    """A warning for each layout that no template bears, at the first post that asks for it."""
    asking: dict[str, list[Post]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.post.source.split("/")):
        if entry.post.meta.layout and entry.post.meta.layout not in layouts:
            asking[entry.post.meta.layout].append(entry.post)
    for layout, posts in asking.items():
        others = f" (nor for {len(posts) - 1} more that ask for it)" if len(posts) > 1 else ""
        hint = "add it to templates/, or take layout: out of the head; until then the usual template is used"
        location = posts[0].meta.location(posts[0].source, "layout")
        yield warning(location, f"there is no template {layout}.html{others}", hint)


def _alias_mistakes(entry: SitePost) -> Iterator[Diagnostic]:
    """An error for each former address of a post that cannot be one."""
    meta, source = entry.post.meta, entry.post.source
    for alias in meta.aliases:
        try:
            checked_address(alias)
        except AddressError as problem:
            yield error(meta.location(source, "aliases"), f"alias {alias}: {problem.args[0]}", str(problem.args[1]))
