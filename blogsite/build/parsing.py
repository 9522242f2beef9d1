"""TODO."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.build.context import BuildContext
from blogsite.build.store.records import dump_fragment, dump_post, load_post
from blogsite.config.loader import Config
from blogsite.config.settings import ParseSettings
from blogsite.content.discovery import read_bytes
from blogsite.content.model import Kind, Post, Source
from blogsite.core.diagnostics import Diagnostic, Location, SiteError, error
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.executor import chunks
from blogsite.core.file_state import FileState
from blogsite.core.urls import category_lists
from blogsite.maths.compression import dump_tex

if TYPE_CHECKING:
    from blogsite.config.settings import ParseSettings
    from blogsite.maths.katex import MathFormat


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Sources to parse: (path, kind, bytes)."""

    settings: ParseSettings
    math_output: MathFormat
    sources: tuple[tuple[str, Kind, bytes], ...]


@dataclass(frozen=True, slots=True)
class KeptText:
    """A fragment as the store keeps it. `keys` names its formulas; None: only answers to its needs settle them."""

    digest: Digest
    data: bytes
    keys: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed post as the store keeps it, and what it holds."""

    digest: Digest
    post: bytes
    texts: tuple[KeptText, ...]
    formulas: tuple[tuple[str, bytes], ...]
    """Key and TeX, as `dump_tex` writes it."""


def parse_batch(task: ParseTask) -> list[ParsedRow]:
    """One row for each source, in order."""
    from blogsite.markdown.post import parse
    from blogsite.maths.html import tex_of
    from blogsite.maths.katex import key

    rows = []
    for path, kind, data in task.sources:
        parsed = parse(path, kind, data, task.settings)
        formulas: dict[str, bytes] = {}
        texts = []
        for fragment_digest, fragment in dict(parsed.fragments).items():
            keys: list[str] | None = []
            for formula in fragment.formulas:
                if formula.references:
                    keys = None
                    break
                if not formula.error:
                    tex = tex_of(formula)
                    name = key(tex, task.math_output)
                    formulas[name] = dump_tex(tex, task.math_output)
                    keys.append(name)  # type: ignore[union-attr]
            texts.append(KeptText(fragment_digest, dump_fragment(fragment), None if keys is None else tuple(keys)))
        for formula in parsed.post.title.fragment.formulas:
            if not formula.error:
                formulas[key(tex_of(formula), task.math_output)] = dump_tex(tex_of(formula), task.math_output)
        rows.append(ParsedRow(parsed.post.digest, dump_post(parsed.post), tuple(texts), tuple(formulas.items())))
    return rows


PARSED_AT_ONCE = 20
"""Sources in a task; fewer stale ones than this are parsed here, without starting processes."""


def posts_of(context: BuildContext, sources: Sequence[Source]) -> list[Post]:
    """Every source's post, from the store where it is still what was parsed; the others are parsed and kept."""
    store = context.store
    known = store.posts(name_of_posts(context))
    posts: dict[str, Post] = {}
    unsure: list[Source] = []
    for source in sources:
        row = known.get(source.path)
        if row is not None and row[0].matches(source.stat):
            posts[source.path] = load_post(row[1])
        else:
            unsure.append(source)
    for batch in chunks(unsure, 1000):
        _parse(context, batch, known, posts)
        context.progress("parse", len(posts), len(sources))
    if unsure or len(known) != len(posts):
        with store.transaction():
            store.keep_posts_of([source.path for source in sources])
            store.drop_unused_formulas()
    return [posts[source.path] for source in sources if source.path in posts]


def parse_sources(
    context: BuildContext, sources: Sequence[Source], known: Mapping[str, tuple[FileState, bytes]] | None = None
) -> dict[str, Post]:
    """Path → post of each of these that is there, parsed again unless it is as it was KNOWN to be, and kept."""
    posts: dict[str, Post] = {}
    _parse(context, sources, known or {}, posts)
    return posts


def name_of_posts(context: BuildContext) -> Digest:
    """What the store knows posts by besides their paths: all that shapes them besides their files."""
    return digest((settings_of(context.config), context.config.math_output, context.code))


def _parse(
    context: BuildContext,
    sources: Sequence[Source],
    known: Mapping[str, tuple[FileState, bytes]],
    posts: dict[str, Post],
) -> None:
    """POSTS gains the posts of these sources, and so does the store; those with the bytes it knows are not parsed."""
    from blogsite.build.parsing import ParseTask, parse_batch

    looks: dict[str, FileState] = {}
    same: list[tuple[str, FileState, Post, bytes]] = []
    stale: list[tuple[Source, bytes]] = []
    for source in sources:
        moment = time.time_ns()
        data = _read(context.root, source)
        if data is None:
            continue
        look = looks[source.path] = FileState(source.stat, moment, digest_bytes(data))
        row = known.get(source.path)
        if row is not None and row[0].digest == look.digest:
            post = posts[source.path] = load_post(row[1])
            same.append((source.path, look, post, row[1]))
        else:
            stale.append((source, data))
    many = len(stale) > PARSED_AT_ONCE
    if many:
        import blogsite.markdown.post  # noqa: F401 - once here rather than in each process that is forked
    settings, output, name = settings_of(context.config), context.config.math_output, name_of_posts(context)
    tasks = (
        ParseTask(settings, output, tuple((source.path, source.kind, data) for source, data in batch))  # type: ignore[arg-type]
        for batch in chunks(stale, PARSED_AT_ONCE)
    )
    store = context.store
    with store.transaction():
        store.save_posts(same, name)
    done = 0
    for rows in context.workers.map(parse_batch, tasks, parallel=many):
        kept = []
        with store.transaction():  # for each task, so that another command finds its turn between them
            for parsed, (source, _) in zip(rows, stale[done : done + len(rows)], strict=True):
                post = posts[source.path] = load_post(parsed.post)
                kept.append((source.path, looks[source.path], post, parsed.post))
                store.save_fragments((text.digest, text.data, text.keys) for text in parsed.texts)
                store.add_formulas(parsed.formulas)
            store.save_posts(kept, name)
        done += len(rows)


def _read(root: Path, source: Source) -> bytes | None:
    """The bytes of a source, None if it has gone since the folder was read."""
    try:
        return read_bytes(root, source)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SiteError([_unreadable(source.path, problem)]) from None


def _unreadable(path: str, problem: OSError) -> Diagnostic:
    return error(Location(path), f"it cannot be read: {problem.strerror}", "give yourself the right to read it")


def settings_of(config: Config) -> ParseSettings:
    """What of the configuration shapes a post."""
    return ParseSettings(config.markdown(), config.timezone, config.excerpt_length, category_lists(config.permalink))
