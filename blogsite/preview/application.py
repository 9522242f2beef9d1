"""The ASGI application: GET and HEAD of what the session has, for requests that name this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import mimetypes
import os
import socket
from dataclasses import dataclass
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
from blogsite.preview.live_reload import LiveReload
from blogsite.preview.overlay import SCRIPT, error_page, own_first, script, with_script
from blogsite.preview.page_cache import CachedPage
from blogsite.preview.ranges import with_ranges
from blogsite.preview.session import Resource, Session, Unavailable
from blogsite.preview.worker import Worker
from blogsite.site.outputs import Asset, Page

EVENTS = "/_blogsite/changes"
"""The address of the server-sent events."""
FAVICON = "/favicon.ico"
"""Browsers request it if a page names no icon; that it is missing is no mistake of the site."""
CONTENT_TYPES = {
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
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}
"""Fixed here, because the mimetypes module depends on the machine."""
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MAX_HTML_BYTES = 4_000_000
"""HTML files from static/ up to this size get the script for live reload, too."""


def content_type(path: str) -> str:
    """Return the content type of an output path, with the charset if it is text."""
    suffix = os.path.splitext(path)[1].lower()
    kind = CONTENT_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


@dataclass(frozen=True, slots=True)
class App:
    """Answers HTTP requests from the session. Rendering runs in the worker's thread."""

    session: Session
    worker: Worker
    live_reload: LiveReload
    bind: str
    follow: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Exception as problem:  # a fault of ours must neither end the server nor be silent
            message = f"blogsite could not answer: {type(problem).__name__}: {problem}\n"
            response = PlainTextResponse(message, 500)
        response.headers.update(HEADERS)
        answer, scope = with_ranges(request, response)
        await answer(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if not _names_this_machine(request.headers.get("host", ""), self.bind, request.scope.get("server")):
            return PlainTextResponse("this host name is not served here\n", 421)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("only GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        try:
            path = unquote(request.scope["raw_path"].decode("ascii"), errors="strict")
        except UnicodeDecodeError:
            return PlainTextResponse("the address is not in UTF-8\n", 404)
        if path == SCRIPT:
            return Response(script(), media_type="text/javascript")
        if path == EVENTS:
            return self._events(request)
        base = self.session.base_path
        if not path.startswith(base + "/"):
            return RedirectResponse(quote(base + "/"), 302) if path in ("/", base) else await self._missing(request)
        return await self._site(request, path.removeprefix(base))

    def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self.live_reload.events(), media_type="text/event-stream")

    async def _site(self, request: Request, path: str) -> Response:
        """Answer a request for a path below the site's root, with its slash in front."""
        name = normalize("NFC", path[1:])
        if name.endswith("/") or not name:
            name += "index.html"
        elif await self._is_folder(name):
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(quote(f"{self.session.base_path}/{name}/") + query, 302)
        version = self.session.version  # taken before the page: a newer page is then loaded twice, never missed
        older = request.url.query == "last-good"
        resource: Resource = None if older else self.session.ready(name)
        if resource is None:
            resource = await self._get(name, older=older)
        return await self._send(request, name, resource, version) if resource else await self._missing(request)

    async def _get(self, name: str, *, older: bool = False) -> Resource:
        return await asyncio.wrap_future(self.worker.call(self.session.get, name, older=older))

    async def _is_folder(self, name: str) -> bool:
        if self.session.ready(name) is not None:
            return False
        exists = self.session.exists
        return await asyncio.wrap_future(self.worker.call(lambda: not exists(name) and exists(f"{name}/index.html")))

    async def _missing(self, request: Request) -> Response:
        version = self.session.version
        if request.scope["path"] == FAVICON:
            return Response(status_code=204)
        page = await self._get("404.html")
        if page is not None:
            return await self._send(request, "404.html", page, version, 404)
        return PlainTextResponse("there is nothing here\n", 404)

    async def _send(
        self,
        request: Request,
        name: str,
        resource: CachedPage | Asset | ImageVariant | SocialCardImage | Unavailable,
        version: int,
        status: int = 200,
    ) -> Response:
        if isinstance(resource, Unavailable):
            page = error_page(self.session.root, resource.diagnostics, has_older=resource.has_older)
            return self._page(page, "text/html; charset=utf-8", version, (), 500)
        if isinstance(resource, Asset):
            return self._file(name, resource.file, version, status)
        kind = content_type(name)
        if isinstance(resource, ImageVariant | SocialCardImage):
            data = await asyncio.to_thread(self.session.image_bytes, resource)
            return Response(data, status, media_type=kind) if data is not None else await self._missing(request)
        if not kind.startswith("text/html"):
            return Response(resource.data, status, media_type=kind)
        source = resource.output.source if isinstance(resource.output, Page) else ""
        state = self.session.state
        of_site = self.session.errors or (state.warnings if state else ())
        shown = own_first(dict.fromkeys((*resource.warnings, *of_site)), source)
        return self._page(resource.data, kind, version, tuple(shown), status)

    def _page(self, data: bytes, kind: str, version: int, diagnostics: tuple[Diagnostic, ...], status: int) -> Response:
        name = self.live_reload.version_name(version)
        page = with_script(data, name, follow=self.follow, warnings=diagnostics)
        return Response(page, status, media_type=kind)

    def _file(self, name: str, file: File, version: int, status: int) -> Response:
        """Send a copied file. It is located again, because it may have become a symbolic link since it was listed."""
        kind = content_type(name)
        path = os.path.realpath(locate(self.session.root, file))
        roots = (os.path.realpath(self.session.root), os.path.realpath(theme_root()))
        if not any(path.startswith(root + os.sep) for root in roots) or not os.path.isfile(path):
            return PlainTextResponse("there is nothing here\n", 404)
        if file.path.lower().endswith(PICTURES):
            data = Path(path).read_bytes()
            if (cleaned := without_location(data)) is not data:
                return Response(cleaned, status, media_type=kind)
        if kind.startswith("text/html") and os.path.getsize(path) <= MAX_HTML_BYTES:
            return self._page(Path(path).read_bytes(), kind, version, (), status)
        return FileResponse(path, status, media_type=kind, stat_result=os.stat(path))


def _names_this_machine(host: str, bind: str, server: tuple[str, int | None] | None) -> bool:
    """Return whether a Host header names this machine.

    A page elsewhere whose domain was made to point here (DNS rebinding) sends its own name.
    """
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
