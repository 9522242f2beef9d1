"""The site over HTTP: GET and HEAD of what the session has, for whoever asks this machine by its own name."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import mimetypes
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from blogsite.content.discovery import locate, theme_root
from blogsite.content.model import File
from blogsite.core.diagnostics import Diagnostic
from blogsite.images.exif import without_location
from blogsite.images.inspection import PICTURES
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.site.outputs import Asset, Page
from blogsite.preview.overlay import SCRIPT, error_page, own_first, script, with_script
from blogsite.preview.page_cache import CachedPage
from blogsite.preview.session import Broken, ResolvedReference, Session
from blogsite.preview.updates import Update
from blogsite.preview.worker import Worker

CHANGES = "/_blogsite/changes"
ICON = "/favicon.ico"
"""What browsers ask for by themselves while they know of no other; that there is none is no mistake of the site."""
TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".csv": "text/csv",
    ".vtt": "text/vtt",
    ".json": "application/json",
    ".xml": "application/xml",
    ".pdf": "application/pdf",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".png": "image/png",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
}
"""The same on every machine."""
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEAT = 15.0
"""Seconds after which a tab that heard nothing is told that the server is still there."""
BIGGEST_PAGE = 4_000_000
"""Bytes up to which a page from static/ follows its changes too."""


def content_type(path: str) -> str:
    """The content type of an output, with its charset where it is text."""
    suffix = os.path.splitext(path)[1].lower()
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


# ── tabs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class LiveReload:
    """The browser tabs that listen for changes."""

    session: Session
    run: str
    """Tells this run of the server from others."""
    _told: int = 0
    _listening: set[asyncio.Queue[str]] = field(default_factory=set)

    def name(self, number: int) -> str:
        """The name of a state of the site, as tabs know it."""
        return f"{self.run}-{number}"

    def tell(self, update: Update) -> None:
        """Every tab hears of the new state."""
        news: dict[str, object] = {"at": self.name(update.number), "after": self.name(self._told)}
        if update.style_sheets:
            base = self.session.base_path
            news["sheets"] = {base + old: base + new for old, new in update.style_sheets}
        self._told = update.number
        for tab in self._listening:
            tab.put_nowait(json.dumps(news, ensure_ascii=False))

    async def listen(self) -> AsyncIterator[str]:
        """What one tab hears, in the form of server-sent events: first the state that there is."""
        tab: asyncio.Queue[str] = asyncio.Queue()
        self._listening.add(tab)
        try:
            yield f"retry: 500\ndata: {json.dumps({'at': self.name(self.session.number)})}\n\n"
            while True:
                try:
                    yield f"data: {await asyncio.wait_for(tab.get(), BEAT)}\n\n"
                except TimeoutError:
                    yield ":\n\n"
        finally:
            self._listening.discard(tab)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class App:
    """The ASGI application."""

    session: Session
    worker: Worker
    tabs: LiveReload
    bind: str
    follow: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Exception as problem:  # a mistake of ours must not end the server, nor be silent
            message = f"blogsite could not answer: {type(problem).__name__}: {problem}\n"
            response = PlainTextResponse(message, 500)
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if not _is_own(request.headers.get("host", ""), self.bind, request.scope.get("server")):
            return PlainTextResponse("this server is asked for by another name\n", 421)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("only GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        try:
            path = unquote(request.scope["raw_path"].decode("ascii"), errors="strict")
        except UnicodeDecodeError:
            return PlainTextResponse("the address is no UTF-8\n", 404)
        if path == SCRIPT:
            return Response(script(), media_type="text/javascript")
        if path == CHANGES:
            return self._events(request)
        base = self.session.base_path
        if not path.startswith(base + "/"):
            return RedirectResponse(quote(base + "/"), 302) if path in ("/", base) else await self._missing(request)
        return await self._site(request, path.removeprefix(base))

    def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self.tabs.listen(), media_type="text/event-stream")

    async def _site(self, request: Request, path: str) -> Response:
        """The answer to a PATH that begins with a slash and counts from the site's root."""
        name = normalize("NFC", path[1:])
        if name.endswith("/") or not name:
            name += "index.html"
        elif await self._is_folder(name):
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(quote(f"{self.session.base_path}/{name}/") + query, 302)
        number = self.session.number  # asked before the page: one that is newer is loaded once too often, not too late
        older = request.url.query == "last-good"
        answer: ResolvedReference = None if older else self.session.at_once(name)
        if answer is None:
            answer = await self._ask(name, older=older)
        return await self._sent(request, name, answer, number) if answer else await self._missing(request)

    async def _ask(self, name: str, *, older: bool = False) -> ResolvedReference:
        return await asyncio.wrap_future(self.worker.call(self.session.answer, name, older=older))

    async def _is_folder(self, name: str) -> bool:
        if self.session.at_once(name) is not None:
            return False
        has = self.session.has
        return await asyncio.wrap_future(self.worker.call(lambda: not has(name) and has(f"{name}/index.html")))

    async def _missing(self, request: Request) -> Response:
        number = self.session.number
        if request.scope["path"] == ICON:
            return Response(status_code=204)
        answer = await self._ask("404.html")
        if answer is not None:
            return await self._sent(request, "404.html", answer, number, 404)
        return PlainTextResponse("there is nothing here\n", 404)

    async def _sent(
        self,
        request: Request,
        name: str,
        answer: CachedPage | Asset | ImageVariant | SocialCardImage | Broken,
        number: int,
        status: int = 200,
    ) -> Response:
        if isinstance(answer, Broken):
            page = error_page(self.session.root, answer.diagnostics, has_older=answer.has_older)
            return self._page(page, "text/html; charset=utf-8", number, (), 500)
        if isinstance(answer, Asset):
            return self._file(request, name, answer.file, number, status)
        kind = content_type(name)
        if isinstance(answer, ImageVariant | SocialCardImage):
            data = await asyncio.to_thread(self.session.picture, answer)
            return Response(data, status, media_type=kind) if data is not None else await self._missing(request)
        if not kind.startswith("text/html"):
            return Response(answer.data, status, media_type=kind)
        source = answer.output.source if isinstance(answer.output, Page) else ""
        shown = self.session.shown
        told = dict.fromkeys((*answer.flaws, *(self.session.broken or (shown.warnings if shown else ()))))
        return self._page(answer.data, kind, number, tuple(own_first(told, source)), status)

    def _page(self, data: bytes, kind: str, number: int, told: tuple[Diagnostic, ...], status: int) -> Response:
        page = with_script(data, self.tabs.name(number), follow=self.follow, warnings=told)
        return Response(page, status, media_type=kind)

    def _file(self, request: Request, name: str, file: File, number: int, status: int) -> Response:
        """A copied file; where it stands is asked once more, for it may have become a link since it was found."""
        location, kind = locate(self.session.root, file), content_type(name)
        real = os.path.realpath(location)
        roots = (os.path.realpath(self.session.root), os.path.realpath(theme_root()))
        if not any(real.startswith(root + os.sep) for root in roots) or not os.path.isfile(real):
            return PlainTextResponse("there is nothing here\n", 404)
        if file.path.lower().endswith(PICTURES):
            data = Path(real).read_bytes()
            if (shown := without_location(data)) is not data:
                return Response(shown, status, media_type=kind)
        plain = "range" not in request.headers and os.path.getsize(real) <= BIGGEST_PAGE
        if kind.startswith("text/html") and plain:
            return self._page(Path(real).read_bytes(), kind, number, (), status)
        return FileResponse(real, status, media_type=kind, stat_result=os.stat(real))


def _is_own(host: str, bind: str, server: tuple[str, int | None] | None) -> bool:
    """Whether HOST, a header, is a name of this machine: a page elsewhere that made its name point here has another."""
    name = host.lower()
    if name.startswith("["):
        name, closed, port = name[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            return False
    else:
        name = name.partition(":")[0]
    if name in ("localhost", "127.0.0.1", "::1", bind.lower()):
        return True
    if bind not in ("0.0.0.0", "::", ""):
        return False
    if name in (own := socket.gethostname().lower(), f"{own}.local"):
        return bool(own)
    try:
        return server is not None and ipaddress.ip_address(name) == ipaddress.ip_address(server[0].partition("%")[0])
    except ValueError:
        return False
