"""The heads of posts, as seven generators write them: one file for each way of writing, one line for each in DIALECTS.

Each dialect is a handler of python-frontmatter, which stands around its own: `detect` looks at the first characters,
`split` takes the text apart without stripping it, `load` reads the head into entries that know their places.
"""

from __future__ import annotations

from frontmatter.default_handlers import BaseHandler

from blogsite.content.frontmatter.dialects.json import JsonHead
from blogsite.content.frontmatter.dialects.line_based import LinkHead, NikolaHead, PelicanHead
from blogsite.content.frontmatter.dialects.toml import TomlHead
from blogsite.content.frontmatter.dialects.yaml import BareYamlHead, YamlHead

DIALECTS: tuple[BaseHandler, ...] = (
    YamlHead(),
    TomlHead(),
    JsonHead(),
    LinkHead(),
    NikolaHead(),
    BareYamlHead(),
    PelicanHead(),
)
"""In the order in which they are tried."""
