"""Inline Markdown: links, emphasis and code spans, faster than Python-Markdown and in bounded time."""
