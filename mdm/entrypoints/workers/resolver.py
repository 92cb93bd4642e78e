"""The resolver: processes pending deliveries until told to stop."""

import threading
import time
from datetime import timedelta

import structlog

from mdm.errors import RepeatedCrash, Unavailable
from mdm.hub import Hub
from mdm.hub.ingest.conduct import process_next, process_oldest_one_by_one
from mdm.hub.ingest.holding.comparing import compare_next
from mdm.hub.ingest.pausing import Backlog
from mdm.hub.standing import tidy

SHORTEST_PAUSE, LONGEST_PAUSE = 0.025, 0.2  # seconds between looks into an empty queue
TIDY_SECONDS = 600.0
OUTAGE_PAUSE, LONGEST_OUTAGE_PAUSE = 1.0, 60.0

log = structlog.get_logger(__name__)


def resolve_deliveries(
    hub: Hub, stop: threading.Event, *, size: int, outbox_retention: timedelta, backlog_limit: int
) -> None:
    """Process deliveries in chunks of up to `size`; outlives outages of PostgreSQL, and waits while nothing succeeds.

    The oldest deliveries are first processed one by one: one of them may have killed the worker before. Loads are
    compared in turns with processing, and wait while more events than `backlog_limit` await publishing.
    """
    backlog = Backlog(hub.begin, limit=backlog_limit)
    careful, pause, outage, tidied_at = True, SHORTEST_PAUSE, OUTAGE_PAUSE, time.monotonic()
    while not stop.is_set():
        try:
            if careful:
                process_oldest_one_by_one(hub.begin, registry=hub.registry, size=size)
                careful = False
            loads = not backlog.holds_loads()
            taken = compare_next(hub.begin, registry=hub.registry)
            taken += process_next(hub.begin, registry=hub.registry, size=size, loads=loads)
            if time.monotonic() - tidied_at > TIDY_SECONDS:
                with hub.begin() as work:
                    more = tidy(work, outbox_retention=outbox_retention)
                tidied_at = tidied_at if more else time.monotonic()
        except Unavailable as error:
            log.warning("database_unavailable", reason=str(error))
            stop.wait(OUTAGE_PAUSE)
            continue
        except RepeatedCrash as error:
            log.error("processing_fails", reason=str(error), pause=outage)  # noqa: TRY400 (logged where it happened)
            stop.wait(outage)
            outage = min(outage * 2, LONGEST_OUTAGE_PAUSE)
            continue
        outage = OUTAGE_PAUSE
        if taken:
            pause = SHORTEST_PAUSE
        else:
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
