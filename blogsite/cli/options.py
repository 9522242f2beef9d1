"""What all commands share: which site they are about, and how much they say."""

from __future__ import annotations

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
class Where:
    """Which site a command is about, and how much it says."""

    directory: Path = Path()
    config_file: Path | None = None
    quiet: bool = False
    verbose: bool = False

    def config(self) -> Config:
        """The settings of the site; raises UsageError where there is none."""
        return load_config(self.directory, self.config_file)

    def progress(self) -> Progress:
        """What tells how far a stage has come."""
        return Progress(silent=self.quiet)


def common(command: Command) -> Command:
    """COMMAND with the options that stand before and after every one."""

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
