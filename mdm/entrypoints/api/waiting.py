"""Waiting for what was delivered, as `Prefer: wait=n` asks (RFC 7240)."""

import asyncio
import re
import time
from collections.abc import Sequence

from litestar.concurrency import sync_to_thread

from mdm.hub import Hub
from mdm.hub.ingest.conduct import CHUNK, process_now
from mdm.hub.ingest.outcome import some_pending

WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?(\d{1,9})\"?\s*(?=$|[,;])", re.IGNORECASE)
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5  # seconds between looks
UNFINISHED: set[asyncio.Future[None]] = set()  # the event loop keeps weak references alone


def preferred_wait(headers: Sequence[str], *, longest: float) -> float | None:
    """Return how many seconds the caller prefers to wait, at most `longest`; None: not at all."""
    asked = WAIT.search(", ".join(headers))
    return min(float(asked.group(1)), longest) if asked else None


def applied(seconds: float | None) -> dict[str, str]:
    """Return the header that says which wait was heeded."""
    return {} if seconds is None else {"Preference-Applied": f"wait={seconds:g}"}


async def settle(hub: Hub, ids: Sequence[int], *, seconds: float) -> None:
    """Process deliveries here and now and return when all have ended, or when the time is over.

    What is still being processed then goes on by itself.
    """
    processing = asyncio.ensure_future(_process(hub, ids, until=time.monotonic() + seconds))
    UNFINISHED.add(processing)
    processing.add_done_callback(UNFINISHED.discard)
    await asyncio.wait({processing}, timeout=seconds)


async def _process(hub: Hub, ids: Sequence[int], *, until: float) -> None:
    for start in range(0, len(ids), CHUNK):
        if time.monotonic() < until:
            await sync_to_thread(process_now, hub.begin, ids[start : start + CHUNK], registry=hub.registry)
    pause = SHORTEST_PAUSE
    while time.monotonic() < until and await sync_to_thread(_some_pending, hub, ids):
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _some_pending(hub: Hub, ids: Sequence[int]) -> bool:
    with hub.begin() as work:
        return some_pending(work, ids)
