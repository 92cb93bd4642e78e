"""`mdm held`: list and show what is held, loads and messages of sources, and release or discard it."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from rich.table import Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of, holder_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput, NotFound
from mdm.hub import Hub
from mdm.hub.ingest import loads
from mdm.hub.ingest.holding import deciding
from mdm.hub.ingest.holding.deciding import SourceHoldView
from mdm.hub.ingest.holding.examples import examples
from mdm.hub.ingest.loads import LoadReport
from mdm.settings import Settings

SHOWN = 50
HELD = "held"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list held loads, and sources of which messages are held")
    listing.add_argument("--all", action="store_true", help="also what was decided, and every other load")
    listing.add_argument("--limit", type=int, default=SHOWN, help="most lines of each")
    show = actions.add_parser("show", help="print one, of a load with examples of what it would do, as JSON")
    show.add_argument("id", help="its id in the list")
    for name, does in (
        ("release", "have it processed; a discarded load too"),
        ("discard", "end it without processing it"),
    ):
        deciding_parser = actions.add_parser(name, help=does)
        deciding_parser.add_argument("id", help="its id in the list")
        deciding_parser.add_argument("--reason", required=True, help="why, for the log")
        deciding_parser.add_argument(
            "--key-file", required=True, type=Path, metavar="FILE", help="file with the API key of who decides"
        )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.action == "list":
            _list(hub, everything=arguments.all, limit=arguments.limit)
        elif arguments.action == "show":
            print(json.dumps(_shown(hub, _id(arguments.id)), ensure_ascii=False, indent=2, default=str))
        else:
            decided = _decide(hub, arguments)
            print(f"{_named(decided)} is {decided.state}.")
    return 0


def _list(hub: Hub, *, everything: bool, limit: int) -> None:
    state = None if everything else HELD
    with hub.begin() as work:
        found = loads.page(work, state=state, limit=limit)
        holds = deciding.source_holds_page(work, state=state, limit=limit)
    if not found and not holds:
        print("Nothing is held.")
        return
    print_table(_table(found, holds))


def _table(found: Sequence[LoadReport], holds: Sequence[SourceHoldView]) -> Table:
    listed = table("Id", "Since", "What", "Rows", "State", "Why", whole=("Id",))
    for one in found:
        at = f"{one.accepted_at or one.started_at:%Y-%m-%d %H:%M:%S}"
        listed.add_row(str(one.id), at, _named(one), str(one.rows), one.state, _why(one))
    for hold in holds:
        at, rows = f"{hold.since:%Y-%m-%d %H:%M:%S}", str(sum(hold.deliveries.values()))
        listed.add_row(str(hold.id), at, _named(hold), rows, hold.state, _why(hold))
    return listed


def _named(one: LoadReport | SourceHoldView) -> str:
    if isinstance(one, LoadReport):
        return f"{one.source}/{one.file_name}"
    return f"messages of {one.source} about {one.domain}"


def _why(one: LoadReport | SourceHoldView) -> str:
    return " ".join(reason.text for reason in one.reasons)


def _shown(hub: Hub, held_id: UUID) -> dict[str, object]:
    with hub.begin() as work:
        try:
            found = loads.show(work, held_id)
        except NotFound:
            return asdict(deciding.show_source_hold(work, held_id))
        rows = examples(work, held_id, registry=hub.registry)
        return asdict(found) | {"examples": [asdict(row) for row in rows]}


def _decide(hub: Hub, arguments: argparse.Namespace) -> LoadReport | SourceHoldView:
    held_id, actor = _id(arguments.id), holder_of(hub, arguments.key_file)
    release = arguments.action == "release"
    with hub.begin_as(actor) as work:
        try:
            decide_load = deciding.release_load if release else deciding.discard_load
            return decide_load(work, held_id, reason=arguments.reason)
        except NotFound:
            decide_source = deciding.release_source if release else deciding.discard_source
            return decide_source(work, held_id, reason=arguments.reason)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(f"{text} is no id.", hint="`mdm held list` shows them.") from None
