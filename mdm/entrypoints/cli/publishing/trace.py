"""`mdm trace`: follow a delivery or decision step by step, or show how long the stages of events take."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from rich.table import Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput
from mdm.hub import Work
from mdm.hub.publishing import tracing
from mdm.hub.publishing.tracing import STAGES, Propagation, Step, TraceView
from mdm.settings import Settings

UNITS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "reference", nargs="?", help="a correlation id, a delivery (delivery-17, or its number), or the id of an event"
    )
    parser.add_argument("--stages", action="store_true", help="show how long the stages of published events took")
    parser.add_argument("--domain", help="with --stages: of this domain alone")
    parser.add_argument("--source", help="with --stages: of what this source set off")
    parser.add_argument("--hours", type=float, default=24.0, help="with --stages: of so many last hours")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show what was asked."""
    if (arguments.reference is None) != arguments.stages:
        raise InvalidInput("Name what to follow, or ask for --stages.", hint="For example `mdm trace delivery-17`.")
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        found = _stages(work, arguments) if arguments.stages else tracing.follow(work, _reference(arguments.reference))
    if arguments.json:
        print(json.dumps(asdict(found), default=_as_text, indent=2))
    else:
        print_table(_table(found) if isinstance(found, TraceView) else _stage_table(found))
    return 0


def _stages(work: Work, arguments: argparse.Namespace) -> Propagation:
    if not 0 < arguments.hours <= 24 * 366:
        raise InvalidInput("--hours is more than 0 and at most a year.")
    since = work.now - timedelta(hours=arguments.hours)
    return tracing.propagation(work, domain=arguments.domain, source=arguments.source, since=since)


def _reference(typed: str) -> str:
    return f"delivery-{int(typed)}" if typed.isascii() and typed.isdigit() else typed


def _table(found: TraceView) -> Table:
    more = "; there is more of some kind" if found.cut else ""
    began = f"{found.began_at:%Y-%m-%d %H:%M:%S.%f}"
    title = f"{found.correlation_id}, from {began} UTC{more}"
    listed = table("After", "What", "About", "Took", "Details", title=title)
    for step in found.steps:
        listed.add_row(_shown(step.after), step.kind, step.about, _shown(step.took), _details(step))
    return listed


def _details(step: Step) -> str:
    said = {"by": step.actor, **step.details}
    return ", ".join(f"{name} {_plain(value)}" for name, value in said.items() if value not in (None, [], ""))


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _stage_table(found: Propagation) -> Table:
    title = f"Published from {found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC"
    caption = "; ".join(f"{stage}: {meaning}" for stage, meaning in STAGES.items())
    names = ("Stage", "Events", "p50", "p95", "p99", "Longest", "Waiting", "Oldest", "Skewed")
    listed = table(*names, title=title, caption=caption)
    for one in found.stages:
        taken = map(_shown, (one.p50, one.p95, one.p99, one.longest))
        counted = (f"{one.waiting:,}", _shown(one.oldest), f"{one.skewed:,}")
        listed.add_row(one.stage, f"{one.events:,}", *taken, *counted)
    return listed


def _shown(seconds: float | None) -> str:
    """Return seconds as people read them."""
    if seconds is None:
        return ""
    for size, unit in UNITS:
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds * 1_000:.0f} ms"


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
