"""Addresses within the site become references; images get alternative text, size and lazy loading.

What `../b.md`, `图 1.png` or `/about/` leads to is known only when the site is assembled, so it is replaced by a
placeholder with a Reference. Addresses elsewhere stay, percent-encoded where necessary. Works on the final HTML, so
that raw HTML and Markdown are treated alike; code, scripts and comments are left alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import quote, unquote

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

from blogsite.content.model import ReferenceKind
from blogsite.content.parse_context import ParseContext, parse_context_of

TAG = re.compile(
    r"<(?:(a|img|area|link|source|video|audio|track|iframe|embed|object)(?=[\s/])|(pre|code|script|style|textarea)\b|!--)",
    re.IGNORECASE,
)
REST = re.compile(r"""(?:[^<>"']|"[^"]*"|'[^']*')*>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+))?""")
CLOSING: dict[str, re.Pattern[str]] = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("pre", "code", "script", "style", "textarea")
}
CLOSING[""] = re.compile("-->")

ADDRESSES: dict[str, dict[str, ReferenceKind]] = {
    "a": {"href": "link"},
    "area": {"href": "link"},
    "link": {"href": "link"},
    "iframe": {"src": "link"},
    "img": {"src": "image", "srcset": "image"},
    "source": {"src": "image", "srcset": "image"},
    "video": {"src": "image", "poster": "image"},
    "audio": {"src": "image"},
    "track": {"src": "image"},
    "embed": {"src": "image"},
    "object": {"data": "image"},
}
"""Element → attributes that hold addresses, and the kind of their references."""

ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|#")
WEB = re.compile(r"(?:https?|ftp):|//|#", re.IGNORECASE)
HOST = re.compile(r"(?:[A-Za-z]+:)?//[^/?#]*")
UNSAFE = re.compile(r"[^!#-;=?-Z_a-z~\[\]]|%(?![0-9A-Fa-f]{2})")
SAFE = "!#$%&'()*+,/:;=?@[]~"
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
FILE = re.compile(r"[^/.][^/]*\.(?!html?\Z|php\Z|aspx?\Z)[A-Za-z0-9]{1,6}\Z", re.IGNORECASE)
NEED = re.compile(r"\x02n(\d+)\x03")
SOURCE_SET = re.compile(r"[\s,]*((?:data:\S+)|[^\s,]\S*[^\s,]|[^\s,])(\s+[\d.]+[wxh])?")
SIZE = "data-size"
"""The attribute with the size in px that an image of Markdown is given, as "300x200", "300x" or "x200"."""
GIVEN_SIZE = re.compile(f' {SIZE}="([0-9]*)x([0-9]*)"')
BROKEN_TAGS = 100
"""Number of tags that never end, after which the rest of the text is left as it is."""


class Links(Postprocessor):
    """Runs when raw HTML and the sources of formulas are restored."""

    def run(self, text: str) -> str:
        return _Pass(text, parse_context_of(self.md)).run()


class _Pass:
    """One pass over one text; remembers where in the source the last address was."""

    def __init__(self, text: str, context: ParseContext) -> None:
        self.text = text
        self.context = context
        self.cursor = 0

    def run(self) -> str:
        text = self.text
        pieces: list[str] = []
        done = broken = 0
        never_closed: set[str] = set()
        match = TAG.search(text)
        while match:
            position = match.end()
            name = match.group(1)
            if name:
                rest = REST.match(text, position)
                if rest:
                    tag = self._tag(name.lower(), text[position : rest.end() - 1])
                    if tag is not None:
                        pieces += (text[done:position], tag)
                        done = rest.end() - 1
                    position = rest.end()
                else:
                    broken += 1
                    if broken > BROKEN_TAGS:
                        break
            else:
                opaque = (match.group(2) or "").lower()
                closing = None if opaque in never_closed else CLOSING[opaque].search(text, position)
                if closing:
                    position = closing.end()
                else:
                    never_closed.add(opaque)
            match = TAG.search(text, position)
        pieces.append(text[done:])
        return "".join(pieces)

    def _tag(self, name: str, attributes: str) -> str | None:
        """Return the attributes of a tag with placeholders for addresses; None if nothing changes."""
        kinds = ADDRESSES[name]
        size = GIVEN_SIZE.search(attributes) if name == "img" and SIZE in attributes else None
        if size:
            attributes = attributes[: size.start()] + attributes[size.end() :]
        found: dict[str, tuple[int, int, str]] = {}
        for match in ATTRIBUTE.finditer(attributes):
            found.setdefault(match.group(1).lower(), (match.start(3), match.end(3), match.group(3) or ""))
        changes: list[tuple[int, int, str]] = []
        reference = -1
        for attribute, kind in kinds.items():
            start, end, raw = found.get(attribute, (0, 0, ""))
            if not raw:
                continue
            written = raw[1:-1] if raw[0] in "\"'" else raw
            if attribute == "srcset":
                value = self._source_set(written)
            else:
                value = self._address(written, kind)
                given = NEED.fullmatch(value)
                if name == "img" and given:
                    reference = int(given.group(1))
            if value != written:
                changes.append((start, end, f'"{value}"'))
        more = _image_attributes(attributes, found, reference, size) if name == "img" else ""
        if ".size" in more and reference < len(self.context.references) and not found.keys() & {"srcset", "sizes"}:
            self.context.references[reference] = replace(self.context.references[reference], responsive=True)
        if not changes and not more:
            return None
        for start, end, value in sorted(changes, reverse=True):
            attributes = attributes[:start] + value + attributes[end:]
        if not more:
            return attributes
        closed = attributes.rstrip().endswith("/")
        return attributes.rstrip(" \n/") + more + (" /" if closed else "")

    def _address(self, written: str, kind: ReferenceKind) -> str:
        """Return what replaces an address in the HTML."""
        value = html.unescape(written).strip() if "&" in written else written.strip()
        if not value or "\x02" in value:
            return written
        if ELSEWHERE.match(value):
            return html.escape(encode(value)) if WEB.match(value) and UNSAFE.search(value) else written
        target = decode(value.replace("\\", "/"))
        number = self.context.reference(
            kind, target, self._position(value, written), optional=is_optional(target, kind)
        )
        return f"\x02n{number}\x03"

    def _source_set(self, written: str) -> str:
        """Return a srcset with placeholders for its addresses."""

        def replace(match: re.Match[str]) -> str:
            return self._address(match.group(1), "image") + (match.group(2) or "")

        candidates = [replace(match) for match in SOURCE_SET.finditer(written)]
        return ", ".join(candidates) if "\x02n" in "".join(candidates) else written

    def _position(self, value: str, written: str) -> tuple[int, int]:
        """Return the position of an address in the file: after the last one if it occurs again."""
        source = self.context.text
        for snippet, skipped in ((f"({value}", 1), (f'"{written}', 1), (f"<{value}", 1), (value, 0), (written, 0)):
            start = source.find(snippet, self.cursor)
            if start < 0 and self.cursor:
                start = source.find(snippet)
            if start >= 0:
                start += skipped
                self.cursor = start + 1
                return self.context.position(start)
        return self.context.first_line, 1


def _image_attributes(
    attributes: str, found: dict[str, tuple[int, int, str]], reference: int, size: re.Match[str] | None
) -> str:
    """Return the attributes that an image lacks: alt, size, lazy loading."""
    more = "" if "alt" in found else ' alt=""'
    if size:
        more += f' width="{size[1]}"' * bool(size[1]) + f' height="{size[2]}"' * bool(size[2])
        more += f"\x02n{reference}.sized\x03" if reference >= 0 else ""
    elif reference >= 0 and "width" not in found and "height" not in found and ".size\x03" not in attributes:
        more += f"\x02n{reference}.size\x03"
    if "loading" not in found:
        more += ' loading="lazy"'
    if "decoding" not in found:
        more += ' decoding="async"'
    return more


def encode(address: str) -> str:
    """Percent-encode an address of another site as far as necessary; its host stays as it is."""
    host = HOST.match(address)
    start = host.end() if host else 0
    return address[:start].replace(" ", "%20") + quote(STRAY_PERCENT.sub("%25", address[start:]), safe=SAFE)


def decode(address: str) -> str:
    """Return an address with its path and fragment decoded; the query and what would change the meaning stay."""
    if "%" not in address:
        return address
    path, hash_mark, fragment = address.partition("#")
    path, question_mark, query = path.partition("?")
    return _unquoted(path, "?#") + question_mark + query + hash_mark + _unquoted(fragment, "")


def _unquoted(text: str, without: str) -> str:
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return text if any(c in without or c < " " for c in plain) else plain


def is_optional(target: str, kind: ReferenceKind) -> bool:
    """Return whether an address may lead nowhere without a warning."""
    if kind == "image":
        return False
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    if path.lower().endswith((".md", ".markdown")):
        return False
    return path.startswith("/") or not FILE.search(path)


class LinksExtension(Extension):
    """Adds the postprocessor, after everything that makes HTML."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.postprocessors.register(Links(md), "links", -10)
