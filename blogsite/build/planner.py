"""Which outputs are stale, and why: the ingredients that each one wants now, against those it was last made of.

The ingredients of an output are the code, its template with all that it includes, and every field of its context.
They are hashed one by one, so that the names of those that differ are the answer to "why is this page made again?".
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blogsite.build.store.records import OutputRecord
from blogsite.core.digest import Digest, Digester
from blogsite.core.file_state import stat_of
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.site.outputs import Asset, DataFile, Output, Page
from blogsite.site.model import Content, PostCard, PostLink, SiteInfo

WIDTH = 8
"""Bytes of one ingredient's hash."""


@dataclass(frozen=True, slots=True)
class StaleOutput:
    """An output to be made, and the names of what it differs in from what was made last."""

    output: Output
    ingredients: bytes
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """The outputs to be made, in order, and what the last build made that still holds."""

    stale: tuple[StaleOutput, ...]
    fresh: Mapping[str, OutputRecord]
    gone: tuple[str, ...]
    """The paths of what it made and is wanted no more."""


def make_plan(
    outputs: Sequence[Output],
    made: Mapping[str, OutputRecord],
    folder: Path,
    ours: Mapping[str, Digest],
    code: Digest,
    templates: Mapping[str, Digest],
    files: Mapping[str, Digest],
) -> OutputPlan:
    """The plan that leaves in FOLDER what a build from nothing would leave.

    MADE is the record of the last build, OURS what the folder's manifest says, TEMPLATES the digest of each template's
    closure, FILES that of what each asset is made of by output path.
    """
    digester = Digester((SiteInfo, PostLink, PostCard, Content))
    code_hash = bytes.fromhex(code)[:WIDTH]
    stale: list[StaleOutput] = []
    fresh: dict[str, OutputRecord] = {}
    for output in outputs:
        if isinstance(output, Asset):
            ingredients = bytes.fromhex(files[output.path])[:WIDTH]
        elif isinstance(output, ImageVariant | SocialCardImage):
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
            stale.append(StaleOutput(output, ingredients, tuple(_reasons(output, ingredients, last))))
    wanted = {output.path for output in outputs}
    return OutputPlan(tuple(stale), fresh, tuple(path for path in made if path not in wanted))


def is_untouched(path: Path, made: OutputRecord) -> bool:
    """Whether the file is still the one that was put there."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return made.settled and stat_of(status) == made.stat


def _ingredients(output: Page | DataFile, digester: Digester, templates: Mapping[str, Digest]) -> bytes:
    if isinstance(output, Page):
        template = bytes.fromhex(templates.get(output.template, ""))[:WIDTH].ljust(WIDTH, b"\0")
        source = digester.of(output.source)[:WIDTH]  # its mistakes name it
        return template + source + b"".join(value[:WIDTH] for value in digester.fields(output.context))
    return bytes(WIDTH) + digester.of(output.inputs)[:WIDTH]


def _reasons(output: Output, wanted: bytes, last: OutputRecord | None) -> Iterator[str]:
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
    if isinstance(output, Asset | ImageVariant):
        return ("file",)
    if isinstance(output, SocialCardImage):
        return ("card",)
    if isinstance(output, DataFile):
        return ("code", "template", "inputs")
    fields = (field.name for field in dataclasses.fields(output.context))  # type: ignore[arg-type]
    return ("code", f"template {output.template}", "source", *fields)


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────────


# ── code ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
