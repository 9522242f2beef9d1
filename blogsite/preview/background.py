"""Work that a session does while there are no requests, in small steps between which requests are answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from blogsite.build.parsing import ParseTask, parse_batch, parse_settings
from blogsite.build.typesetting import TypesetTask, typeset_batch
from blogsite.content.model import Post
from blogsite.core.urls import output_path
from blogsite.preview.session import Session
from blogsite.preview.site_state import SiteState, without_garbage_collection
from blogsite.preview.warm_start import StoredState
from blogsite.render.dependencies import template_closures
from blogsite.site.outputs import Page

DELAY = 0.25
"""Seconds without work after a change, in which requests are likely."""
OUTPUTS_PER_STEP = 200


def warm_up(session: Session) -> Iterator[None]:
    """Do what the first requests and the first edit would have to wait for: load the site, render, import."""
    yield from _wait(DELAY)
    if session.is_stored:
        session.load_whole_site()
    yield
    posts = session.state.loaded.site.posts if session.state else ()
    for path in (*(output_path(item.url) for item in posts[:1]), "index.html", "404.html"):
        session.get(path)
        yield
    with_math = next((item for item in posts if item.post.has_math), None)
    for item in (*posts[:1], *((with_math,) if with_math else ())):
        with suppress(OSError):  # the file has been deleted
            _parse_and_typeset(session, item.post)
        yield


def count_stale_outputs(session: Session, before: SiteState | None, report: Callable[[int], None]) -> Iterator[None]:
    """Call `report` with the number of outputs that differ from those of the state `before`."""
    yield
    state = session.state
    if state is None or session.errors or isinstance(before, StoredState):
        return
    with without_garbage_collection():
        old, outputs = before.outputs if before else {}, state.outputs
    yield
    changed_templates: set[str] = set()
    if before and before.templates is not state.templates:
        was, now = template_closures(before.templates), template_closures(state.templates)
        changed_templates = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    stale = 0
    for number, (path, output) in enumerate(outputs.items()):
        stale += (isinstance(output, Page) and output.template in changed_templates) or old.get(path) != output
        if number % OUTPUTS_PER_STEP == 0:
            yield
    report(stale)


def save_warm_start(session: Session) -> Iterator[None]:
    """Save the pages that the next preview begins with."""
    yield from _wait(DELAY)
    if session.can_be_kept and session.sources and session.state:
        yield from session.warm_start.save(session.sources, session.state)


def _parse_and_typeset(session: Session, post: Post) -> None:
    """Run the parser and the formula engine once, so that they have imported and compiled what they need."""
    assert session.context
    config = session.context.config
    source = (post.source, post.kind, (session.root / post.source).read_bytes())
    for parsed in parse_batch(ParseTask(parse_settings(config), config.math_output, (source,))):
        typeset_batch(TypesetTask(parsed.formulas[:1]))


def _wait(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)
        yield
