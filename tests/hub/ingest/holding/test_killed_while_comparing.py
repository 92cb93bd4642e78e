import signal
from pathlib import Path

from tests.hub.ingest.holding.customers_loaded import load_customers, release, report, with_phone
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts

KNOWN = 25


def test_worker_killed_between_comparing_and_holding_loses_nothing(hub: HubUnderTest, tmp_path: Path) -> None:
    load_customers(hub, tmp_path, KNOWN)
    hub.process()
    load_id = load_customers(hub, tmp_path, KNOWN, version=2, phones=False)
    worker = RunningParts(hub, "nats://127.0.0.1:1").start("resolve", kill_at="load_compared")
    assert worker.wait(timeout=60) == -signal.SIGKILL
    assert (report(hub, load_id).state, report(hub, load_id).deliveries) == ("comparing", {"pending": KNOWN})
    hub.process()
    assert (report(hub, load_id).state, with_phone(hub)) == ("held", KNOWN)
    release(hub, load_id)
    hub.process()
    assert (report(hub, load_id).deliveries, with_phone(hub)) == ({"applied": KNOWN}, 0)
    assert hub.broken() == []
