"""The generators that are compared, with their commands and folders.

Post SLUG is read from POSTS/SLUG.md and written to OUTPUT/posts/SLUG/index.html. In commands {cache} is a folder that
is the contestant's alone and made anew with its site.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import SPELLINGS, Options, Post, pictures, posts, spelled

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A generator, and how it is called; the same command builds from nothing and again."""

    name: str
    build: tuple[str, ...]
    version: tuple[str, ...]
    posts: str = "posts"
    images: str = "static/images"
    output: str = "public"
    typesets: bool = True
    """Formulas become HTML with MathML at build time; else they stay text."""


CONTESTANTS = (
    Contestant("blogsite", ("blogsite", "build"), ("blogsite", "--version")),
    Contestant(
        "hugo",
        ("hugo", "build", "--quiet", "--cacheDir", "{cache}"),
        ("hugo", "version"),
        posts="content/posts",
    ),
    Contestant("eleventy", ("eleventy", "--quiet"), ("eleventy", "--version"), output="_site"),
    Contestant(
        "pelican",
        ("pelican", "--quiet", "--settings", "pelicanconf.py"),
        ("pelican", "--version"),
        posts="content/posts",
        images="content/images",
        output="output",
        typesets=False,
    ),
)


def named(names: str) -> list[Contestant]:
    """The contestants of a comma-separated list; SystemExit for a name that is none."""
    known = {contestant.name: contestant for contestant in CONTESTANTS}
    wanted = [name for name in names.split(",") if name]
    if unknown := [name for name in wanted if name not in known]:
        raise SystemExit(f"no such contestant: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in wanted]


@dataclass(frozen=True, slots=True)
class Workplace:
    """The folders of one contestant below DIR/work; setup.sh has installed the programs into DIR."""

    installed: Path
    contestant: Contestant
    size: int

    @property
    def folder(self) -> Path:
        return self.installed / "work" / self.contestant.name

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def output(self) -> Path:
        return self.site / self.contestant.output

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def prepare(self, count: int, options: Options) -> None:
        """Make a site of `count` posts for `make_anew` to copy."""
        shutil.rmtree(self.folder, ignore_errors=True)
        template = self.folder / "template"
        shutil.copytree(PEERS / self.contestant.name, template)
        folder = template / self.contestant.posts
        folder.mkdir(parents=True, exist_ok=True)
        for post in posts(count, options):
            self._write(folder, post)
        if options.images:
            (template / self.contestant.images).mkdir(parents=True)
            for name, data in pictures():
                (template / self.contestant.images / name).write_bytes(data)

    def make_anew(self) -> None:
        """The site is as it was prepared, and nothing of an earlier build is left: no output and no cache."""
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        shutil.copytree(self.folder / "template", self.site)
        (self.folder / "cache").mkdir()

    def add(self, post: Post) -> None:
        """The site has one post more."""
        self._write(self.site / self.contestant.posts, post)

    def append(self, slug: str, text: str) -> None:
        """The body of a post ends with a further paragraph."""
        with (self.site / self.contestant.posts / f"{slug}.md").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def page(self, slug: str) -> str:
        """The page of a post as it was built."""
        return (self.output / "posts" / slug / "index.html").read_text(encoding="utf-8")

    def command(self) -> list[str]:
        """The command that builds the site."""
        program, *arguments = self.contestant.build
        return [self._program(program), *(part.format(cache=self.folder / "cache") for part in arguments)]

    def version(self) -> str:
        """The number that the contestant gives as its version."""
        program, *arguments = self.contestant.version
        command = [self._program(program), *arguments]
        told = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+\.[\w.]*\w", told)
        return found[0] if found else "?"

    def environment(self) -> dict[str, str]:
        """The environment of its commands: what is installed first on the path, every cache in its own folder."""
        paths = [self.installed / "bin", self.installed / "venv" / "bin", self.installed / "node_modules" / ".bin"]
        heap = max(4000, 14 * self.size // 10)  # with formulas, Node's own limit ends at some three thousand posts
        return os.environ | {
            "PATH": os.pathsep.join([*map(str, paths), os.environ["PATH"]]),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "TMPDIR": str(self.folder / "cache"),
            "NODE_OPTIONS": f"--max-old-space-size={heap}",
            "TZ": "UTC",
            "NO_COLOR": "1",
        }

    def _program(self, name: str) -> str:
        """Where a program is: blogsite beside the Python that runs this, the others where setup.sh put them."""
        if name == "blogsite":
            return str(Path(sys.executable).with_name(name))
        return shutil.which(name, path=self.environment()["PATH"]) or name

    def _write(self, folder: Path, post: Post) -> None:
        text = spelled(post, SPELLINGS[self.contestant.name])
        (folder / f"{post.slug}.md").write_text(text, encoding="utf-8")
