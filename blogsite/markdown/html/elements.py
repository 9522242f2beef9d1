"""Tables of HTML elements, for everything that reads HTML as text."""

from __future__ import annotations

RAW = "iframe|noembed|noframes|noscript|script|style|textarea|title|xmp"
"""Elements whose content is not markup for a browser, as an alternation for regular expressions."""


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


VOID = names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
"""Elements without content and end tag."""


BLOCKS = names("""
    address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html li listing main menu nav ol
    p pre search section summary table tbody td tfoot th thead tr ul
""")
"""Elements that a browser shows as blocks, for balancing and plain text."""


RAW_BLOCKS = frozenset(("script", "pre", "style", "textarea", "svg", "math"))
"""Elements whose content, in Markdown, extends to their end tag, also over blank lines."""


BLOCK_STARTS = frozenset(
    """
    address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt
    fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li
    link main menu menuitem meta nav noframes noscript ol optgroup option p param search section summary table tbody td
    template tfoot th thead title tr track ul
    audio canvas embed map object picture source video
    """.split()  # noqa: SIM905
)
"""Elements that begin a block of HTML at the start of a line of Markdown: CommonMark's and those of media."""


INLINE = frozenset(
    """
    a abbr acronym applet area b bdi bdo bgsound big blink br button cite code command data datalist del dfn em font i
    img input ins isindex kbd keygen label mark marquee meter multicol nextid nobr output portal progress q rb rp rt rtc
    ruby s samp select selectedcontent slot small spacer span strike strong sub sup time tt u var wbr xmp
    """.split()  # noqa: SIM905
)
"""Elements that do not begin a block."""


VECTORS = frozenset(
    """
    animate animatemotion animatetransform circle clippath defs desc ellipse filter foreignobject g image line
    lineargradient marker mask metadata mpath path pattern polygon polyline radialgradient rect set stop switch symbol
    text textpath tspan use view
    annotation annotation-xml maction maligngroup malignmark menclose merror mfenced mfrac mglyph mi mlabeledtr
    mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable
    mtd mtext mtr munder munderover none semantics
    """.split()  # noqa: SIM905
)
"""Elements of SVG and MathML."""


KNOWN_ELEMENTS = RAW_BLOCKS | BLOCK_STARTS | INLINE | VECTORS
"""All of them; other words in angle brackets are text."""
