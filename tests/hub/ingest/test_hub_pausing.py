from pathlib import Path

from structlog.testing import capture_logs

from mdm.hub.ingest import pausing
from mdm.hub.ingest.conduct import process_next
from mdm.hub.ingest.loads import load_file
from mdm.hub.ingest.pausing import Backlog, decide
from tests.support.hubs import HubUnderTest


def publish(hub: HubUnderTest, count: int) -> None:
    hub.rows(
        "UPDATE publishers.outbox SET published_at = now() WHERE seq IN ("
        " SELECT seq FROM publishers.outbox WHERE published_at IS NULL ORDER BY seq LIMIT %s) RETURNING 1",
        count,
    )


def announce(hub: HubUnderTest, count: int) -> None:
    for number in range(count):
        hub.send("erp", f"R{number}", attributes={"name": f"Works {number}"})
    hub.process()


def waits(hub: HubUnderTest, *, limit: int) -> bool:
    with hub.hub.begin() as work:
        return decide(work, limit=limit)


def test_loads_wait_from_the_limit_on_until_half_of_it_is_out(hub: HubUnderTest) -> None:
    announce(hub, 5)
    with capture_logs() as entries:
        assert not waits(hub, limit=5)
        assert waits(hub, limit=4)
        assert hub.rows("SELECT events FROM load_pause") == [(5,)]
        publish(hub, 2)
        assert waits(hub, limit=4)
        publish(hub, 1)
        assert not waits(hub, limit=4)
        assert not waits(hub, limit=4)
    assert [entry["event"] for entry in entries] == ["loads_paused", "loads_resumed"]


def test_what_comes_singly_goes_on_while_loads_wait(hub: HubUnderTest, tmp_path: Path) -> None:
    (file := tmp_path / "accounts.jsonl").write_text(
        '{"domain": "customer", "key": "1", "attributes": {"name": "A"}}\n'
    )
    list(load_file(hub.hub.begin, file, source="crm", registry=hub.hub.registry))
    single = hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    assert process_next(hub.hub.begin, registry=hub.hub.registry, loads=False) == 1
    assert hub.state(single) == "applied"
    assert process_next(hub.hub.begin, registry=hub.hub.registry, loads=False) == 0
    assert process_next(hub.hub.begin, registry=hub.hub.registry) == 1


def test_backlog_is_not_counted_for_every_chunk(hub: HubUnderTest) -> None:
    announce(hub, 1)
    backlog = Backlog(hub.hub.begin, limit=1)
    assert not backlog.holds_loads()
    announce(hub, 3)
    assert not backlog.holds_loads()
    backlog._next_look -= pausing.CHECK_SECONDS
    assert backlog.holds_loads()
