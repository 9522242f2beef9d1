"""Images and videos.

A video becomes a link, because its player would request another host on every visit.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext

PICTURE = re.compile(r"(?:https?:)?/?/|[^\s\"']+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|ico)\b|\x02", re.IGNORECASE)
SIZE = re.compile(r"\d+(?:px|%|em|rem|vw)?\Z")
FORGOTTEN = re.compile(r"\[(?:class names?|width|height|title text|alt text)\]")
"""Placeholders of the manual that authors copy."""
LONGEST_TITLE = 500
TITLE_AND_ALT = re.compile(r"(.*\S)\s+'([^']*)'")
CLASS = re.compile(r"[A-Za-z_][\w-]*\Z")

VIDEOS = {
    "youtube": ("YouTube", "https://www.youtube.com/watch?v={}"),
    "vimeo": ("Vimeo", "https://vimeo.com/{}"),
    "bilibili": ("Bilibili", "https://www.bilibili.com/video/{}"),
    "bili": ("Bilibili", "https://www.bilibili.com/video/{}"),
    "gist": ("GitHub Gist", "https://gist.github.com/{}"),
    "tweet": ("X", "https://x.com/{}"),
    "x": ("X", "https://x.com/{}"),
}


def image(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% img [class] src [width [height]] ["title" ["alt"]] %}` of Octopress and Hexo."""
    words = replace(tag, arguments=FORGOTTEN.sub(" ", tag.arguments)).words
    source = next((n for n, word in enumerate(words) if PICTURE.match(word)), -1)
    if source < 0 and tag.name == "asset_img" and words:
        source = 0
    if source < 0:
        return None
    sizes: list[str] = []
    rest = words[source + 1 :]
    while rest and len(sizes) < 2 and SIZE.match(rest[0]):
        sizes.append(rest.pop(0))
    quoted = bool(re.search(r"[\"']\s*$", tag.arguments))
    title, alt = (rest[0], rest[1] if len(rest) > 1 else rest[0]) if quoted and rest else (" ".join(rest),) * 2
    if title == alt and len(title) < LONGEST_TITLE and (both := TITLE_AND_ALT.fullmatch(title)):
        title, alt = both[1], both[2]
    return image_of(job, words[source], alt, title, words[:source], sizes)


def plain_image(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% image url [width height] [title] %}` of Hexo, `{% image url, width=300px, alt=… %}` of its themes."""
    if "src" in tag.named:
        return figure(tag, job)
    words = tag.words
    if not words:
        return None
    named = {name: value.rstrip(",") for name, value in tag.named.items()}
    rest = [word.rstrip(",") for word in words[1:]]
    sizes = [named.get("width", ""), named.get("height", "")]
    while rest and SIZE.match(rest[0]):
        sizes.append(rest.pop(0))
    caption = " ".join(rest) or named.get("alt", "")
    return image_of(
        job, words[0].rstrip(","), named.get("alt", "") or caption, caption, [], [*filter(None, sizes), "", ""]
    )


def figure(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{{< figure src="…" caption="…" alt="…" title="…" link="…" >}}` of Hugo."""
    source = tag.get("src", 0).rstrip(",")
    if not source:
        return None
    named = tag.named
    words = [named.get("title", ""), named.get("caption", "") or (tag.words[1] if len(tag.words) > 1 else "")]
    if named.get("attr"):
        attribution = named["attr"]
        words.append(f"({attribution})")
    caption = " ".join(word for word in words if word)
    sizes = [named.get("width", ""), named.get("height", "")]
    made = image_of(job, source, named.get("alt", "") or caption, caption, named.get("class", "").split(), sizes)
    link = named.get("link", "")
    if job.in_html and link:
        return f'<a href="{html.escape(link)}">{made}</a>'
    return f"[{made}]({_address(link)})" if link else made


def image_of(job: ShortcodeContext, source: str, alt: str, title: str, classes: list[str], sizes: list[str]) -> str:
    """Return an image in Markdown or in HTML, whichever is parsed where the tag is."""
    if job.in_html:
        given = {"src": source, "alt": alt, "title": title, "class": " ".join(filter(CLASS.match, classes))}
        given |= zip(("width", "height"), sizes, strict=False)
        written = (f'{name}="{html.escape(value)}"' for name, value in given.items() if value or name == "alt")
        return f"<img {' '.join(written)}>"
    source = job.image(source)
    escaped = alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    made = f"![{escaped}]({_address(source)}"
    if title:
        made += ' "' + title.replace('"', "&quot;") + '"'
    made += ")"
    attributes = [f".{name}" for name in classes if CLASS.match(name)]
    attributes += [f'{side}="{size}"' for side, size in zip(("width", "height"), sizes, strict=False) if size]
    return made + (f"{{{' '.join(attributes)}}}" if attributes else "")


def _address(source: str) -> str:
    return f"<{source}>" if re.search(r"[\s()]", source) else source


def video(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% youtube ID %}`, `{{< youtube id="ID" >}}`: a link."""
    name, address = VIDEOS[tag.name]
    words = [word for word in tag.words if re.fullmatch(r"[\w\-./:?=&]+", word)]
    identity = tag.named.get("id") or (words[0] if words else "")
    if tag.name == "gist" and len(words) > 1 and "/" not in identity:
        identity = f"{words[0]}/{words[1]}"
    if tag.name in ("tweet", "x"):
        user = tag.named.get("user") or (words[0] if len(words) > 1 else "i")
        identity = f"{user}/status/{tag.named.get('id') or (words[-1] if words else '')}" if words or identity else ""
    if not identity or not re.fullmatch(r"[\w\-./:?=&]+", identity):
        return None
    url = identity if identity.startswith(("http://", "https://")) else address.format(identity)
    title = tag.named.get("title") or f"{name}: {identity}"
    return job.stash(f'<p class="video"><a href="{html.escape(url)}">▶ {html.escape(title, quote=False)}</a></p>')


MEDIA = {
    "img": Handler(image),
    "asset_img": Handler(image),
    "image": Handler(plain_image),
    "figure": Handler(figure, block=True),
    **{name: Handler(video, block=True) for name in VIDEOS},
}
