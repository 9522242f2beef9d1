"""How to cite a post: as a line of text, and as a BibTeX entry (biblatex's @online)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from html import unescape
from urllib.parse import unquote, urlsplit

from blogsite.content.model import RichText
from blogsite.core.i18n import is_chinese
from blogsite.site.model import SiteInfo

_SPECIAL = str.maketrans(
    {
        **{char: f"\\{char}" for char in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_FORMULA = re.compile("\x02f([0-9]+)\x03")
_TAG = re.compile(r"<[^>]*>")


def citation(site: SiteInfo, title: str, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """Return the line of text: authors, title, site, date and address, with punctuation of the site's language."""
    day = date.date().isoformat() if date else ""
    if is_chinese(site.language):
        parts = [", ".join(authors), f"{title}[EB/OL]", ", ".join(filter(None, (site.title, day))), url]
        return ". ".join(filter(None, parts))
    quoted = title if title.endswith(("?", "!", ".")) else f"{title}."
    parts = [f"{_listed(authors)}." if authors else "", f"\u201c{quoted}\u201d"]
    return " ".join(filter(None, [*parts, ", ".join(filter(None, (site.title, day))) + ".", url]))


def bibtex(site: SiteInfo, title: RichText, authors: Sequence[str], date: datetime | None, url: str) -> str:
    """Return the entry, with the formulas of the title as TeX; its key is made of host, year and address, in ASCII."""
    fields = {
        "author": " and ".join(map(escaped, authors)),
        "title": _tex(title),
        "organization": escaped(site.title),
        "year": str(date.year) if date else "",
        "date": date.date().isoformat() if date else "",
        "url": url.replace("{", "%7B").replace("}", "%7D"),
    }
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join([f"@online{{{key(date, url)},", *lines, "}"])


def key(date: datetime | None, url: str) -> str:
    """Return the key of the entry: "example2024maxentropy"."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").rpartition(".")[0]
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    name = _ascii(last) if last.isascii() else blake2b(last.encode(), digest_size=3).hexdigest()
    return f"{_ascii(host)}{date.year if date else ''}{name}" or "post"


def escaped(text: str) -> str:
    """Return a text with the characters escaped that are special to TeX."""
    return text.translate(_SPECIAL)


def _tex(title: RichText) -> str:
    """Return a title with its formulas as they were written."""
    parts = _FORMULA.split(title.fragment.html)
    texts = [escaped(unescape(_TAG.sub("", part))) for part in parts[::2]]
    formulas = [title.fragment.formulas[int(number)].source for number in parts[1::2]]
    return "".join(text + formula for text, formula in zip(texts, [*formulas, ""], strict=True)).strip()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def _ascii(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())
