"""A generated blog: posts of about 7 KB in Chinese and English, the same on every machine.

    python -m benchmarks.corpus OUT --posts 1000 [--for hugo] [--no-maths] [--images] [--references] [--series]

A post depends on its number and the options alone: the first thousand posts of a large blog are a small one, and every
generator gets the same text, spelled as it wants it. Some 40 formulas stand in a post; of 25 of them there is no other
like it on the site. Every post has highlighted code, two lists, a table, emphasis and links, most have a quote.
"""

from __future__ import annotations

import argparse
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.words import CATEGORIES, LISTINGS, TAGS, chinese, display, english, inline, phrase, term

FIRST_DATE = datetime(2000, 1, 1, 6, 0)
STEP = timedelta(hours=4)
"""Between posts: fifty thousand of them end in 2022, so that no clock makes one a post of the future."""
BREAK = "<!-- more -->"
PICTURES = 40
IN_A_SERIES = 12


@dataclass(frozen=True, slots=True)
class Options:
    """What generated posts contain."""

    maths: bool = True
    images: bool = False
    references: bool = False
    series: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post before it is spelled for one generator; `body` still has `Spelling`'s marks in it."""

    number: int
    title: str
    tags: tuple[str, ...]
    category: str
    description: str
    series: str
    body: str
    formulas: int

    @property
    def slug(self) -> str:
        return slug(self.number)

    @property
    def date(self) -> datetime:
        return FIRST_DATE + STEP * self.number


@dataclass(frozen=True, slots=True)
class Spelling:
    """The front matter, the excerpt marker and the links between posts that one generator reads."""

    head: Callable[[Post], str]
    more: str = BREAK
    post: Callable[[str], str] = "/posts/{}/".format
    numbers: bool = False
    """It numbers equations and resolves \\label and \\eqref; for others the numbers are written out."""


def slug(number: int) -> str:
    """Return the slug of a post."""
    return f"post-{number:06d}"


def posts(count: int, options: Options, first: int = 0) -> Iterator[Post]:
    """Yield `count` posts, oldest first, beginning with number `first`."""
    return (write(number, options) for number in range(first, first + count))


def write(number: int, options: Options) -> Post:
    """Return the text of a post."""
    r = Random(f"blog {number}")
    category, tags = r.choice(CATEGORIES), tuple(sorted({r.choice(TAGS) for _ in range(3)}))
    title = f"{phrase(r)}: {term(r)} {number}"
    description = chinese(r, 2)
    parts = [_paragraph(r, options), _paragraph(r, options), BREAK]
    for section in range(r.randint(3, 5)):
        parts += [f"## {english(r, 4)[:-1]} {section + 1}", _paragraph(r, options), _paragraph(r, options)]
        if options.maths:
            mark = "\x02label\x03" if options.references and not section else f"\\tag{{{section + 1}}}"
            parts += [f"$$\n{display(r)}{mark}\n$$", _paragraph(r, options)]
        parts += _extras(r, section)
    if options.images and number % 2:
        parts.insert(5, f"![{phrase(r)}](/images/figure-{number % PICTURES:02d}.png)")
    if options.references and number:
        parts.append(_references(r, number, options))
    body = "\n\n".join(parts) + "\n"
    series = f"{CATEGORIES[number % 5]} notes {number // (3 * IN_A_SERIES) + 1}" if not number % 3 else ""
    formulas = body.count("$") // 2 - body.count("$$\n") // 2
    return Post(number, title, tags, category, description, series if options.series else "", body, formulas)


def spelled(post: Post, spelling: Spelling) -> str:
    """The whole file of a post for one generator."""
    body = post.body.replace(BREAK, spelling.more)
    if "\x02" in body:
        pieces = body.replace("\x02label\x03", "\\label{eq:main}" if spelling.numbers else "\\tag{1}").split("\x02")
        body = pieces[0] + "".join(_mark(piece, spelling) for piece in pieces[1:])
    return spelling.head(post) + body


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each picture: gradients as PNG."""
    for number in range(PICTURES):
        yield f"figure-{number:02d}.png", _png(480, 270, number * 5)


# ── a post's text ────────────────────────────────────────────────────────────────────────────────────────────────────


def _paragraph(r: Random, options: Options) -> str:
    pieces: list[str] = []
    for _ in range(r.randint(3, 6)):
        kind = r.random()
        if kind < 0.6:
            pieces.append(chinese(r, r.randint(1, 2)))
        elif kind < 0.85:
            pieces.append(f" {english(r, r.randint(8, 20))} ")
        else:
            pieces.append(_marked(r))
        if options.maths and r.random() < 0.55:
            pieces.append(f" ${inline(r)}$ ")
    return "".join(pieces).strip()


def _marked(r: Random) -> str:
    word = term(r)
    address = f"https://example.com/{word}/{r.randint(1, 999)}"
    return r.choice((f" **{word} {term(r)}** ", f" *{word}* ", f" `{word}()` ", f" [{word}]({address}) "))


def _extras(r: Random, section: int) -> list[str]:
    """Yield the figures, tables, code, links and footnotes at the end of a section."""
    if section == 0:
        language, code = r.choice(LISTINGS)
        return [f"```{language}\n{code.replace('NUMBER', str(r.randint(2, 99)))}```"]
    if section == 1:
        items = [f"- {chinese(r, 1)[:-1]} *{term(r)}*" for _ in range(4)]
        steps = [f"{count}. {english(r, 6)}" for count in (1, 2, 3)]
        return ["\n".join(items), english(r, 8), "\n".join(steps)]
    if section == 2:
        rows = [f"| {term(r)} | {r.randint(1, 99)}M | {r.random():.3f} |" for _ in range(4)]
        return ["\n".join(["| model | size | score |", "|---|---|---|", *rows])]
    return [f"> {chinese(r, 2)}\n> {english(r, 9)}"] if section == 3 else []


def _references(r: Random, number: int, options: Options) -> str:
    """A paragraph that refers to an earlier post and, with formulas, to an equation there and to one here."""
    other = slug(r.randrange(number))
    text = f"{chinese(r, 1)} [{phrase(r)}](\x02post {other}\x03)"
    return f"{text}, \x02there {other}\x03, \x02here\x03." if options.maths else f"{text}."


def _mark(piece: str, spelling: Spelling) -> str:
    """Replace the mark at the beginning of a text by what one generator writes in its place."""
    mark, _, rest = piece.partition("\x03")
    kind, _, name = mark.partition(" ")
    if kind == "post":
        return spelling.post(name) + rest
    if spelling.numbers:
        return (f"\\eqref{{{name}#eq:main}}" if name else "\\eqref{eq:main}") + rest
    return (f"[(1)]({spelling.post(name)})" if name else "(1)") + rest


def _png(width: int, height: int, shade: int) -> bytes:
    rows = b"".join(b"\0" + bytes((x * y // 512 + shade) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# ── heads ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _yaml(post: Post, date: str, **more: str) -> str:
    fields = {
        "title": json.dumps(post.title, ensure_ascii=False),
        "date": date,
        "slug": post.slug,
        "tags": f"[{', '.join(post.tags)}]",
        "categories": f"[{post.category}]",
        "description": json.dumps(post.description, ensure_ascii=False),
        **({"series": post.series} if post.series else {}),
        **more,
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + "---\n\n"


def _lines(post: Post) -> str:
    fields = {
        "Title": post.title,
        "Date": f"{post.date:%Y-%m-%d %H:%M}",
        "Slug": post.slug,
        "Category": post.category,
        "Tags": ", ".join(post.tags),
        "Description": post.description,
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items()) + "\n"


SPELLINGS = {
    "blogsite": Spelling(lambda post: _yaml(post, f"{post.date}"), post="{}.md".format, numbers=True),
    "hugo": Spelling(lambda post: _yaml(post, f"{post.date:%Y-%m-%dT%H:%M:%SZ}"), more="<!--more-->"),
    "eleventy": Spelling(lambda post: _yaml(post, f"{post.date:%Y-%m-%dT%H:%M:%SZ}")),
    "pelican": Spelling(_lines),
}


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--for", dest="target", choices=SPELLINGS, default="blogsite")
    add_arguments(parser)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for post in posts(arguments.posts, options_of(arguments)):
        text = spelled(post, SPELLINGS[arguments.target])
        (arguments.out / f"{post.slug}.md").write_text(text, encoding="utf-8")
    for name, data in pictures() if arguments.images else ():
        (arguments.out / name).write_bytes(data)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --posts and the options of the posts to a parser."""
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--no-maths", dest="maths", action="store_false", help="posts without formulas")
    parser.add_argument("--images", action="store_true", help="a picture in every second post")
    parser.add_argument("--references", action="store_true", help="links between posts, and to equations of others")
    parser.add_argument("--series", action="store_true", help="every third post in a series")


def options_of(arguments: argparse.Namespace) -> Options:
    """The options that `add_arguments` reads."""
    return Options(arguments.maths, arguments.images, arguments.references, arguments.series)


if __name__ == "__main__":
    main()
