"""`mdm load`: accept files of a source, resuming where an earlier try stopped."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.hub import Hub
from mdm.hub.ingest import loads
from mdm.hub.ingest.loads import LoadReport
from mdm.settings import Settings

LOOK = 0.5  # seconds between looks at how far processing has come


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", help="the source system the files come from")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or JSON lines a feed of it reads")
    parser.add_argument("--no-wait", action="store_true", help="end when all rows are accepted, before processing")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Accept the files, wait for the workers to process them, and say what became of the rows."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        files = [(arguments.source, file) for file in arguments.files]
        console = Console(stderr=True)
        accepted = accept(hub, files, console=console)
        if not arguments.no_wait:
            wait_for(hub, accepted, console=console)
        Console().print(summary(reports(hub, accepted)))
    return 0


def accept(hub: Hub, files: Sequence[tuple[str, Path]], *, console: Console) -> list[UUID]:
    """Accept files of (source, path) in turn under a progress bar, and return their loads.

    Raises what is wrong with the first that cannot be loaded, before anything is kept.
    """
    for source, path in files:
        loads.opened(path, source=source, registry=hub.registry)
    ids = []
    with Progress(TextColumn("{task.description}"), BarColumn(), "{task.percentage:>3.0f}%", console=console) as bars:
        for source, path in files:
            steps = loads.load_file(hub.begin, path, source=source, registry=hub.registry)
            begun = next(steps)
            bar = bars.add_task(f"accept {source}/{path.name}", total=begun.size, completed=begun.position)
            for progress in steps:
                bars.update(bar, completed=progress.position)
            ids.append(begun.load_id)
    return ids


def wait_for(hub: Hub, ids: Sequence[UUID], *, console: Console) -> None:
    """Show how the workers process loads until nothing of them is pending."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        total = sum(r.rows for r in reports(hub, ids))
        bar = bars.add_task("process", total=total)
        while True:
            with hub.begin() as work:
                pending = loads.count_pending(work, ids)
            bars.update(bar, completed=total - pending)
            if pending == 0:
                return
            time.sleep(LOOK)


def reports(hub: Hub, ids: Sequence[UUID]) -> list[LoadReport]:
    """Return how loads stand."""
    with hub.begin() as work:
        return [loads.show(work, load_id) for load_id in dict.fromkeys(ids)]


def summary(found: Sequence[LoadReport]) -> Table:
    """Return what became of the rows of loads, as a table."""
    states = sorted({state for r in found for state in r.deliveries})
    table = Table("Source", Column("File", overflow="fold"), "Rows", *states)
    for r in found:
        table.add_row(r.source, r.file_name, str(r.rows), *(str(r.deliveries.get(state, 0)) for state in states))
    return table
