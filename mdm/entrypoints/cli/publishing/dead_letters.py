"""`mdm dead-letters`: list, show, replay and discard messages that subscribers gave up."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from rich.table import Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.hub.publishing import dead_letters
from mdm.hub.publishing.dead_letters import Chosen, Filter, Group, Letter
from mdm.settings import Settings
from mdm.store.work import Work

SHOWN = 50
DONE = {"replay": "to be replayed", "discard": "discarded"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list dead letters, newest first, or their causes")
    listing.add_argument("--groups", action="store_true", help="one line per cause")
    listing.add_argument("--state", choices=(*dead_letters.STATES, "all"), default="open", help="what became of them")
    listing.add_argument("--severity", choices=dead_letters.SEVERITIES, help="how much depends on them")
    listing.add_argument("--subscriber", help="only those of this durable consumer")
    listing.add_argument("--domain", help="only those of this domain")
    listing.add_argument("--limit", type=int, default=SHOWN, help="most lines")
    show = actions.add_parser("show", help="print one with its message, as JSON")
    show.add_argument("id", type=int, help="its number in the list")
    for name, does in (
        ("replay", "have the newest event of each master sent to the subscriber again"),
        ("discard", "let them be"),
    ):
        deciding = actions.add_parser(name, help=does)
        chosen = deciding.add_mutually_exclusive_group(required=True)
        chosen.add_argument("ids", nargs="*", type=int, default=[], metavar="ID", help="numbers in the list")
        chosen.add_argument("--group", help="all open ones of a cause: its name in the list of groups")
        deciding.add_argument("--reason", required=True, help="why, for the log")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        if arguments.action == "list":
            _list(work, arguments)
        elif arguments.action == "show":
            found = asdict(dead_letters.show(work, arguments.id))
            print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        else:
            chosen = Chosen(ids=tuple(arguments.ids), group=arguments.group)
            decide = dead_letters.discard
            if arguments.action == "replay":
                decide = partial(dead_letters.replay, approval_above=settings.replay_approval_above)
            decided = decide(work, chosen, reason=arguments.reason)
            for replay in decided.replays:
                print(f"Replay {replay} is asked for.")
            print(f"Dead letters {DONE[arguments.action]}: {decided.letters:,}.")
    return 0


def _list(work: Work, arguments: argparse.Namespace) -> None:
    wanted = Filter(
        state=None if arguments.state == "all" else arguments.state,
        severity=arguments.severity,
        subscriber=arguments.subscriber,
        domain=arguments.domain,
    )
    if arguments.groups:
        print_table(_groups(dead_letters.groups(work, wanted, limit=arguments.limit)))
    else:
        print_table(_letters(dead_letters.page(work, wanted, limit=arguments.limit)))


def _letters(found: Sequence[Letter]) -> Table:
    listed = table("Id", "At", "Subscriber", "Severity", "State", "Master", "Version", "Reason")
    for letter in found:
        at = f"{letter.at:%Y-%m-%d %H:%M:%S}"
        master = f"{letter.domain} {letter.master_id}" if letter.master_id else letter.subject or "unknown"
        version = str(letter.version or "")
        cells = (str(letter.id), at, letter.subscriber or "", letter.severity, letter.state, master, version)
        listed.add_row(*cells, letter.reason)
    return listed


def _groups(found: Sequence[Group]) -> Table:
    names = ("Group", "Subscriber", "Domain", "Letters", "Masters", "Critical", "Last", "Reason")
    listed = table(*names, whole=("Group",))
    for group in found:
        counts = (str(group.letters), str(group.masters), str(group.critical))
        last = f"{group.last_at:%Y-%m-%d %H:%M:%S}"
        listed.add_row(group.fingerprint, group.subscriber or "", group.domain or "", *counts, last, group.reason)
    return listed
