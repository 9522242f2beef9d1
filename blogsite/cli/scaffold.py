"""The files that `blogsite init` and `blogsite new` write."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from blogsite.cli.free_names import TakenAddresses, numbered_names
from blogsite.cli.surroundings import Surroundings, toml_string
from blogsite.config.loader import Config
from blogsite.content.frontmatter.dates import DateError, parse_date
from blogsite.core.diagnostics import BlogsiteError, UsageError
from blogsite.core.slugs import slugify, title_slug


def init(folder: Path, moment: datetime, surroundings: Surroundings) -> list[Path]:
    """Create a site in `folder`: a configuration with every key explained, .gitignore, a first post, an About page.

    Raises UsageError if the folder is not empty.
    """
    with _writing(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is not empty", "choose the name of a folder that does not exist yet")
        texts = files("blogsite.cli") / "starter"
        author = toml_string(surroundings.author)
        values = {
            "@DATE@": moment.strftime("%Y-%m-%d %H:%M"),
            "@TIMEZONE@": toml_string(surroundings.timezone or "UTC"),
            "@LANGUAGE@": toml_string(surroundings.language or "en"),
            "@AUTHOR@": f"author = {author}" if surroundings.author else f"# author = {author}",
        }
        wanted = {
            "blogsite.toml": "blogsite.toml",
            ".gitignore": "gitignore",
            f"posts/{moment:%Y-%m-%d}-hello.md": "hello.md",
            "pages/about.md": "about.md",
        }
        made = []
        for path, name in wanted.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            text = (texts / name).read_text(encoding="utf-8")
            for mark, value in values.items():
                text = text.replace(mark, value)
            target.write_text(text, encoding="utf-8")
            made.append(target)
    return made


@dataclass(frozen=True, slots=True)
class NewPost:
    """The path of a new post or page, and the file that would have had the same address under the name asked for."""

    path: Path
    clash: str = ""


def new(
    root: Path,
    config: Config,
    title: str,
    moment: datetime,
    *,
    slug: str = "",
    tags: tuple[str, ...] = (),
    draft: bool = False,
    date: str = "",
    page: bool = False,
) -> NewPost:
    """Create a post or page with this title.

    Its name is `slug`, or made from the title as it is now, in small letters; with a number behind it if another post
    has the address that the name alone would give. No file is overwritten.
    """
    try:
        when = (parse_date(date, config.zone) if date else moment).astimezone(config.zone)
    except DateError as problem:
        raise UsageError(f"--date {date}: {problem.args[0]}", "write it as 2024-09-27 or 2024-09-27 20:30") from None
    name = slugify(slug) if slug else title_slug(title)
    if not name:
        raise UsageError(f"no file name can be made of the title {title}", "give one with --slug")
    head = [f"title: {_quoted(title)}"]
    if not page:
        head.append(f"date: {when:%Y-%m-%d %H:%M}")
        head.append(f"tags: [{', '.join(map(_quoted, tags))}]")
    if draft:
        head.append("draft: true")
    from_title = config.permalink == "pelican" or ":title_slug" in config.permalink
    with _writing(root):
        taken = TakenAddresses(root, config)
        clash = ""
        for candidate in numbered_names(name, len(taken) + 1):
            relative = f"pages/{candidate}.md" if page else f"posts/{when:%Y-%m-%d}-{candidate}.md"
            path = root / relative
            own = [f"slug: {_quoted(candidate)}"] if from_title and (slug or candidate != name) and not page else []
            text = "\n".join(["---", *head, *own, "---", "", ""])
            if path.exists():
                raise UsageError(f"{relative} exists already", "choose another title or --slug")
            owner = taken.owner(relative, "page" if page else "post", text)
            if owner is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                return NewPost(path, clash)
            clash = clash or owner
    raise UsageError(f"every address like that of {name} is taken", "choose another title or --slug")


def _quoted(text: str) -> str:
    """Return a text on one line as a string of YAML, without characters that YAML or UTF-8 cannot hold."""
    kept = (char for char in " ".join(text.split()) if unicodedata.category(char) not in ("Cc", "Cs"))
    return json.dumps("".join(char for char in kept if char not in "\ufeff\ufffe\uffff"), ensure_ascii=False)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a message."""
    try:
        yield
    except OSError as problem:
        raise BlogsiteError(f"{problem.filename or folder}: {problem.strerror or problem}") from None
