"""Find the id on a page that the fragment of a link means, also where it was written for another renderer's ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property

from blogsite.core.suggest import Suggester

ALWAYS_THERE = frozenset(("", "top", "more", "main", "comments"))
"""Fragments that no text has to define: the page's start, the break, and what the theme's pages have."""
_BY_SCRIPT = ("!", "/")
_TEXT_DIRECTIVE = ":~:"


class AnchorIndex:
    """The ids of a page, and the ids that other renderers give to its headings (alias → id)."""

    def __init__(self, ids: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> None:
        self._ids = dict.fromkeys(ids)
        self._aliases = dict(aliases)

    def __contains__(self, name: str) -> bool:
        return name in self._ids

    def find(self, fragment: str) -> str | None:
        """Return the fragment with which a decoded fragment leads somewhere; None if it leads nowhere.

        That is the fragment itself if there is such an id, else the id that differs in case, hyphens or punctuation
        alone. Fragments for scripts (`#!x`, `#/x`) and for the browser (`#:~:text=x`) count as leading somewhere.
        """
        name, directive, words = fragment.partition(_TEXT_DIRECTIVE)
        if name in self._ids or name.lower() in ALWAYS_THERE or name.startswith(_BY_SCRIPT):
            return fragment
        found = self._aliases.get(name) or self._similar.get(_folded(name)) or self._similar.get(letters_of(name))
        return f"{found}{directive}{words}" if found else None

    def like(self, fragment: str) -> Sequence[str] | None:
        """Return the ids most similar to a fragment; None if they were not searched."""
        return self._suggester.to(fragment, count=3, cutoff=0.4)

    @cached_property
    def _similar(self) -> dict[str, str]:
        similar: dict[str, str] = {}
        for key in (_folded, letters_of):
            for name in self._ids:
                similar.setdefault(key(name), name)
        similar.pop("", None)
        return similar

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(name for name in self._ids if not name.startswith(("fn:", "fnref")))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def letters_of(name: str) -> str:
    """Return the letters and digits of a name, for comparisons that set case, width, hyphens and punctuation aside."""
    return "".join(character for character in unicodedata.normalize("NFKC", name).casefold() if character.isalnum())
