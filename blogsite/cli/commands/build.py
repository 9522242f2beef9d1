"""The command `blogsite build`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blogsite.build.context import BuildOptions, BuildReport
from blogsite.build.driver import build
from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say, say_diagnostics
from blogsite.config.loader import Config
from blogsite.config.schema import KEYS
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor


@click.command("build")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--future", is_flag=True, help="Include posts with a date in the future.")
@click.option("--output", metavar="DIR", type=click.Path(path_type=Path), help="Build into DIR instead of public/.")
@click.option("--base-url", metavar="URL", help="Use this instead of base_url in blogsite.toml.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--dry-run", is_flag=True, help="Print what would be written and removed, and change nothing.")
@click.option("--explain", is_flag=True, help="Print for each page why it is rendered again.")
@click.option("--clean", is_flag=True, help="Build everything again, even into a folder that holds other files.")
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1), help="Number of worker processes; by default one for each core."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Build on a Dask cluster: the address of its scheduler, as tcp://host:8786."
)
@with_common_options
@click.pass_obj
def build_command(
    where: SiteOptions,
    drafts: bool,
    future: bool,
    output: Path | None,
    base_url: str | None,
    strict: bool,
    dry_run: bool,
    explain: bool,
    clean: bool,
    jobs: int | None,
    scheduler: str | None,
) -> None:
    """Build the site into public/.

    With a mistake that keeps the site from being published, every one of them is reported and public/ stays as it was.

    \b
    blogsite build
    blogsite build --strict                      for a machine that publishes
    blogsite build --output /tmp/look --drafts   without touching public/
    blogsite build --dry-run --explain           what would be made again, and why
    """
    if base_url is not None:
        try:
            base_url = KEYS["base_url"](base_url)
        except ValueError as wanted:
            raise UsageError(f"--base-url {base_url}", f"write {wanted}") from None
    with _cluster(scheduler) as executor:
        options = BuildOptions(
            PublishFilter(drafts, future), output, base_url, strict, dry_run, clean, jobs or 0, executor
        )
        report = _build(where, where.config(), options)
    if explain:
        for path, reasons in report.reasons.items():
            click.echo(f"{path}: {', '.join(reasons)}")


@contextmanager
def _cluster(address: str | None) -> Iterator[Executor | None]:
    """Return an executor of the Dask cluster at `address`; None without an address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--scheduler needs Dask", "install it with: pip install 'blogsite[cluster]'") from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as problem:
        raise UsageError(f"there is no Dask scheduler at {address}: {problem}", "start one: dask scheduler") from None
    with client:
        yield client.get_executor()


def _say_waiting() -> None:
    say("another build of this site is running; waiting for it to end")


def _build(where: SiteOptions, config: Config, options: BuildOptions) -> BuildReport:
    progress = where.progress()
    try:
        report = build(where.directory, config, options, progress, _say_waiting)
    finally:
        progress.done()
    hidden = say_diagnostics(report.diagnostics, verbose=where.verbose)
    if options.dry_run:
        for path in report.changes.written:
            click.echo(f"write {path}")
        for path in report.changes.removed:
            click.echo(f"remove {path}")
    if not where.quiet:
        if report.note:
            say(report.note)
        for path, reason in report.unpublished:
            say(f"{path}: not published: {reason}")
        say(_closing_line(report) + (f", {len(report.diagnostics):,} warnings" if hidden else ""))
    return report


def _closing_line(report: BuildReport) -> str:
    changes = report.changes
    written, kept, removed = len(changes.written), len(changes.kept), len(changes.removed)
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in report.seconds.items())
    total = sum(report.seconds.values())
    posts = f"{report.posts} post{'' if report.posts == 1 else 's'}"
    pages = f"{written + kept} page{'' if written + kept == 1 else 's'}"
    return f"{posts}, {pages}: {written} written, {kept} kept, {removed} removed in {total:.2f} s ({stages})"
