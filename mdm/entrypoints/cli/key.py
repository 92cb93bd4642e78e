"""`mdm key`: create, list and revoke API keys."""

import argparse
from collections.abc import Iterable
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.core.security import ROLES
from mdm.entrypoints.cli.connection import dsn_of
from mdm.errors import InvalidInput
from mdm.hub import access
from mdm.settings import Settings

LONGEST = 3_650  # days


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it, once")
    create.add_argument("name", help="who or what will use it")
    create.add_argument("--role", action="append", required=True, choices=sorted(ROLES), help="may be given again")
    create.add_argument("--domain", action="append", help="restrict to a domain; may be given again (default: all)")
    create.add_argument("--days", type=int, help=f"days until it expires, 1 to {LONGEST:,} (default: never)")
    actions.add_parser("list", help="show all keys, never their secrets")
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("prefix", help="what `mdm key list` shows in the first column")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        if arguments.action == "create":
            expires_at = None if arguments.days is None else _in_days(arguments.days)
            key, text = access.create_key(
                work,
                name=arguments.name,
                roles=arguments.role,
                domains=arguments.domain or ["*"],
                expires_at=expires_at,
            )
        elif arguments.action == "revoke":
            access.revoke_key(work, arguments.prefix)
        else:
            Console().print(_table(access.list_keys(work)))
    if arguments.action == "create":
        print(text)
        Console(stderr=True).print(f"Key {key.prefix} for {key.name}. It is shown this once; keep it safe.")
    elif arguments.action == "revoke":
        print(f"Key {arguments.prefix} is revoked.")
    return 0


def _in_days(days: int) -> datetime:
    if not 1 <= days <= LONGEST:
        raise InvalidInput(f"A key lasts 1 to {LONGEST:,} days, not {days:,}.", path="days")
    return utc_now() + timedelta(days=days)


def _table(keys: Iterable[access.ShownKey]) -> Table:
    table = Table("Key", "Name", "Roles", "Domains", "Created", "State")
    now = utc_now()
    for key in keys:
        state = "revoked" if key.revoked_at else "expired" if key.expires_at and key.expires_at <= now else "live"
        table.add_row(
            key.prefix, key.name, ", ".join(key.roles), ", ".join(key.domains), f"{key.created_at:%Y-%m-%d}", state
        )
    return table
