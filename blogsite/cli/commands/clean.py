"""The command `blogsite clean`."""

from __future__ import annotations

import shutil

import click

from blogsite.build.context import WORK_FOLDER
from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say


@click.command("clean")
@with_common_options
@click.pass_obj
def clean_command(where: SiteOptions) -> None:
    """Remove what the build has made: its files in public/ (others stay) and .blogsite/.

    \b
    blogsite clean
    """
    from blogsite.build.output_folder import OutputFolder

    config = where.config()
    folder = where.directory / config.output
    removed = OutputFolder(folder, take_over=True).clear()
    shutil.rmtree(where.directory / WORK_FOLDER, ignore_errors=True)
    if not where.quiet:
        say(f"{removed} file{'' if removed == 1 else 's'} removed from {config.output}")
