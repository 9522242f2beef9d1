"""Run the development server: bind a port, answer requests, follow changes on disk, stop at once on Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from secrets import token_hex
from types import FrameType

import uvicorn

from blogsite.build.context import Progress, now
from blogsite.config.loader import load_config
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import Diagnostic, SiteError, UsageError
from blogsite.preview.application import App
from blogsite.preview.background import count_stale_outputs, save_warm_start, warm_up
from blogsite.preview.live_reload import LiveReload
from blogsite.preview.session import Session
from blogsite.preview.source_cache import ChangedPaths
from blogsite.preview.updates import Update
from blogsite.preview.warm_start import StoredState
from blogsite.preview.watcher import changes, config_path
from blogsite.preview.worker import Worker

MAX_PORTS = 20
"""Ports that are tried, one after the other."""
MAX_SLEEP = 3600.0
"""Seconds after which the time of the next change is computed again, because clocks are set."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The options of `blogsite serve`."""

    publish_filter: PublishFilter
    port: int = 8000
    bind: str = "127.0.0.1"
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Reporter:
    """Where the preview reports to: lines of text, diagnostics, its address once it answers, progress of a stage."""

    say: Callable[[str], None]
    diagnostics: Callable[[Iterable[Diagnostic]], object]
    address: Callable[[str], None]
    progress: Progress


def serve(root: Path, config_file: Path | None, options: ServeOptions, report: Reporter) -> None:
    """Serve the site at `root` until the process is interrupted. Raises UsageError without a site or a free port."""
    with suppress(SiteError):  # the browser shows it
        load_config(root, config_file)
    root = Path(os.path.realpath(root))
    with bind_socket(options.bind, options.port, report.say) as listener:
        worker = Worker()
        session = Session(
            root, config_file and Path(os.path.abspath(config_file)), options.publish_filter, report.progress
        )
        live_reload = LiveReload(session, token_hex(4))
        sys.setswitchinterval(0.001)  # requests are answered while the other thread is at work
        try:
            web = App(session, worker, live_reload, options.bind, options.follow)
            asyncio.run(_run(Follower(session, worker, live_reload, report), web, listener, options.bind))
        finally:
            worker.call(session.close)
            worker.stop(1.0)


def bind_socket(bind: str, port: int, say: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on `port` of the address `bind`, or on the next free port. Raises UsageError."""
    try:
        family = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    except OSError as problem:
        raise UsageError(f"cannot listen on {bind}: {problem.strerror}", "choose another address for --bind") from None
    for candidate in range(port, min(port + MAX_PORTS, 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: else asyncio lets Nagle delay
        try:
            if os.name != "nt":  # where it would let two programs share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((bind, candidate))
            listener.listen(128)
        except OSError as problem:
            listener.close()
            refused = problem
            if candidate + 1 < min(port + MAX_PORTS, 65536):
                say(f"port {candidate} is not available ({problem.strerror}): trying {candidate + 1}")
        else:
            return listener
    message = f"cannot listen on {bind}, ports {port} to {candidate}: {refused.strerror}"
    raise UsageError(message, "choose another --port, or an address of this machine for --bind")


@dataclass(frozen=True, slots=True)
class Follower:
    """Keeps the session up to date with the disk and the clock, and reports every change."""

    session: Session
    worker: Worker
    live_reload: LiveReload
    report: Reporter

    async def begin(self) -> None:
        """Load the site and report its diagnostics."""
        first = await asyncio.wrap_future(self.worker.call(self._begin))
        if first is not None:
            self.live_reload.send(first)
            self.report.diagnostics(first.diagnostics)

    def _begin(self) -> Update | None:
        self.worker.run_when_idle(chain(warm_up(self.session), save_warm_start(self.session)))
        return self.session.refresh(None)

    async def follow_disk(self) -> None:
        """Take in every change on disk."""
        session = self.session
        async for changed_paths in changes(
            session.root, config_path(session.root, session.config_file), self.report.say
        ):
            await self.refresh(changed_paths)

    async def follow_clock(self) -> None:
        """Refresh the site whenever a post is published or expires."""
        while True:
            due = self.session.next_change
            wait = (due - now()).total_seconds() if due else MAX_SLEEP
            await asyncio.sleep(min(max(wait, 1.0), MAX_SLEEP))
            if due and due <= now():
                await self.refresh(None)

    async def refresh(self, changed_paths: ChangedPaths | None) -> None:
        """Refresh the session, reload the open tabs and report what has changed."""
        start = time.perf_counter()
        update = await asyncio.wrap_future(self.worker.call(self._refresh, changed_paths, start))
        if update is None:
            return
        self.live_reload.send(update)
        self.report.diagnostics(update.diagnostics)

    def _refresh(self, changed_paths: ChangedPaths | None, start: float) -> Update | None:
        session, say = self.session, self.report.say
        update = session.refresh(changed_paths)
        if update is None:
            return None
        session.render_edited_pages()
        spent = f"{(time.perf_counter() - start) * 1000:.0f} ms"
        if session.errors:
            say(f"{update.changed}: the site cannot be shown as it stands, {spent}")
        else:

            def report_stale(stale: int) -> None:
                say(f"{update.changed}: {stale} page{'' if stale == 1 else 's'} stale, {spent}")

            if isinstance(update.before, StoredState):
                say(f"{update.changed}: taken in with the whole site, {spent}")
            self.worker.run_when_idle(
                chain(count_stale_outputs(session, update.before, report_stale), save_warm_start(session))
            )
        return update


class _Server(uvicorn.Server):
    """A server that reports when it answers, and stops without waiting for the open tabs."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = self.force_exit = True


async def _run(follower: Follower, web: App, listener: socket.socket, bind: str) -> None:
    logging.getLogger("uvicorn.error").disabled = True
    config = uvicorn.Config(
        web,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    port = listener.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)
    shown = f"[{host}]" if ":" in host else host

    def started() -> None:
        follower.report.address(f"http://{shown}:{port}{follower.session.base_path}/")

    tasks = [asyncio.create_task(follower.follow_disk())]
    try:
        await _yield_to_others(4)  # until the watcher runs: changes from here on are reported
        await follower.begin()
        tasks.append(asyncio.create_task(follower.follow_clock()))
        await _Server(config, started).serve([listener])
    finally:
        for task in tasks:
            task.cancel()


async def _yield_to_others(count: int) -> None:
    """Let the other tasks of the event loop run `count` times."""
    for _ in range(count):
        await asyncio.sleep(0)
