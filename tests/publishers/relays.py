"""A relay at work beside a test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from publishers import Broker
from publishers.relay import Pace, Relay

QUICK = Pace(poll_least=0.005, poll_most=0.02, linger=0.005, lease=1.0, standby=0.05, refusal=0.05, refusal_most=0.2)


async def until(condition: Callable[[], Any], *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def relay(dsn: str, broker: Broker, **options: Any) -> AsyncIterator[Relay]:
    """Run a relay until the block ends; what it raises is raised there."""
    pace = replace(QUICK, **options.pop("pace", {}))
    running = Relay(dsn, broker, pace=pace, **options)
    stop = asyncio.Event()
    task = asyncio.create_task(running.run(stop))
    try:
        yield running
    finally:
        stop.set()
        await task
