"""The command `blogsite serve`."""

from __future__ import annotations

import threading
import webbrowser
from contextlib import suppress
from functools import partial

import click

from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say as tell
from blogsite.cli.output import say_diagnostics
from blogsite.content.status import PublishFilter
from blogsite.core.executor import exit_now


@click.command("serve")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on; if it is taken, the next free one is used.",
)
@click.option("--bind", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
@click.option("--no-drafts", is_flag=True, help="Show what readers will see: no drafts, no posts dated in the future.")
@click.option("--follow", is_flag=True, help="After a change in a post, scroll to it in the tab that shows the post.")
@with_common_options
@click.pass_obj
def serve_command(where: SiteOptions, port: int, bind: str, open_browser: bool, no_drafts: bool, follow: bool) -> None:
    """Show the site, with drafts, at http://127.0.0.1:8000/ while you write; public/ is not touched.

    What is saved is in the browser at once. With --bind 0.0.0.0 others in your network can look too.

    \b
    blogsite serve --open
    blogsite serve --no-drafts --port 8080
    blogsite serve --bind 0.0.0.0            for a look with the phone
    """
    from blogsite.preview.server import Reporter, ServeOptions, serve

    progress = where.progress()

    def announce(address: str) -> None:
        progress.done()
        click.echo(address)
        if open_browser:  # in a thread: some browsers want an answer before they let go
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    def say(line: str) -> None:
        if not where.quiet:
            progress.done()
            tell(line)

    publish_filter = PublishFilter(drafts=not no_drafts, future=not no_drafts, preview=True)
    with suppress(KeyboardInterrupt):
        serve(
            where.directory,
            where.config_file,
            ServeOptions(publish_filter, port, bind, follow),
            Reporter(say, partial(say_diagnostics, verbose=where.verbose), announce, progress),
        )
    exit_now(0)
