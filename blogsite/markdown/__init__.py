"""Markdown to HTML: a post's text becomes HTML with placeholders, and its excerpt.

In: the bytes of one file and the settings. Out: a Post and its HtmlFragments. A new syntax is a file in extensions/ and
a line in `converter.EXTENSIONS`; a tag of another generator is a handler in shortcodes/. May import maths/ and below.
"""
