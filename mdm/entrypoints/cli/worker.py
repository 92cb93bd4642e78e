"""`mdm worker`: one process that fetches or resolves deliveries, publishes events, or does what becomes due by time."""

import argparse
import asyncio
import signal
import threading
from datetime import timedelta
from functools import partial

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of, nats_url_of
from mdm.entrypoints.workers import (
    collect_dead_letters,
    copy_replays,
    fetch_deliveries,
    keep_time,
    publish,
    resolve_deliveries,
    try_releases,
)
from mdm.entrypoints.workers.clock import duties
from mdm.hub import Hub
from mdm.hub.releases.simulation import Means
from mdm.settings import Settings

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "role",
        choices=("intake", "resolve", "relay", "clock"),
        help="fetch deliveries from NATS, resolve deliveries, relay events to NATS, or do what becomes due by time",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C, finishing what was begun."""
    bootstrap.set_up_logging(settings)
    if arguments.role == "relay":
        asyncio.run(_relay(settings))
        return 0
    if arguments.role == "intake":
        asyncio.run(_intake(settings))
        return 0
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.role == "clock":
            _keep_time(hub, stop, settings)
        else:
            retention = timedelta(days=settings.outbox_retention_days)
            resolve_deliveries(
                hub, stop, size=settings.chunk_size, outbox_retention=retention, backlog_limit=settings.backlog_limit
            )
    return 0


def _keep_time(hub: Hub, stop: threading.Event, settings: Settings) -> None:
    """Do what becomes due by time, and beside it try releases on live data."""
    means = Means(
        partial(bootstrap.open_hub, settings, dsn_of(settings)),
        processes=settings.simulation_processes,
        sample=settings.simulation_sample,
    )
    simulator = threading.Thread(target=try_releases, args=(hub, stop), kwargs={"means": means}, name="simulator")
    simulator.start()
    try:
        keep_time(hub, stop, taking=duties(settings))
    finally:
        stop.set()
        simulator.join()


async def _relay(settings: Settings) -> None:
    stop = _stopping()
    reach = bootstrap.kill_at(settings.kill_at)
    dsn, nats_url = dsn_of(settings), nats_url_of(settings)
    open_hub = partial(bootstrap.open_hub, settings, dsn)
    beside = [
        asyncio.create_task(work(settings, open_hub=open_hub, nats_url=nats_url, stop=stop))
        for work in (copy_replays, collect_dead_letters)
    ]
    try:
        await publish(settings, dsn=dsn, nats_url=nats_url, stop=stop, faults=reach)
    finally:
        stop.set()
        await asyncio.gather(*beside)


async def _intake(settings: Settings) -> None:
    stop = _stopping()
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        await fetch_deliveries(hub, settings, nats_url=nats_url_of(settings), stop=stop)


def _stopping() -> asyncio.Event:
    """Return an event that a signal sets."""
    stop = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
