"""plan ─► typeset ─► render: the stale outputs of a site, staged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blogsite.build.context import Loaded, Workshop
from blogsite.build.last_build import LastBuild
from blogsite.build.output_folder import Folder
from blogsite.build.planner import Plan, make_plan
from blogsite.build.store.records import Made
from blogsite.content.discovery import read_bytes, theme_templates
from blogsite.core.diagnostics import Mistake, Place, SiteError, error
from blogsite.pages.outputs import Asset, Output
from blogsite.render.dependencies import closures, computed_names
from blogsite.render.environment import Templates


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be made, of what, and what is known of this build beforehand."""

    loaded: Loaded
    templates: Templates
    plan: Plan
    mistakes: tuple[Mistake, ...]
    """Those of the site; formulas may have more."""
    build: LastBuild
    """As the next build will know it, but for its outputs and mistakes."""


def read_templates(workshop: Workshop, loaded: Loaded) -> Templates:
    """Every template; raises SiteError for those that cannot be read, or that name others by computing."""
    texts = {}
    mistakes: list[Mistake] = []
    for name, file in (*theme_templates(), *((file.path, file) for file in loaded.inventory.templates)):
        try:
            texts[name] = read_bytes(workshop.root, file).decode()
        except (OSError, UnicodeDecodeError):
            what = "the template cannot be read as UTF-8"
            mistakes.append(error(Place(f"templates/{name}"), what, "save it in UTF-8"))
    mistakes += computed_names(texts)
    if mistakes:
        raise SiteError(mistakes)
    return texts


def plan(
    workshop: Workshop,
    loaded: Loaded,
    templates: Templates,
    outputs: Sequence[Output],
    folder: Folder,
    made: Mapping[str, Made],
) -> Plan:
    """Which outputs are to be made again, with MADE in the folder by the last build."""
    files = {output.path: loaded.files.published(output.file) for output in outputs if isinstance(output, Asset)}
    return make_plan(outputs, made, folder.path, folder.ours, workshop.code, closures(templates), files)
