"""The stages that a build of an unchanged site never reaches. Each is imported when it is first called.

Other modules of build/ import at their top, but for `parsing`, which imports the Markdown parser when a source has to
be parsed. A build that finds nothing to do is a third faster for it: the page producers, Jinja, Python-Markdown and the
formula engine are not loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blogsite.build.changes import BuildSnapshot, SiteInputs
    from blogsite.build.context import BuildContext, BuildOptions
    from blogsite.build.output_folder import OutputFolder
    from blogsite.build.output_plan import BuildPlan, RenderedOutput
    from blogsite.build.staging import Staging
    from blogsite.core.diagnostics import Diagnostic
    from blogsite.core.file_state import Stat


def plan_text_edits(
    context: BuildContext,
    folder: OutputFolder,
    inputs: SiteInputs,
    snapshot: BuildSnapshot,
    stats: Mapping[str, Stat],
) -> BuildPlan | None:
    """Call text_edits.plan_text_edits."""
    from blogsite.build.text_edits import plan_text_edits

    return plan_text_edits(context, folder, inputs, snapshot, stats)


def plan_whole_site(
    context: BuildContext, folder: OutputFolder, inputs: SiteInputs, options: BuildOptions
) -> BuildPlan:
    """Call full_plan.plan_whole_site."""
    from blogsite.build.full_plan import plan_whole_site

    return plan_whole_site(context, folder, inputs, options)


def render_stale(
    context: BuildContext, plan: BuildPlan, staging: Staging
) -> tuple[list[RenderedOutput], list[Diagnostic]]:
    """Call rendering.render_stale, if any output is stale."""
    if not plan.outputs.stale:
        return [], []
    from blogsite.build.rendering import render_stale

    return render_stale(context, plan, staging)
