"""Plain text of HTML, for meta tags, search and counting; and HTML for feeds, which are read without our styles."""

from __future__ import annotations

import re
from html import escape, unescape
from math import inf

from blogsite.content.model import Formula
from blogsite.markdown.html.elements import BLOCKS, RAW

CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u309d-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U0001b000-\U0001b16f\U00020000-\U000323af"
)
"""Letters that are written without spaces and counted one by one: Han, kana, zhuyin. (For a character class.)"""
MARKS = "\u0300-\u036f\u200c\u200d\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Characters that belong to the one before."""
SENTENCE_END = r"""[。！？…]++[”’」』）)》】]*+|[.!?]++["'”’)\]]*+(?=\s++[^\sa-z0-9]|\s*+\Z)"""

_HIDDEN = re.compile(
    r"<!--[^>]*+(?:(?<!--)>[^>]*+)*+(?:>|\Z)"
    rf"|<({RAW})(?=[ \t\n\f\r/>])[^<>]*>[^<]*+(?:<(?!/\1\s*>)[^<]*+)*+(?:</\1\s*>|\Z)"
)
_CODE_BLOCK = re.compile(r"<pre\b[^<>]*>[^<]*+(?:<(?!/pre>)[^<]*+)*+(?:</pre>|\Z)")
_CODE = re.compile(r"<(pre|code)\b[^<>]*>[^<]*+(?:<(?!/\1>)[^<]*+)*+(?:</\1>|\Z)")
_NOTE_MARK = re.compile(
    r"<sup\b[^<>]*><a\b[^<>]*footnote-ref\b[^<>]*>[^<]*</a></sup>|<a\b[^<>]*footnote-backref\b[^<>]*>[^<]*</a>"
)
_BLOCK_TAG = re.compile(rf"</?(?:br|img|{'|'.join(sorted(BLOCKS))})\b[^<>]*>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_FORMULA = re.compile("\x02f([0-9]+)\x03")
_PLACEHOLDER = re.compile("\x02(?!f[0-9]|n[0-9]+\\.text\x03)[^\x02\x03]*\x03")
"""A placeholder that is neither a formula nor the text of a reference."""
_LABEL = re.compile("\x02n[0-9]+\\.text\x03")
_ENOUGH = 1000
DESCRIPTION_LENGTH = 160
"""Maximum number of characters of a text for meta tags."""

# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def plain_text(html: str, formulas: tuple[Formula, ...] = (), *, code: bool = True) -> str:
    """Return the words of balanced HTML on one line, formulas as readable text; without code blocks unless `code`.

    Scripts, comments, alternative texts, the marks of footnotes and the texts of references are left out.
    """
    text = _words(html, code=code)
    if "\x02" in text:
        text = " ".join(_LABEL.sub("", _with_formulas(text, formulas)).split())
    return text


def opening_text(html: str, formulas: tuple[Formula, ...]) -> str:
    """Return the first thousand characters or more as plain text without code blocks.

    The text of a reference, as the number of another post's equation, stays a placeholder.
    """
    text = _words(html, code=False)
    return _with_formulas(text, formulas, _ENOUGH) if "\x02" in text else text


def _words(html: str, *, code: bool) -> str:
    text = html
    if "<" in text:
        text = _HIDDEN.sub(" ", text)
        if not code:
            text = _CODE_BLOCK.sub(" ", text)
        if "footnote-" in text:
            text = _NOTE_MARK.sub("", text)
        text = _TAG.sub("", _BLOCK_TAG.sub(" ", text))
    return " ".join(unescape(text).split())


def _with_formulas(text: str, formulas: tuple[Formula, ...], enough: float = inf) -> str:
    """Put formulas into a plain text; formulas beyond `enough` characters, and what follows them, may be left out."""
    from blogsite.maths.plain_text import formula_text  # its tables are for texts with formulas alone

    pieces: list[str] = []
    length = 0
    for index, piece in enumerate(_FORMULA.split(_PLACEHOLDER.sub("", text))):
        if length > enough:
            break
        if index % 2:
            piece = formula_text(formulas[int(piece)]) if int(piece) < len(formulas) else ""
        pieces.append(piece)
        length += len(piece)
    return " ".join("".join(pieces).split())


_LAST_WORD = re.compile(rf"(?:(?![{CJK}])[\w{MARKS}'’\\])+\Z")
_LOOSE_END = " \t\n，、；：,;:.-–—(（[［{“‘「『《〈【"


def shorten(text: str, limit: int) -> str:
    """Return a plain text of at most `limit` characters.

    It is cut after a sentence if that costs less than half of it, else after a word (or a letter, in languages without
    spaces) with "…".
    """
    if len(text) <= limit:
        return text
    sentence = 0
    for end in re.finditer(SENTENCE_END, text[: 2 * limit]):
        if end.end() > limit:
            break
        sentence = end.end()
    if sentence * 2 >= limit:
        return text[:sentence]
    head = text[: limit - 1]
    if _LAST_WORD.match(text[limit - 1]):
        head = head[: found.start()] if (found := _LAST_WORD.search(head)) and found.start() else head
    return head.rstrip(_LOOSE_END) + "…"


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_CJK_RUN = re.compile(f"[{CJK}]+")
_WORD = re.compile(rf"[^\W_]+(?:['{MARKS}]+[^\W_]+)*")
_UNCOMMON = re.compile("[^\0-\x7f\u2000-\u206f\u3000-\u3004\u3008-\u3020\u3030\uff00-\uff0f\uff1a-\uff20\u4e00-\u9fff]")
"""Matches characters that are neither ASCII, punctuation nor common Han characters."""
_NO_HAN = bytes(byte for byte in range(256) if not 0xE4 <= byte <= 0xE9)
_WORDS = bytes(byte if byte < 128 and (chr(byte).isalnum() or byte == ord("'")) else ord(" ") for byte in range(256))


def count_words(text: str) -> int:
    """Return the number of words in HTML or plain text.

    Each Han or kana letter is one, each run of other letters and digits, and each formula; code is left out.
    """
    if "<" in text:
        text = _CODE.sub(" ", text)
        if "footnote-" in text:
            text = _NOTE_MARK.sub("", text)
        text = _TAG.sub("", _HIDDEN.sub(" ", text) if _HIDDEN.search(text) else text)
    if "&" in text:
        text = unescape(text)
    if ".text\x03" in text:
        text = text.replace(".text\x03", "\x03")
    text = text.replace("’", "'")
    if _UNCOMMON.search(text):
        rest = _CJK_RUN.sub("", text)
        return len(text) - len(rest) + len(_WORD.findall(_CJK_RUN.sub(" ", text)))
    data = text.encode()
    words = data.translate(_WORDS)
    if b"'" in words:
        words = (b" %b " % words).replace(b" '", b"  ").replace(b"' ", b"  ")
    return len(data.translate(None, _NO_HAN)) + len(words.split())


def reading_minutes(words: int) -> int:
    """Return the minutes that it takes to read so many words, at least 1."""
    return max(1, round(words / 300))


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_NOT_IN_FEEDS = re.compile(r"<(?P<name>script|style)(?=[\s/>])[^<>]*>.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.I)
_BOX = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_CHECKED = re.compile(r"\schecked(?=[\s=/>])", re.IGNORECASE)
_LOCAL = re.compile(r"""<[a-z][^<>]*?\s(?:id|href)\s*=[^<>]*>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<!\s)\s++(?P<name>[^\s=/>"']+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'>][^\s>]*))?""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_feed(html: str, self_url: str) -> str:
    """Return the filled HTML of the post at `self_url` for a feed.

    Ids, scripts and styles are removed, links within the post get its address, and check boxes become characters.
    """
    html = _NOT_IN_FEEDS.sub("", html)
    if "<input" in html:
        html = _BOX.sub(_as_character, html)
    address = escape(self_url)

    def local(found: re.Match[str]) -> str:
        name, value = found["name"].lower(), quoted_attribute(found["value"] or "")
        if name == "id":
            return ""
        if name == "href" and value.startswith("#"):
            return f' href="{address}{value}"'
        return found[0]

    return _LOCAL.sub(lambda tag: _ATTRIBUTE.sub(local, tag[0]), html)


def quoted_attribute(value: str) -> str:
    """Return an attribute's value as it was written, for use between double quotes."""
    if value[:1] in ("'", '"'):
        value = value[1:-1]
    return value.replace('"', "&quot;")


def _as_character(tag: re.Match[str]) -> str:
    if "checkbox" not in tag[0]:
        return ""
    return "☑" if _CHECKED.search(tag[0]) else "☐"


def without_invalid_xml(text: str) -> str:
    """Return a text without the characters that are not allowed in XML."""
    return _FORBIDDEN.sub("", text)
