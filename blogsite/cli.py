"""The command line: the only print and the only exit code."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from blogsite import __version__
from blogsite.assemble import View
from blogsite.build import BuildOptions, Report, build
from blogsite.config import Config
from blogsite.errors import BlogsiteError, Mistake, SiteError, UsageError
from blogsite.load import WORK, load_config, look_at, now
from blogsite.model import Entry, Site
from blogsite.pool import end_processes

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Where:
    """Which site a command is about, and how much it says."""

    directory: Path = Path()
    config_file: Path | None = None
    quiet: bool = False
    verbose: bool = False

    def config(self) -> Config:
        return load_config(self.directory, self.config_file)


# ── saying things ────────────────────────────────────────────────────────────────────────────────────────────────────


def _plain() -> bool:
    """Whether stderr is no terminal that wants colour and moving lines."""
    return not sys.stderr.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _say(text: str) -> None:
    click.echo(text, err=True, color=False if _plain() else None)


def _say_mistake(mistake: Mistake) -> None:
    colour = "red" if mistake.severity == "error" else "yellow"
    place, rest = str(mistake.place), str(mistake).removeprefix(f"{mistake.place}: {mistake.severity}: ")
    _say(f"{place}: {click.style(mistake.severity, fg=colour, bold=True)}: {rest}")


class _Progress:
    """A line that moves on a terminal; elsewhere a plain line every few seconds."""

    def __init__(self, where: Where) -> None:
        self._silent = where.quiet
        self._moving = not _plain()
        self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._silent:
            return
        moment = time.monotonic()
        if moment - self._last > (0.1 if self._moving else 5) and done < total:
            self._last = moment
            line = f"{stage} {done:,} of {total:,}"
            click.echo(f"\r\033[K{line}" if self._moving else line, err=True, nl=not self._moving)

    def done(self) -> None:
        if self._moving and not self._silent:
            click.echo("\r\033[K", err=True, nl=False)


def _closing_line(report: Report) -> str:
    changes = report.changes
    written, kept, removed = len(changes.written), len(changes.kept), len(changes.removed)
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in report.seconds.items())
    total = sum(report.seconds.values())
    posts = f"{report.posts} post{'' if report.posts == 1 else 's'}"
    pages = f"{written + kept} page{'' if written + kept == 1 else 's'}"
    return f"{posts}, {pages}: {written} written, {kept} kept, {removed} removed in {total:.2f} s ({stages})"


# ── options that stand before and after the command ──────────────────────────────────────────────────────────────────


def _common(command: Command) -> Command:
    def directory(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            if not Path(value).is_dir():
                raise UsageError(f"there is no folder {value}", "make a site there with: blogsite init DIR")
            context.ensure_object(Where).directory = Path(value)

    def config_file(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.ensure_object(Where).config_file = Path(value)

    def quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(Where).quiet |= value

    def verbose(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(Where).verbose |= value

    options = (
        click.option(
            "-C", "directory", metavar="DIR", expose_value=False, callback=directory, help="Folder of the site."
        ),
        click.option("--config", metavar="FILE", expose_value=False, callback=config_file, help="Not blogsite.toml."),
        click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=quiet, help="Only mistakes are said."),
        click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=verbose, help="Say more."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="blogsite")
@_common
def cli() -> None:
    """A static blog for people who write about science.

    Posts are Markdown files in posts/, the site is built into public/.

    \b
    blogsite init my-blog          a new site
    blogsite -C my-blog new "熵"    a new post; prints its path
    blogsite -C my-blog serve      look at it while you write
    blogsite -C my-blog build      the site, ready to be uploaded
    """


@cli.command("init")
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@_common
@click.pass_obj
def init_command(where: Where, target: Path) -> None:
    """Make a new site in DIR, which must be empty or not exist.

    It holds blogsite.toml with every setting explained, a first post, and an About page.

    \b
    blogsite init my-blog
    """
    from blogsite.scaffold import init

    folder = where.directory / target
    for path in init(folder, now().astimezone()):
        click.echo(path)
    if not where.quiet:
        _say(f"Next: cd {folder}, then blogsite serve")


@cli.command("new")
@click.argument("title")
@click.option("--slug", default="", help="The post's part of the address; else made from the title.")
@click.option("--tags", default="", metavar="A,B", help="Tags, with commas between them.")
@click.option("--draft", is_flag=True, help="Not published until draft: true is taken out.")
@click.option("--date", default="", metavar="DATE", help="As 2024-09-27 or 2024-09-27 20:30; else now.")
@click.option("--page", is_flag=True, help="A standalone page in pages/.")
@click.option("--edit", is_flag=True, help="Open it in the editor of $VISUAL or $EDITOR.")
@_common
@click.pass_obj
def new_command(where: Where, title: str, slug: str, tags: str, draft: bool, date: str, page: bool, edit: bool) -> None:
    """Make a new post and print its path: posts/YYYY-MM-DD-SLUG.md.

    \b
    blogsite new "熵与最大熵原理" --slug max-entropy --tags 信息论,概率
    blogsite new "About" --page
    $EDITOR $(blogsite new "Title")
    """
    from blogsite.scaffold import new

    names = tuple(name.strip() for name in tags.replace("，", ",").split(",") if name.strip())
    config = where.config()
    path = new(where.directory, config, title, now(), slug=slug, tags=names, draft=draft, date=date, page=page)
    click.echo(path)
    if edit:
        click.edit(filename=str(path))


@cli.command("build")
@click.option("--drafts", is_flag=True, help="Show drafts too.")
@click.option("--future", is_flag=True, help="Show posts whose date is still to come.")
@click.option("--output", metavar="DIR", type=click.Path(path_type=Path), help="Build into DIR instead of public/.")
@click.option("--base-url", metavar="URL", help="Instead of base_url in blogsite.toml.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--dry-run", is_flag=True, help="Say what would be written and removed, and leave it at that.")
@click.option("--explain", is_flag=True, help="Say for each page why it is made again.")
@click.option("--clean", is_flag=True, help="Build from nothing, also into a folder that holds other files.")
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1), help="Processes that work at once; else one for each core."
)
@click.option("--scheduler", metavar="ADDRESS", help="Let a Dask cluster do the work, as tcp://host:8786.")
@_common
@click.pass_obj
def build_command(
    where: Where,
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
        from blogsite.config import KEYS

        try:
            base_url = KEYS["base_url"](base_url)
        except ValueError as wanted:
            raise UsageError(f"--base-url {base_url}", f"write {wanted}") from None
    with _cluster(scheduler) as executor:
        options = BuildOptions(View(drafts, future), output, base_url, strict, dry_run, clean, jobs or 0, executor)
        report = _build(where, where.config(), options)
    if explain:
        for path, reasons in report.reasons.items():
            click.echo(f"{path}: {', '.join(reasons)}")


@contextmanager
def _cluster(address: str | None) -> Iterator[Executor | None]:
    """The executor of the Dask cluster at ADDRESS; None without one."""
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
    _say("another build of this site is running; waiting for it to end")


def _build(where: Where, config: Config, options: BuildOptions) -> Report:
    progress = _Progress(where)
    try:
        report = build(where.directory, config, options, progress, _say_waiting)
    finally:
        progress.done()
    for mistake in report.mistakes:
        _say_mistake(mistake)
    if options.dry_run:
        for path in report.changes.written:
            click.echo(f"write {path}")
        for path in report.changes.removed:
            click.echo(f"remove {path}")
    if not where.quiet:
        if report.note:
            _say(report.note)
        for path, reason in report.left_out:
            _say(f"{path}: not published: {reason}")
        _say(_closing_line(report))
    return report


@cli.command("serve")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The next one is tried while it is taken.",
)
@click.option("--bind", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
@click.option("--no-drafts", is_flag=True, help="Show what readers will see: no drafts, nothing of the future.")
@click.option("--follow", is_flag=True, help="After a change in a post, scroll to it in the tab that shows the post.")
@_common
@click.pass_obj
def serve_command(where: Where, port: int, bind: str, open_browser: bool, no_drafts: bool, follow: bool) -> None:
    """Show the site, with drafts, at http://127.0.0.1:8000/ while you write; public/ is not touched.

    What is saved is in the browser at once. With --bind 0.0.0.0 others in your network can look too.

    \b
    blogsite serve --open
    blogsite serve --no-drafts --port 8080
    blogsite serve --bind 0.0.0.0            for a look with the phone
    """
    from blogsite.preview import ServeOptions, Voice, serve

    progress = _Progress(where)

    def announce(address: str) -> None:
        progress.done()
        click.echo(address)
        if open_browser:  # in a thread: some browsers want an answer before they let go
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    def say(line: str) -> None:
        if not where.quiet:
            progress.done()
            _say(line)

    view = View(drafts=not no_drafts, future=not no_drafts, preview=True)
    with suppress(KeyboardInterrupt):
        serve(
            where.directory,
            where.config_file,
            ServeOptions(view, port, bind, follow),
            Voice(say, _say_mistake, announce, progress),
        )
    _leave(0)


@cli.command("list")
@click.option("--drafts", is_flag=True, help="Also drafts.")
@click.option("--future", is_flag=True, help="Also posts whose date is still to come.")
@click.option("--json", "as_json", is_flag=True, help="As an array of objects.")
@_common
@click.pass_obj
def list_command(where: Where, drafts: bool, future: bool, as_json: bool) -> None:
    """List the published posts, newest first.

    \b
    blogsite list --drafts
    blogsite list --json | jq '.[] | select(.tags | index("熵")) | .url'
    """
    config = where.config()
    site = look_at(where.directory, config, View(), _Progress(where))
    wanted = {"draft": drafts, "future": future}
    entries = [*site.posts, *site.hidden, *(entry for entry in site.left_out if wanted.get(entry.state))]
    entries.sort(key=lambda entry: entry.post.source.split("/"))
    entries.sort(key=lambda entry: entry.link.date.timestamp() if entry.link.date else float("inf"), reverse=True)
    if as_json:
        click.echo(json.dumps([_as_data(site, entry) for entry in entries], ensure_ascii=False, indent=2))
    else:
        for entry in entries:
            day = entry.link.date.date().isoformat() if entry.link.date else "undated   "
            reason = f"  ({entry.reason})" if entry.reason else ""
            click.echo(f"{day}  {entry.post.source}  {entry.post.title.plain}{reason}")
    for mistake in site.mistakes:
        if mistake.severity == "error":
            _say_mistake(mistake)
    if any(mistake.severity == "error" for mistake in site.mistakes):
        sys.exit(1)


def _as_data(site: Site, entry: Entry) -> dict[str, object]:
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


@cli.command("clean")
@_common
@click.pass_obj
def clean_command(where: Where) -> None:
    """Remove what the build has made: its files in public/ (others stay) and .blogsite/.

    \b
    blogsite clean
    """
    from blogsite.publish import Folder

    config = where.config()
    folder = where.directory / config.output
    removed = Folder(folder, take_over=True).clear()
    shutil.rmtree(where.directory / WORK, ignore_errors=True)
    if not where.quiet:
        _say(f"{removed} file{'' if removed == 1 else 's'} removed from {config.output}")


def _leave(code: int) -> NoReturn:
    """The program has ended, though processes that it started be at work, and threads that wait for them."""
    end_processes()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Run the command; the exit code is 0 done, 1 mistakes in the site, 2 wrong usage."""
    where = Where()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(obj=where, standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except UsageError as problem:
        _say(f"blogsite: {problem}" + (f"\n    {problem.hint}" if problem.hint else ""))
        sys.exit(2)
    except SiteError as problem:
        for mistake in problem.mistakes:
            _say_mistake(mistake)
        count = sum(mistake.severity == "error" for mistake in problem.mistakes)
        _say(f"{count} mistake{'' if count == 1 else 's'}: nothing was published")
        sys.exit(1)
    except BlogsiteError as problem:
        _say(f"blogsite: {problem}")
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        _leave(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
