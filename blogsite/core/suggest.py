"""Suggestions for misspelt names, fast enough for thousands of them among thousands of known names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

LONGEST = 120
"""Longer names get no suggestions."""
MAX_QUERIES = 100
"""After so many queries there are no suggestions any more: a site with more wrong names has not just misspelt them."""
_LOOKED_AT = 8_000
_COMPARED = 30


class Suggester:
    """Known names that can be searched for ones similar to a misspelt name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(name for name in names if len(name) <= LONGEST))
        self._asked: dict[str, list[str]] = {}

    def to(self, wanted: str, *, count: int, cutoff: float) -> list[str] | None:
        """Return at most `count` names similar to `wanted`, the most similar first.

        `cutoff` is the least ratio of similarity, as difflib computes it. Returns None if it was not searched, because
        the name is too long or too many were searched before.
        """
        if wanted not in self._asked:
            if len(wanted) > LONGEST or len(self._asked) >= MAX_QUERIES:
                return None
            self._asked[wanted] = get_close_matches(wanted, self._candidates(wanted), n=count, cutoff=cutoff)
        return self._asked[wanted]

    def _candidates(self, wanted: str) -> list[str]:
        """Return the names that share most pairs of letters with `wanted`, leaving out the commonest pairs."""
        if len(self._names) <= _COMPARED:
            return list(self._names)
        shared: Counter[int] = Counter()
        looked_at = 0
        for names in sorted((self._by_pair.get(pair, ()) for pair in _pairs(wanted)), key=len):
            looked_at += len(names)
            if looked_at > _LOOKED_AT and shared:
                break
            shared.update(names)
        return [self._names[number] for number, _ in shared.most_common(_COMPARED)]

    @cached_property
    def _by_pair(self) -> dict[str, list[int]]:
        numbers = defaultdict(list)
        for number, name in enumerate(self._names):
            for pair in _pairs(name):
                numbers[pair].append(number)
        return numbers


def _pairs(name: str) -> list[str]:
    """Return the pairs of neighbouring letters in a name, each once, in order."""
    padded = f" {name} "
    return list(dict.fromkeys(padded[at : at + 2] for at in range(len(padded) - 1)))
