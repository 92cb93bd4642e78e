from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from mdm.core.security import Actor
from mdm.errors import Forbidden, MessageConflict
from mdm.hub.ingest.deliver import Acknowledgement, Message, deliver
from tests.support.hubs import HubUnderTest

FACT = {"domain": "supplier", "source": "erp", "key": "1", "attributes": {"name": "Acme GmbH"}}
OTHER = {**FACT, "attributes": {"name": "Zeta GmbH"}}


def delivered(hub: HubUnderTest, *messages: Message, source: str = "erp") -> list[Acknowledgement]:
    with hub.hub.begin() as work:
        return deliver(work, messages, source=source)


def message(fact: dict[str, object], message_id: str | None = "m-1") -> Message:
    return Message(orjson.dumps(fact), message_id)


def test_accepted_message_is_kept_byte_for_byte(hub: HubUnderTest) -> None:
    raw = b'\xff\x00 not even text\r\n{"a":'
    (answer,) = delivered(hub, Message(raw, "m-1", row_number=7, correlation_id="trace-1"))
    assert hub.rows("SELECT id, raw, row_number, correlation_id, delivered_by, state FROM delivery") == [
        (answer.delivery_id, raw, 7, "trace-1", "hub", "pending")
    ]


def test_message_without_an_id_gets_one_and_is_another_each_time(hub: HubUnderTest) -> None:
    first, second = delivered(hub, message(FACT, None), message(FACT, None))
    assert first.message_id != second.message_id
    assert first.delivery_id != second.delivery_id


def test_acknowledgements_come_in_the_order_of_the_messages(hub: HubUnderTest) -> None:
    names = [f"m-{n}" for n in (3, 1, 2, 1)]
    answers = delivered(hub, *(message(FACT, name) for name in names))
    assert [answer.message_id for answer in answers] == names
    assert answers[1].delivery_id == answers[3].delivery_id


def test_message_sent_again_is_acknowledged_with_what_has_become_of_it(hub: HubUnderTest) -> None:
    (first,) = delivered(hub, message(FACT))
    hub.process()
    (again,) = delivered(hub, message(FACT))
    assert (again.delivery_id, again.received_at) == (first.delivery_id, first.received_at)
    assert (first.state, again.state) == ("pending", "applied")


def test_same_message_id_of_another_source_is_another_message(hub: HubUnderTest) -> None:
    (erp,) = delivered(hub, message(FACT))
    (portal,) = delivered(hub, message(OTHER), source="portal")
    assert portal.error is None
    assert portal.delivery_id != erp.delivery_id


def test_nothing_is_accepted_when_the_work_fails(hub: HubUnderTest) -> None:
    with pytest.raises(ZeroDivisionError), hub.hub.begin() as work:
        1 / len(deliver(work, [message(FACT)], source="erp")[1:])
    assert hub.rows("SELECT count(*) FROM delivery") == [(0,)]


def test_conflicting_message_is_kept_with_its_own_bytes_beside_the_first(hub: HubUnderTest) -> None:
    delivered(hub, message(FACT))
    (answer,) = delivered(hub, message(OTHER))
    assert isinstance(answer.error, MessageConflict)
    assert answer.delivery_id is None
    assert hub.rows("SELECT raw FROM delivery") == [(orjson.dumps(FACT),)]
    assert hub.rows("SELECT code, raw, delivery_id FROM quarantine") == [
        ("message_conflict", orjson.dumps(OTHER), None)
    ]


def test_conflict_inside_one_batch_keeps_the_first_and_the_others_of_the_batch(hub: HubUnderTest) -> None:
    first, conflicting, other = delivered(hub, message(FACT), message(OTHER), message(OTHER, "m-2"))
    assert [answer.error is None for answer in (first, conflicting, other)] == [True, False, True]
    assert hub.rows("SELECT message_id FROM delivery ORDER BY id") == [("m-1",), ("m-2",)]


def test_same_message_from_many_threads_is_one_delivery(hub: HubUnderTest) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: delivered(hub, message(FACT))[0].delivery_id, range(16)))
    assert len(set(answers)) == 1


def test_who_may_only_read_delivers_nothing(hub: HubUnderTest) -> None:
    reader = Actor("anna", frozenset({"reader"}))
    with pytest.raises(Forbidden, match="anna may not deliver"), hub.hub.begin_as(reader) as work:
        deliver(work, [message(FACT)], source="erp")


def test_delivery_names_who_sent_it(hub: HubUnderTest) -> None:
    with hub.hub.begin_as(Actor("shop-feed", frozenset({"source"}))) as work:
        deliver(work, [message(FACT)], source="erp", traceparent="00-1-2-01")
    assert hub.rows("SELECT delivered_by, traceparent FROM delivery") == [("shop-feed", "00-1-2-01")]
