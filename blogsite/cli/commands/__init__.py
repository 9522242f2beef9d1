"""One command a file. COMMANDS is the table."""

from __future__ import annotations

import click

from blogsite.cli.commands.build import build_command
from blogsite.cli.commands.clean import clean_command
from blogsite.cli.commands.init import init_command
from blogsite.cli.commands.list import list_command
from blogsite.cli.commands.new import new_command
from blogsite.cli.commands.serve import serve_command

# A new command is a file here and a line in this table.
COMMANDS: tuple[click.Command, ...] = (
    init_command,
    new_command,
    build_command,
    serve_command,
    list_command,
    clean_command,
)
