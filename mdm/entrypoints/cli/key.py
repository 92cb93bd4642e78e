"""`mdm key`: create, list, rotate and revoke API keys."""

import argparse
from collections.abc import Iterable
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput
from mdm.hub import access
from mdm.settings import Settings
from mdm.store.work import Work

LONGEST = 3_650  # days


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it, once")
    create.add_argument("name", help="the person or service it belongs to; a new name becomes a service")
    create.add_argument(
        "--role",
        action="append",
        help="of a new service; or limits the key to it; may be given again (default: all that the holder has)",
    )
    create.add_argument("--domain", action="append", help="restrict to a domain; may be given again (default: all)")
    create.add_argument("--purpose", default=access.PURPOSE, help="what the key is for")
    create.add_argument("--days", type=int, help=f"days until it expires, 1 to {LONGEST:,} (default: never)")
    actions.add_parser("list", help="show all keys, never their secrets")
    rotate = actions.add_parser("rotate", help="make the key that takes the place of another, and print it, once")
    rotate.add_argument("--overlap", type=int, default=access.OVERLAP_DAYS, help="days until the old key ends")
    revoke = actions.add_parser("revoke", help="end a key at once")
    for action in (rotate, revoke):
        action.add_argument("prefix", help="what `mdm key list` shows in the first column")
    for action in (create, rotate, revoke):
        action.add_argument("--reason", help="why, for the log")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    made: tuple[access.ShownKey, str] | None = None
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        if arguments.action == "create":
            made = _create(work, arguments)
        elif arguments.action == "rotate":
            made = access.rotate_key(work, arguments.prefix, overlap_days=arguments.overlap, reason=arguments.reason)
        elif arguments.action == "revoke":
            access.revoke_key(work, arguments.prefix, reason=arguments.reason)
        else:
            print_table(_table(access.list_keys(work)))
    if made is not None:
        key, text = made
        print(text)
        Console(stderr=True).print(f"Key {key.prefix} for {key.name}. It is shown this once; keep it safe.")
    elif arguments.action == "revoke":
        print(f"Key {arguments.prefix} is revoked.")
    return 0


def _create(work: Work, arguments: argparse.Namespace) -> tuple[access.ShownKey, str]:
    return access.create_key(
        work,
        name=arguments.name,
        roles=arguments.role,
        domains=arguments.domain,
        purpose=arguments.purpose,
        expires_at=None if arguments.days is None else _in_days(arguments.days),
        reason=arguments.reason,
    )


def _in_days(days: int) -> datetime:
    if not 1 <= days <= LONGEST:
        raise InvalidInput(f"A key lasts 1 to {LONGEST:,} days, not {days:,}.", path="days")
    return utc_now() + timedelta(days=days)


def _table(keys: Iterable[access.ShownKey]) -> Table:
    listed = table("Key", "Holder", "Purpose", "Limited to", "Created", "State", whole=("Key",))
    now = utc_now()
    for key in keys:
        state = "revoked" if key.revoked_at else "expired" if key.expires_at and key.expires_at <= now else "live"
        limits = ", ".join([*(key.roles or ()), *(key.domains or ())])
        listed.add_row(key.prefix, key.name, key.purpose, limits, f"{key.created_at:%Y-%m-%d}", state)
    return listed
