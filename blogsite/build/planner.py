"""Plan a build: nothing, the pages of a few edited posts, or the whole site."""

from __future__ import annotations

from blogsite.build import stages
from blogsite.build.changes import BuildSnapshot, SiteInputs, output_stats, outputs_digest, shortcuts_enabled
from blogsite.build.context import BuildContext, BuildOptions
from blogsite.build.output_folder import OutputFolder
from blogsite.build.output_plan import BuildPlan, OutputPlan
from blogsite.core.file_state import Stat


def plan_build(context: BuildContext, folder: OutputFolder, inputs: SiteInputs, options: BuildOptions) -> BuildPlan:
    """Plan what the inputs make of the output folder. Raises SiteError for mistakes with which nothing is rendered."""
    plan = None
    if shortcuts_enabled() and (last := _comparable_build(context, folder, inputs)):
        snapshot, stats = last
        if snapshot.has_same_sources(inputs):
            return BuildPlan(OutputPlan((), {}, ()), snapshot.diagnostics, snapshot, is_up_to_date=True)
        if not options.dry_run:  # planning text edits saves the parsed posts
            plan = stages.plan_text_edits(context, folder, inputs, snapshot, stats)
    return plan or stages.plan_whole_site(context, folder, inputs, options)


def _comparable_build(
    context: BuildContext, folder: OutputFolder, inputs: SiteInputs
) -> tuple[BuildSnapshot, dict[str, Stat]] | None:
    """Return the last build's snapshot and the stats of its outputs, if only Markdown sources differ since then."""
    with context.times.measure("compare"):
        snapshot = context.store.build_snapshot(folder.key, context.code)
        if not isinstance(snapshot, BuildSnapshot) or not snapshot.only_sources_differ(inputs):
            return None
        stats = output_stats(folder)
        if stats is None or outputs_digest(folder, stats) != snapshot.outputs:
            return None
        return snapshot, stats
