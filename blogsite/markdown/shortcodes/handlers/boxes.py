"""Quotes, boxes and folded text. Their content is Markdown."""

from __future__ import annotations

import html
import re

from blogsite.markdown.extensions.callouts import title_of
from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext

COLOURS = "default primary notice orange yellow green blue purple pink cyan gray grey"
"""Butterfly's names of boxes → kinds of callouts."""
KINDS = {"warn": "warning", "error": "danger", "red": "danger"} | dict.fromkeys(COLOURS.split(), "note")
ICON = re.compile(r"fa[a-z]? |fa-|icon-")
AT = re.compile(r"\w* *@(.*)", re.DOTALL)
LOOKS = frozenset(("no-icon", "icon", "simple", "modern", "flat", "disabled", "true", "false", "open"))
LINK = re.compile(r"(?:^|\s)((?:https?://|/)\S+)(?:\s+(.*))?$")
MORE = {"zh": "详情", "en": "Details"}


def quote(tag: Shortcode, job: ShortcodeContext) -> str:
    return job.stash("<blockquote>")


def quote_end(tag: Shortcode, job: ShortcodeContext) -> str:
    """End a quote with its source below: `author, source` or `author url title` of the opening tag."""
    source = tag.arguments.strip()
    if not source:
        return job.stash("</blockquote>")
    link = LINK.search(source)
    author, _, work = (source[: link.start()] if link else source).partition(", ")
    title = html.escape(work.strip() or (link[2] or link[1] if link else ""), quote=False)
    if link:
        title = f'<a href="{html.escape(link[1])}">{title}</a>'
    parts = [f"<strong>{html.escape(author.strip(), quote=False)}</strong>"] if author.strip() else []
    parts += [f"<cite>{title}</cite>"] if title else []
    return job.stash(f"<footer>{' '.join(parts)}</footer></blockquote>")


def box(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% note warning Title %}`, `{{< admonition type="tip" title="…" >}}`, `{{< notice tip >}}`"""
    words = [word for word in tag.words if word not in LOOKS and not ICON.match(word)]
    named = tag.named
    kind = (
        named.get("type") or named.get("class") or named.get("style") or (words.pop(0) if words else "") or "note"
    ).lower()
    kind = re.sub(r"[^\w-]+", "-", KINDS.get(kind, kind))
    title = named.get("title") or " ".join(words) or title_of(kind, job.language)
    escaped = html.escape(title, quote=False)
    return job.stash(f'<div class="admonition {kind}"><p class="admonition-title">{escaped}</p>')


def box_end(tag: Shortcode, job: ShortcodeContext) -> str:
    return job.stash("</div>")


def folded(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{{< details "Summary" >}}`, `{% fold info @Summary %}`, `{% folding cyan, Summary %}`"""
    named = tag.named
    words = [word for word in tag.words if word not in LOOKS]
    summary = named.get("summary") or named.get("title") or _folded_title(tag) or " ".join(words)
    summary = summary or MORE["zh" if job.language.startswith("zh") else "en"]
    is_open = " open" if named.get("open", "") not in ("", "false", "0") or "open" in tag.words else ""
    return job.stash(f"<details{is_open}><summary>{html.escape(summary, quote=False)}</summary>")


def _folded_title(tag: Shortcode) -> str:
    """Return the title between the commas or marks of a theme's tag; "" if the words are the title."""
    if tag.name == "folding" and (mark := next((mark for mark in ("::", ",") if mark in tag.arguments), "")):
        return tag.arguments.partition(mark)[2].strip()
    if tag.name in ("hideToggle", "hideBlock"):
        return tag.arguments.partition(",")[0].strip().strip("\"'")
    match = AT.fullmatch(tag.arguments) if tag.name == "fold" else None
    return match[1].strip() if match else ""


def folded_end(tag: Shortcode, job: ShortcodeContext) -> str:
    return job.stash("</details>")


QUOTE = Handler(quote, block=True, body="markdown", close=quote_end)
BOX = Handler(box, block=True, body="markdown", close=box_end)
FOLD = Handler(folded, block=True, body="markdown", close=folded_end)

BOXES = {
    **dict.fromkeys(("blockquote", "quote", "pullquote", "cq", "centerquote"), QUOTE),
    **dict.fromkeys(("note", "admonition", "notice", "callout", "alert", "hint", "tip", "noteblock"), BOX),
    **dict.fromkeys(("details", "fold", "folding", "spoiler", "collapse", "expand", "hideToggle", "hideBlock"), FOLD),
}
