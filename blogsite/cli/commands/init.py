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

    It holds blogsite.toml with every setting explained, a first post, and an About page. The author comes from git,
    the language from the locale, the time zone from the system.

    \b
    blogsite init my-blog
    """
    from blogsite.cli.scaffold import init
    from blogsite.cli.surroundings import look_around

    folder = where.directory / target
    surroundings = look_around(folder)
    for path in init(folder, now().astimezone(), surroundings):
        click.echo(path)
    if not where.quiet:
        say(str(surroundings))
        say(f"Next: cd {folder}, then blogsite serve")
