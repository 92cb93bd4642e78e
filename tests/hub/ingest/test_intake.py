import orjson
import pytest

from mdm.core.trace import Trace
from mdm.errors import Forbidden, MessageConflict, UnknownFile, UnknownSource, UnreadableRow
from mdm.hub.ingest.intake import Arrival, Taken, expect_queues, note_waiting, sender, take_in
from tests.support.hubs import HubUnderTest

BODY = {"domain": "supplier", "key": "1", "attributes": {"name": "Acme GmbH"}}


def arrival(
    body: object = BODY, message_id: str = "m1", *, source: str = "erp", domain: str = "supplier", **more: str
) -> Arrival:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    trace = Trace("c1", more.pop("traceparent", None))
    return Arrival(source=source, domain=domain, message_id=message_id, raw=raw, trace=trace, **more)


def take(hub: HubUnderTest, *arrivals: Arrival) -> list[Taken]:
    with hub.hub.begin_as(sender(arrivals[0].source)) as work:
        return take_in(work, arrivals, registry=hub.hub.registry)


def quarantined(hub: HubUnderTest) -> list[tuple[str, bytes | None, bool]]:
    return hub.rows("SELECT code, raw, delivery_id IS NOT NULL FROM quarantine ORDER BY id")


def test_message_becomes_a_delivery_of_its_source(hub: HubUnderTest) -> None:
    [taken] = take(hub, arrival())
    hub.process()
    assert taken.error is None
    assert hub.state(taken.delivery_id) == "applied"
    assert hub.rows("SELECT source, message_id, delivered_by, correlation_id FROM delivery") == [
        ("erp", "m1", "source/erp", "c1")
    ]


def test_same_message_again_is_the_same_delivery(hub: HubUnderTest) -> None:
    assert take(hub, arrival()) == take(hub, arrival(), arrival())[:1]
    assert hub.rows("SELECT count(*) FROM delivery") == [(1,)]


def test_other_bytes_under_the_same_id_are_quarantined_once(hub: HubUnderTest) -> None:
    take(hub, arrival())
    other = BODY | {"key": "2"}
    for _ in range(2):
        [taken] = take(hub, arrival(other))
        assert isinstance(taken.error, MessageConflict)
    assert quarantined(hub) == [("message_conflict", orjson.dumps(other), False)]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (arrival(b"\xff{"), UnreadableRow),
        (arrival(BODY | {"source": "crm"}), UnreadableRow),
        (arrival(BODY, source="nobody"), UnknownSource),
        (arrival(BODY, feed="no-such-feed"), UnknownFile),
    ],
)
def test_what_may_become_usable_is_a_delivery_in_quarantine(
    hub: HubUnderTest, broken: Arrival, error: type[Exception]
) -> None:
    for _ in range(2):
        [taken] = take(hub, broken)
        assert isinstance(taken.error, error)
        assert hub.state(taken.delivery_id) == "quarantined"
    assert [kept for _, _, kept in quarantined(hub)] == [True]
    assert hub.rows("SELECT raw FROM delivery") == [(broken.raw,)]


@pytest.mark.parametrize(
    "foreign", [arrival(domain="customer"), arrival(source="steward"), arrival(message_id="\x00"), arrival(source=" ")]
)
def test_what_the_subject_does_not_allow_never_becomes_a_delivery(hub: HubUnderTest, foreign: Arrival) -> None:
    [taken] = take(hub, foreign)
    assert isinstance(taken.error, Forbidden)
    assert quarantined(hub) == [("forbidden", foreign.raw, False)]
    assert hub.rows("SELECT count(*) FROM delivery") == [(0,)]


def test_messages_keep_their_order_whatever_their_trace(hub: HubUnderTest) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    names = ["First GmbH", "Second GmbH", "Third GmbH"]
    bodies = [BODY | {"attributes": {"name": name}} for name in names]
    traces = [{}, {"traceparent": trace}, {}]
    take(hub, *(arrival(body, f"m{n}", **t) for n, (body, t) in enumerate(zip(bodies, traces, strict=True))))
    hub.process()
    assert hub.rows("SELECT traceparent FROM delivery ORDER BY id") == [(None,), (trace,), (None,)]
    assert hub.golden("erp", "1").attributes["name"] == "Third GmbH"


def test_mapping_reads_what_a_source_says_in_its_own_way(hub: HubUnderTest) -> None:
    account = {"Id": "C-1", "Name": "Acme GmbH", "BillingAddress": {"country": "DE"}}
    [taken] = take(hub, arrival(account, source="crm", domain="customer", feed="account_changes"))
    hub.process()
    assert hub.state(taken.delivery_id) == "applied"
    assert hub.golden("crm", "C-1", domain="customer").attributes["name"] == "Acme GmbH"
    assert hub.broken() == []


def test_queue_never_reached_is_missed_and_one_no_longer_expected_is_not(hub: HubUnderTest) -> None:
    with hub.hub.begin() as work:
        expect_queues(work, ["hub", "graz"])
        note_waiting(work, "hub", 7)
        expect_queues(work, ["hub", "kiel"])
    assert hub.rows("SELECT name, waiting, seen_at IS NOT NULL FROM delivery_queue ORDER BY name") == [
        ("hub", 7, True),
        ("kiel", 0, True),
    ]
