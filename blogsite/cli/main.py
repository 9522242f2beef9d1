"""The entry point: run a command, report the mistakes that end it, and exit with its code."""

from __future__ import annotations

import io
import sys
from difflib import get_close_matches

import click

from blogsite import __version__
from blogsite.cli.commands import COMMANDS
from blogsite.cli.options import SiteOptions, with_common_options
from blogsite.cli.output import say, say_diagnostics
from blogsite.core.diagnostics import BlogsiteError, SiteError, UsageError
from blogsite.core.executor import exit_now


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="blogsite")
@with_common_options
def cli() -> None:
    """A static blog for people who write about science.

    Posts are Markdown files in posts/, the site is built into public/.

    \b
    blogsite init my-blog          a new site
    blogsite -C my-blog new "熵"    a new post; prints its path
    blogsite -C my-blog serve      look at it while you write
    blogsite -C my-blog build      the site, ready to be uploaded
    """


for command in COMMANDS:
    cli.add_command(command)


def usage_hint(problem: click.ClickException, arguments: list[str]) -> str:
    """Return what Click does not say: the commands if none is near, and the option meant by one with a single "-"."""
    if isinstance(problem, click.exceptions.NoSuchCommand) and "Did you mean" not in problem.format_message():
        return f"The commands are {', '.join(cli.commands)}."
    if isinstance(problem, click.NoSuchOption) and not problem.option_name.startswith("--") and problem.ctx:
        known = [name for option in problem.ctx.command.params for name in option.opts if name.startswith("--")]
        for argument in arguments:
            if argument.startswith(problem.option_name) and len(argument) > 2:
                near = get_close_matches(f"-{argument.partition('=')[0]}", known, n=1)
                return f"Did you mean '{near[0]}'?" if near else ""
    return ""


def main() -> None:
    """Run the command line and exit: 0 done, 1 mistakes in the site, 2 wrong usage."""
    where = SiteOptions()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(obj=where, standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        if hint := usage_hint(problem, sys.argv[1:]):
            say(hint)
        sys.exit(2)
    except UsageError as problem:
        say(f"blogsite: {problem}" + (f"\n    {problem.hint}" if problem.hint else ""))
        sys.exit(2)
    except SiteError as problem:
        say_diagnostics(problem.diagnostics, verbose=where.verbose)
        count = sum(diagnostic.severity == "error" for diagnostic in problem.diagnostics)
        say(f"{count:,} mistake{'' if count == 1 else 's'}: nothing was published")
        sys.exit(1)
    except BlogsiteError as problem:
        say(f"blogsite: {problem}")
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        exit_now(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
