"""List the files of a site, without reading them.

Below posts/ and pages/, names that begin with "." or "_" are left out, but for the folders _posts and _drafts of
Jekyll.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blogsite.content.model import File, Kind, Source
from blogsite.core.diagnostics import Diagnostic, Location, warning
from blogsite.core.file_state import stat_of
from blogsite.core.slugs import MARKDOWN_SUFFIXES

JEKYLL_FOLDERS = ("_posts", "_drafts")
TEMPORARY_FILES = re.compile(r"\.git|\.DS_Store|Thumbs\.db|.*~|\.#.*|\..*\.sw[a-z]|#.*#")


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files of a site, each group sorted by path. Paths are relative to the site's root, with "/"."""

    sources: tuple[Source, ...]
    files: tuple[File, ...]
    """The files below posts/ and pages/ that are not Markdown."""
    static: tuple[File, ...]
    """The files that are copied to the root of the output: the site's static/, and what only the theme's has."""
    templates: tuple[File, ...]
    """The templates, likewise."""
    diagnostics: tuple[Diagnostic, ...] = ()
    font: File | None = None
    """The font of the social cards, if the site has any."""


def theme_root() -> Path:
    """Return the folder of the default theme's templates/ and static/: in the package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    package_version = package / "theme"
    return package_version if package_version.is_dir() else package.parent


def scan_site(root: Path) -> SiteFiles:
    """List the files of the site at `root` and of the theme, with their stats."""
    walk = _Walk(root)
    sources: list[Source] = []
    files: list[File] = []
    for folder, kind in (("posts", "post"), ("pages", "page")):
        found = list(walk.below(root / folder))
        texts = [file for file in found if _is_markdown(file.path)]
        others = [file for file in found if not _is_markdown(file.path)]
        sources += _sources(texts, others, kind, folder)  # type: ignore[arg-type]
        files += others
    theme = theme_root()
    return SiteFiles(
        tuple(sources),
        tuple(files),
        static=_layered(walk, root / "static", theme / "static"),
        templates=_layered(walk, root / "templates", theme / "templates"),
        diagnostics=tuple(walk.diagnostics),
    )


def read_bytes(root: Path, file: File | Source) -> bytes:
    """Return the bytes of a listed file. Raises OSError if it has been deleted or cannot be read."""
    return locate(root, file).read_bytes()


def locate(root: Path, file: File | Source) -> Path:
    """Return the path of a listed file on disk."""
    return Path(file.root, file.path) if isinstance(file, File) and file.root else root / file.path


def _is_markdown(path: str) -> bool:
    return path.lower().endswith(MARKDOWN_SUFFIXES)


def _layered(walk: _Walk, own: Path, theme: Path) -> tuple[File, ...]:
    layers: dict[str, File] = {}
    is_theme = os.path.realpath(own) == os.path.realpath(theme)  # in the checkout, whose own files are the theme's
    for base in (theme,) if is_theme else (theme, own):
        for file in walk.below(base, base):
            layers[file.path] = file
    return tuple(layers[path] for path in sorted(layers))


def _sources(texts: list[File], others: list[File], kind: Kind, top: str) -> Iterator[Source]:
    named = [(text, _folder(text.path), _name(text.path)) for text in texts]
    bundles = {folder for _, folder, name in named if name == "index"} - {top}
    folders_of_texts = {parent for folder in {folder for _, folder, _ in named} for parent in _with_parents(folder)}
    by_owner: dict[str, list[File]] = {}
    owned_folders = {f"{folder}/{name}" for _, folder, name in named} - folders_of_texts
    for file in others:
        for folder in reversed(list(_with_parents(_folder(file.path)))):
            if folder in bundles or folder in owned_folders:
                by_owner.setdefault(folder, []).append(file)
                break
    for text, folder, name in named:
        if name.lower() == "readme" and any(parent in bundles for parent in _with_parents(folder)):
            continue
        owner = folder if name == "index" else f"{folder}/{name}"
        yield Source(text.path, kind, text.stat, tuple(by_owner.get(owner, ())))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _with_parents(folder: str) -> Iterator[str]:
    """Return the folders of a path from the top down."""
    parts = folder.split("/") if folder else []
    return ("/".join(parts[: count + 1]) for count in range(len(parts)))


class _Walk:
    """Walks folders in the order of their names, and collects diagnostics for what it leaves out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.diagnostics: list[Diagnostic] = []

    def below(self, folder: Path, base: Path | None = None) -> Iterator[File]:
        """Yield the files below `folder`, sorted by path. Paths are relative to `base`, or else to the site's root."""
        if not folder.is_dir():
            return
        start = "" if base else folder.relative_to(self.root).as_posix() + "/"
        pending = [(str(folder), start, frozenset([os.path.realpath(folder)]))]
        found: list[File] = []
        while pending:
            current, prefix, seen = pending.pop()
            with os.scandir(current) as entries:
                for entry in entries:
                    if not self._wanted(entry, base):
                        continue
                    if entry.is_dir():
                        real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                        if real not in seen:
                            pending.append((entry.path, f"{prefix}{entry.name}/", seen | {real}))
                    elif entry.is_file():
                        stat = stat_of(entry.stat())
                        found.append(File(prefix + entry.name, stat, str(base) if base else ""))
        yield from sorted(found, key=lambda file: file.path.split("/"))

    def _wanted(self, entry: os.DirEntry[str], base: Path | None) -> bool:
        name = entry.name
        hidden = base is None and name.startswith((".", "_")) and name not in JEKYLL_FOLDERS
        if hidden or TEMPORARY_FILES.fullmatch(name):
            return False
        if not name.isprintable() or _not_unicode(name):
            hint = "rename it in UTF-8, without control characters"
            self._leave_out(entry, "the file's name is not readable text", hint)
            return False
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not os.path.exists(real):
                self._leave_out(entry, "the symbolic link leads nowhere", "repair or remove it")
                return False
            roots = [self.real_root, *([os.path.realpath(base)] if base else [])]
            if not any(real == root or real.startswith(root + os.sep) for root in roots):
                self._leave_out(
                    entry, "the symbolic link leads out of the site and is not followed", "copy the file here"
                )
                return False
        return True

    def _leave_out(self, entry: os.DirEntry[str], message: str, hint: str) -> None:
        path = os.path.relpath(entry.path, self.root).replace(os.sep, "/")
        shown = path.encode("utf-8", "backslashreplace").decode()
        self.diagnostics.append(warning(Location(shown), message, hint, "file-unreadable"))


def _not_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8 come from the file system as lone surrogates
        return True
    return False


def theme_templates() -> tuple[tuple[str, File], ...]:
    """Return the default theme's templates with the names by which a site's own can extend them: "theme/post.html"."""
    folder = theme_root() / "templates"
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".xml"))
    names = [path.relative_to(folder).as_posix() for path in found]
    files = (File(name, stat_of(path.stat()), str(folder)) for name, path in zip(names, found, strict=True))
    return tuple((f"theme/{file.path}", file) for file in files)
