"""A relay in a process of its own that knows nothing of the hub and starts at once: DSN URL LEASE."""

import asyncio
import signal
import sys

from publishers import BySubject
from publishers.jetstream import JetStreamBroker
from publishers.relay import Pace, Relay

STREAMS = {"mdm.golden.v1.": "MDM_GOLDEN", "mdm.audit.v1.": "MDM_AUDIT"}


async def main(dsn: str, url: str, lease: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    brokers = {root: JetStreamBroker(url, stream, name="mdm-relay", timeout=1) for root, stream in STREAMS.items()}
    await Relay(dsn, BySubject(brokers), pace=Pace(lease=lease, standby=lease / 2)).run(stop)
    for broker in brokers.values():
        await broker.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
