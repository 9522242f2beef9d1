"""Shortcodes of popular Hexo themes (NexT, Butterfly, Fluid, Volantis): labels, buttons, tabs, music.

Their arguments are words, or texts between commas, `@` or `::`.
"""

from __future__ import annotations

import html
import re

from blogsite.markdown.shortcodes.handlers.boxes import COLOURS
from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext, link_of

AT = re.compile(r"([\w\- ]*)@(.*)", re.DOTALL)
COLOURED = frozenset([*COLOURS.split(), "primary", "info", "success", "warning", "danger", "red"])
ADDRESS = re.compile(r"(?:[a-z]+:|[/#])\S*\Z", re.IGNORECASE)
FILE = re.compile(r"\S+\.[A-Za-z0-9]{2,4}(?:\?\S*)?\Z")
NOWHERE = re.compile(r"#?\Z|javascript:", re.IGNORECASE)
MUSIC = {
    ("netease", "song"): "https://music.163.com/#/song?id={}",
    ("netease", "playlist"): "https://music.163.com/#/playlist?id={}",
    ("netease", "album"): "https://music.163.com/#/album?id={}",
    ("tencent", "song"): "https://y.qq.com/n/ryqq/songDetail/{}",
    ("tencent", "playlist"): "https://y.qq.com/n/ryqq/playlist/{}",
    ("tencent", "album"): "https://y.qq.com/n/ryqq/albumDetail/{}",
}


def _parts(tag: Shortcode) -> list[str]:
    """Return the arguments between `::` or commas, without quotation marks."""
    mark = "::" if "::" in tag.arguments else ","
    return [part.strip().strip("\"'").strip() for part in tag.arguments.split(mark)]


def _phrase(element: str, kind: str, text: str) -> str | None:
    """Return an inline element with a text in Markdown."""
    classes = f' class="{html.escape(kind)}"' if kind else ""
    shown = text.strip().strip("\"'")
    return f"<{element}{classes}>{html.escape(shown, quote=False)}</{element}>" if shown else None


def label(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% label primary@text %}` of NexT and Fluid, `{% label text blue %}` of Butterfly"""
    if match := AT.fullmatch(tag.arguments):
        return _phrase("mark", f"label {match[1]}".strip(), match[2])
    text, _, colour = tag.arguments.rpartition(" ")
    return _phrase("mark", f"label {colour}", text) if colour in COLOURED else _phrase("mark", "label", tag.arguments)


def hidden(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% hideInline text,button,background,colour %}`: the text"""
    return _phrase("span", "spoiler", _parts(tag)[0])


def styled(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% span red, text %}`, `{% p center logo large, text %}`, `{% font red @text %}`"""
    match = AT.fullmatch(tag.arguments) if tag.name == "font" else None
    kind, _, text = (match[1], "", match[2]) if match else tag.arguments.partition(",")
    return _phrase("span", re.sub(r"[^\w\- ]+", "", kind), text)


def marked(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% u text %}`, `{% emp text %}`, `{% del text %}`, `{% kbd text %}`"""
    return _phrase({"emp": "em", "wavy": "u"}.get(tag.name, tag.name), "", tag.arguments)


def box(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% cb text, true %}` of Fluid, `{% checkbox red checked, text %}`, `{% radio text %}`"""
    first, comma, rest = tag.arguments.partition(",")
    if tag.name == "cb":
        return f"{'☑' if 'true' in rest.split(',')[0] else '☐'} {first.strip()}"
    on, off = ("◉", "◯") if tag.name == "radio" else ("☑", "☐")
    return f"{on if comma and 'checked' in first.split() else off} {(rest if comma else first).strip()}"


def button(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% btn url, text, icon, title %}`, `{% btn style::text::url::icon %}`: a link"""
    parts = _parts(tag)
    if "::" in tag.arguments:
        at = next((n for n, part in enumerate(parts) if n and ADDRESS.match(part)), len(parts) - 1)
        text, url = parts[at - 1] if at else "", parts[at]
    else:
        url, text = parts[0], next((part for part in (parts[1:2] + parts[3:4]) if part), "")
    if NOWHERE.match(url):
        return text or None
    return link_of(job, url, text or url) if ADDRESS.match(url) else None


def picture_group(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% galleryGroup 'name' 'text' 'link' image %}` of Butterfly: a link"""
    words = tag.words
    return link_of(job, words[2], ": ".join(word for word in words[:2] if word)) if len(words) > 2 else None


def song(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% aplayer "title" "author" "url" … %}`: a link"""
    words = tag.words
    if len(words) < 3 or not ADDRESS.match(words[2]):
        return None
    return link_of(job, words[2], f"♪ {words[0]} – {words[1]}" if words[1] else f"♪ {words[0]}")


def music(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% meting "id" "netease" "song" … %}`: a link"""
    words = tag.words
    address = MUSIC.get((words[1], words[2])) if len(words) > 2 and re.fullmatch(r"\w+", words[0]) else None
    return link_of(job, address.format(words[0]), f"♪ {words[1]}: {words[0]}") if address else None


def player(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% video url %}`, `{% audio url %}`, `{% dplayer "url=…" %}`: a player that loads nothing until it is used"""
    named = re.search(r"\b(?:url|src)=[\"']?([^\s\"',]+)", tag.arguments)
    words = tag.words
    url = named[1] if named else words[0].rstrip(",") if words else ""
    if not FILE.match(url):
        return link_of(job, url, url) if re.match(r"https?://", url) else None
    element = "audio" if tag.name == "audio" else "video"
    return job.stash(f'<p><{element} controls preload="none" src="{html.escape(url)}"></{element}></p>')


def document(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% pdf url %}`, `{% iframe url %}`, `{% jsfiddle id %}`: a link"""
    words = tag.words
    url = words[0].rstrip(",") if words else ""
    if tag.name == "jsfiddle" and re.fullmatch(r"[\w/]+", url):
        url = f"https://jsfiddle.net/{url}"
    return (
        link_of(job, url, url.rstrip("/").rpartition("/")[2] or url) if ADDRESS.match(url) or FILE.match(url) else None
    )


def card(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% linkCard url,title %}`, `{% linkcard "url" "title" %}`: a link"""
    url, _, title = tag.arguments.replace('" "', ",").strip("\"' ").partition(",")
    return link_of(job, url, title.split(",")[0].strip() or url) if re.match(r"https?://\S+\Z", url) else None


def group(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% gallery %}`, `{% gi 5 3-2 %}`, `{% tabs name %}`: a group of images, or of parts with titles"""
    kind = tag.name if tag.name in ("tabs", "timeline") else "gallery"
    return job.stash(f'<div class="{kind}">')


def part(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% tab title="…" %}`, `<!-- tab title@icon -->`: a part with its title"""
    written = tag.arguments.rpartition("@")[0] if "@" in tag.arguments else tag.arguments
    title = tag.named.get("title") or written.strip().strip("\"'")
    shown = f'<p class="tab-title"><strong>{html.escape(title, quote=False)}</strong></p>' if title else ""
    return job.stash(f'<div class="tab">{shown}')


def group_end(tag: Shortcode, job: ShortcodeContext) -> str:
    return job.stash("</div>")


GROUP = Handler(group, block=True, body="markdown", close=group_end)
DOCUMENT = Handler(document)
PLAYER = Handler(player, block=True)
MARKED = Handler(marked)

THEME = {
    "label": Handler(label),
    "hideInline": Handler(hidden),
    "psw": Handler(hidden),
    **dict.fromkeys(("span", "p", "font"), Handler(styled)),
    **dict.fromkeys(("u", "emp", "wavy", "del", "kbd"), MARKED),
    **dict.fromkeys(("cb", "checkbox", "radio"), Handler(box)),
    **dict.fromkeys(("btn", "button"), Handler(button)),
    **dict.fromkeys(("gallery", "gi", "gp", "grouppicture", "tabs", "timeline"), GROUP),
    "galleryGroup": Handler(picture_group),
    **dict.fromkeys(("tab", "timenode"), Handler(part, block=True, body="markdown", close=group_end)),
    **dict.fromkeys(("linkCard", "linkcard"), Handler(card)),
    "aplayer": Handler(song),
    "meting": Handler(music),
    **dict.fromkeys(("video", "audio", "dplayer"), PLAYER),
    **dict.fromkeys(("pdf", "iframe", "jsfiddle"), DOCUMENT),
}
PART = re.compile(r"<!--\s*(end\s*)?(?:tab|subtab|subsubtab|timeline|node)\b([^\n]{0,200}?)-->")
"""The comments that begin and end a part of tabs and timelines."""
