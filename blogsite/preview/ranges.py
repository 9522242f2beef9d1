"""Byte ranges of responses (RFC 9110, section 14): video players ask for parts, and Safari plays nothing without them.

A response of known length that has status 200 gets `Accept-Ranges` and an `ETag`. A GET request with `Range` gets the
parts it asks for, 416 if there are none, and the whole response if the header is in another unit or `If-Range` names
another version. Files are sent by Starlette's FileResponse, which is given a header without mistakes.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from secrets import token_hex

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Scope

Part = tuple[int, int]
"""First byte, and the one behind the last."""

MAX_PARTS = 50
"""Requests for more parts get the whole."""
_SPEC = re.compile(r"\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.ASCII)


def with_ranges(request: Request, response: Response) -> tuple[ASGIApp, Scope]:
    """Return the response, or the parts of it that the request asks for, and the scope to call it with."""
    scope = _without_range(request.scope)
    if response.status_code != 200 or "content-length" not in response.headers:
        return response, scope
    is_file = isinstance(response, FileResponse)
    response.headers["accept-ranges"] = "bytes"
    if not is_file:
        response.headers["etag"] = f'"{blake2b(response.body, digest_size=16).hexdigest()}"'
    wanted, version = request.headers.get("range"), request.headers.get("if-range")
    versions = (response.headers["etag"], response.headers.get("last-modified"))
    if wanted is None or request.method != "GET" or (version is not None and version not in versions):
        return response, scope
    size = int(response.headers["content-length"])
    parts = parse_ranges(wanted, size)
    if parts is None:
        return response, scope
    if not parts:
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        return PlainTextResponse(status_code=416, headers={**kept, "content-range": f"bytes */{size}"}), scope
    if is_file:
        header = "bytes=" + ",".join(f"{start}-{end - 1}" for start, end in parts)
        return response, {**scope, "headers": [*scope["headers"], (b"range", header.encode())]}
    return _parts_of(response, parts, size), scope


def parse_ranges(header: str, size: int) -> list[Part] | None:
    """Return the parts of a representation of `size` bytes that a Range header asks for, in order and without overlaps.

    None stands for the whole: the unit is unknown, or there are too many parts. The list is empty if the header is
    malformed or nothing it asks for exists.
    """
    unit, equals, specs = header.partition("=")
    if not equals or unit.strip().lower() != "bytes" or specs.count(",") >= MAX_PARTS:
        return None
    parts: list[Part] = []
    for spec in specs.split(","):
        if not spec.strip():
            continue
        match = _SPEC.fullmatch(spec)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            return []
        start = int(match[1]) if match[1] else max(0, size - int(match[3]))
        end = min(int(match[2]) + 1, size) if match[2] else size
        if start < end:
            parts.append((start, end))
    return _merged(parts)


def _merged(parts: list[Part]) -> list[Part]:
    merged: list[Part] = []
    for start, end in sorted(parts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _parts_of(response: Response, parts: list[Part], size: int) -> Response:
    """Return a response with parts of this one's body; several are in one `multipart/byteranges`."""
    body = bytes(response.body)
    made = Response(b"", 206)
    headers = MutableHeaders(raw=list(response.raw_headers))
    if len(parts) == 1:
        ((start, end),) = parts
        made.body = body[start:end]
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    else:
        boundary = token_hex(12)
        pieces = []
        for start, end in parts:
            head = f"--{boundary}\r\nContent-Type: {response.headers['content-type']}\r\n"
            head += f"Content-Range: bytes {start}-{end - 1}/{size}\r\n\r\n"
            pieces.append(head.encode("latin-1") + body[start:end] + b"\r\n")
        made.body = b"".join([*pieces, f"--{boundary}--\r\n".encode()])
        headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
    headers["content-length"] = str(len(made.body))
    made.raw_headers = headers.raw
    return made


def _without_range(scope: Scope) -> Scope:
    return {**scope, "headers": [header for header in scope["headers"] if header[0] not in (b"range", b"if-range")]}
