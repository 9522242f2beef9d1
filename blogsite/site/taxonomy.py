"""Tags and categories: which names are one term, their addresses, and the posts of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from blogsite.content.model import Post
from blogsite.core.diagnostics import Diagnostic, error, warning
from blogsite.core.slugs import term_slug
from blogsite.core.urls import term_address
from blogsite.site.model import PostLink, Term, TermPage

Path = tuple[str, ...]
"""The names of a term from the top; a tag has one."""


@dataclass(slots=True)
class Taxonomy:
    """The terms of one kind, "tags" or "categories"."""

    kind: str
    slugs_by_name: Mapping[str, str]
    """The setting [tags] map."""
    spelling: dict[Path, Path] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _terms: dict[Path, Term] = field(default_factory=dict)

    def learn(self, uses: Iterable[tuple[Path, Post]]) -> None:
        """Choose one spelling for each term from all its uses, and report those that differ or clash."""
        counts: Counter[Path] = Counter()
        first: dict[Path, Post] = {}
        for path, post in uses:
            for depth in range(1, len(path) + 1):
                counts[path[:depth]] += 1
                first.setdefault(path[:depth], post)
        by_folded: dict[Path, list[Path]] = defaultdict(list)
        for path in counts:
            by_folded[tuple(name.casefold() for name in path)].append(path)
        for spellings in by_folded.values():
            chosen = min(spellings, key=lambda path: (-counts[path], path))
            for path in spellings:
                self.spelling[path] = chosen
                if path[-1] != chosen[-1]:
                    self._report_case(path, chosen, first[path])
        self._report_clashes(first)

    def term(self, path: Path) -> Term:
        """Return the term for a path as some post spells it, after `learn`."""
        if path not in self._terms:
            chosen = self._chosen(path)
            self._terms[path] = Term(chosen[-1], self._address(chosen))
        return self._terms[path]

    def terms(self, path: Path) -> tuple[Term, ...]:
        """Return the terms from the top down to that of the path."""
        return tuple(self.term(path[: depth + 1]) for depth in range(len(path)))

    def pages(self, uses: Iterable[tuple[Path, PostLink]]) -> tuple[TermPage, ...]:
        """Return a page for every term, in the order of their names; a category includes its subcategories' posts."""
        links: dict[Path, dict[str, PostLink]] = defaultdict(dict)
        for path, link in uses:
            chosen = self._chosen(path)
            for depth in range(1, len(chosen) + 1):
                links[chosen[:depth]].setdefault(link.url, link)
        children: dict[Path, list[Path]] = defaultdict(list)
        for path in sorted(links, key=_by_name):
            children[path[:-1]].append(path)
        return tuple(
            TermPage(
                path[-1],
                self._address(path),
                tuple(links[path].values()),
                self.terms(path[:-1]),
                tuple((self.term(child), len(links[child])) for child in children[path]),
            )
            for path in sorted(links, key=_by_name)
        )

    def _chosen(self, path: Path) -> Path:
        return tuple(self.spelling.get(path[: depth + 1], path[: depth + 1])[-1] for depth in range(len(path)))

    def _slugs(self, path: Path) -> Path:
        return tuple(term_slug(self.slugs_by_name.get(name, name)) for name in path)

    def _address(self, path: Path) -> str:
        return term_address(self.kind, self._slugs(path))

    def _report_case(self, path: Path, chosen: Path, post: Post) -> None:
        location = post.meta.location(post.source, self.kind)
        message = f"{_singular(self.kind)} {path[-1]} is elsewhere written {chosen[-1]}"
        self.diagnostics.append(
            warning(
                location, message, f"write {chosen[-1]} in every post; until then they share one page", "tag-similar"
            )
        )

    def _report_clashes(self, first: Mapping[Path, Post]) -> None:
        owners: dict[Path, Path] = {}
        for path in sorted({self._chosen(path) for path in first}):
            post = (
                first[path] if path in first else next(first[other] for other in first if self._chosen(other) == path)
            )
            location = post.meta.location(post.source, self.kind)
            slugs = self._slugs(path)
            if not slugs[-1]:
                message = f"no address can be made of the {_singular(self.kind)} {path[-1]}"
                self.diagnostics.append(
                    error(
                        location,
                        message,
                        f'give it one in blogsite.toml: [tags] map = {{"{path[-1]}" = "…"}}',
                        "address-invalid",
                    )
                )
            elif owners.setdefault(slugs, path) != path:
                message = (
                    f"the {self.kind} {owners[slugs][-1]} and {path[-1]} would share the address {self._address(path)}"
                )
                self.diagnostics.append(
                    error(
                        location,
                        message,
                        f'tell them apart in blogsite.toml: [tags] map = {{"{path[-1]}" = "…"}}',
                        "address-duplicate",
                    )
                )


def _singular(kind: str) -> str:
    return "tag" if kind == "tags" else "category"


def _by_name(path: Path) -> tuple[tuple[bool, str, bytes], ...]:
    """Sort key of names: Latin ones first, then Chinese ones by their code in GB 18030, which is pinyin order."""
    return tuple(
        (
            not name[:1].isascii(),
            name.casefold() if name.isascii() else "",
            name.casefold().encode("gb18030", "replace"),
        )
        for name in path
    )
