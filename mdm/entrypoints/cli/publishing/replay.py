"""`mdm replay`: ask for events to be copied once more, follow how far they have come, list and cancel."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.load import patiently
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput
from mdm.hub import Hub
from mdm.hub.publishing import replays
from mdm.hub.publishing.replays import ReplayView, Selection
from mdm.settings import Settings

LOOK = 0.3
SHOWN = 50
DONE, FAILED = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ask = actions.add_parser("ask", help="have events copied to the replay stream")
    ask.add_argument("--domain", help="masters of this domain")
    ask.add_argument("--master", action="append", default=[], help="this master; may be given again")
    ask.add_argument("--load", help="masters that a record of this load is or was part of")
    ask.add_argument("--since", help="masters with a version recorded from this time on (ISO 8601 with an offset)")
    ask.add_argument("--until", help="masters with a version recorded before this time")
    ask.add_argument("--subscriber", help="the durable consumer it is for: only what that follows is copied")
    ask.add_argument("--all", action="store_true", help="not the newest event of each alone: all of that time")
    ask.add_argument("--reason", required=True, help="why, for the log")
    ask.add_argument("--wait", action="store_true", help="show how far it has come until it has ended")
    ask.add_argument("--json", action="store_true", help="print the report as JSON")
    listing = actions.add_parser("list", help="list replays, newest first")
    listing.add_argument("--limit", type=int, default=SHOWN, help="most lines")
    show = actions.add_parser("show", help="print one, as JSON")
    cancel = actions.add_parser("cancel", help="end one before its time; what was copied stays copied")
    for one in (show, cancel):
        one.add_argument("id", help="its id in the list")
    cancel.add_argument("--reason", help="why, for the log")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; the exit code is 0 unless a replay has failed."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.action == "ask":
            return _ask(hub, arguments, above=settings.replay_approval_above)
        with hub.begin() as work:
            if arguments.action == "list":
                print_table(_table(replays.page(work, limit=arguments.limit)))
            elif arguments.action == "show":
                _print_json(replays.show(work, _id("id", arguments.id)))
            else:
                replays.cancel(work, _id("id", arguments.id), note=arguments.reason)
                print(f"Replay {arguments.id} is cancelled.")
    return DONE


def _ask(hub: Hub, arguments: argparse.Namespace, *, above: int) -> int:
    selection = Selection(
        domain=arguments.domain,
        masters=tuple(_id("master", master) for master in arguments.master),
        load=_id("load", arguments.load) if arguments.load else None,
        since=_instant("since", arguments.since),
        until=_instant("until", arguments.until),
        events="all" if arguments.all else "newest",
    )
    with hub.begin() as work:
        view = replays.request(
            work,
            selection=selection,
            subscriber=arguments.subscriber,
            reason=arguments.reason,
            approval_above=above,
        )
    if arguments.wait:
        view = _wait_for(hub, view)
    if arguments.json:
        _print_json(view)
    else:
        _tell(view)
    return FAILED if view.state in ("failed", "cancelled") else DONE


def _wait_for(hub: Hub, view: ReplayView) -> ReplayView:
    """Show progress until the replay has ended."""

    def look() -> ReplayView:
        with hub.begin() as work:
            return replays.show(work, view.id)

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bar = bars.add_task("replay", total=None)
        while not (now := patiently(look, console=bars.console)).ended:
            _show(now, lambda **given: bars.update(bar, **given))
            time.sleep(LOOK)
    return now


def _show(view: ReplayView, update: Callable[..., None]) -> None:
    if view.state == "waiting":
        update(description=f"replay {view.id} waits until another person approves it")
    elif view.remaining is not None:
        handled = view.copied + view.missing
        update(description=f"replay: {view.copied:,} copied", completed=handled, total=handled + view.remaining)


def _tell(view: ReplayView) -> None:
    print(f"Replay {view.id} of {view.masters:,} masters is {view.state}.")
    if view.state == "waiting":
        print(f"Another person must approve so many: POST /v1/replays/{view.id}/approve.")
    if view.ended:
        took = "" if view.seconds is None else f" in {view.seconds:,.1f} s"
        print(f"{view.copied:,} events copied{took}, {view.missing:,} masters not published yet.")
        if view.first_sequence is not None:
            print(f"They are between #{view.first_sequence:,} and #{view.last_sequence:,} of the replay stream.")
    if view.outcome:
        print(view.outcome)


def _table(found: Sequence[ReplayView]) -> Table:
    listed = table("Replay", "State", "For", "Masters", "Copied", "Left", "Asked by", "Reason", whole=("Replay",))
    for view in found:
        left = "" if view.remaining is None else str(view.remaining)
        listed.add_row(
            str(view.id), view.state, view.subscriber or "", str(view.masters), str(view.copied), left,
            view.requested_by, view.reason,
        )  # fmt: skip
    return listed


def _print_json(view: ReplayView) -> None:
    print(json.dumps(asdict(view) | {"seconds": view.seconds}, ensure_ascii=False, indent=2, default=str))


def _id(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no id.", path=name) from None


def _instant(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(f"{text!r} is not a time with an offset.", hint="Such as 2026-01-31T08:30Z.", path=name)
    return found
