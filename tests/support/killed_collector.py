"""A collector that is killed without mercy right after its first commit, before it acknowledges: `DSN NATS_URL`."""

import asyncio
import os
import signal
import sys
from functools import partial
from typing import Any

from mdm import bootstrap
from mdm.entrypoints.workers.dead_letters import HubStore, collect_dead_letters
from mdm.settings import Settings


def main(dsn: str, nats_url: str) -> None:
    keep = HubStore.keep

    def commit_and_die(self: HubStore, *arguments: Any) -> None:
        keep(self, *arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    HubStore.keep = commit_and_die  # type: ignore[method-assign]
    settings = Settings()
    open_hub = partial(bootstrap.open_hub, settings, dsn)
    asyncio.run(collect_dead_letters(settings, open_hub=open_hub, nats_url=nats_url, stop=asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
