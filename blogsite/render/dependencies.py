"""Dependencies between templates: which other templates each one extends, includes or imports.

They are found by regular expressions, because parsing the templates with Jinja would add 30 ms to each build. Names
must be literals, so that the dependencies are known without rendering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b

from blogsite.core.diagnostics import Diagnostic, Location, error
from blogsite.core.digest import Digest

_TAG = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b\s*(.*?)\s*[-+]?%\}", re.DOTALL)


_UNREAD = re.compile(r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}", re.DOTALL)
"""What Jinja ignores: comments and raw text."""


_NAME = r"""(?:"[^"\n\\]+"|'[^'\n\\]+')"""


_NAMES = re.compile(
    rf"""(?P<names>{_NAME}|[(\[]\s*{_NAME}(?:\s*,\s*{_NAME})*\s*,?\s*[)\]])\s*(?:$|(?:ignore|with|without|as|import)\b)"""
)


def template_closures(texts: Mapping[str, str]) -> dict[str, Digest]:
    """Return template → the digest of its text and of all templates that it depends on, directly or not."""
    named = {name: tuple(sorted(_referred(text))) for name, text in texts.items()}
    own = {name: blake2b(text.encode(), digest_size=20).digest() for name, text in texts.items()}
    result = {}
    for name in texts:
        reached, pending = {name}, [name]
        while pending:
            for other in named.get(pending.pop(), ()):
                if other in named and other not in reached:
                    reached.add(other)
                    pending.append(other)
        state = blake2b(digest_size=20)
        for other in sorted(reached):
            state.update(other.encode() + b"\0" + own[other])
        result[name] = state.hexdigest()
    return result


def computed_names(texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield an error for each template that names another by an expression."""
    for name, text in texts.items():
        read = _read_by_jinja(text)
        for tag in _TAG.finditer(read):
            if not _NAMES.match(tag[1]):
                location = Location(f"templates/{name}", text.count("\n", 0, tag.start()) + 1)
                message = f"a template is named by {tag[1]}, which is only known when it is rendered"
                yield error(
                    location, message, 'write the name out, as {% include "partials/card.html" %}', "template-invalid"
                )


def _referred(text: str) -> Iterator[str]:
    for tag in _TAG.finditer(_read_by_jinja(text)):
        if names := _NAMES.match(tag[1]):
            for name in re.findall(_NAME, names["names"]):
                yield name[1:-1]


def _read_by_jinja(text: str) -> str:
    """Return the template without comments and raw text, with the same lines."""
    return _UNREAD.sub(lambda found: "\n" * found[0].count("\n"), text) if "{#" in text or "raw" in text else text
