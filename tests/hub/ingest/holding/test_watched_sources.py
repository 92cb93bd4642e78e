from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from typing import Any
from uuid import UUID

import orjson
import pytest
from structlog.testing import capture_logs

from mdm.core.security import Actor, Grant
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OwnChange
from mdm.hub.ingest import conduct
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.ingest.holding import deciding, watching
from mdm.hub.ingest.holding.deciding import SourceHoldView
from mdm.store.ingest import source_holds
from mdm.store.ingest.source_holds import Counted
from tests.support.hubs import HubUnderTest

MANY = 20
BOB = Actor("bob", frozenset({"operator"}))


def send(hub: HubUnderTest, keys: range, **fact: Any) -> list[int]:
    facts = [{"domain": "supplier", "key": str(n), **fact} for n in keys]
    return [answer.delivery_id or 0 for answer in hub.acknowledged("erp", facts)]


def states(hub: HubUnderTest, ids: list[int]) -> dict[str, int]:
    found = [hub.rows("SELECT state, count(*) FROM delivery WHERE id = ANY (%s) GROUP BY state", ids)]
    return dict(found[0])


@pytest.fixture
def stormy(hub: HubUnderTest) -> tuple[HubUnderTest, list[int]]:
    """A hub that knows suppliers of the ERP, which has deleted 95 others and now deletes these all, ten at a time."""
    for n in range(MANY):
        hub.send("erp", str(n), attributes={"name": f"Acme {n} Werke"})
    hub.process()
    with hub.hub.begin() as work:
        source_holds.forget_window(work.session, source="erp", domain="supplier")
        deleted = Counted("erp", "supplier", records=95, changed=0, deleted=95, blanked=0)
        source_holds.count(work.session, [deleted], now=work.now)
    ids = send(hub, range(MANY), operation="delete")
    with capture_logs() as entries:
        while conduct.process_next(hub.hub.begin, registry=hub.hub.registry, size=10):
            pass
    assert [entry["event"] for entry in entries] == ["source_held"]
    return hub, ids


def only_hold(hub: HubUnderTest) -> SourceHoldView:
    with hub.hub.begin() as work:
        (found,) = deciding.source_holds_page(work)
    return found


def decide(
    hub: HubUnderTest, decision: Callable[..., SourceHoldView], hold_id: UUID, actor: Actor = BOB
) -> SourceHoldView:
    with hub.hub.begin_as(actor) as work:
        return decision(work, hold_id, reason="not meant so")


def test_storm_of_deletions_is_held_and_others_go_on(stormy: tuple[HubUnderTest, list[int]]) -> None:
    hub, ids = stormy
    assert states(hub, ids) == {"applied": 10, "held": MANY - 10}
    found = only_hold(hub)
    assert (found.source, found.domain, found.deliveries) == ("erp", "supplier", {"held": MANY - 10})
    assert found.reasons[0].text == "100% of 105 records that were spoken of are deleted (limit 30%)."
    same_source = hub.send("erp", "500", attributes={"name": "Held too"})
    other_source = hub.send("portal", "1", attributes={"name": "Rossi"})
    other_domain = hub.send("erp", "1", domain="location", attributes={"name": "Plant"})
    conduct.process_now(hub.hub.begin, [same_source], registry=hub.hub.registry)
    hub.process()
    assert [hub.state(one) for one in (same_source, other_source, other_domain)] == ["held", "applied", "applied"]
    assert hub.broken() == []


def test_released_deliveries_are_processed_and_a_new_window_begins(stormy: tuple[HubUnderTest, list[int]]) -> None:
    hub, ids = stormy
    hold = only_hold(hub).id
    with pytest.raises(OwnChange):
        decide(hub, deciding.release_source, hold, Actor("hub", frozenset({"admin"})))
    with pytest.raises(NotFound):
        decide(hub, deciding.release_source, UUID(int=1))
    assert decide(hub, deciding.release_source, hold).state == "released"
    hub.process()
    assert states(hub, ids) == {"applied": MANY}
    assert hub.rows("SELECT count(*) FROM source_window") == [(0,)]
    again = send(hub, range(MANY, MANY + 5), attributes={"name": "New GmbH"})
    hub.process()
    assert states(hub, again) == {"applied": 5}
    assert hub.broken() == []
    with pytest.raises(AlreadyDecided, match="released by bob"):
        decide(hub, deciding.discard_source, hold)


def test_discarded_deliveries_change_nothing(stormy: tuple[HubUnderTest, list[int]]) -> None:
    hub, ids = stormy
    decide(hub, deciding.discard_source, only_hold(hub).id)
    single = hub.send("erp", "0", attributes={"name": "Back again"})
    hub.process()
    assert states(hub, ids) == {"applied": 10, "discarded": MANY - 10}
    assert hub.state(single) == "applied"
    assert hub.rows("SELECT count(*) FROM source_record WHERE ended_at IS NULL") == [(MANY - 9,)]
    assert hub.broken() == []


def test_counts_that_no_window_reaches_are_forgotten(hub: HubUnderTest) -> None:
    send(hub, range(3), attributes={"name": "Acme"})
    hub.process()
    hub.rows("UPDATE source_window SET minute = minute - interval '2 days' RETURNING 1")
    with hub.hub.begin() as work:
        watching.forget_old(work)
    assert hub.rows("SELECT count(*) FROM source_window") == [(0,)]


def test_decision_waits_for_the_chunk_that_is_just_keeping_something_back(
    stormy: tuple[HubUnderTest, list[int]],
) -> None:
    hub, _ = stormy
    hold = only_hold(hub).id
    late = hub.send("erp", "500", attributes={"name": "Held at the last moment"})
    with ThreadPoolExecutor(1) as pool:
        with hub.hub.begin() as work:
            (standing,) = source_holds.undecided(work.session, {("erp", "supplier"), ("erp", "customer")})
            decided = pool.submit(decide, hub, deciding.release_source, hold)
            with pytest.raises(StillWaiting):
                decided.result(timeout=0.3)
            source_holds.keep_back(work.session, [(late, standing.id)], now=work.now)
        decided.result(timeout=5)
    hub.process()
    assert hub.state(late) == "applied"
    assert hub.broken() == []


def test_who_sent_too_much_cannot_release_it_before_more_is_sent_nor_can_a_single_site(hub: HubUnderTest) -> None:
    send(hub, range(MANY), attributes={"name": "Acme Werke"})
    hub.process()
    with hub.hub.begin() as work:
        source_holds.forget_window(work.session, source="erp", domain="supplier")
        source_holds.count(work.session, [Counted("erp", "supplier", 95, 0, 95, 0, frozenset({"amy"}))], now=work.now)
    with hub.hub.begin_as(Actor("edi", frozenset({"source", "operator"}))) as work:
        facts = [{"domain": "supplier", "source": "erp", "key": str(n), "operation": "delete"} for n in range(MANY)]
        deliver(work, [Message(orjson.dumps(fact), f"gone-{fact['key']}") for fact in facts], source="erp")
    conduct.process_next(hub.hub.begin, registry=hub.hub.registry, size=MANY - 1)
    hub.send("erp", "700", attributes={"name": "Sent by another"})
    hub.process()
    hold = only_hold(hub).id
    for actor, error in (
        (Actor("edi", frozenset({"operator"})), OwnChange),
        (Actor("amy", frozenset({"operator"})), OwnChange),
        (Actor("hub", frozenset({"admin"})), OwnChange),
        (Actor.holding("sue", [Grant("steward", sites=frozenset({"erp/1000"}))]), Forbidden),
    ):
        with pytest.raises(error):
            decide(hub, deciding.release_source, hold, actor)
    assert decide(hub, deciding.release_source, hold).state == "released"
