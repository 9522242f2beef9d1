"""Links between posts, and addresses from the site's root."""

from __future__ import annotations

import re

from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext, link_of

POST_FILE = re.compile(r"(?:.*/)?(?!index\.)([^/]+?)(?:/index)?\.(?:md|markdown|mkd|mdown|mkdn|html)\Z", re.IGNORECASE)

ELSEWHERE = re.compile(r"https?://|/")
LONGEST_CARD = 500
CARD = re.compile(r"([^,:{}]+)(?:,|::)(?:[^{}]*?(?:,|::))?\s*(https?://[^\s,]+?)(?:(?:,|::).*)?")
IN_ADDRESS = re.compile(
    r"""(\]\(\s*<?|\]:[ \t]*<?|=["'])
        (?:\{(filename|static|attach|tag|category|author|index)\}|\|(filename|static|attach|tag|category)\||(@)/)
        ([^\s)>"'|]*)""",
    re.VERBOSE,
)
"""Pelican's `{filename}x.md` and Zola's `@/x.md` at the start of an address."""

SITE_URL = r"\{\{-?\s*site\.(?:url|baseurl|base_url|github\.url)\s*-?\}\}"
ROOT = re.compile(
    rf"""(?:{SITE_URL})+(/?)
    | \{{\{{-?\s*["']([^"'{{}}]*)["']\s*\|\s*(?:relative_url|absolute_url|url|url_for|prepend:\s*site\.(?:base)?url)
        (?:\s*\|[^{{}}]*)?\s*-?\}}\}}""",
    re.VERBOSE,
)
VARIABLE = re.compile(r"\{\{-?\s*([A-Za-z_]\w*(?:\.[\w\-]+)+)\s*(?:\|[^{}\n]*)?-?\}\}")


def post_target(path: str) -> str:
    """Return the target of a reference by another generator's path: `_posts/2014-01-02-name.md#part`, `name`."""
    path, mark, fragment = path.strip().partition("#")
    match = POST_FILE.match(path)
    name = match[1] if match else path.strip("/")
    return f"post:{name}{mark}{fragment}" if name else f"{mark}{fragment}"


def post_url(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% post_url 2014-01-02-name %}`: the address."""
    name = tag.arguments.strip("\"' ")
    return job.link(post_target(name)) if name else None


def page_link(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% link _posts/2014-01-02-name.md %}`, `{% link assets/a.pdf %}`: the address."""
    path, words = tag.arguments.strip("\"' "), tag.words
    if not path:
        return None
    if len(words) > 1 and ELSEWHERE.match(words[1]):
        return link_of(job, words[1], words[0])  # Hexo's `{% link text url %}`
    if len(tag.arguments) < LONGEST_CARD and (parts := CARD.fullmatch(tag.arguments)):
        return link_of(job, parts[2], parts[1].strip())  # a theme's `{% link title, text, url %}`
    return job.link(post_target(path) if POST_FILE.match(path) else f"/{path.lstrip('/')}")


def reference(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{{< ref "x.md" >}}`, `{{< relref "posts/x.md#part" >}}`: the address."""
    path = tag.get("path", 0)
    if not path:
        return None
    return path if path.startswith("#") else job.link(post_target(path))


def post_link(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% post_link name [title] %}`: a whole link, with the post's title where none is given."""
    words = tag.words
    if not words:
        return None
    title = " ".join(words[1:-1] if words[-1] in ("true", "false") and len(words) > 1 else words[1:])
    address = job.link(post_target(words[0]))
    return link_of(job, address, title or address.replace("\x03", ".text\x03"))


def asset_path(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% asset_path a.png %}`: the address of a file in the post's folder."""
    return tag.arguments.strip("\"' ") or None


def asset_link(tag: Shortcode, job: ShortcodeContext) -> str | None:
    """`{% asset_link a.pdf [title] %}`: a link to a file in the post's folder."""
    words = [word for word in tag.words if word not in ("true", "false")]
    if not words:
        return None
    return link_of(job, words[0], " ".join(words[1:]) or words[0])


def baseurl(tag: Shortcode, job: ShortcodeContext) -> str:
    return "/"


def address(match: re.Match[str], job: ShortcodeContext) -> str:
    """Return what replaces a match of IN_ADDRESS."""
    before, kind, path = match[1], match[2] or match[3] or match[4], match[5]
    if kind in ("tag", "category"):
        return f"{before}/{'tags' if kind == 'tag' else 'categories'}/{path}/"
    if kind == "index":
        return f"{before}/"
    if kind == "@" or (kind == "filename" and path.startswith("/") and POST_FILE.match(path.partition("#")[0])):
        return before + job.link(post_target(path))
    return before + path


def from_root(match: re.Match[str]) -> str:
    """Return what replaces a match of ROOT."""
    if match[2] is not None:
        return match[2] if match[2].startswith("/") else f"/{match[2]}"
    return "/"


LINKS = {
    "post_url": Handler(post_url),
    "link": Handler(page_link),
    "post_link": Handler(post_link),
    "post_path": Handler(post_url),
    "asset_path": Handler(asset_path),
    "asset_link": Handler(asset_link),
}
SHORTCODE_LINKS = {
    "ref": Handler(reference),
    "relref": Handler(reference),
    "blogdown/postref": Handler(reference),
    "baseurl": Handler(baseurl),
}
