"""Front matter as seven generators write it: one file for each way of writing.

Each dialect is a handler of python-frontmatter: `detect` looks at the first characters, `split` separates front matter
and body, `load` parses the front matter into RawFields. The library's `parse` calls these, but strips the text and the
body: lines and columns would not be those of the file. So reader.py calls them in its place.
"""

from __future__ import annotations

from frontmatter.default_handlers import BaseHandler

from blogsite.content.frontmatter.dialects.json import JsonDialect
from blogsite.content.frontmatter.dialects.line_based import LinkDialect, NikolaDialect, PelicanDialect
from blogsite.content.frontmatter.dialects.toml import TomlDialect
from blogsite.content.frontmatter.dialects.yaml import BareYamlDialect, YamlDialect

DIALECTS: tuple[BaseHandler, ...] = (
    YamlDialect(),
    TomlDialect(),
    JsonDialect(),
    LinkDialect(),
    NikolaDialect(),
    BareYamlDialect(),
    PelicanDialect(),
)
"""The dialects, in the order in which they are tried."""
