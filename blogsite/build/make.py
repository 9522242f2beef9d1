"""plan ─► typeset ─► render: the stale outputs of a site, staged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blogsite.build.context import BuildContext, LoadedSite
from blogsite.build.last_build import LastBuild
from blogsite.build.output_folder import OutputFolder
from blogsite.build.planner import OutputPlan, make_plan
from blogsite.build.store.records import OutputRecord
from blogsite.content.discovery import read_bytes, theme_templates
from blogsite.core.diagnostics import Diagnostic, Location, SiteError, error
from blogsite.site.outputs import Asset, Output
from blogsite.render.dependencies import closures, computed_names
from blogsite.render.environment import Templates


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """All that is to be made, of what, and what is known of this build beforehand."""

    loaded: LoadedSite
    templates: Templates
    plan: OutputPlan
    diagnostics: tuple[Diagnostic, ...]
    """Those of the site; formulas may have more."""
    build: LastBuild
    """As the next build will know it, but for its outputs and mistakes."""


def read_templates(context: BuildContext, loaded: LoadedSite) -> Templates:
    """Every template; raises SiteError for those that cannot be read, or that name others by computing."""
    texts = {}
    diagnostics: list[Diagnostic] = []
    for name, file in (*theme_templates(), *((file.path, file) for file in loaded.site_files.templates)):
        try:
            texts[name] = read_bytes(context.root, file).decode()
        except (OSError, UnicodeDecodeError):
            message = "the template cannot be read as UTF-8"
            diagnostics.append(error(Location(f"templates/{name}"), message, "save it in UTF-8"))
    diagnostics += computed_names(texts)
    if diagnostics:
        raise SiteError(diagnostics)
    return texts


def plan(
    context: BuildContext,
    loaded: LoadedSite,
    templates: Templates,
    outputs: Sequence[Output],
    folder: OutputFolder,
    made: Mapping[str, OutputRecord],
) -> OutputPlan:
    """Which outputs are to be made again, with MADE in the folder by the last build."""
    files = {output.path: loaded.files.published(output.file) for output in outputs if isinstance(output, Asset)}
    return make_plan(outputs, made, folder.path, folder.ours, context.code, closures(templates), files)
