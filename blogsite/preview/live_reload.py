"""Live reload: tell the open browser tabs of each new state of the site, by server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from blogsite.preview.session import Session
from blogsite.preview.updates import Update

KEEP_ALIVE = 15.0
"""Seconds without an event after which a comment is sent, so that the connection is not taken for dead."""
RECONNECT_MS = 500
"""Milliseconds after which a tab that lost the connection tries again."""


@dataclass(slots=True)
class LiveReload:
    """The browser tabs that wait for changes."""

    session: Session
    run: str
    """Distinguishes this run of the server from others, whose versions of the site are numbered alike."""
    _sent: int = 0
    _tabs: set[asyncio.Queue[str]] = field(default_factory=set)

    def version_name(self, version: int) -> str:
        """Return the name that tabs know a version of the site by."""
        return f"{self.run}-{version}"

    def send(self, update: Update) -> None:
        """Send the new version to all tabs: those that show the one before may exchange style sheets alone."""
        event: dict[str, object] = {"at": self.version_name(update.version), "after": self.version_name(self._sent)}
        if update.style_sheets:
            base = self.session.base_path
            event["sheets"] = {base + old: base + new for old, new in update.style_sheets}
        self._sent = update.version
        for tab in self._tabs:
            tab.put_nowait(json.dumps(event, ensure_ascii=False))

    async def events(self) -> AsyncIterator[str]:
        """Yield the events for one tab, the first of which names the current version."""
        tab: asyncio.Queue[str] = asyncio.Queue()
        self._tabs.add(tab)
        try:
            first = json.dumps({"at": self.version_name(self.session.version)})
            yield f"retry: {RECONNECT_MS}\ndata: {first}\n\n"
            while True:
                try:
                    yield f"data: {await asyncio.wait_for(tab.get(), KEEP_ALIVE)}\n\n"
                except TimeoutError:
                    yield ":\n\n"
        finally:
            self._tabs.discard(tab)
