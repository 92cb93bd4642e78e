"""`mdm migrate`: schema, first releases and stream, ready for a hub to start."""

import argparse

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.settings import Settings


def configure(_parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring the database to the newest schema and switch on release 1 of new domains."""
    for proposal in bootstrap.prepare(settings, dsn_of(settings)):
        print(f"Release 1 of {proposal.domain} is in force ({proposal.hash[:12]}).")
    return 0
