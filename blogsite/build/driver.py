"""Build a site: every stage in order, as in the picture in ARCHITECTURE.md.

read ─► compare ─► parse ─► assemble ─► pages ─► plan ─► typeset ─► render ─► publish
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from blogsite.build import stages
from blogsite.build.changes import read_inputs
from blogsite.build.code_version import code_digest
from blogsite.build.context import (
    STORE_FILE,
    WORK_FOLDER,
    BuildContext,
    BuildOptions,
    BuildReport,
    Progress,
    StageTimes,
)
from blogsite.build.lock import exclusive_build
from blogsite.build.output_folder import OutputFolder
from blogsite.build.planner import plan_build
from blogsite.build.publisher import publish, record_build
from blogsite.build.staging import open_staging, remove_leftovers
from blogsite.build.store.store import Store, with_store
from blogsite.config.loader import Config
from blogsite.core.diagnostics import SiteError, stop_on_errors, unwritable_file
from blogsite.core.executor import Workers


def build(
    root: Path, config: Config, options: BuildOptions, progress: Progress, waiting: Callable[[], None] = lambda: None
) -> BuildReport:
    """Build the site at `root` into its output folder. Raises SiteError, and publishes nothing, if it has errors.

    `waiting` is called if another build of the same output folder has to end first.
    """
    if options.base_url is not None:
        config = replace(config, base_url=options.base_url)
    path, work = options.output or root / config.output, root / WORK_FOLDER
    try:
        with (
            exclusive_build(path, work, waiting),
            Workers(options.jobs or config.build_jobs, options.executor) as workers,
        ):
            code = code_digest(config.markdown_extensions)

            def run(store: Store) -> BuildReport:
                context = BuildContext(root, config, store, workers, code, StageTimes(), progress)
                return _build(context, OutputFolder(path, take_over=options.clean), options)

            return with_store(work / STORE_FILE, run)
    except OSError as problem:
        refused = os.path.relpath(problem.filename or path, root).replace(os.sep, "/")
        raise SiteError([unwritable_file(refused, problem)]) from None


def _build(context: BuildContext, folder: OutputFolder, options: BuildOptions) -> BuildReport:
    work, dry_run = context.root / WORK_FOLDER, options.dry_run
    if options.clean:
        context.store.clear()
        context.image_cache.clear()
    if not dry_run:
        remove_leftovers(folder, work)
    inputs = read_inputs(context, options.publish_filter)
    plan = plan_build(context, folder, inputs, options)
    with open_staging(folder, work, in_work=dry_run or not plan.outputs.stale) as staging:
        rendered, errors = stages.render_stale(context, plan, staging)
        known = (record.warnings for record in plan.outputs.fresh.values())
        found = (output.warnings for output in rendered)
        diagnostics = tuple(sorted({*plan.diagnostics, *errors, *chain.from_iterable([*known, *found])}))
        stop_on_errors(diagnostics, strict=options.strict)
        changes, records = publish(context, folder, plan, rendered, staging.complete, dry_run=dry_run)
    if not dry_run:
        record_build(context, folder, inputs, plan, records, diagnostics)
    return BuildReport(
        plan.snapshot.posts,
        changes,
        diagnostics,
        plan.snapshot.unpublished_reasons(inputs.now, context.config),
        {item.output.path: item.reasons for item in plan.outputs.stale},
        context.times.seconds,
        context.store.note,
    )
