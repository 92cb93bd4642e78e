from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from mdm.errors import Moved, RepeatedCrash, Unavailable
from mdm.hub.ingest import conduct
from mdm.store.ingest import deliveries
from tests.support.hubs import HubUnderTest

Poison = Callable[[Callable[[bytes], bool], Exception], None]
process = conduct.process


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Lets processing raise for every chunk that holds a delivery whose bytes a predicate names."""

    def spread(ill: Callable[[bytes], bool], error: Exception) -> None:
        def processed(work: Any, claimed: Sequence[Any], **more: Any) -> None:
            if any(ill(delivery.raw) for delivery in claimed):
                raise error
            process(work, claimed, **more)

        monkeypatch.setattr(conduct, "process", processed)

    return spread


def everything(_raw: bytes) -> bool:
    return True


def send(hub: HubUnderTest, number: int) -> list[int]:
    facts = [
        {"domain": "supplier", "key": f"k-{n:03d}", "attributes": {"name": f"Supplier {n:03d} GmbH"}}
        for n in range(number)
    ]
    return [answer.delivery_id or 0 for answer in hub.acknowledged("erp", facts)]


def next_chunk(hub: HubUnderTest, size: int = conduct.CHUNK) -> int:
    return conduct.process_next(hub.hub.begin, registry=hub.hub.registry, size=size)


def one_by_one(hub: HubUnderTest, ids: Sequence[int]) -> None:
    conduct.process_one_by_one(hub.hub.begin, ids, registry=hub.hub.registry)


def states(hub: HubUnderTest) -> dict[str, int]:
    return dict(hub.rows("SELECT state, count(*) FROM delivery GROUP BY state"))


def test_record_that_crashes_alone_three_times_is_quarantined_and_99_others_go_through(
    hub: HubUnderTest, poison: Poison
) -> None:
    ids = send(hub, 100)
    poison(lambda raw: b"k-042" in raw, ZeroDivisionError("no scale for this"))
    with capture_logs():
        hub.process()
    assert states(hub) == {"applied": 99, "quarantined": 1}
    ((code, message, severity, raw, attempts),) = hub.rows(
        "SELECT code, message, severity, d.raw, attempts FROM quarantine JOIN delivery d ON d.id = delivery_id"
    )
    assert (code, severity, attempts) == ("repeated_crash", "high", 3)
    assert "no scale for this" in message
    assert b"k-042" in raw
    assert hub.state(ids[42]) == "quarantined"
    assert hub.broken() == []


def test_crash_is_told_to_the_log_with_the_delivery_and_the_attempt(hub: HubUnderTest, poison: Poison) -> None:
    (delivery,) = send(hub, 1)
    poison(everything, ZeroDivisionError())
    with capture_logs() as entries:
        next_chunk(hub)
    assert [(e["event"], e.get("delivery"), e.get("attempt")) for e in entries] == [
        ("chunk_crashed", None, None),
        ("record_crashed", delivery, 1),
    ]


def test_one_record_after_the_other_failing_is_not_their_fault(hub: HubUnderTest, poison: Poison) -> None:
    send(hub, 10)
    poison(everything, ZeroDivisionError())
    with capture_logs(), pytest.raises(RepeatedCrash, match="One record after the other"):
        next_chunk(hub)
    assert states(hub) == {"pending": 10}
    assert hub.rows("SELECT sum(attempts) FROM delivery") == [(conduct.SUSPICIOUS,)]


def test_three_bad_records_behind_a_good_one_are_their_own_fault(hub: HubUnderTest, poison: Poison) -> None:
    send(hub, 6)
    poison(lambda raw: any(key in raw for key in (b"k-001", b"k-002", b"k-003")), ZeroDivisionError())
    with capture_logs():
        next_chunk(hub)
    assert states(hub) == {"applied": 3, "pending": 3}


def test_record_that_killed_three_workers_is_quarantined_before_it_kills_a_fourth(
    hub: HubUnderTest, poison: Poison
) -> None:
    ids = send(hub, 3)
    for _ in range(conduct.CRASHES):
        with hub.hub.begin() as work:
            deliveries.count_attempt(work.session, ids[0])
    poison(lambda raw: b"k-000" in raw, SystemExit(9))
    conduct.process_oldest_one_by_one(hub.hub.begin, registry=hub.hub.registry)
    assert states(hub) == {"applied": 2, "quarantined": 1}
    assert hub.rows("SELECT code, message FROM quarantine") == [
        ("repeated_crash", "Processing this record ended the worker three times.")
    ]
    assert hub.broken() == []


def test_worker_that_begins_takes_records_one_by_one_and_counts_each_attempt(hub: HubUnderTest, poison: Poison) -> None:
    send(hub, 4)
    poison(lambda raw: b"k-002" in raw, SystemExit(9))
    with pytest.raises(SystemExit):
        conduct.process_oldest_one_by_one(hub.hub.begin, registry=hub.hub.registry)
    assert hub.rows("SELECT attempts, state FROM delivery ORDER BY id") == [
        (1, "applied"), (1, "applied"), (1, "pending"), (0, "pending"),
    ]  # fmt: skip


def test_record_that_another_worker_has_in_hand_is_left_to_it(hub: HubUnderTest) -> None:
    (delivery,) = send(hub, 1)
    with hub.hub.begin() as other:
        assert deliveries.guard(other.session, delivery)
        one_by_one(hub, [delivery])
    assert hub.rows("SELECT state, attempts FROM delivery") == [("pending", 0)]


def test_chunk_whose_ground_moves_is_tried_again(hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    send(hub, 5)
    moves = iter([Moved(), Moved(), None])

    def processed(work: Any, claimed: Sequence[Any], **more: Any) -> None:
        if error := next(moves):
            raise error
        process(work, claimed, **more)

    monkeypatch.setattr(conduct, "process", processed)
    assert next_chunk(hub) == 5
    assert hub.rows("SELECT state, attempts FROM delivery GROUP BY 1, 2") == [("applied", 0)]


def test_ground_that_never_rests_under_a_chunk_is_crossed_one_by_one(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(hub, 5)

    def processed(work: Any, claimed: Sequence[Any], **more: Any) -> None:
        if len(claimed) > 1:
            raise Moved
        process(work, claimed, **more)

    monkeypatch.setattr(conduct, "process", processed)
    next_chunk(hub)
    assert states(hub) == {"applied": 5}


def test_ground_that_never_rests_is_no_fault_of_the_record_on_it(hub: HubUnderTest, poison: Poison) -> None:
    (delivery,) = send(hub, 1)
    poison(everything, Moved())
    for _ in range(conduct.CRASHES + 1):
        one_by_one(hub, [delivery])
    assert hub.rows("SELECT state, attempts FROM delivery") == [("pending", 0)]


def test_chunks_take_the_oldest_first_and_no_more_than_their_size(hub: HubUnderTest) -> None:
    ids = send(hub, 5)
    assert [next_chunk(hub, 2), hub.state(ids[1]), hub.state(ids[2])] == [2, "applied", "pending"]
    assert [next_chunk(hub, 2), next_chunk(hub, 2), next_chunk(hub, 2)] == [2, 1, 0]


def test_postgres_lost_in_the_middle_of_a_chunk_counts_against_no_record(hub: HubUnderTest, poison: Poison) -> None:
    send(hub, 5)
    poison(everything, Unavailable())
    with pytest.raises(Unavailable):
        next_chunk(hub)
    assert hub.rows("SELECT state, attempts, count(*) FROM delivery GROUP BY 1, 2") == [("pending", 0, 5)]


def test_connection_cut_in_the_middle_of_a_chunk_loses_nothing(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(hub, 5)

    def cut(work: Any, claimed: Sequence[Any], **more: Any) -> None:
        process(work, claimed, **more)
        with psycopg.connect(hub.dsn) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [work.connection.info.backend_pid])
        work.connection.execute("SELECT 1")

    monkeypatch.setattr(conduct, "process", cut)
    with pytest.raises(Unavailable):
        next_chunk(hub)
    monkeypatch.setattr(conduct, "process", process)
    hub.process()
    assert states(hub) == {"applied": 5}
    assert hub.rows("SELECT max(attempts) FROM delivery") == [(0,)]
    assert hub.broken() == []


def test_outage_between_counting_and_processing_alone_is_an_outage(hub: HubUnderTest, poison: Poison) -> None:
    (delivery,) = send(hub, 1)
    poison(everything, Unavailable())
    with pytest.raises(Unavailable):
        one_by_one(hub, [delivery])
    assert states(hub) == {"pending": 1}


def test_inline_processing_leaves_what_fails_to_the_workers(hub: HubUnderTest, poison: Poison) -> None:
    ids = send(hub, 2)
    poison(everything, ZeroDivisionError())
    with capture_logs() as entries:
        conduct.process_now(hub.hub.begin, ids, registry=hub.hub.registry)
    assert [entry["event"] for entry in entries] == ["inline_crashed"]
    assert hub.rows("SELECT state, attempts FROM delivery GROUP BY 1, 2") == [("pending", 0)]


def test_inline_processing_takes_only_what_nobody_else_has(hub: HubUnderTest) -> None:
    ids = send(hub, 3)
    with hub.hub.begin() as other:
        deliveries.claim_named(other.session, ids[:1])
        conduct.process_now(hub.hub.begin, ids, registry=hub.hub.registry)
    assert [hub.state(delivery) for delivery in ids] == ["pending", "applied", "applied"]


def test_record_that_has_ended_meanwhile_is_not_processed_again(hub: HubUnderTest) -> None:
    (delivery,) = send(hub, 1)
    hub.process()
    one_by_one(hub, [delivery])
    assert hub.rows("SELECT state, attempts FROM delivery") == [("applied", 0)]
