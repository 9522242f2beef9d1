"""What git, the locale and the system say about the author of a new site. Nothing here raises, asks or waits."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from blogsite.config.schema import KEYS

GIT_SECONDS = 5
"""Longer than git ever takes to read its settings."""
_POINTLESS = {"localtime", "posixrules", "Factory", "leapseconds"}
"""Names in a zone database that name no zone."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Author, language and time zone; "" for what cannot be found out."""

    author: str
    language: str
    timezone: str

    def __str__(self) -> str:
        """Return a sentence that says what was found, and what a site has instead."""
        found = (
            f"author {self.author} from git" if self.author else "no author (git names none)",
            f"language {self.language} from the locale" if self.language else "language en (the locale names none)",
            f"time zone {self.timezone} from the system" if self.timezone else "time zone UTC (the system names none)",
        )
        return f"{', '.join(found)}: blogsite.toml is where to change them"


def look_around(folder: Path) -> Surroundings:
    """Return what can be found out for a site in `folder`, which need not exist."""
    return Surroundings(git_author(folder), locale_language(os.environ), system_timezone(os.environ))


def git_author(folder: Path) -> str:
    """Return the name that git writes into commits made in `folder`."""
    existing = next((parent for parent in (folder, *folder.absolute().parents) if os.path.isdir(parent)), Path())
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        answer = subprocess.run(
            ["git", "config", "--get", "user.name"],
            cwd=existing,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=GIT_SECONDS,
        )
        name = answer.stdout.decode("utf-8", "replace").strip()
        if "\ufffd" not in name:
            return name
    return ""


def locale_language(environment: Mapping[str, str]) -> str:
    """Return the language tag of the locale: LANG=zh_CN.UTF-8 → "zh-CN"; "" for C and POSIX."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    if _tag(locale) is None:
        return ""
    preferred = (_tag(name) for name in environment.get("LANGUAGE", "").split(":"))
    return next(filter(None, preferred), "") or _tag(locale) or ""


def _tag(locale: str) -> str | None:
    """Return the language tag of a POSIX locale's name, None if it names no language."""
    name = locale.partition(".")[0].partition("@")[0]
    with suppress(ValueError):
        return str(KEYS["language"](name)) if name not in ("C", "POSIX") else None
    return None


def system_timezone(environment: Mapping[str, str]) -> str:
    """Return the name of this machine's time zone."""
    for name in _zone_names(environment):
        with suppress(ValueError):
            if name not in _POINTLESS:
                return "UTC" if name == "Etc/UTC" else str(KEYS["timezone"](name))
    return ""


def _zone_names(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what may be the name of the zone, the most telling first."""
    if named := environment.get("TZ", "").lstrip(":"):
        yield named
        yield _below_zoneinfo(named)
    yield _below_zoneinfo(os.path.realpath("/etc/localtime"))
    with suppress(OSError, ValueError):
        yield Path("/etc/timezone").read_text(encoding="utf-8").strip()
    with suppress(Exception):  # Babel reads other systems' settings, and raises whatever these make it raise
        from babel.localtime import get_localzone  # for start-up time

        yield getattr(get_localzone(), "key", "") or ""


def _below_zoneinfo(path: str) -> str:
    """Return the name of the zone that a file of a zone database describes, "" for any other path."""
    return path.partition("zoneinfo/")[2].lstrip("/").removeprefix("posix/").removeprefix("right/")


def toml_string(text: str) -> str:
    """Return a text as a basic string of TOML; what UTF-8 cannot hold is left out."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return f"\\u{ord(char):04x}" if ord(char) < 32 or ord(char) == 127 else char
