"""Find a name for a new post whose address no other post or page has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from blogsite.config.loader import Config
from blogsite.content.discovery import read_bytes, scan_site
from blogsite.content.encoding import decode
from blogsite.content.frontmatter.reader import read_front_matter
from blogsite.content.model import FrontMatter, Kind
from blogsite.core.permalinks import category_lists
from blogsite.core.slugs import SLUG_BYTES
from blogsite.core.urls import AddressError, parse_address
from blogsite.site.addresses import address_of


class TakenAddresses:
    """The addresses that the posts and pages of a site have, their former ones included."""

    def __init__(self, root: Path, config: Config) -> None:
        self._config = config
        self._sources: dict[str, str] = {}
        for source in scan_site(root).sources:
            with suppress(OSError):
                text, _ = decode(read_bytes(root, source), source.path)
                for address in self._of(source.path, source.kind, text):
                    self._sources.setdefault(address, source.path)

    def __len__(self) -> int:
        return len(self._sources)

    def owner(self, path: str, kind: Kind, text: str) -> str | None:
        """Return the file that has the address which a file with this text would get; None if no other has it."""
        return next(
            (self._sources[address] for address in self._of(path, kind, text) if address in self._sources), None
        )

    def _of(self, path: str, kind: Kind, text: str) -> Iterator[str]:
        """Yield the addresses of a file. Case is set aside, because not every file system minds it."""
        config = self._config
        lists = category_lists(config.permalink)
        meta: FrontMatter = read_front_matter(text, path, zone=config.zone, category_lists=lists).meta
        if not meta.date and config.undated == "page":
            kind = "page"
        with suppress(AddressError):
            yield unquote(address_of(config, path, kind, meta)).casefold()
        for alias in meta.aliases:
            with suppress(AddressError):
                yield unquote(parse_address(alias)).casefold()


def numbered_names(name: str, count: int) -> Iterator[str]:
    """Yield the name, NAME-2, NAME-3 …, each at most SLUG_BYTES long: `count` names."""
    yield name
    for number in range(2, count + 1):
        suffix = f"-{number}"
        yield name.encode()[: SLUG_BYTES - len(suffix)].decode(errors="ignore").rstrip("-_.") + suffix
