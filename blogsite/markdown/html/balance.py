"""Balance HTML: close every element, whatever the author wrote, so that no post breaks the page around it.

A quick test finds most HTML to be balanced; the rest is rewritten. A parser such as html5lib or lxml would build a tree
and serialise it again: slower by far, and it would move the placeholders and change what is correct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from blogsite.markdown.html.elements import BLOCKS, RAW, VOID, names
from blogsite.markdown.html.split import SPACE, looks_balanced


def balance(html: str) -> str:
    """Return HTML with every element closed and without stray end tags; balanced HTML is returned as it is.

    Elements whose end tags may be omitted (<p>, <li>, <td>, …) end where a browser ends them. What starts like a tag, a
    comment or a script but never ends is text.
    """
    return html if "<" not in html or looks_balanced(html) else _Balancing().run(html)


# ── the rewriting ────────────────────────────────────────────────────────────────────────────────────────────────────

_TAG = re.compile(
    rf"<(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:._-]*+)(?=[ \t\n\f\r/>])"
    r"(?P<attributes>(?:[ \t\n\f\r/]++"
    rf"|[^ \t\n\f\r/>=][^ \t\n\f\r/>=]*+"
    rf"""(?:{SPACE}*+={SPACE}*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\f\r"'>][^ \t\n\f\r>]*+|(?=>)))?+)*+)(?P<closed>>)?"""
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_RAW_END = {name: re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE) for name in RAW.split("|")}
_INNER_SCRIPT = re.compile(r"<(?=script)", re.IGNORECASE)

_DROPPED = names("body frame frameset head html plaintext")
_HEADINGS = names("h1 h2 h3 h4 h5 h6")
_TABLE_PARTS = {
    "caption": ("caption", "colgroup", "thead", "tbody", "tfoot"),
    "colgroup": ("caption", "colgroup", "thead", "tbody", "tfoot"),
    "thead": ("caption", "colgroup", "thead", "tbody", "tfoot", "tr"),
    "tbody": ("caption", "colgroup", "thead", "tbody", "tfoot", "tr"),
    "tfoot": ("caption", "colgroup", "thead", "tbody", "tfoot", "tr"),
    "tr": ("caption", "colgroup", "tr"),
    "td": ("caption", "colgroup", "td", "th"),
    "th": ("caption", "colgroup", "td", "th"),
}
"""Parts of a table → the parts of the same table that they end."""
_TABLE_BARRIERS = names("applet button marquee math object svg template")
_SIBLINGS = {
    "option": ("option",),
    "optgroup": ("option", "optgroup"),
    "rt": ("rt", "rp"),
    "rp": ("rt", "rp"),
}
_SCOPES = names("""
    applet annotation-xml button caption desc foreignobject marquee math object select svg table td template th
    title
""")
"""Elements beyond which an end tag inside them has no effect."""
_FOREIGN = frozenset({"svg", "math"})
_HTML_AGAIN = names("annotation-xml desc foreignobject mi mn mo ms mtext title")
_BREAKS_OUT = names("""
    b big blockquote br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 hr i img li listing menu meta nobr ol p pre
    ruby s small span strike strong sub sup table tt u ul var
""")
"""Elements that end the <svg> or <math> around them."""
_BARRIERS = BLOCKS | _SCOPES
_LOOKED_THROUGH = frozenset({"address", "div", "p"})
_ENDS_PARAGRAPH = (BLOCKS | {"xmp"}) - {*_TABLE_PARTS} | {"dd", "dt", "li"}
_IN_SELECT = frozenset({"hr", "optgroup", "option"})


@dataclass(frozen=True, slots=True)
class _Open:
    """An open element. `barrier`, `list_barrier` and `scope` are indices of open elements, possibly its own."""

    name: str
    written: str
    barrier: int
    """The nearest block."""
    list_barrier: int
    """The nearest block that ends the search for an open list item."""
    scope: int
    foreign: bool


_NOTHING = _Open("", "", -1, -1, -1, False)


@dataclass(slots=True)
class _Balancing:
    """Rewrites one text. Every step takes constant time, but for closing, and no element is closed twice."""

    out: list[str] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)
    locations: dict[str, list[int]] = field(default_factory=dict)
    """Name → indices in `opened` of the elements of this name."""
    due: set[int] = field(default_factory=set)
    """Indices of inline elements whose end tag was within a block inside them: they end with that block."""
    endless: set[str] = field(default_factory=set)
    """Texts that were searched for once and do not occur any more."""

    def run(self, html: str) -> str:
        position, out = 0, self.out
        while (start := html.find("<", position)) >= 0:
            out.append(html[position:start])
            tag = _TAG.match(html, start)
            if tag is None:
                position = self._declaration(html, start)
            elif not tag["closed"]:
                position = tag.end()
                out.append(html[start:position].replace("<", "&lt;"))
            elif tag["end"]:
                position = tag.end()
                self._end(tag["name"].lower())
            else:
                position = self._start(html, tag)
        out.append(html[position:])
        self._close(0)
        return "".join(out)

    def _find(self, message: str, html: str, start: int) -> int:
        """Return the end of the next occurrence of a text, or -1; what does not occur is searched once."""
        found = -1 if message in self.endless else html.find(message, start)
        if found < 0:
            self.endless.add(message)
            return -1
        return found + len(message)

    def _declaration(self, html: str, start: int) -> int:
        """Skip a comment or declaration; a `<` that begins neither is text."""
        if html.startswith("<!--", start) and "<!--" not in self.endless:
            if comment := _COMMENT.match(html, start):
                if inner := comment[0][4:-3].strip("-!"):
                    self.out.append(f"<!--{_without_angles(inner)}-->")
                return comment.end()
            self.endless.add("<!--")
        elif html.startswith("<![CDATA[", start) and self._top.foreign:
            if (end := self._find("]]>", html, start)) >= 0:
                self.out.append(escape(html[start + 9 : end - 3], quote=False))
                return end
        elif html.startswith(("<!", "<?"), start) and (end := self._find(">", html, start)) >= 0:
            return end
        self.out.append("&lt;")
        return start + 1

    @property
    def _top(self) -> _Open:
        return self.opened[-1] if self.opened else _NOTHING

    def _last(self, *wanted: str) -> int:
        """Return the index of the innermost open element of these names, or -1."""
        return max((self.locations[name][-1] for name in wanted if self.locations.get(name)), default=-1)

    # ── start tags ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, html: str, tag: re.Match[str]) -> int:
        written, attributes, position = tag["name"], tag["attributes"], tag.end()
        name = written.lower()
        if name in _RAW_END:
            return self._raw(html, tag, name)
        self._break_out(name)
        foreign = name in _FOREIGN or self._top.foreign
        written = written if foreign else name
        if name == "image" and not foreign:
            name = written = "img"
        if not self._may_open(name):
            return position
        if not foreign:
            self._close_implied(name)
        attributes = _without_angles(attributes)
        if name in VOID:
            self.out.append(f"<{written}{attributes}>")
        elif foreign and attributes.endswith("/"):
            self.out.append(f"<{written}{attributes[:-1]}></{written}>")
        else:
            self.out.append(f"<{written}{attributes}>")
            self._open(name, written, foreign and name not in _HTML_AGAIN)
        return position

    def _raw(self, html: str, tag: re.Match[str], name: str) -> int:
        start, position = tag.start(), tag.end()
        attributes = _without_angles(tag["attributes"])
        if self._top.foreign and attributes.endswith("/"):
            self.out.append(f"<{name}{attributes[:-1]}></{name}>")
            return position
        end = None if name in self.endless else _RAW_END[name].search(html, position)
        closed = self._find(">", html, end.end()) if end else -1
        if end is None or closed < 0:
            self.endless.add(name)
            self.out.append("&lt;")
            return start + 1
        content = html[position : end.start()]
        if self._top.foreign:  # there a browser reads it as markup
            content = _without_angles(content)
        elif name == "script" and "<!--" in content:  # a <script within would make a browser look for a second end
            content = _INNER_SCRIPT.sub(r"<\\", content)
        self.out.append(f"<{name}{attributes}>{content}</{name}>")
        return closed

    def _break_out(self, name: str) -> None:
        """Close the <svg> or <math> that this start tag ends."""
        while self._top.foreign and name in _BREAKS_OUT:
            self._close(len(self.opened) - 1)

    def _may_open(self, name: str) -> bool:
        """Return whether a browser accepts the start tag here."""
        if name in _DROPPED or (name == "form" and self.locations.get(name)):
            return False
        if name in _TABLE_PARTS and self._last("table") <= self._last(*_TABLE_BARRIERS):
            return False
        return name in _IN_SELECT or not self.locations.get("select")

    def _close_implied(self, name: str) -> None:
        """Close the elements that this start tag ends without an end tag."""
        if name in _ENDS_PARAGRAPH:
            self._close_from(self._last("p"), self._top.scope)
        if name in _HEADINGS:
            if self._top.name in _HEADINGS:
                self._close(len(self.opened) - 1)
        elif name == "li":
            self._close_from(self._last("li"), self._top.list_barrier)
        elif name in ("dd", "dt"):
            self._close_from(self._last("dd", "dt"), self._top.list_barrier)
        elif name in _TABLE_PARTS:
            table = self._last("table")
            locations = [self.locations[part][-1] for part in _TABLE_PARTS[name] if self.locations.get(part)]
            self._close_from(min((location for location in locations if location > table), default=-1), 0)
        elif name in _SIBLINGS:
            locations = [self.locations[part][-1] for part in _SIBLINGS[name] if self.locations.get(part)]
            self._close_from(min((location for location in locations if location > self._top.barrier), default=-1), 0)
        elif name == "table":
            table = self._last("table")
            if table > self._last("td", "th", "caption"):
                self._close_from(table, 0)
        elif name == "button":
            self._close_from(self._last("button"), 0)
        elif name == "a":
            self._close_from(self._last("a"), self._top.barrier + 1)

    def _open(self, name: str, written: str, foreign: bool) -> None:
        location, top = len(self.opened), self._top
        is_barrier = name in _BARRIERS
        self.locations.setdefault(name, []).append(location)
        self.opened.append(
            _Open(
                name,
                written,
                location if is_barrier else top.barrier,
                location if is_barrier and name not in _LOOKED_THROUGH else top.list_barrier,
                location if name in _SCOPES else top.scope,
                foreign,
            )
        )

    # ── end tags ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _end(self, name: str) -> None:
        if name == "br" and self._may_open(name):
            self._break_out(name)
            self.out.append("<br>")
        found = self._last(*(_HEADINGS if name in _HEADINGS else (name,)))
        top = self._top
        if name in _BARRIERS:
            self._close_from(found, self._floor(name))
        elif found > top.barrier:
            self._close(found)
        elif found >= max(top.scope, 0):
            self.due.add(found)

    def _floor(self, name: str) -> int:
        """Return the index of the outermost element that the end tag of a block can close."""
        if name == "table":
            return 0
        if name in _TABLE_PARTS:
            return self._last("table")
        if name == "li":
            return max(self._top.scope, self._last("ul", "ol", "menu"))
        return self._top.scope

    def _close_from(self, location: int, floor: int) -> None:
        if location >= max(floor, 0):
            self._close(location)

    def _close(self, location: int) -> None:
        """Close the element at an index, all elements inside it, and those around it that are due to end."""
        opened, due = self.opened, self.due
        while len(opened) > location or len(opened) - 1 in due:
            last = opened.pop()
            due.discard(self.locations[last.name].pop())
            self.out.append(f"</{last.written}>")


def _without_angles(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
