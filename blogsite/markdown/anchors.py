"""The ids in a text, and the links of a text to ids of its own page: mended where the spelling differs, else told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from html import escape, unescape
from urllib.parse import unquote

from blogsite.content.anchors import AnchorIndex
from blogsite.content.model import HtmlFragment
from blogsite.content.parse_context import ParseContext
from blogsite.markdown.extensions.links import encode
from blogsite.markdown.html.balance import balance
from blogsite.markdown.html.elements import RAW

_VALUE = r"""\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))"""
_ID = re.compile(rf"<[a-zA-Z][^<>]*?\s[iI][dD]{_VALUE}")
_NAME = re.compile(rf"<[aA]\s(?:[^<>]*?\s)?[nN][aA][mM][eE]{_VALUE}")
_LINK = r"<(?:[aA]|[aA][rR][eE][aA])\s(?:[^<>]*?\s)?[hH][rR][eE][fF]\s*=\s*"
_ADDRESS = r"""(?:"(?P<double>\#[^"\x02]+)"|'(?P<single>\#[^'\x02]+)'|(?P<bare>\#[^\s"'<>\x02]+))"""
_LOCAL = re.compile(_LINK + r"""["']?#([^"'<>\s]*)""")
_LOCAL_OR_OPAQUE = re.compile(
    rf"<!--[^<>]*>|<(?P<raw>{RAW})(?=[ \t\n\f\r/>])[^<>]*>.*?</(?P=raw)>|{_LINK}{_ADDRESS}", re.DOTALL
)
_WRITTEN = re.compile(r"""(?:\(\s*|\]:[ \t]*|=\s*|["'])(?:<(\#[^<>\n]*)>|(\#(?:[^\s"'<>()]|\([^\s"'<>()]*\))+))""")
"""An address within the page as authors write it: (#x), (<#x>), ]: #x, "#x"."""
_CODE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`++)(?:(?!\n[ \t]*\n).)*?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)


def ids_in(fragment: HtmlFragment) -> tuple[str, ...]:
    """Return every id in a text in order, once: of elements, named anchors and equations."""
    html = fragment.html
    found = _ID.findall(html)
    if "name" in html or "NAME" in html:
        found += _NAME.findall(html)
    ids = ("".join(groups) for groups in found)
    names = (unescape(name) if "&" in name else name for name in ids)
    return tuple(dict.fromkeys((*names, *(name for formula in fragment.formulas for name in formula.ids))))


def mend_local_links(
    fragment: HtmlFragment,
    context: ParseContext,
    *,
    title_slug: Callable[[], str],
    known: Iterable[str] = (),
    written: ParseContext | None = None,
) -> HtmlFragment:
    """Return a text whose links to ids of its page lead there; adds a warning for each that leads nowhere.

    The page also has the ids `known`. A link to the slug of the page's title leads to the top. Positions are those in
    `written` if the text itself is not part of a file.
    """
    html = fragment.html
    if "#" not in html or not (fragments := _LOCAL.findall(html)):
        return fragment
    ids = {*ids_in(fragment), *known}
    if all(name in ids or ("%" in name and unquote(name) in ids) for name in fragments):
        return fragment
    html = balance(html)
    index = AnchorIndex(
        (*ids_in(HtmlFragment(html, fragment.formulas)), *known),
        ((title_slug(), "top"), *context.anchor_aliases.items()),
    )
    return HtmlFragment(_Mending(index, context, written or context).run(html), fragment.formulas)


class _Mending:
    """One pass over the links of a text to its own page."""

    def __init__(self, index: AnchorIndex, context: ParseContext, written: ParseContext) -> None:
        self.index = index
        self.context = context
        self.written = written
        self.offsets: dict[str, list[int]] = defaultdict(list)
        """Fragment → where it is written, the last place first."""
        source = _CODE.sub(lambda code: " " * len(code[0]), written.text)
        for found in reversed([*_WRITTEN.finditer(source)]):
            self.offsets[_decoded(found[1] or found[2])].append(found.start(found.lastindex or 0))

    def run(self, html: str) -> str:
        return _LOCAL_OR_OPAQUE.sub(self.mended, html)

    def mended(self, found: re.Match[str]) -> str:
        kind = found.lastgroup or "raw"
        if found[0].startswith("<!") or kind == "raw":
            return found[0]
        fragment, position = _decoded(found[kind]), self.position(found[kind])
        if unescape(found[kind])[1:] in self.index:
            return found[0]
        anchor = self.index.find(fragment)
        if anchor is None:
            like = self.index.like(fragment)
            hint = f"nearest id it has: {', '.join(like)}" if like else "correct the link, or give a heading this {#id}"
            self.context.warn(position, f"this post has no #{fragment}", hint, "anchor-missing")
        elif anchor != fragment:
            at = found.start(kind) - found.start()
            return f"{found[0][:at]}#{escape(encode(anchor))}{found[0][at + len(found[kind]) :]}"
        return found[0]

    def position(self, address: str) -> tuple[int, int]:
        """Return the position of the next link with this address; of the last one if there are no more."""
        offsets = self.offsets.get(_decoded(address))
        if not offsets:
            return self.written.first_line, 1
        return self.written.position(offsets.pop() if len(offsets) > 1 else offsets[0])


def _decoded(address: str) -> str:
    """Return the fragment of an address in HTML or Markdown."""
    return unquote(unescape(address)[1:]).strip()
