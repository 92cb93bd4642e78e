"""The simulator, beside the clock: tries releases on live data for who asks, until told to stop."""

import threading

import structlog

from mdm.errors import Moved, Unavailable
from mdm.hub import Hub
from mdm.hub.releases import simulation
from mdm.hub.releases.simulation import Means

IDLE, OUTAGE_PAUSE = 2.0, 10.0  # seconds

log = structlog.get_logger(__name__)


def try_releases(hub: Hub, stop: threading.Event, *, means: Means) -> None:
    """Run the simulations that wait, one after the other, in processes of their own: this thread only waits for them.

    One that PostgreSQL cuts short fails when nothing has been heard of it for a while.
    """
    while not stop.is_set():
        try:
            taken = simulation.take(hub.begin)
            if taken is None:
                stop.wait(IDLE)
            else:
                simulation.simulate(hub.begin, taken, means, stopped=stop.is_set)
        except (Unavailable, Moved) as error:
            log.warning("simulator_waits", reason=str(error))
            stop.wait(OUTAGE_PAUSE)
        except Exception:
            log.exception("simulator_failed")
            stop.wait(OUTAGE_PAUSE)
