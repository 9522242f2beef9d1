"""Formulas as bytes for the store: TeX is pickled, HTML compressed with a dictionary of its common parts."""

from __future__ import annotations

import pickle
import zlib
from typing import TYPE_CHECKING

from blogsite.core.frozen import DamagedRecordError, unpickle

if TYPE_CHECKING:
    from blogsite.config.settings import MathFormat
    from blogsite.maths.html import Rendered
    from blogsite.maths.katex import TeX


def dump_tex(tex: TeX, output: MathFormat) -> bytes:
    """Return the bytes of a formula's TeX and output format."""
    return pickle.dumps((output, tex.tex, tex.display, tex.macros), 5)


def load_tex(data: bytes) -> tuple[MathFormat, TeX]:
    """Return the output format and the TeX that `dump_tex` wrote."""
    from blogsite.maths.katex import TeX

    output, *parts = unpickle(data)
    return output, TeX(*parts)


def dump_rendered(rendered: Rendered) -> bytes:
    """Return the bytes of a typeset formula."""
    deflate = zlib.compressobj(3, zlib.DEFLATED, _WINDOW, 6, zdict=_COMMON)
    return deflate.compress(f"{rendered.error}\0{rendered.html}".encode()) + deflate.flush()


def load_rendered(data: bytes) -> Rendered:
    """Return the formula that `dump_rendered` wrote. Raises DamagedRecordError."""
    from blogsite.maths.html import Rendered

    try:
        error, _, html = zlib.decompressobj(_WINDOW, _COMMON).decompress(data).decode().partition("\0")
    except (zlib.error, UnicodeDecodeError) as problem:
        raise DamagedRecordError(str(problem)) from problem
    return Rendered(html, error)


_WINDOW = -13
"""Window of 8 KiB and no header: fastest for texts as short as formulas."""


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
