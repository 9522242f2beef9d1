"""The command `blogsite init`."""

from __future__ import annotations

from pathlib import Path

import click

from blogsite.build.context import now
from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say


@click.command("init")
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@with_common_options
@click.pass_obj
def init_command(where: SiteOptions, target: Path) -> None:
    """Make a new site in DIR, which must be empty or not exist.

    It holds blogsite.toml with every setting explained, a first post, and an About page.

    \b
    blogsite init my-blog
    """
    from blogsite.cli.scaffold import init

    folder = where.directory / target
    for path in init(folder, now().astimezone()):
        click.echo(path)
    if not where.quiet:
        say(f"Next: cd {folder}, then blogsite serve")
