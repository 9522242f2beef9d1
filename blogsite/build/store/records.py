"""What the store's rows hold, as values and as bytes that betray any damage done to them."""

from __future__ import annotations

import pickle
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from blogsite.content.model import Fragment, Post, Sight, Stat
from blogsite.core.diagnostics import Mistake, Place
from blogsite.core.digest import Digest
from blogsite.core.frozen import Record
from blogsite.site.model import Page

if TYPE_CHECKING:
    from blogsite.maths.html import Rendered
    from blogsite.maths.katex import Output, TeX


Row = TypeVar("Row")


SETTLING = 0.025
"""Seconds until most file systems give a file that is written again another time stamp."""


class DamageError(Exception):
    """A row does not hold what was put into it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a file when it was last looked into, and the moment of that look in ns since 1970."""

    stat: Stat
    moment: int
    digest: Digest

    def is_still(self, stat: Stat) -> bool:
        """Whether a file with this stat must have the same bytes."""
        return stat == self.stat and is_settled(stat, self.moment)


@dataclass(frozen=True, slots=True)
class Look(Record):
    """What was seen in a file; 0 and 0 for the width and height in px of what is no picture."""

    seen: Seen
    width: int = 0
    height: int = 0
    has_location: bool = False
    sight: Sight = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An output as the last build left it."""

    ingredients: bytes
    digest: Digest
    stat: Stat
    settled: bool
    """Nobody can have written the file again without a change of its stat."""
    mistakes: tuple[Mistake, ...] = ()


def is_settled(stat: Stat, moment: int) -> bool:
    """Whether a file that had this stat at MOMENT cannot be written again without a change of it.

    One that was written within one tick of the clock before may be written again in that tick.
    """
    youngest = max(stat.mtime_ns, stat.ctime_ns)
    return moment - youngest > tick(youngest)


def tick(nanoseconds: int) -> int:
    """The length in ns of the file system's clock tick, as a time stamp betrays it: whole seconds, or finer."""
    return 2_000_000_000 if nanoseconds % 1_000_000_000 == 0 else 20_000_000


# ── seals ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def seal(name: str, data: bytes) -> bytes:
    """The data as a row of this name keeps it."""
    return zlib.crc32(data, zlib.crc32(name.encode("utf-8", "surrogatepass"))).to_bytes(4, "big") + data


def unseal(name: str, sealed: object) -> bytes:
    """The data that was sealed for a row of this name; raises DamageError for anything else."""
    if not isinstance(sealed, bytes) or seal(name, sealed[4:]) != sealed:
        raise DamageError(name)
    return sealed[4:]


def unpickled(data: bytes) -> Any:
    """What was pickled; raises DamageError where this version of the program has no such value any more."""
    try:
        return pickle.loads(data)
    except Exception as problem:
        raise DamageError(str(problem)) from problem


def _one(kind: type[Row], value: object) -> Row:
    assert isinstance(value, kind)
    return value


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of at most SIZE."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def split_keys(keys: bytes) -> list[str]:
    """Names of 20 bytes each that stand one after another."""
    return [keys[start : start + 20].hex() for start in range(0, len(keys), 20)]


# ── posts, texts, mistakes ───────────────────────────────────────────────────────────────────────────────────────────

_STAT = struct.Struct("<QqqQ")
_SEEN = struct.Struct("<QqqQq20s")


def dump_stat(stat: Stat) -> bytes:
    """A file's stat as the store keeps it."""
    return _STAT.pack(stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode)


def load_stat(data: object) -> Stat:
    """The stat that `dump_stat` wrote."""
    if not isinstance(data, bytes) or len(data) != _STAT.size:
        raise DamageError("stat")
    return Stat(*_STAT.unpack(data))


def dump_seen(seen: Seen) -> bytes:
    """A look at a file as the store keeps it, before what was found there."""
    return _SEEN.pack(*_STAT.unpack(dump_stat(seen.stat)), seen.moment, bytes.fromhex(seen.digest))


def load_seen(data: bytes) -> tuple[Seen, bytes]:
    """The look that `dump_seen` wrote, and what follows it."""
    size, mtime, ctime, inode, moment, digest = _SEEN.unpack_from(data)
    return Seen(Stat(size, mtime, ctime, inode), moment, digest.hex()), data[_SEEN.size :]


def dump_post(post: Post) -> bytes:
    """A post as the store keeps it."""
    return pickle.dumps(post, 5)


def load_post(data: bytes) -> Post:
    """The post that `dump_post` wrote."""
    return _one(Post, unpickled(data))


def dump_page(page: Page) -> bytes:
    """A page as the store keeps it."""
    return pickle.dumps(page, 5)


def load_page(data: bytes) -> Page:
    """The page that `dump_page` wrote."""
    return _one(Page, unpickled(data))


def dump_fragment(fragment: Fragment) -> bytes:
    """A text as the store keeps it."""
    return zlib.compress(pickle.dumps(fragment, 5), 1)


def load_fragment(data: bytes) -> Fragment:
    """The text that `dump_fragment` wrote."""
    return _one(Fragment, unpickled(zlib.decompress(data)))


def dump_mistakes(mistakes: tuple[Mistake, ...]) -> bytes:
    """Mistakes as the store keeps them: by their fields, so that another version can read them."""
    rows = [(m.place.path, m.place.line, m.place.column, m.severity, m.what, m.hint) for m in mistakes]
    return pickle.dumps(rows, 5)


def load_mistakes(data: bytes) -> tuple[Mistake, ...]:
    """The mistakes that `dump_mistakes` wrote."""
    return tuple(Mistake(Place(*row[:3]), *row[3:]) for row in unpickled(data))


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def dump_tex(tex: TeX, output: Output) -> bytes:
    """A formula's TeX, and what it is to become, as the store keeps it."""
    return pickle.dumps((output, tex.tex, tex.display, tex.macros), 5)


def load_tex(data: bytes) -> tuple[Output, TeX]:
    """What `dump_tex` wrote."""
    from blogsite.maths.katex import TeX

    output, *parts = unpickled(data)
    return output, TeX(*parts)


def dump_rendered(rendered: Rendered) -> bytes:
    """What the engine made, as the store keeps it."""
    deflate = zlib.compressobj(3, zlib.DEFLATED, _WINDOW, 6, zdict=_COMMON)
    return deflate.compress(f"{rendered.error}\0{rendered.html}".encode()) + deflate.flush()


def load_rendered(data: bytes) -> Rendered:
    """What `dump_rendered` wrote."""
    from blogsite.maths.html import Rendered

    try:
        error, _, html = zlib.decompressobj(_WINDOW, _COMMON).decompress(data).decode().partition("\0")
    except (zlib.error, UnicodeDecodeError) as problem:
        raise DamageError(str(problem)) from problem
    return Rendered(html, error)


_WINDOW = -13
"""8 KiB, and no header: what is as short as a formula is compressed sooner with less to set up."""
# What formulas have in common in KaTeX's HTML, the commonest last: it makes the small ones compress to half.
_COMMON = b"".join(
    (
        b'<mtable rowspacing="0.16em" columnalign="left left" columnspacing="1em"><mtr><mtd><mstyle scriptlevel="0" ',
        b'displaystyle="true"></mstyle></mtd></mtr></mtable><span class="delimsizing size4">',
        b'<span class="mopen delimcenter" style="top:0em">(</span><span class="mclose delimcenter" style="top:0em">)',
        b'<span class="mop op-symbol large-op"><span class="mop op-limits"><span class="mfrac"><span class="frac-line"',
        b'style="border-bottom-width:0.04em"></span><span class="nulldelimiter"></span><span class="sqrt"><munderover>',
        b'<mfrac><mrow></mrow></mfrac><msubsup><msup><msub><mo stretchy="false">(</mo><mi mathvariant="normal"></mi>',
        b'<span class="mspace" style="margin-right:0.2778em"></span><span class="mrel">=</span><span class="mbin">+',
        b'<span class="mspace" style="margin-right:0.2222em"></span><span class="mpunct">,</span><span class="mspace" ',
        b'style="margin-right:0.1667em"></span><span class="mord mathbf">x</span><span class="mord boldsymbol">',
        b'<span class="msupsub"><span class="vlist-t vlist-t2"><span class="vlist-r"><span class="vlist" ',
        b'style="height:0.3117em"><span style="top:-2.55em;margin-left:0em;margin-right:0.05em"><span class="pstrut" ',
        b'style="height:2.7em"></span><span class="sizing reset-size6 size3 mtight"><span class="mord mathnormal ',
        b'mtight">i</span></span></span></span><span class="vlist-s">\xe2\x80\x8b</span></span><span class="vlist-r">',
        b'<span class="vlist" style="height:0.15em"><span></span></span></span></span></span></span>',
        b'<span class="katex-display"><span class="katex"><span class="katex-mathml"><math display="block">',
        b"<semantics><mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow><annotation encoding=",
        b'"application/x-tex"></annotation></semantics></math></span><span class="katex-html" aria-hidden="true">',
        b'<span class="base"><span class="strut" style="height:1em;vertical-align:-0.25em"></span>',
        b'<span class="mord"><span class="mord mathnormal">x</span></span></span></span></span>',
    )
)
