"""Workers and relays are killed at every named point, started again, and the audit finds nothing broken."""

import signal

import pytest

from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts

RECORDS = 60
RESOLVER_POINTS = (
    "records_written", "before_commit", "after_commit",
    *(pytest.param(point, marks=pytest.mark.chaos) for point in ("locked", "component_read", "resolved", "rebuilt")),
)  # fmt: skip
RELAY_POINTS = (
    "after_publish", "before_mark",
    *(pytest.param(point, marks=pytest.mark.chaos) for point in ("before_publish", "after_mark")),
)  # fmt: skip


def deliver(hub: HubUnderTest) -> None:
    """Deliver suppliers of whom every third is known to two systems."""
    for n in range(RECORDS):
        attributes = {"name": f"Supplier {n:03d} Werke GmbH", "country": "DE", "email": f"info@supplier-{n:03d}.de"}
        attributes["phone"] = f"+49 30 77{n:05d}"
        hub.send("erp", str(n), version=1, attributes=attributes)
        if n % 3 == 0:
            hub.send("portal", f"p{n}", version=1, attributes=attributes)


@pytest.fixture
def parts(hub: HubUnderTest, nats_url: str) -> RunningParts:
    return RunningParts(hub, nats_url)


@pytest.mark.parametrize("point", RESOLVER_POINTS)
def test_resolver_killed_on_its_way(parts: RunningParts, point: str) -> None:
    deliver(parts.hub)
    assert parts.start("resolve", kill_at=point).wait(timeout=30) == -signal.SIGKILL
    with parts.running("resolve", "relay"):
        parts.wait_until_settled()
    assert parts.broken() == []
    assert parts.hub.rows("SELECT state, count(*) FROM delivery GROUP BY state") == [("applied", RECORDS * 4 // 3)]
    assert parts.hub.rows("SELECT count(*) FROM master") == [(RECORDS,)]


@pytest.mark.parametrize("point", RELAY_POINTS)
def test_relay_killed_on_its_way(parts: RunningParts, point: str) -> None:
    deliver(parts.hub)
    parts.hub.process()
    assert parts.start("relay", kill_at=point).wait(timeout=30) == -signal.SIGKILL
    parts.let_lease_run_out()
    with parts.running("relay"):
        parts.wait_until_settled()
    assert parts.broken() == []
