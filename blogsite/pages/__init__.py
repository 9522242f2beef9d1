"""Page kinds: one file for each, with the context of its template and the function that produces its outputs.

In: a Site. Out: Outputs, planned but not rendered. A new page kind is a file here, a template, and a line in PRODUCERS.
May import site/ and below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from blogsite.core.diagnostics import Diagnostic, Location, error
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.pages.archive import archive_pages
from blogsite.pages.feeds import feeds
from blogsite.pages.files import assets, social_cards, variants
from blogsite.pages.introduction import merge
from blogsite.pages.lists import index_pages
from blogsite.pages.not_found import not_found
from blogsite.pages.posts import PostPage, post_pages, standalone_pages
from blogsite.pages.redirects import redirects
from blogsite.pages.sitemap import sitemap
from blogsite.pages.taxonomies import ListPage, category_pages, tag_pages
from blogsite.site.model import Site
from blogsite.site.outputs import Asset, Output, Page

Producer = Callable[[Site], Iterator[Output]]

# A new kind of page is a file here and a line in this table. Where two make one path, the first in the table wins the
# name in the message that says so.
PRODUCERS: tuple[Producer, ...] = (
    post_pages,
    standalone_pages,
    index_pages,
    tag_pages,
    category_pages,
    archive_pages,
    feeds,
    sitemap,
    not_found,
    redirects,
    assets,
    variants,
    social_cards,
)


def produce(site: Site) -> tuple[tuple[Output, ...], tuple[Diagnostic, ...]]:
    """Return every output of the site, and an error for each path that two outputs would be written to."""
    outputs: dict[str, Output] = {}
    diagnostics: list[Diagnostic] = []
    for producer in PRODUCERS:
        for output in producer(site):
            first = outputs.setdefault(output.path, output)
            if first is output:
                continue
            if merged := merge(first, output):
                outputs[output.path] = merged
            elif not _is_known(first, output):
                message = f"{_name(first)} and {_name(output)} would both be written to {output.path}"
                location = Location(_source(output) or _source(first) or output.path)
                diagnostics.append(
                    error(location, message, "give one of them another name or address", "address-duplicate")
                )
    diagnostics += _files_in_the_way(outputs)
    return tuple(outputs.values()), tuple(diagnostics)


def preview_pages(outputs: Iterable[Output]) -> Iterator[Page]:
    """Yield the pages that a preview opens first: those of posts, the home page, and the 404 page."""
    for output in outputs:
        if isinstance(output, Page) and (
            isinstance(output.context, PostPage) or output.path in ("index.html", "404.html")
        ):
            yield output


def _files_in_the_way(outputs: dict[str, Output]) -> Iterator[Diagnostic]:
    """Yield an error for each output whose folder is another output's file: "a" and "a/index.html"."""
    for path, output in outputs.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if (other := outputs.get("/".join(parts[:depth]))) is not None:
                message = f"{_name(other)} is a file where {_name(output)} needs a folder"
                yield error(
                    Location(_source(output) or path),
                    message,
                    "give one of them another name or address",
                    "address-duplicate",
                )


def _is_known(first: Output, second: Output) -> bool:
    """Return whether assembling has reported the clash, at its better location: two posts, tags or categories."""
    pages = [output for output in (first, second) if isinstance(output, Page)]
    contexts = [page.context for page in pages]
    if all(isinstance(context, PostPage) for context in contexts):
        return len(pages) == 2
    terms = [context for context in contexts if isinstance(context, ListPage) and not context.pager.number]
    return len(terms) == 2


def _source(output: Output) -> str:
    if isinstance(output, Page):
        return output.source
    return output.file.path if isinstance(output, Asset | ImageVariant) else ""


def _name(output: Output) -> str:
    if isinstance(output, Asset):
        return ("static/" if output.file.root else "") + output.file.path
    if isinstance(output, ImageVariant):
        return f"a smaller version of {output.file.path}"
    if isinstance(output, SocialCardImage):
        return f"the social card of “{output.card.title}”"
    return (isinstance(output, Page) and output.source) or f"the page {output.path}"
