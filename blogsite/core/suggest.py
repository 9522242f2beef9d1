"""Which of many names look like one that is wrong: for the hints of mistakes, cheap enough to be asked often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

LONGEST = 120
"""A longer name is like no other."""
MOST_ASKED = 100
"""So many names are looked for; a site with more that are wrong has another trouble than spelling."""
_LOOKED_AT = 8_000
_COMPARED = 30


class Nearest:
    """Many names, asked for those like another one."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(name for name in names if len(name) <= LONGEST))
        self._asked: dict[str, list[str]] = {}

    def to(self, wanted: str, *, count: int, cutoff: float) -> list[str] | None:
        """At most COUNT names that look like WANTED, the likest first, each with a likeness of CUTOFF or more.

        None where nobody has looked, since it would take too long.
        """
        if wanted not in self._asked:
            if len(wanted) > LONGEST or len(self._asked) >= MOST_ASKED:
                return None
            self._asked[wanted] = get_close_matches(wanted, self._candidates(wanted), n=count, cutoff=cutoff)
        return self._asked[wanted]

    def _candidates(self, wanted: str) -> list[str]:
        """The names that share most pairs of letters with WANTED; the commonest pairs do not count."""
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
    """The pairs of neighbouring letters in NAME, each once, in the order in which they come."""
    padded = f" {name} "
    return list(dict.fromkeys(padded[at : at + 2] for at in range(len(padded) - 1)))
