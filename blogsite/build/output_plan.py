"""Decide which outputs are stale: compare what each would be made of now with what it was made of last.

The *ingredients* of an output are digests of the program, of its template with all templates that it includes, and of
each field of its context. They are compared one by one, so that the names of those that differ answer the question
why a page is rendered again (`--explain`).
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blogsite.build.changes import BuildSnapshot
from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.output_folder import OutputFolder, StagedFile
from blogsite.build.store.records import OutputRecord
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest, Digester
from blogsite.core.file_state import stat_of
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.render.dependencies import template_closures
from blogsite.site.model import Content, PostCard, PostLink, SiteInfo
from blogsite.site.outputs import Asset, DataFile, Output, Page

WIDTH = 8
"""Bytes of one ingredient's digest."""


@dataclass(frozen=True, slots=True)
class StaleOutput:
    """An output to be made, its ingredients, and the names of those that differ from the last time."""

    output: Output
    ingredients: bytes
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """The outputs to be made, in order, and those that stay as the last build left them."""

    stale: tuple[StaleOutput, ...]
    fresh: Mapping[str, OutputRecord]
    orphans: tuple[str, ...]
    """The paths that the last build wrote and that are no outputs any more."""


@dataclass(frozen=True, slots=True)
class RenderedOutput:
    """A stale output that has been rendered and staged."""

    staged: StagedFile
    ingredients: bytes
    warnings: tuple[Diagnostic, ...] = ()
    """Those of the formulas that could not be typeset."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """Everything that rendering, publishing and recording a build need."""

    outputs: OutputPlan
    diagnostics: tuple[Diagnostic, ...]
    """Those of the site; rendering formulas may add more."""
    snapshot: BuildSnapshot
    """As the next build will see it, but for its outputs and diagnostics."""
    loaded: LoadedSite | None = None
    templates: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The site and the templates that stale outputs are rendered from; nothing where no output is stale."""
    preview_pages: tuple[Page, ...] = ()
    """The stale pages that are stored as planned, for text edits and for the start of a preview."""
    is_up_to_date: bool = False
    """Nothing has changed since the last build, so that there is nothing to publish or to record."""


def plan_outputs(
    context: BuildContext,
    loaded: LoadedSite,
    templates: Mapping[str, str],
    outputs: Sequence[Output],
    folder: OutputFolder,
    records: Mapping[str, OutputRecord],
) -> OutputPlan:
    """Compare `outputs` with the records of the last build, by path, and with the files in the output folder."""
    closures = template_closures(templates)
    digester = Digester((SiteInfo, PostLink, PostCard, Content))
    code = bytes.fromhex(context.code)[:WIDTH]
    stale: list[StaleOutput] = []
    fresh: dict[str, OutputRecord] = {}
    for output in outputs:
        if isinstance(output, Asset):
            ingredients = bytes.fromhex(loaded.files.published_digest(output.file))[:WIDTH]
        elif isinstance(output, ImageVariant | SocialCardImage):
            ingredients = bytes.fromhex(output.key)[:WIDTH]
        else:
            ingredients = code + _ingredients(output, digester, closures)
        last = records.get(output.path)
        if (
            last is not None
            and last.ingredients == ingredients
            and last.digest == folder.files.get(output.path)
            and is_untouched(folder.path / output.path, last)
        ):
            fresh[output.path] = last
        else:
            stale.append(StaleOutput(output, ingredients, tuple(_reasons(output, ingredients, last))))
    wanted = {output.path for output in outputs}
    return OutputPlan(tuple(stale), fresh, tuple(path for path in records if path not in wanted))


def is_untouched(path: Path, record: OutputRecord) -> bool:
    """Return whether the file is certainly the one that the last build wrote."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return record.stat_reliable and stat_of(status) == record.stat


def _ingredients(output: Page | DataFile, digester: Digester, closures: Mapping[str, Digest]) -> bytes:
    if isinstance(output, Page):
        template = bytes.fromhex(closures.get(output.template, ""))[:WIDTH].ljust(WIDTH, b"\0")
        source = digester.of(output.source)[:WIDTH]  # diagnostics of the page name it
        return template + source + b"".join(value[:WIDTH] for value in digester.fields(output.context))
    return bytes(WIDTH) + digester.of(output.inputs)[:WIDTH]


def _reasons(output: Output, wanted: bytes, last: OutputRecord | None) -> Iterator[str]:
    """Yield why the output is stale: the names of the ingredients that differ."""
    if last is None:
        yield "new"
        return
    if last.ingredients == wanted:
        yield "its file was changed or removed by hand"
        return
    if len(last.ingredients) != len(wanted):
        yield "it is another kind of page now"
        return
    for index, name in enumerate(_ingredient_names(output)):
        part = slice(index * WIDTH, (index + 1) * WIDTH)
        if last.ingredients[part] != wanted[part]:
            yield name


def _ingredient_names(output: Output) -> tuple[str, ...]:
    if isinstance(output, Asset | ImageVariant):
        return ("file",)
    if isinstance(output, SocialCardImage):
        return ("card",)
    if isinstance(output, DataFile):
        return ("code", "template", "inputs")
    fields = (field.name for field in dataclasses.fields(output.context))  # type: ignore[arg-type]
    return ("code", f"template {output.template}", "source", *fields)
