"""The options that all commands share: which site, and how many messages."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from blogsite.cli.output import Progress
from blogsite.config.loader import Config, load_config
from blogsite.core.diagnostics import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class SiteOptions:
    """The site that a command is about, and how many messages are shown."""

    directory: Path = Path()
    config_file: Path | None = None
    quiet: bool = False
    verbose: bool = False

    def config(self) -> Config:
        """Return the settings of the site. Raises UsageError if there is no site."""
        return load_config(self.directory, self.config_file)

    def progress(self) -> Progress:
        """Return a progress bar, or a function that does nothing with --quiet."""
        return Progress(silent=self.quiet)


def with_common_options(command: Command) -> Command:
    """Add the options that are accepted before and after every command."""

    def directory(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            if not os.path.isdir(value):
                raise UsageError(f"there is no folder {value}", "make a site there with: blogsite init DIR")
            context.ensure_object(SiteOptions).directory = Path(value)

    def config_file(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.ensure_object(SiteOptions).config_file = Path(value)

    def quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(SiteOptions).quiet |= value

    def verbose(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(SiteOptions).verbose |= value

    options = (
        click.option(
            "-C", "directory", metavar="DIR", expose_value=False, callback=directory, help="Folder of the site."
        ),
        click.option(
            "--config",
            metavar="FILE",
            expose_value=False,
            callback=config_file,
            help="The file to read instead of blogsite.toml.",
        ),
        click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=quiet, help="Print errors only."),
        click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=verbose, help="Print more."),
    )
    for option in reversed(options):
        command = option(command)
    return command
