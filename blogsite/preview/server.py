"""Listening, following changes, and ending at once."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
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
from blogsite.preview.application import App, LiveReload
from blogsite.preview.session import Session
from blogsite.preview.source_cache import ChangedPaths
from blogsite.preview.updates import Update
from blogsite.preview.warm_start import WarmState
from blogsite.preview.watcher import changes, config_path
from blogsite.preview.worker import Worker

TRIES = 20
"""Ports that are tried, one after the other."""
AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line may ask of the preview."""

    publish_filter: PublishFilter
    port: int = 8000
    bind: str = "127.0.0.1"
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Reporter:
    """How the preview says what it does: lines, mistakes, its address once it answers, and how far a stage has come."""

    say: Callable[[str], None]
    diagnostic: Callable[[Diagnostic], None]
    address: Callable[[str], None]
    progress: Progress


def serve(root: Path, config_file: Path | None, options: ServeOptions, voice: Reporter) -> None:
    """The site at ROOT is served until somebody ends it; raises UsageError where there is none, or no port is free."""
    with suppress(SiteError):  # the browser shows it
        load_config(root, config_file)
    root = Path(os.path.realpath(root))
    with listening(options.bind, options.port, voice.say) as listener:
        worker = Worker()
        session = Session(
            root, config_file and Path(os.path.abspath(config_file)), options.publish_filter, voice.progress
        )
        tabs = LiveReload(session, token_hex(4))
        sys.setswitchinterval(0.001)  # requests are answered while the other thread is at work
        try:
            web = App(session, worker, tabs, options.bind, options.follow)
            asyncio.run(_run(Follower(session, worker, tabs, voice), web, listener, options.bind))
        finally:
            worker.call(session.close)
            worker.stop(1.0)


def listening(bind: str, port: int, say: Callable[[str], None]) -> socket.socket:
    """A socket that is bound to BIND and PORT, or to the next port that is free."""
    try:
        family = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    except OSError as problem:
        raise UsageError(f"cannot listen on {bind}: {problem.strerror}", "choose another address for --bind") from None
    for candidate in range(port, min(port + TRIES, 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: else asyncio lets Nagle delay
        try:
            if os.name != "nt":  # where it would let two programs share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((bind, candidate))
            listener.listen(128)
        except OSError as problem:
            listener.close()
            refused = problem
            if candidate + 1 < min(port + TRIES, 65536):
                say(f"port {candidate} cannot be had ({problem.strerror}): trying {candidate + 1}")
        else:
            return listener
    message = f"cannot listen on {bind}, ports {port} to {candidate}: {refused.strerror}"
    raise UsageError(message, "choose another --port, or an address of this machine for --bind")


@dataclass(frozen=True, slots=True)
class Follower:
    """Keeps the session up with the disk, and tells everybody of it."""

    session: Session
    worker: Worker
    tabs: LiveReload
    voice: Reporter

    async def begin(self) -> None:
        """The site is in memory as it stands on disk, and what has kept it from being there has been said."""
        first = await asyncio.wrap_future(self.worker.call(self._begin))
        if first is not None:
            self.tabs.tell(first)
            for diagnostic in first.diagnostics:
                self.voice.diagnostic(diagnostic)

    def _begin(self) -> Update | None:
        self.worker.in_idle_moments(chain(self.session.warm_up(), self.session.keep()))
        return self.session.update(None)

    async def disk(self) -> None:
        """Every change on disk is taken in."""
        session = self.session
        async for changed_paths in changes(
            session.root, config_path(session.root, session.config_file), self.voice.say
        ):
            await self.take(changed_paths)

    async def clock(self) -> None:
        """The site is looked at anew whenever a post becomes due or expires."""
        while True:
            due = self.session.next_change
            wait = (due - now()).total_seconds() if due else AN_HOUR
            await asyncio.sleep(min(max(wait, 1.0), AN_HOUR))
            if due and due <= now():
                await self.take(None)

    async def take(self, changed_paths: ChangedPaths | None) -> None:
        """The site is as it stands on disk, the tabs know, and a line says so."""
        start = time.perf_counter()
        update = await asyncio.wrap_future(self.worker.call(self._take, changed_paths, start))
        if update is None:
            return
        self.tabs.tell(update)
        for diagnostic in update.diagnostics:
            self.voice.diagnostic(diagnostic)

    def _take(self, changed_paths: ChangedPaths | None, start: float) -> Update | None:
        session, say = self.session, self.voice.say
        update = session.update(changed_paths)
        if update is None:
            return None
        session.prepare()
        spent = f"{(time.perf_counter() - start) * 1000:.0f} ms"
        if session.broken:
            say(f"{update.changed}: the site cannot be shown as it stands, {spent}")
        else:

            def tell(stale: int) -> None:
                say(f"{update.changed}: {stale} page{'' if stale == 1 else 's'} stale, {spent}")

            if isinstance(update.before, WarmState):
                say(f"{update.changed}: taken in with the whole site, {spent}")
            self.worker.in_idle_moments(chain(session.compare(update.before, tell), session.keep()))
        return update


class _Server(uvicorn.Server):
    """A server that says when it answers, and ends without waiting for the tabs that listen."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = self.force_exit = True


async def _run(following: Follower, web: App, listener: socket.socket, bind: str) -> None:
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
        following.voice.address(f"http://{shown}:{port}{following.session.base_path}/")

    tasks = [asyncio.create_task(following.disk())]
    try:
        await _turns(4)  # what changes from here on is told, so that what is read next does not become old unnoticed
        await following.begin()
        tasks.append(asyncio.create_task(following.clock()))
        await _Server(config, started).serve([listener])
    finally:
        for task in tasks:
            task.cancel()


async def _turns(count: int) -> None:
    """The other tasks have had COUNT turns."""
    for _ in range(count):
        await asyncio.sleep(0)
