"""`mdm worker`: one process that resolves deliveries, publishes events, or does what becomes due by time."""

import argparse
import asyncio
import signal
import threading
from datetime import timedelta

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of, nats_url_of
from mdm.entrypoints.workers import keep_time, publish, resolve_deliveries
from mdm.entrypoints.workers.clock import duties
from mdm.settings import Settings

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "role",
        choices=("resolve", "relay", "clock"),
        help="resolve deliveries, relay events to NATS, or do what becomes due by time",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C, finishing what was begun."""
    bootstrap.set_up_logging(settings)
    if arguments.role == "relay":
        asyncio.run(_relay(settings))
        return 0
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.role == "clock":
            keep_time(hub, stop, taking=duties(settings))
        else:
            retention = timedelta(days=settings.outbox_retention_days)
            resolve_deliveries(hub, stop, size=settings.chunk_size, outbox_retention=retention)
    return 0


async def _relay(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    reach = bootstrap.kill_at(settings.kill_at)
    await publish(settings, dsn=dsn_of(settings), nats_url=nats_url_of(settings), stop=stop, faults=reach)
