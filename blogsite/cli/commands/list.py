"""The command `blogsite list`."""

from __future__ import annotations

import json
import sys

import click

from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say_diagnostics
from blogsite.content.status import PublishFilter
from blogsite.site.model import Site, SitePost


@click.command("list")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--future", is_flag=True, help="Include posts with a date in the future.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an array of objects.")
@with_common_options
@click.pass_obj
def list_command(where: SiteOptions, drafts: bool, future: bool, as_json: bool) -> None:
    """List the published posts, newest first.

    \b
    blogsite list --drafts
    blogsite list --json | jq '.[] | select(.tags | index("熵")) | .url'
    """
    config = where.config()
    from blogsite.build.loader import load_site_readonly  # for start-up time

    site = load_site_readonly(where.directory, config, PublishFilter(), where.progress())
    wanted = {"draft": drafts, "future": future}
    entries = [*site.posts, *site.hidden, *(entry for entry in site.unpublished if wanted.get(entry.state))]
    entries.sort(key=lambda entry: entry.post.source.split("/"))
    entries.sort(key=lambda entry: entry.link.date.timestamp() if entry.link.date else float("inf"), reverse=True)
    if as_json:
        click.echo(json.dumps([_as_data(site, entry) for entry in entries], ensure_ascii=False, indent=2))
    else:
        for entry in entries:
            day = entry.link.date.date().isoformat() if entry.link.date else "undated   "
            reason = f"  ({entry.reason})" if entry.reason else ""
            click.echo(f"{day}  {entry.post.source}  {entry.post.title.plain}{reason}")
    errors = [diagnostic for diagnostic in site.diagnostics if diagnostic.severity == "error"]
    say_diagnostics(errors, verbose=where.verbose)
    if errors:
        sys.exit(1)


def _as_data(site: Site, entry: SitePost) -> dict[str, object]:
    return {
        "path": entry.post.source,
        "url": site.info.base_path + entry.url,
        "title": entry.post.title.plain,
        "date": entry.link.date.isoformat() if entry.link.date else None,
        "updated": entry.card.updated.isoformat() if entry.card.updated else None,
        "tags": [term.name for term in entry.tags],
        "categories": ["/".join(term.name for term in path) for path in entry.categories],
        "state": entry.state,
        "reason": entry.reason,
    }
