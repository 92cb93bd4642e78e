"""`mdm nats`: the servers as code: streams, consumers and accounts as they must be, and whether they are."""

import argparse
import asyncio
from pathlib import Path

from mdm.entrypoints.cli.publishing.nats.accounts import write_accounts
from mdm.entrypoints.cli.publishing.nats.check import check
from mdm.entrypoints.cli.publishing.nats.parties import Parties, read_parties
from mdm.entrypoints.cli.publishing.nats.provision import provision_all
from mdm.settings import Settings

PARTIES = "YAML file of the sources and subscribers that use NATS"
YES = "do not ask"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    provision = actions.add_parser(
        "provision", help="show how streams and consumers differ from what they must be, ask, and make them so"
    )
    provision.add_argument("--parties", type=Path, metavar="FILE", help=PARTIES)
    provision.add_argument(
        "--again",
        action="append",
        default=[],
        metavar="NAME",
        help="let this subscriber of FILE begin again with the newest event of every master; may be repeated",
    )
    provision.add_argument("--yes", action="store_true", help=YES)
    accounts = actions.add_parser(
        "accounts", help="show and write the accounts for the configuration of nats-server, and a key for each party"
    )
    accounts.add_argument("parties", type=Path, metavar="FILE", help=PARTIES)
    accounts.add_argument("--write", type=Path, required=True, metavar="CONF", help="file to include in nats-server's")
    accounts.add_argument(
        "--keys", type=Path, metavar="FOLDER", help="where the secret seeds are (default: beside CONF)"
    )
    accounts.add_argument("--yes", action="store_true", help=YES)
    actions.add_parser("check", help="say what servers and streams lack: version, durability, replicas, room, settings")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    if arguments.action == "check":
        return asyncio.run(check(settings))
    if arguments.action == "accounts":
        parties = read_parties(arguments.parties, settings)
        folder = arguments.keys or arguments.write.parent / "nats-keys"
        return write_accounts(parties, settings, file=arguments.write, folder=folder, sure=arguments.yes)
    parties = read_parties(arguments.parties, settings) if arguments.parties else Parties()
    return asyncio.run(provision_all(settings, parties, again=arguments.again, sure=arguments.yes))
