"""A digest of the program: its code, the packages it uses, and the Markdown extensions of the site."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from platform import python_version_tuple

from blogsite.core.digest import Digest, package_version

_PACKAGES = (
    *("markdown", "jinja2", "markupsafe", "pygments", "babel", "pyyaml"),
    *("imagesize", "pillow", "python-frontmatter", "charset-normalizer", "unidecode"),
)


def code_digest(extensions: Iterable[str] = ()) -> Digest:
    """Return the digest of everything but a site's files that outputs depend on; `extensions` are those of the site."""
    package = Path(__file__).parent.parent
    state = blake2b(".".join(python_version_tuple()[:2]).encode(), digest_size=20)
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".js", ".txt") and path.is_file():
            state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _PACKAGES:
        state.update(f"{name}={package_version(name)}\0".encode())
    for name in extensions:
        state.update(f"{name}\0".encode())
        for path in _sources_of(name):
            state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def _sources_of(extension: str) -> list[Path]:
    """Return the Python files of the package that holds a Markdown extension."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    named = entry_points(group="markdown.extensions", name=extension)
    module = next((point.module for point in named), extension.partition(":")[0])
    try:
        found = find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return []
    if found is None:
        return []
    if found.submodule_search_locations:
        return sorted(path for folder in found.submodule_search_locations for path in Path(folder).rglob("*.py"))
    return [Path(found.origin)] if found.origin and Path(found.origin).is_file() else []
