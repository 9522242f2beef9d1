"""The files that `blogsite init` and `blogsite new` write."""

from __future__ import annotations

import json
import os
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from blogsite.config.loader import Config
from blogsite.content.frontmatter.dates import DateError, parse_date
from blogsite.core.diagnostics import UsageError
from blogsite.core.permalinks import with_date
from blogsite.core.slugs import MARKDOWN_SUFFIXES, post_name, slugify, title_slug, without_date


def init(folder: Path, moment: datetime) -> list[Path]:
    """Create a site in `folder`: a configuration with every key explained, .gitignore, a first post, an About page.

    Raises UsageError if the folder is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty", "choose the name of a folder that does not exist yet")
    texts = files("blogsite.cli") / "starter"
    day = moment.strftime("%Y-%m-%d")
    wanted = {
        "blogsite.toml": "blogsite.toml",
        ".gitignore": "gitignore",
        f"posts/{day}-hello.md": "hello.md",
        "pages/about.md": "about.md",
    }
    made = []
    for path, name in wanted.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (texts / name).read_text(encoding="utf-8")
        text = text.replace("@DATE@", moment.strftime("%Y-%m-%d %H:%M")).replace("@TIMEZONE@", local_timezone())
        target.write_text(text, encoding="utf-8")
        made.append(target)
    return made


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
) -> Path:
    """Create a post or page with this title and return its path.

    Its name is made from the title as it is now. No file is overwritten.
    """
    try:
        when = (parse_date(date, config.zone) if date else moment).astimezone(config.zone)
    except DateError as problem:
        raise UsageError(f"--date {date}: {problem.args[0]}", "write it as 2024-09-27 or 2024-09-27 20:30") from None
    name = slugify(slug) if slug else title_slug(title)
    if not name:
        raise UsageError(f"no file name can be made of the title {title}", "give one with --slug")
    path = root / "pages" / f"{name}.md" if page else root / "posts" / f"{when:%Y-%m-%d}-{name}.md"
    if path.exists():
        raise UsageError(f"{path.relative_to(root)} exists already", "choose another title or --slug")
    if not page and not slug and with_date(config.permalink):
        path = path.with_name(f"{when:%Y-%m-%d}-{_free_name(root, name)}.md")
    head = [f"title: {json.dumps(title, ensure_ascii=False)}"]
    if not page:
        head.append(f"date: {when:%Y-%m-%d %H:%M}")
        head.append(f"tags: [{', '.join(json.dumps(tag, ensure_ascii=False) for tag in tags)}]")
    if draft:
        head.append("draft: true")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *head, "---", "", ""]), encoding="utf-8")
    return path


def _free_name(root: Path, name: str) -> str:
    """Return the name, or NAME-2, NAME-3, … if a post of another day has it and would have the same address."""
    files = (path for path in (root / "posts").rglob("*") if path.suffix in MARKDOWN_SUFFIXES)
    names = (post_name(path.relative_to(root).as_posix()) for path in files)
    taken = {slugify(without_date(known)).casefold() for known in names}
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def local_timezone() -> str:
    """Return the name of this machine's time zone, "UTC" if it cannot be found out."""
    named = os.environ.get("TZ", "").lstrip(":")
    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    for name in (named, linked):
        try:
            Config(timezone=name).zone  # noqa: B018 - it raises for a name that is no zone
        except (ValueError, KeyError, OSError):
            continue
        return name
    return "UTC"
