"""Publish a build: move the staged files into the output folder, remove orphans, record what was built."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from blogsite.build.changes import SiteInputs, outputs_digest
from blogsite.build.context import BuildContext
from blogsite.build.output_folder import OutputChanges, OutputFolder, StagedFile
from blogsite.build.output_plan import BuildPlan, RenderedOutput
from blogsite.build.store.records import OutputRecord
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.file_state import CLOCK_TICK, stat_is_reliable, stat_of


def publish(
    context: BuildContext,
    folder: OutputFolder,
    plan: BuildPlan,
    rendered: Sequence[RenderedOutput],
    complete: Path | None,
    *,
    dry_run: bool,
) -> tuple[OutputChanges, Mapping[str, OutputRecord]]:
    """Put the rendered outputs in place and save their records. Returns the changes and the records of all outputs.

    `complete` is the folder that can become the output folder as a whole. The records of stale outputs are deleted
    before the first file is moved: if the build is killed, the next one renders them again.
    """
    if plan.is_up_to_date:
        return OutputChanges((), tuple(folder.files), ()), {}
    kept = (StagedFile(path, record.digest, None) for path, record in plan.outputs.fresh.items())
    staged = [*(output.staged for output in rendered), *kept]
    with context.times.measure("publish"):
        changes = folder.compare(staged)
        if dry_run:
            return changes, {}
        store = context.store
        with store.transaction():
            stale = (item.output.path for item in plan.outputs.stale)
            store.forget_outputs(folder.key, [*plan.outputs.orphans, *stale])
        folder.publish(staged, changes, complete)
        records = _records_of(folder, rendered)
        with store.transaction():
            store.save_outputs(folder.key, records)
            store.save_pages(folder.key, plan.preview_pages)
        return changes, {**plan.outputs.fresh, **records}


def record_build(
    context: BuildContext,
    folder: OutputFolder,
    inputs: SiteInputs,
    plan: BuildPlan,
    records: Mapping[str, OutputRecord],
    diagnostics: tuple[Diagnostic, ...],
) -> None:
    """Save the snapshot that the next build compares with, and what was found out about files."""
    if plan.is_up_to_date or plan.loaded is None:
        return
    stats = {path: record.stat for path, record in records.items()}
    snapshot = replace(plan.snapshot.of_inputs(inputs), outputs=outputs_digest(folder, stats), diagnostics=diagnostics)
    with context.store.transaction():
        context.store.save_file_infos(context.code, plan.loaded.files.infos)
        if all(record.stat_reliable for record in records.values()):
            context.store.save_build_snapshot(folder.key, context.code, snapshot)


def _records_of(folder: OutputFolder, rendered: Sequence[RenderedOutput]) -> dict[str, OutputRecord]:
    """Return the record of each output that was just put in place, by path."""
    if rendered:
        time.sleep(CLOCK_TICK)  # until their stats are reliable
    looked_at = time.time_ns()
    records = {}
    for output in rendered:
        path, digest = output.staged.path, output.staged.digest
        stat = stat_of(os.lstat(os.path.join(folder.path, path)))
        reliable = stat_is_reliable(stat, looked_at)
        records[path] = OutputRecord(output.ingredients, digest, stat, reliable, output.warnings)
    return records
