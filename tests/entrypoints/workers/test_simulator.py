"""The simulator runs what waits beside the clock, and lets go when it is told to stop."""

import threading
from functools import partial

from mdm import bootstrap
from mdm.entrypoints.workers import try_releases
from mdm.hub.releases import simulation
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft
from tests.support.running import wait_until


def test_simulation_that_waits_is_run_beside_the_clock(hub: HubUnderTest) -> None:
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["critical"] = True
    number = keep_draft(hub, document)
    with hub.hub.begin() as work:
        simulation.request(work, "supplier", number)
    stop, means = threading.Event(), simulation.Means(partial(bootstrap.open_hub, Settings(), hub.dsn))
    thread = threading.Thread(target=try_releases, args=(hub.hub, stop), kwargs={"means": means})
    thread.start()
    try:
        wait_until(lambda: hub.rows("SELECT state FROM simulation") == [("done",)])
    finally:
        stop.set()
        thread.join()
    assert not thread.is_alive()
