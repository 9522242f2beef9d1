"""Parse the Markdown sources that changed, on all cores; take the other posts from the store."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.store.records import dump_fragment, dump_post, load_post
from blogsite.config.loader import Config
from blogsite.config.settings import MathFormat, ParseSettings
from blogsite.content.discovery import read_bytes
from blogsite.content.model import HtmlFragment, Kind, Post, Source
from blogsite.core.diagnostics import Location, SiteError, error, unreadable_file
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.executor import batched
from blogsite.core.file_state import FileState
from blogsite.core.permalinks import category_lists
from blogsite.maths.compression import dump_tex
from blogsite.maths.html import engine_input
from blogsite.maths.katex import formula_key

SOURCES_PER_TASK = 20
"""No more sources than this are parsed without starting worker processes."""
SOURCES_PER_BATCH = 1000
"""Sources whose bytes are in memory at once."""

if TYPE_CHECKING:
    from blogsite.markdown.post import Parsed as ParsedPost

KnownPosts = Mapping[str, tuple[FileState, bytes]]
"""Path → the state of a source when it was parsed, and its post as `load_post` reads it."""


# ── in a worker process ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Sources to parse, as (path, kind, bytes)."""

    settings: ParseSettings
    math_format: MathFormat
    sources: tuple[tuple[str, Kind, bytes], ...]


@dataclass(frozen=True, slots=True)
class StoredFragment:
    """A text as the store keeps it."""

    digest: Digest
    data: bytes
    formula_keys: tuple[str, ...] | None
    """None if the formulas are known only when references to equations of other posts have been resolved."""


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """A parsed post as the store keeps it, with its texts and formulas."""

    digest: Digest
    post: bytes
    fragments: tuple[StoredFragment, ...]
    formulas: tuple[tuple[str, bytes], ...]
    """(key, TeX as `dump_tex` writes it)."""


def parse_batch(task: ParseTask) -> list[ParsedSource]:
    """Parse the sources of a task, in order."""
    from blogsite.markdown.post import parse  # 0.1 s, see stages.py

    return [_stored(parse(path, kind, data, task.settings), task.math_format) for path, kind, data in task.sources]


def preload_parser() -> None:
    """Import the Markdown parser in this process, so that forked workers need not import it one by one."""
    import blogsite.markdown.post  # noqa: F401


def _stored(parsed: ParsedPost, math_format: MathFormat) -> ParsedSource:
    formulas: dict[str, bytes] = {}
    fragments = []
    for name, fragment in dict(parsed.fragments).items():
        own = _formulas_of(fragment, math_format)
        formulas |= own
        waits = any(formula.references for formula in fragment.formulas)
        fragments.append(StoredFragment(name, dump_fragment(fragment), None if waits else tuple(own)))
    formulas |= _formulas_of(parsed.post.title.fragment, math_format)
    return ParsedSource(parsed.post.digest, dump_post(parsed.post), tuple(fragments), tuple(formulas.items()))


def _formulas_of(fragment: HtmlFragment, math_format: MathFormat) -> dict[str, bytes]:
    """Return key → TeX of each formula that needs no answer from another post."""
    texs = [engine_input(formula) for formula in fragment.formulas if not formula.error and not formula.references]
    return {formula_key(tex, math_format): dump_tex(tex, math_format) for tex in texs}


# ── in the main process ──────────────────────────────────────────────────────────────────────────────────────────────


def load_posts(context: BuildContext, sources: Sequence[Source]) -> list[Post]:
    """Return the post of each source that still exists; those that changed are parsed and saved."""
    store = context.store
    known = store.posts(parse_digest(context))
    posts: dict[str, Post] = {}
    may_differ: list[Source] = []
    for source in sources:
        row = known.get(source.path)
        if row is not None and row[0].matches(source.stat):
            posts[source.path] = load_post(row[1])
        else:
            may_differ.append(source)
    for batch in batched(may_differ, SOURCES_PER_BATCH):
        posts |= parse_sources(context, batch, known)
        context.progress("parse", len(posts), len(sources))
    if may_differ or len(known) != len(posts):
        with store.transaction():
            store.keep_posts([source.path for source in sources])
            store.drop_unused_formulas()
    return [posts[source.path] for source in sources if source.path in posts]


def parse_sources(context: BuildContext, sources: Sequence[Source], known: KnownPosts) -> dict[str, Post]:
    """Parse and save those of the sources whose bytes are not `known`. Returns path → post of all that still exist."""
    posts: dict[str, Post] = {}
    states: dict[str, FileState] = {}
    same: list[tuple[str, FileState, Post, bytes]] = []
    stale: list[tuple[Source, bytes]] = []
    for source in sources:
        looked_at = time.time_ns()
        data = read_source(context.root, source)
        if data is None:
            continue
        state = states[source.path] = FileState(source.stat, looked_at, digest_bytes(data))
        row = known.get(source.path)
        if row is not None and row[0].digest == state.digest:
            post = posts[source.path] = load_post(row[1])
            same.append((source.path, state, post, row[1]))
        else:
            stale.append((source, data))
    store, name = context.store, parse_digest(context)
    with store.transaction():
        store.save_posts(same, name)
    in_parallel = len(stale) > SOURCES_PER_TASK
    if in_parallel:
        preload_parser()
    settings, math_format = parse_settings(context.config), context.config.math_output
    tasks = (
        ParseTask(settings, math_format, tuple((source.path, source.kind, data) for source, data in batch))
        for batch in batched(stale, SOURCES_PER_TASK)
    )
    done = 0
    for results in context.workers.map(parse_batch, tasks, parallel=in_parallel):
        with store.transaction():  # one for each task, so that another command can use the store in between
            rows = []
            for parsed, (source, _) in zip(results, stale[done : done + len(results)], strict=True):
                post = posts[source.path] = load_post(parsed.post)
                rows.append((source.path, states[source.path], post, parsed.post))
                _save_texts(context, parsed)
            store.save_posts(rows, name)
        done += len(results)
    return posts


def restore_fragments(context: BuildContext, loaded: LoadedSite, lost: Collection[Digest]) -> None:
    """Parse the posts again whose texts the store has lost. Raises SiteError if a source has been changed since."""
    settings = parse_settings(context.config)
    sources = {source.path: source for source in loaded.site_files.sources}
    for item in (*loaded.site.posts, *loaded.site.hidden, *loaded.site.pages):
        post = item.post
        if post.body.fragment not in lost and post.excerpt.fragment not in lost:
            continue
        source = sources[post.source]
        data = read_source(context.root, source) or b""
        if digest_bytes(data) != post.digest:
            message = "the file was changed while the site was being built"
            raise SiteError([error(Location(post.source), message, "build again", "file-changed")])
        task = ParseTask(settings, context.config.math_output, ((source.path, source.kind, data),))
        with context.store.transaction():
            for parsed in parse_batch(task):
                _save_texts(context, parsed)


def parse_digest(context: BuildContext) -> Digest:
    """Return the digest of everything a parsed post depends on besides its file. The store keeps posts by it."""
    return digest((parse_settings(context.config), context.config.math_output, context.code))


def parse_settings(config: Config) -> ParseSettings:
    """Return the settings that a parsed post depends on."""
    return ParseSettings(
        config.markdown_settings(), config.timezone, config.excerpt_length, category_lists(config.permalink)
    )


def read_source(root: Path, source: Source) -> bytes | None:
    """Return the bytes of a source; None if it was deleted after the files were listed. Raises SiteError."""
    try:
        return read_bytes(root, source)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SiteError([unreadable_file(source.path, problem)]) from None


def _save_texts(context: BuildContext, parsed: ParsedSource) -> None:
    context.store.save_fragments((text.digest, text.data, text.formula_keys) for text in parsed.fragments)
    context.store.add_formulas(parsed.formulas)
