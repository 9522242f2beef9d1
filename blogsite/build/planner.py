"""Which outputs are stale, and why: the ingredients that each one wants now, against those it was last made of.

The ingredients of an output are the code, its template with all that it includes, and every field of its context.
They are hashed one by one, so that the names of those that differ are the answer to "why is this page made again?".
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from platform import python_version_tuple

from blogsite.build.store.records import Made
from blogsite.content.discovery import stat_of
from blogsite.core.diagnostics import Mistake, Place, error
from blogsite.core.digest import Digest, Digester, installed
from blogsite.site.model import Asset, Card, Content, Data, Drawing, Info, Link, Output, Page, Variant

WIDTH = 8
"""Bytes of one ingredient's hash."""
_TAG = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b\s*(.*?)\s*[-+]?%\}", re.DOTALL)
_UNREAD = re.compile(r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}", re.DOTALL)
"""What Jinja does not read: comments and raw text."""
_NAME = r"""(?:"[^"\n\\]+"|'[^'\n\\]+')"""
_NAMES = re.compile(
    rf"""(?P<names>{_NAME}|[(\[]\s*{_NAME}(?:\s*,\s*{_NAME})*\s*,?\s*[)\]])\s*(?:$|(?:ignore|with|without|as|import)\b)"""
)
_MAKERS = (
    *("markdown", "jinja2", "markupsafe", "pygments", "babel", "pyyaml"),
    *("imagesize", "pillow", "python-frontmatter", "charset-normalizer"),
)


@dataclass(frozen=True, slots=True)
class Stale:
    """An output to be made, and the names of what it differs in from what was made last."""

    output: Output
    ingredients: bytes
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The outputs to be made, in order, and what the last build made that still holds."""

    stale: tuple[Stale, ...]
    fresh: Mapping[str, Made]
    gone: tuple[str, ...]
    """The paths of what it made and is wanted no more."""


def make_plan(
    outputs: Sequence[Output],
    made: Mapping[str, Made],
    folder: Path,
    ours: Mapping[str, Digest],
    code: Digest,
    templates: Mapping[str, Digest],
    files: Mapping[str, Digest],
) -> Plan:
    """The plan that leaves in FOLDER what a build from nothing would leave.

    MADE is the record of the last build, OURS what the folder's manifest says, TEMPLATES the digest of each template's
    closure, FILES that of what each asset is made of by output path.
    """
    digester = Digester((Info, Link, Card, Content))
    code_hash = bytes.fromhex(code)[:WIDTH]
    stale: list[Stale] = []
    fresh: dict[str, Made] = {}
    for output in outputs:
        if isinstance(output, Asset):
            ingredients = bytes.fromhex(files[output.path])[:WIDTH]
        elif isinstance(output, Variant | Drawing):
            ingredients = bytes.fromhex(output.key)[:WIDTH]
        else:
            ingredients = code_hash + _ingredients(output, digester, templates)
        last = made.get(output.path)
        if (
            last is not None
            and last.ingredients == ingredients
            and last.digest == ours.get(output.path)
            and is_untouched(folder / output.path, last)
        ):
            fresh[output.path] = last
        else:
            stale.append(Stale(output, ingredients, tuple(_reasons(output, ingredients, last))))
    wanted = {output.path for output in outputs}
    return Plan(tuple(stale), fresh, tuple(path for path in made if path not in wanted))


def is_untouched(path: Path, made: Made) -> bool:
    """Whether the file is still the one that was put there."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return made.settled and stat_of(status) == made.stat


def _ingredients(output: Page | Data, digester: Digester, templates: Mapping[str, Digest]) -> bytes:
    if isinstance(output, Page):
        template = bytes.fromhex(templates.get(output.template, ""))[:WIDTH].ljust(WIDTH, b"\0")
        source = digester.of(output.source)[:WIDTH]  # its mistakes name it
        return template + source + b"".join(value[:WIDTH] for value in digester.fields(output.context))
    return bytes(WIDTH) + digester.of(output.inputs)[:WIDTH]


def _reasons(output: Output, wanted: bytes, last: Made | None) -> Iterator[str]:
    if last is None:
        yield "new"
        return
    if last.ingredients == wanted:
        yield "its file was changed or removed by hand"
        return
    names = _names(output)
    if len(last.ingredients) != len(wanted):
        yield "it is another kind of page now"
        return
    for index, name in enumerate(names):
        part = slice(index * WIDTH, (index + 1) * WIDTH)
        if last.ingredients[part] != wanted[part]:
            yield name


def _names(output: Output) -> tuple[str, ...]:
    if isinstance(output, Asset | Variant):
        return ("file",)
    if isinstance(output, Drawing):
        return ("card",)
    if isinstance(output, Data):
        return ("code", "template", "inputs")
    fields = (field.name for field in dataclasses.fields(output.context))  # type: ignore[arg-type]
    return ("code", f"template {output.template}", "source", *fields)


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────────


def closures(texts: Mapping[str, str]) -> dict[str, Digest]:
    """Template → the digest of its text and of all that it extends, includes or imports, directly or not."""
    named = {name: tuple(sorted(_referred(text))) for name, text in texts.items()}
    own = {name: blake2b(text.encode(), digest_size=20).digest() for name, text in texts.items()}
    result = {}
    for name in texts:
        reached, pending = {name}, [name]
        while pending:
            for other in named.get(pending.pop(), ()):
                if other in named and other not in reached:
                    reached.add(other)
                    pending.append(other)
        state = blake2b(digest_size=20)
        for other in sorted(reached):
            state.update(other.encode() + b"\0" + own[other])
        result[name] = state.hexdigest()
    return result


def computed_names(texts: Mapping[str, str]) -> Iterator[Mistake]:
    """An error for each template that includes or extends by a name that is not written out."""
    for name, text in texts.items():
        read = _read_by_jinja(text)
        for tag in _TAG.finditer(read):
            if not _NAMES.match(tag[1]):
                place = Place(f"templates/{name}", text.count("\n", 0, tag.start()) + 1)
                what = f"a template is named by {tag[1]}, which only rendering could tell"
                yield error(place, what, 'write the name out, as {% include "partials/card.html" %}')


def _referred(text: str) -> Iterator[str]:
    for tag in _TAG.finditer(_read_by_jinja(text)):
        if names := _NAMES.match(tag[1]):
            for name in re.findall(_NAME, names["names"]):
                yield name[1:-1]


def _read_by_jinja(text: str) -> str:
    """TEXT without comments and raw text, on as many lines."""
    return _UNREAD.sub(lambda found: "\n" * found[0].count("\n"), text) if "{#" in text or "raw" in text else text


# ── code ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def code_digest(more: Iterable[str] = ()) -> Digest:
    """The digest of all that makes pages besides their inputs: this package, what it calls, and MORE extensions."""
    package = Path(__file__).parent.parent
    state = blake2b(".".join(python_version_tuple()[:2]).encode(), digest_size=20)
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".js", ".txt") and path.is_file():
            state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _MAKERS:
        state.update(f"{name}={installed(name)}\0".encode())
    for name in more:
        state.update(f"{name}\0".encode())
        for path in _sources_of(name):
            state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def _sources_of(extension: str) -> list[Path]:
    """The Python files of the package that holds a Markdown extension."""
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
