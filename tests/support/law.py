"""A small site, all kinds of edits of it, and the result of building it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import jinja2

import blogsite.build.driver
import blogsite.build.loader
import blogsite.build.publisher
import blogsite.markdown.post
import blogsite.maths.katex
from blogsite.build import rendering
from blogsite.build.context import WORK_FOLDER, BuildOptions, BuildReport
from blogsite.build.driver import build
from blogsite.config.loader import load_config
from blogsite.config.settings import MarkdownSettings
from blogsite.content.parse_context import ParseContext
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import SiteError
from blogsite.core.digest import digest
from blogsite.markdown.converter import converter
from tests.support.sites import EPOCH, picture, png, tree, write

Choice = TypeVar("Choice")
DAY = 86_400
HAS_FONT = importlib.util.find_spec("pylopdf_fonts_zh_cn") is not None


class Picks:
    """Where the choices of an edit come from: hypothesis, or a random number generator."""

    def __init__(self, choose: Callable[[list[Any]], Any]) -> None:
        self._choose = choose

    def one(self, *choices: Choice) -> Choice:
        """One of these."""
        chosen: Choice = self._choose(list(choices))
        return chosen


@dataclass(frozen=True)
class Written:
    """A post as its author thinks of it."""

    title: str = "Title"
    date: str = "2024-03-01"
    fields: tuple[tuple[str, str], ...] = ()
    above: str = "Words above $a+b$."
    below: str = "Words below."
    has_break: bool = True
    links: tuple[str, ...] = ()
    broken: bool = False

    def text(self) -> str:
        head = {"title": self.title, "date": self.date, **dict(self.fields)}
        lines = "".join(f"{name}: {value}\n" for name, value in head.items() if value)
        middle = "<!-- more -->\n\n" if self.has_break else ""
        tail = "".join(f"\n{link}\n" for link in self.links)
        return f"---\n{'title: [' if self.broken else ''}{lines}---\n\n{self.above}\n\n{middle}{self.below}\n{tail}"


def equation(label: str, tex: str = "a = b") -> str:
    """A numbered equation."""
    return f"\\begin{{equation}}\\label{{eq:{label}}}\n{tex}\n\\end{{equation}}"


NAMES = tuple(f"p{number}" for number in range(1, 8))
OWN_PAGES = ("404", "tags", "archive", "index")
"""Pages at the addresses of lists."""
HUGE = png(1, 1, claims=20_000)
"""A picture that says that it has 400 million pixels."""
LOCATED = picture("PNG", (30, 5), gps=True)
LINKS = (
    "See [the other](p1.md).",
    "See [it](p2.md#nowhere).",
    "See [it](p3.md).",
    "See [[Post 1]], [[another title|it]], [[p2#h]] and [[#A heading]].",
    "By \\eqref{p1#eq:x} and \\eqref{p2#eq:x}.",
    "By $c + \\eqref{p1#eq:x}$.",
    "By \\eqref{eq:x} and \\eqref{eq:none}.",
    "![A picture](one.png)",
    "![A picture](/two.svg)",
    "![None](none.png)",
    "A [file](data.csv).",
    "$\\nosuchmacro{x}$ and $\\frac{1}$.",
    "```nosuchlanguage\nx\n```",
    equation("x"),
    equation("y", "c = d") + "\n\n" + equation("x"),
    "# A heading {#h}\n\nText[^1].\n\n[^1]: A note with $a+b$.",
    '<div id="raw">raw</div>',
    "![A picture](/one.png)",
    '<img src="one.png" width="5"> <img src="/one.png" srcset="one.png 2x">',
)
CONFIG = {"title": '"Test"', "base_url": '"https://example.org/"', "per_page": "2"}


def svg(width: int) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="10"></svg>'


@dataclass
class Blog:
    """A site on disk, and what its author has in mind; `code` and `epoch` are what the world adds to it."""

    root: Path
    posts: dict[str, Written] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=lambda: dict(CONFIG))
    epoch: int = EPOCH
    code: int = 0

    def begin(self) -> None:
        for number, name in enumerate(NAMES[:5], 1):
            tags = "[a, b]" if number % 2 else "[b]"
            flaw = (f"A flaw: $\\frac{{{number}}}$.",)  # that only the engine finds
            self.put(f"posts/{name}.md", Written(f"Post {number}", f"2024-0{number}-01", (("tags", tags),), links=flaw))
        self.put("posts/p1.md", replace(self.posts["posts/p1.md"], links=LINKS[12:13]))
        self.put("posts/p2.md", replace(self.posts["posts/p2.md"], links=LINKS[3:5]))
        self.put("posts/p3.md", replace(self.posts["posts/p3.md"], links=LINKS[:1] + LINKS[6:8]))
        self.put(
            "posts/p4.md", replace(self.posts["posts/p4.md"], fields=(("layout", "special"), ("aliases", "[/old/]")))
        )
        self.put("posts/p5.md", replace(self.posts["posts/p5.md"], fields=(("slug", "p5"),)))
        self.put("posts/p6.md", Written("A draft", "2024-06-01", (("draft", "true"),)))
        self.put("posts/p7.md", Written("Of the future", "2026-01-03", (("categories", "[x]"),)))
        self.put("pages/about.md", Written("About", ""))
        write(self.root, {"posts/one.png": png(20), "static/two.svg": svg(30), "posts/data.csv": "1,2\n"})
        for path in ("templates/page.html", "templates/partials/mine.html", "templates/special.html"):
            write(self.root, {path: TEMPLATES[path][0]})
        self.save_config()

    def put(self, path: str, post: Written) -> None:
        self.posts[path] = post
        write(self.root, {path: post.text()})

    def drop(self, path: str) -> Written:
        (self.root / path).unlink(missing_ok=True)
        return self.posts.pop(path)

    def save_config(self) -> None:
        tables: dict[str, list[str]] = {"": []}
        for key, value in self.config.items():
            table, _, name = key.rpartition(".")
            tables.setdefault(table, []).append(f"{name} = {value}\n")
        text = "".join((f"[{table}]\n" if table else "") + "".join(lines) for table, lines in tables.items())
        write(self.root, {"blogsite.toml": text})


# ── edits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_post(blog: Blog, pick: Picks) -> None:
    name = pick.one(*NAMES)
    own = f"pages/{pick.one(*OWN_PAGES)}.md"
    path = pick.one(
        f"posts/{name}.md", f"posts/2024-05-05-{name}.md", f"posts/{name}/index.md", f"pages/{name}.md", own
    )
    date = pick.one("2024-01-15", "2024-03-01", "2025-06-06", "2026-01-03", "")
    blog.put(path, Written(f"New {name}", date, above=pick.one("New words.", "New words $a+b$.", "")))


def remove_post(blog: Blog, pick: Picks) -> None:
    if blog.posts:
        blog.drop(pick.one(*sorted(blog.posts)))


def rename_post(blog: Blog, pick: Picks) -> None:
    if blog.posts:
        path = pick.one(*sorted(blog.posts))
        post = blog.drop(path)
        if "slug" not in dict(post.fields) and pick.one(True, False):  # so that its address stays
            post = replace(post, fields=(*post.fields, ("slug", path.rsplit("/", 1)[-1].removesuffix(".md"))))
        blog.put(f"posts/{pick.one('renamed', *NAMES)}.md", post)


def edit_post(blog: Blog, pick: Picks) -> None:
    if not blog.posts:
        return
    path = pick.one(*sorted(blog.posts))
    post = blog.posts[path]
    message = pick.one("title", "date", "above", "below", "break", "links", "unlink", "broken", "fields", "fields")
    if message == "title":
        post = replace(post, title=pick.one("Another title", "'With $x^2$'", "'With $\\nosuch$'", "Title", ""))
    elif message == "date":
        post = replace(post, date=pick.one("2023-12-31", "2024-03-01", "2026-01-03", "2026-01-01 18:00", "never", ""))
    elif message == "above":
        post = replace(post, above=pick.one("Other words.", "Words above $a+b$.", "$$c$$", "Long words. " * 60))
    elif message == "below":
        post = replace(post, below=pick.one("Words below.", "Other words.", "\n\nLines\n\nlower $d$.", "Wprds below."))
    elif message == "break":
        post = replace(post, has_break=not post.has_break)
    elif message == "links":
        post = replace(post, links=(*post.links, pick.one(*LINKS)))
    elif message == "unlink":
        post = replace(post, links=post.links[1:])
    elif message == "broken":
        post = replace(post, broken=not post.broken)
    else:
        post = replace(post, fields=_edited_fields(dict(post.fields), pick))
    blog.put(path, post)


FIELDS = {
    "tags": ("[a]", "[A, c]", "[c, d, e]", "[C++, '机器学习']", "[]"),
    "categories": ("[x]", "[[x, y]]", "[]"),
    "slug": ("p1", "other", "/x/"),
    "url": ("/elsewhere/", "/../out/", "/page/1/"),
    "draft": ("true", "false"),
    "hidden": ("true", "maybe"),
    "expires": ("2025-01-01", "2026-01-02 12:00"),
    "updated": ("2025-01-01",),
    "summary": ("A summary $a+b$.", "Short."),
    "layout": ("page", "special", "nowhere", "index"),
    "aliases": ("[/old/]", "[/posts/p2/]"),
    "image": ("one.png", "none.png"),
    "toc": ("true",),
    "pin": ("true",),
    "dtae": ("2024-01-01",),
    "lang": ("zh",),
    "author": ("Somebody",),
}


def _edited_fields(fields: dict[str, str], pick: Picks) -> tuple[tuple[str, str], ...]:
    name = pick.one(*FIELDS)
    value = pick.one("", *FIELDS[name])
    fields.pop(name, None)
    return tuple({**fields, **({name: value} if value else {})}.items())


def edit_config(blog: Blog, pick: Picks) -> None:
    choices: dict[str, tuple[str, ...]] = {
        "title": ('"Test"', '"Other"'),
        "subtitle": ('"Sub"',),
        "base_url": ('"https://example.org/blog/"',),
        "author": ('"A"',),
        "language": ('"zh"', '"nosuch"'),
        "timezone": ('"Asia/Shanghai"', '"America/New_York"'),
        "per_page": ("1", "3", "0"),
        "excerpt_length": ("20", "500"),
        "permalink": ('"jekyll"', '"/:year/:slug/"', '"/same/"'),
        "feed_limit": ("1",),
        "feed_content": ('"summary"',),
        "extra_feeds": ('["/atom.xml"]',),
        "badge": ('"d.M."',),
        "undated": ('"page"',),
        "math.enable": ("false",),
        "math.output": ('"mathml"',),
        "math.number": ('"all"',),
        "markdown.soft_breaks": ('"keep"',),
        "theme.width": ('"40em"', '"600px"'),
        **({"theme.cards": ("true", '{accent = "#8a3324"}', '{accent = "none"}')} if HAS_FONT else {}),
        "images.resize": ("false",),
        "images.widths": ("[5, 10]", "[600]"),
        "images.quality": ("5",),
        "tags.map": ('{"a" = "letter"}',),
        "extra.note": ('"n"',),
        "titel": ('"T"',),
    }
    key = pick.one(*choices)
    value = pick.one(CONFIG.get(key, ""), *choices[key])
    blog.config.pop(key, None)
    if value:
        blog.config[key] = value
    blog.save_config()


def edit_file(blog: Blog, pick: Picks) -> None:
    files: dict[str, tuple[str | bytes, ...]] = {
        "static/two.svg": (svg(30), svg(99)),
        "static/note.txt": ("one\n", "two\n", ""),
        "static/posts/p1/index.html": ("two for one path",),
        "static/404.html": ("not here",),
        "static/css/style.css": ("body {}",),
        "posts/data.csv": ("1,2\n", "3,4\n"),
        "posts/p1/picture.png": (png(8),),
    }
    _put_or_remove(blog, files, pick)


def edit_picture(blog: Blog, pick: Picks) -> None:
    """A picture is swapped, broken, mended, or gone."""
    files: dict[str, tuple[str | bytes, ...]] = {
        "posts/one.png": (png(20), png(21), png(20, 8), LOCATED, b"no picture", png(20)[:-30], HUGE),
        "posts/none.png": (png(5), png(900, 1)),
        "static/one.png": (png(9), LOCATED),
    }
    _put_or_remove(blog, files, pick)


TEMPLATES: dict[str, tuple[str | bytes, ...]] = {
    "templates/404.html": ("Nothing: {{ site.title }}\n", "{{ nobody }}", "{% if %}", "{% include site.title %}"),
    "templates/base.html": ('{% extends "theme/base.html" %}', "{% block main %}{% endblock %}"),
    "templates/page.html": (
        '{% extends "theme/page.html" %}{% block head %}'
        '{% include "partials/mine.html" ignore missing %}{% endblock %}',
    ),
    "templates/partials/mine.html": ("mine", "ours", "{{ site.extra.note }}"),
    "templates/partials/badge.html": ("{{ date | badge if date }}", "{{ date | nosuch }}"),
    "templates/special.html": ("{{ title | rich }}{{ content | content }}", "{{ 1 / 0 }}"),
    "templates/bad.html": (b"\xff",),
}


def edit_template(blog: Blog, pick: Picks) -> None:
    _put_or_remove(blog, TEMPLATES, pick)


def _put_or_remove(blog: Blog, files: dict[str, tuple[str | bytes, ...]], pick: Picks) -> None:
    path = pick.one(*files)
    content = pick.one(None, *files[path])
    file = blog.root / path
    if content is not None:
        status = file.stat() if file.is_file() else None
        write(blog.root, {path: content})
        if status:  # the time stamp betrays nothing
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        file.unlink(missing_ok=True)


def link_nowhere(blog: Blog, pick: Picks) -> None:
    link = blog.root / "static" / "link"
    if link.is_symlink():
        link.unlink()
    else:
        link.symlink_to("nowhere")


def pass_time(blog: Blog, pick: Picks) -> None:
    blog.epoch = EPOCH + pick.one(-900 * DAY, -DAY, 0, DAY // 4, DAY, 3 * DAY)


def change_code(blog: Blog, pick: Picks) -> None:
    blog.code = pick.one(0, 1, 2)


def meddle(blog: Blog, pick: Picks) -> None:
    """Something is done to the output by hand."""
    folder = blog.root / "public"
    paths = sorted(tree(folder)) if folder.is_dir() else []
    paths = [path for path in paths if not path.startswith(".") and "katex" not in path]
    if not paths:
        return
    file = folder / pick.one(*paths)
    how = pick.one("delete", "alter", "alter unseen", "empty", "folder", "link", "all", "manifest", "digests")
    if how == "all":
        shutil.rmtree(folder)
    elif how == "manifest":
        write(folder, {".blogsite.json": (folder / ".blogsite.json").read_bytes().replace(b'": "', b'":  "', 1)})
    elif how == "digests":
        write(folder, {".blogsite.json": (folder / ".blogsite.json").read_bytes().replace(b'": "0', b'": "1')})
    elif how == "alter":
        write(folder, {file.relative_to(folder).as_posix(): file.read_bytes() + b"x"})
    elif how == "alter unseen":
        status, data = file.stat(), file.read_bytes()
        file.write_bytes(bytes(reversed(data)))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif how == "empty":
        file.write_bytes(b"")
    else:
        file.unlink()
        if how == "folder":
            file.mkdir()
        elif how == "link":
            file.symlink_to(blog.root / "blogsite.toml")


def lose_store(blog: Blog, pick: Picks) -> None:
    """The store is removed, cut short, or damaged."""
    store = blog.root / WORK_FOLDER / "store.sqlite"
    if not store.is_file():
        return
    how = pick.one("folder", "file", "cut", "overwrite", "random", "random", "random")
    data = store.read_bytes()
    if how == "folder":
        shutil.rmtree(store.parent)
    elif how == "file":
        store.unlink()
    elif how == "cut":
        store.write_bytes(data[: len(data) * pick.one(0, 1, 5, 9) // 10])
    elif how == "overwrite":
        store.write_bytes(b"not a database" * 100)
    else:
        location = len(data) * pick.one(*range(100)) // 100
        length = pick.one(1, 7, 5000)
        noise = digest((location, length)).encode() * (length // 40 + 1)
        store.write_bytes(data[:location] + noise[:length] + data[location + length :])


EDITS: tuple[Callable[[Blog, Picks], None], ...] = (
    *(edit_post, edit_post, edit_post, edit_post),
    *(edit_template, edit_template, edit_template, meddle, meddle, edit_file, edit_file, edit_picture),
    *(add_post, remove_post, rename_post, edit_config, link_nowhere, pass_time, change_code, lose_store),
)


# ── builds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Outcome:
    """The result of a build: exit code, messages without the closing line, and the output folder."""

    code: int
    said: tuple[str, ...]
    files: dict[str, bytes]
    report: BuildReport | None = field(default=None, compare=False)


_compile = jinja2.Environment.compile
_known: dict[tuple[str, str | None], Any] = {}


def _compiled(self: jinja2.Environment, source: str, name: str | None = None, *rest: Any, **named: Any) -> Any:
    """Return a compiled template. Jinja would spend most of a small site's time on compiling the same text again."""
    if (source, name) not in _known:
        _known[source, name] = _compile(self, source, name, *rest, **named)
    return _known[source, name]


@contextmanager
def world(blog: Blog) -> Iterator[None]:
    """Set the clock and the version of the program as `blog` says, and keep slow parts alive between builds."""

    class Other:
        def __init__(self, settings: MarkdownSettings) -> None:
            self.settings = settings

        def run(self, context: ParseContext) -> str:
            return converter(self.settings).run(context) + f"<!-- {blog.code} -->"

    name = digest(("code", blog.code))
    with (
        patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(blog.epoch)}),
        patch.object(blogsite.build.driver, "code_digest", lambda more: name),
        patch.object(blogsite.markdown.post, "converter", Other if blog.code else converter),
        patch.object(blogsite.maths.katex, "close", lambda: None),
        patch.object(jinja2.Environment, "compile", _compiled),
    ):
        yield


def outcome(root: Path, options: BuildOptions) -> Outcome:
    """Build the site at `root` and return the result."""
    folder = options.output or root / "public"
    report = None
    try:
        report = build(root, load_config(root), options, lambda stage, done, total: None)
    except SiteError as problem:
        code, said = 1, tuple(map(str, problem.diagnostics))
    else:
        code = 0
        said = (*map(str, report.diagnostics), *(f"{path}: {reason}" for path, reason in report.unpublished))
    return Outcome(code, said, tree(folder) if folder.is_dir() else {}, report)


def scratch() -> Path:
    """A new folder, in memory where that can be had."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="law-", dir=memory if os.access(memory, os.W_OK) else None))


def from_nothing(blog: Blog, options: BuildOptions, location: Path) -> Outcome:
    """Build a copy of the site at `place` from nothing, and return the result."""
    shutil.rmtree(location, ignore_errors=True)
    shutil.copytree(
        blog.root, location, symlinks=True, ignore=lambda folder, names: {WORK_FOLDER, "public", "look"} & set(names)
    )
    rendering._renderer.cache_clear()
    with patch.object(blogsite.build.publisher, "CLOCK_TICK", 0):
        return outcome(location, replace(options, output=location / "public" if options.output else None))


VIEWS = (PublishFilter(), PublishFilter(), PublishFilter(), PublishFilter(drafts=True), PublishFilter(future=True))
