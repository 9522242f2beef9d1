"""The development server: the site as it is being written, at the addresses it will have on the web.

    watch ─► session (shelf ─► shown ─► printer) ─► web ─► the browser

`watch` tells of what changes on disk. The `session` brings the site in memory up to date: the `shelf` parses only the
files that changed, `shown` finds out the outputs, and the `printer` renders one when it is asked for, by the functions
that a build renders it with. All of that is done by one thread, the `worker`; `web` answers requests and tells the open
tabs of changes. The output folder is never touched.
"""

from __future__ import annotations

from blogsite.preview.server import Reporter, ServeOptions, listening, serve

__all__ = ["Reporter", "ServeOptions", "listening", "serve"]
