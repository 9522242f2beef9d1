"""The command `blogsite new`."""

from __future__ import annotations

import os
import sys

import click

from blogsite.build.context import now
from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say
from blogsite.core.diagnostics import UsageError


@click.command("new")
@click.argument("title")
@click.option("--slug", default="", help="The post's part of the address; by default made from the title.")
@click.option("--tags", default="", metavar="A,B", help="Tags, separated by commas.")
@click.option("--draft", is_flag=True, help="Write draft: true, so that the post is not published yet.")
@click.option("--date", default="", metavar="DATE", help="2024-09-27 or 2024-09-27 20:30; by default now.")
@click.option("--page", is_flag=True, help="Make a standalone page in pages/.")
@click.option("--edit", is_flag=True, help="Open it in the editor of $VISUAL or $EDITOR.")
@with_common_options
@click.pass_obj
def new_command(
    where: SiteOptions, title: str, slug: str, tags: str, draft: bool, date: str, page: bool, edit: bool
) -> None:
    """Make a new post and print its path: posts/YYYY-MM-DD-SLUG.md.

    SLUG is made from the title, in small letters. Where another post has its address, it gets a number: SLUG-2.

    \b
    blogsite new "熵与最大熵原理" --slug max-entropy --tags 信息论,概率
    blogsite new "About" --page
    $EDITOR $(blogsite new "Title")
    """
    from blogsite.cli.scaffold import new

    names = tuple(name.strip() for name in tags.replace("，", ",").split(",") if name.strip())
    config = where.config()
    if edit and not (os.environ.get("VISUAL") or os.environ.get("EDITOR") or sys.stdin.isatty()):
        raise UsageError("there is no editor and no terminal", "name an editor in the environment variable EDITOR")
    made = new(where.directory, config, title, now(), slug=slug, tags=names, draft=draft, date=date, page=page)
    click.echo(made.path)
    if made.clash and not where.quiet:
        say(f"the address of the name without a number is taken by {made.clash}")
    if edit:
        click.edit(filename=str(made.path))
