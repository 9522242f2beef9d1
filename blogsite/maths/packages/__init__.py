r"""Commands of LaTeX packages that the engine does not know, put in terms of those that it knows.

TeX comes in and goes out. PACKAGES is the table: a package, its commands, and those of them that mean something else to
the engine, which a site has to ask for by `packages` in [math]. An author's own macro of the same name always wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache

from blogsite.maths.packages.physics import PHYSICS, PHYSICS_REDEFINED
from blogsite.maths.packages.quantities import SIUNITX
from blogsite.maths.packages.reader import Handler, expand

PACKAGES: Mapping[str, tuple[Mapping[str, Handler], Mapping[str, Handler]]] = {
    "physics": (PHYSICS, PHYSICS_REDEFINED),
    "siunitx": (SIUNITX, {}),
}
"""Package → what it adds for every site, and what it changes for those that ask for it."""


@lru_cache(maxsize=8)
def handlers(packages: tuple[str, ...]) -> Mapping[str, Handler]:
    """Return the handler of each command, without backslash, for a site that asks for these packages."""
    tables = [added for added, _ in PACKAGES.values()]
    tables += [table for package, both in PACKAGES.items() if package in packages for table in both]
    return {name: handler for table in tables for names, handler in table.items() for name in names.split()}


@lru_cache(maxsize=8)
def package_commands(packages: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the commands that `expanded` may replace, with backslash."""
    return frozenset("\\" + name for name in handlers(packages))


def expanded(tex: str, packages: tuple[str, ...], own: Set[str]) -> str:
    """Return TeX without the commands of packages, except those that the author has defined (`own`, with backslash)."""
    known = handlers(packages)
    if own:
        known = {name: handler for name, handler in known.items() if "\\" + name not in own}
    return expand(tex, known, own)
