"""Files that are copied or made of files: static files, attachments, images, social cards."""

from __future__ import annotations

from collections.abc import Iterator

from blogsite.site.model import Site
from blogsite.site.outputs import Asset, Output


def assets(site: Site) -> Iterator[Output]:
    """Yield static files, the files of bundles, and the images that posts show."""
    for path, file in site.files:
        yield Asset(path, file)


def variants(site: Site) -> Iterator[Output]:
    """Yield the resized versions of these images."""
    yield from site.variants


def social_cards(site: Site) -> Iterator[Output]:
    """Yield the social cards of posts that have no image."""
    yield from site.social_cards
