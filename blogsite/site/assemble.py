"""Assemble a site from parsed posts: order, addresses, taxonomies, resolved references.

One pass without input or output. Every mistake that involves more than one file is found here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from blogsite.config.loader import FILE_NAME, Config
from blogsite.content.discovery import SiteFiles, theme_templates
from blogsite.content.model import File, Post
from blogsite.content.status import PublishFilter, next_change
from blogsite.core.diagnostics import Diagnostic, Location, warning
from blogsite.core.i18n import words_for
from blogsite.images.social_cards import SocialCardPlanner
from blogsite.maths.assets import MATH_ASSETS
from blogsite.site.addresses import SelectedPost, check_aliases, select_posts, with_kind
from blogsite.site.asset_fingerprints import fingerprinted_names
from blogsite.site.files import FileIndex, FileInfoSource
from blogsite.site.model import Content, PostCard, PostLink, Site, SiteInfo, SitePost, Term
from blogsite.site.references import ReferenceResolver
from blogsite.site.summary import description_of, read_more_address
from blogsite.site.taxonomy import Taxonomy


def assemble(
    config: Config,
    posts: Sequence[Post],
    site_files: SiteFiles,
    now: datetime,
    publish_filter: PublishFilter,
    files: FileInfoSource,
) -> Site:
    """Return the site as it is shown at `now`; its diagnostics include those of every post."""
    diagnostics: list[Diagnostic] = [*site_files.diagnostics]
    for post in posts:
        diagnostics += post.diagnostics
    if not config.base_url:
        message = "base_url is not set: feeds, sitemap and canonical addresses are left out"
        diagnostics.append(
            warning(
                Location(FILE_NAME),
                message,
                'write the address of the site, as base_url = "https://example.org"',
                "base-url-missing",
            )
        )
    placed = [with_kind(config, post, diagnostics) for post in sorted(posts, key=lambda post: post.source.split("/"))]
    seen, unseen = select_posts(config, placed, now, publish_filter, diagnostics)
    seen.sort(key=lambda item: item.post.meta.date or datetime.min.replace(tzinfo=UTC), reverse=True)
    needed = _needed(config, seen, site_files.static)
    names = fingerprinted_names(needed, files.digest)
    info = site_info(config, [item for item in seen if item.post.kind == "page"], names, preview=publish_filter.preview)
    addressed = [item.addressed for item in seen]
    static = {names.get(file.path, file.path): file for file in needed}
    file_index = FileIndex(
        addressed, site_files.sources, site_files.files, static, info.base_path, files, config.image_settings()
    )
    resolver = ReferenceResolver(addressed, [item.post for item in unseen], file_index)
    layouts = _layout_names(site_files.templates)
    listed = [item for item in seen if item.post.kind == "post" and item.state != "hidden"]
    tags, categories = Taxonomy("tags", dict(config.tags_map)), Taxonomy("categories", dict(config.tags_map))
    tags.learn(((tag,), item.post) for item in listed for tag in item.post.meta.tags)
    categories.learn((path, item.post) for item in listed for path in item.post.meta.categories)
    social_cards = SocialCardPlanner(config, site_files.font, files.digest)
    entries = [_entry(config, item, resolver, social_cards, tags, categories) for item in seen]
    of = {entry.post.source: entry for entry in entries}
    for entry in entries:
        diagnostics += check_aliases(entry)
    diagnostics += _unknown_layouts(entries, layouts)
    diagnostics += [*file_index.diagnostics, *resolver.diagnostics, *tags.diagnostics, *categories.diagnostics]
    return Site(
        info=info,
        posts=tuple(of[item.post.source] for item in listed),
        hidden=tuple(of[item.post.source] for item in seen if item.post.kind == "post" and item.state == "hidden"),
        pages=tuple(of[item.post.source] for item in seen if item.post.kind == "page"),
        tags=tags.pages(((tag,), of[item.post.source].link) for item in listed for tag in item.post.meta.tags),
        categories=categories.pages(
            (path, of[item.post.source].link) for item in listed for path in item.post.meta.categories
        ),
        files=tuple(sorted(file_index.assets.items())),
        variants=tuple(file_index.variants[path] for path in sorted(file_index.variants)),
        social_cards=tuple(social_cards.drawn[path] for path in sorted(social_cards.drawn)),
        now=now,
        unpublished=tuple(_outline(config, item) for item in unseen),
        diagnostics=tuple(sorted(set(diagnostics))),
        next_change=min(filter(None, (next_change(post.meta, now) for post in posts)), default=None),
        per_page=config.per_page,
        feed_limit=config.feed_limit,
        full_feeds=config.feed_content == "full",
        extra_feeds=config.extra_feeds,
        tag_feeds=config.tags_feeds,
        layouts=layouts,
    )


def _needed(config: Config, seen: Sequence[SelectedPost], static: Sequence[File]) -> list[File]:
    """Return the static files without those for formulas, if there are none or they have another format."""
    shown = any(item.post.has_math or item.post.title.fragment.formulas for item in seen)
    unneeded = tuple(
        assets.folder for output, assets in MATH_ASSETS.items() if not (shown and output == config.math_output)
    )
    return [file for file in static if not file.path.startswith(unneeded)]


def site_info(config: Config, pages: Sequence[SelectedPost], names: Mapping[str, str], *, preview: bool) -> SiteInfo:
    """Return what every page may know of the site."""
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


def _default_menu(config: Config, pages: Sequence[SelectedPost]) -> tuple[tuple[str, str], ...]:
    words = words_for(config.language)
    lists = ((words.archive, "/archive/"), (words.categories, "/categories/"), (words.tags, "/tags/"))
    listed = {url for _, url in lists}
    top = [
        item
        for item in pages
        if item.state == "published" and item.addressed.url.count("/") == 2 and item.addressed.url not in listed
    ]
    return (*lists, *sorted((item.post.title.plain, item.addressed.url) for item in top))


def _link(config: Config, item: SelectedPost) -> PostLink:
    date = item.post.meta.date
    local = date.astimezone(config.zone) if date else None
    return PostLink(item.addressed.url, item.post.title, local, item.post.meta.lang, item.state)


def _entry(
    config: Config,
    item: SelectedPost,
    resolver: ReferenceResolver,
    social_cards: SocialCardPlanner,
    tags: Taxonomy,
    categories: Taxonomy,
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
        image = social_cards.address(post.title.plain, link.date, authors) or image
    card = PostCard(
        link=link,
        updated=post.meta.updated.astimezone(config.zone) if post.meta.updated else None,
        authors=authors,
        tags=own_tags,
        categories=own_categories,
        excerpt=excerpt,
        more=read_more_address(post, url),
        description=description_of(post, excerpt.resolved),
        pinned=post.meta.pin,
        state=item.state,
    )
    content = Content(post.body.fragment, url, body_answers, post.has_math)
    return SitePost(post, url, link, card, content, item.state, item.reason, own_tags, own_categories, image)


def _outline(config: Config, item: SelectedPost) -> SitePost:
    """Return an unpublished post for `blogsite list`, without resolving its references."""
    link = _link(config, item)
    nothing = Content("", item.addressed.url)
    names: tuple[Term, ...] = tuple(Term(tag, "") for tag in item.post.meta.tags)
    paths = tuple(tuple(Term(name, "") for name in path) for path in item.post.meta.categories)
    card = PostCard(link, None, (), names, paths, nothing, "", "")
    return SitePost(item.post, item.addressed.url, link, card, nothing, item.state, item.reason, names, paths)


def _layout_names(templates: Sequence[File]) -> frozenset[str]:
    """Return the names that `layout` may have: those of the theme for posts and pages, and those of the site's own.

    A template of the site that replaces one of the theme for lists is not among them: it needs the context of a list.
    """
    theme = {name.removeprefix("theme/") for name, _ in theme_templates()}
    own = (file.path for file in templates if file.path.endswith(".html") and file.path not in theme)
    return frozenset(["post", "page", *(path.removesuffix(".html") for path in own)])


def _unknown_layouts(entries: Sequence[SitePost], layouts: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield a warning for each layout without a template, at the first post that names it."""
    asking: dict[str, list[Post]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.post.source.split("/")):
        if entry.post.meta.layout and entry.post.meta.layout not in layouts:
            asking[entry.post.meta.layout].append(entry.post)
    for layout, posts in asking.items():
        others = f" (nor for {len(posts) - 1} more that ask for it)" if len(posts) > 1 else ""
        hint = "add it to templates/, or remove layout: from the front matter; until then the default template is used"
        location = posts[0].meta.location(posts[0].source, "layout")
        yield warning(
            location, f"there is no template {layout}.html for posts and pages{others}", hint, "template-missing"
        )
