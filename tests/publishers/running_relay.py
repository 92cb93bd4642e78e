"""A relay in a process of its own, until SIGTERM: DSN URL."""

import asyncio
import signal
import sys

from publishers.jetstream import JetStreamBroker
from publishers.relay import Relay


async def main(dsn: str, url: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with JetStreamBroker(url, "TEST", timeout=5) as broker:
        await Relay(dsn, broker).run(stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
