"""A relay in a process of its own that kills itself at a named point: DSN URL POINT HITS."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

from publishers.jetstream import JetStreamBroker
from publishers.relay import Relay
from tests.publishers.relays import QUICK


async def main(dsn: str, url: str, fatal: str, hits: int) -> None:
    stop = asyncio.Event()
    passed = 0

    def faults(point: str) -> None:
        nonlocal passed
        if point == "after_mark" and fatal == "before_release":
            stop.set()
        passed += point == fatal
        if point == fatal and passed == hits:
            os.kill(os.getpid(), signal.SIGKILL)

    async with JetStreamBroker(url, "TEST", timeout=2) as broker:
        await Relay(dsn, broker, pace=replace(QUICK, window=16, lease=0.6), faults=faults).run(stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
