"""The development server: the site as it is being written, at the addresses it will have.

    watcher ─► session (source_cache ─► site_state ─► page_cache) ─► application ─► the browser

In: a site's root. Out: pages over HTTP, rendered when they are requested, and messages to open browser tabs. The
watcher reports changed files; the session, in a thread of its own (worker), parses them, finds out what the pages are
made of now, and renders single pages with the functions of build/. The output folder is never touched. May import
everything but cli/.
"""
