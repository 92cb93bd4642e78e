"""The command line: what a person types, and what comes back when it cannot be done."""

from mdm.entrypoints.cli.commands import COMMANDS, parser_of_everything
from mdm.entrypoints.cli.main import main

__all__ = ["COMMANDS", "main", "parser_of_everything"]
