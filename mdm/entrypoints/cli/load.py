"""`mdm load`: accept files of a source, resuming where an earlier try stopped."""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import Moved, Unavailable
from mdm.hub import Hub
from mdm.hub.ingest import loads
from mdm.hub.ingest.loads import LoadReport
from mdm.settings import Settings

LOOK = 0.5  # seconds between looks at how far processing has come
T = TypeVar("T")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", help="the source system the files come from")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or JSON lines a feed of it reads")
    parser.add_argument("--initial", action="store_true", help="take its values over without asking their owners")
    parser.add_argument("--no-wait", action="store_true", help="end when all rows are accepted, before processing")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Accept the files, wait for the workers to process them, and say what became of the rows."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        files = [(arguments.source, file) for file in arguments.files]
        console = Console(stderr=True)
        accepted = accept(hub, files, console=console, initial=arguments.initial)
        if not arguments.no_wait:
            wait_for(hub, accepted, console=console)
        found = reports(hub, accepted)
    print_table(summary(found))
    for report in found:
        if report.state in ("held", "discarded"):
            texts = " ".join(reason.text for reason in report.reasons)
            console.print(f"{report.file_name} is {report.state}: {texts} More: mdm held show {report.id}")
    if any(report.deliveries.get("quarantined") for report in found):
        console.print(f"What is wrong with each row in quarantine: GET /v1/quarantine?source={arguments.source}")
    return 0


def accept(hub: Hub, files: Sequence[tuple[str, Path]], *, console: Console, initial: bool = False) -> list[UUID]:
    """Accept files of (source, path) in turn under one progress bar, and return their loads.

    Raises what is wrong with the first that cannot be loaded, before anything is kept.
    """
    for source, path in files:
        loads.opened(path, source=source, registry=hub.registry)
    ids = []
    with Progress(TextColumn("{task.description}"), BarColumn(), "{task.percentage:>3.0f}%", console=console) as bars:
        bar, before = bars.add_task("accept", total=sum(path.stat().st_size for _, path in files)), 0
        for source, path in files:
            bars.update(bar, description=f"accept {source}/{path.name}", completed=before)
            steps = loads.load_file(hub.begin, path, source=source, registry=hub.registry, initial=initial)
            begun = next(steps)
            for progress in (begun, *steps):
                bars.update(bar, completed=before + progress.position)
            before += begun.size
            ids.append(begun.load_id)
    return ids


def wait_for(hub: Hub, ids: Sequence[UUID], *, console: Console) -> None:
    """Show how the workers process loads until nothing of them is pending."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        total = sum(r.rows for r in reports(hub, ids))
        bar = bars.add_task("process", total=total)
        while pending := patiently(lambda: _pending(hub, ids), console=bars.console):
            bars.update(bar, completed=total - pending)
            time.sleep(LOOK)
        bars.update(bar, completed=total)


def patiently(look: Callable[[], T], *, console: Console) -> T:
    """Return what a look at the hub shows; while PostgreSQL is away say so once and look again."""
    said = False
    while True:
        try:
            return look()
        except (Unavailable, Moved) as error:
            if not said:
                console.print(f"{error.message} Waiting for it; what was accepted is safe.")
            said = True
            time.sleep(LOOK)


def _pending(hub: Hub, ids: Sequence[UUID]) -> int:
    with hub.begin() as work:
        return loads.count_pending(work, ids)


def reports(hub: Hub, ids: Sequence[UUID]) -> list[LoadReport]:
    """Return how loads stand."""
    with hub.begin() as work:
        return [loads.show(work, load_id) for load_id in dict.fromkeys(ids)]


def summary(found: Sequence[LoadReport]) -> Table:
    """Return what became of the rows of loads, as a table."""
    states = sorted({state for r in found for state in r.deliveries})
    listed = table("Source", "File", "Rows", *states)
    for r in found:
        listed.add_row(r.source, r.file_name, str(r.rows), *(str(r.deliveries.get(state, 0)) for state in states))
    return listed
