"""`{% include FILE key="value" %}` of Jekyll: files that many themes have, by what their names say; `{% toc %}`."""

from __future__ import annotations

import re
from dataclasses import replace

from blogsite.markdown.extensions.fenced_code import BREAK
from blogsite.markdown.shortcodes.handlers.boxes import box, box_end
from blogsite.markdown.shortcodes.handlers.media import image_of, video
from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext

NAME = re.compile(r"\s*([\w./-]+)\s*")
SILENT = frozenset(("jb/setup", "mathjax", "katex", "math", "mathjax_support", "mathjax-support"))
"""Files that set something up."""
PICTURE = re.compile(r"fig|ima?ge?|pic|photo")
SOURCES = ("src", "url", "path", "file", "image_path", "image", "img", "name", "filename", "source", "link")
FILE = re.compile(r"[^{}]+\.(?:png|jpe?g|gif|svg|webp|avif)\Z", re.IGNORECASE)
BOXES = frozenset(("note", "tip", "info", "important", "warning", "danger", "alert", "callout", "notice", "caution"))
TEXTS = ("content", "text", "message", "alert", "title")
IDENTITY = ("id", "youtube_id", "youtubeid", "video_id", "videoid", "src", "url", "link")


def include(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """Return an image, a link to a video, a box, or nothing; None for a file that could do anything."""
    match = NAME.match(tag.arguments)
    if not match:
        return None
    path = re.sub(r"\.(?:html?|liquid|md|markdown)\Z", "", match[1].lower())
    name = path.rpartition("/")[2]
    if path in SILENT or name in SILENT:
        return ""
    if name == "toc":
        return contents(tag, job)
    tag = replace(tag, arguments=tag.arguments[match.end() :])
    if "youtube" in name or "vimeo" in name or name == "video":
        return _video(tag, name, job)
    if name in BOXES:
        return _box(tag, name, job)
    return _picture(tag, job) if PICTURE.search(name) else None


def _box(tag: Shortcode, name: str, job: ShortcodeContext) -> str | None:
    """`{% include note.html content="…" %}`, `{% include alert.html type="info" title="…" content="…" %}`"""
    named = tag.named
    key = next((key for key in TEXTS if named.get(key)), "")
    quoted = re.search(rf"\b{key}\s*=\s*[\"']", tag.arguments)
    if not key or not quoted:
        return None
    kind = re.sub(r"\W+", "", named.get("type", "") or ("note" if name in ("alert", "callout") else name))
    title = named.get("title", "").replace('"', "&quot;") if key != "title" else ""
    opening = replace(tag, arguments=f'type="{kind}"' + (f' title="{title}"' if title else ""))
    return f"{box(opening, job)}{BREAK}{' '.join(named[key].split())}{BREAK}{box_end(opening, job)}"


def _video(tag: Shortcode, name: str, job: ShortcodeContext) -> str | None:
    named = tag.named
    provider = named.get("provider") or next((host for host in ("youtube", "vimeo") if host in name), "")
    identity = next((named[key] for key in IDENTITY if key in named), "")
    if provider not in ("youtube", "vimeo", "bilibili") or not identity or "page." in identity:
        return None
    return video(replace(tag, name=provider, arguments=f'id="{identity}"'), job)


def _picture(tag: Shortcode, job: ShortcodeContext) -> str | None:
    named = tag.named
    source = next((named[key] for key in SOURCES if FILE.match(named.get(key, ""))), "")
    if not source:
        return None
    if "/" in source and not re.match(r"[a-z]+:|/|\.", source, re.IGNORECASE):
        source = f"/{source}"
    caption = named.get("caption") or named.get("title") or ""
    sizes = [named.get("width", ""), named.get("height", "")]
    return image_of(job, source, named.get("alt", "") or caption, caption, named.get("class", "").split(), sizes)


def contents(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% toc %}`, `{{< toc >}}`, `{% include toc %}`: the table of contents"""
    return "[[TOC]]"


CONTENTS = dict.fromkeys(("toc", "TOC"), Handler(contents, block=True))
INCLUDE = Handler(include, block=True, lone=True)
INCLUDES = {"include": INCLUDE, "include_cached": INCLUDE}
