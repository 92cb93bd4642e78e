"""`mdm nats check`: whether the servers keep what they acknowledge, and what is missing if not."""

import asyncio

from mdm import embedded, streams
from mdm.entrypoints.cli.connection import nats_url_of
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, StreamPlan, probe
from publishers.jetstream.readiness import Readiness

READY, NOT_READY = 0, 1
UNMONITORED = "MDM_NATS_MONITOR_URL is not set, so nobody knows whether NATS syncs before it acknowledges."


async def check(settings: Settings) -> int:
    """Print what every stream lacks; the exit code is 0 only if none has a problem."""
    url, monitor_url = nats_url_of(settings), _monitor_url(settings)
    plans, golden = streams.every(settings), streams.golden(settings)
    probing = [  # servers are asked once
        _probed(url, plan, settings, monitor_url=monitor_url if plan == golden else None) for plan in plans
    ]
    found = dict(zip((plan.name for plan in plans), await asyncio.gather(*probing), strict=True))
    for name, readiness in found.items():
        print(f"{'ready    ' if readiness.ready else 'NOT READY'}  {name}")
        for problem in readiness.problems:
            print(f"           {problem}")
        for warning in readiness.warnings:
            print(f"           warning: {warning}")
    first = next(iter(found.values()))
    if first.server_version:
        synced = {True: "syncs before it acknowledges", False: "does not sync", None: "sync unknown"}
        print(f"nats-server {first.server_version}, {synced[first.sync_always]}")
    if monitor_url is None:
        print(f"warning: {UNMONITORED}")
    return READY if all(readiness.ready for readiness in found.values()) else NOT_READY


async def _probed(url: str, plan: StreamPlan, settings: Settings, *, monitor_url: str | None) -> Readiness:
    async with JetStreamBroker(url, plan.name, name="mdm-nats", credentials=settings.nats_credentials) as broker:
        return await probe(broker, plan, monitor_url=monitor_url)


def _monitor_url(settings: Settings) -> str | None:
    if settings.nats_monitor_url or settings.nats_url:
        return settings.nats_monitor_url
    running = embedded.find(settings.data_dir)
    return running.nats_monitor_url if running else None
