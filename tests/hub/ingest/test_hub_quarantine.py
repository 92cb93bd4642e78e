import orjson
import pytest

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Forbidden, NotFound
from mdm.hub.ingest import quarantine
from mdm.hub.ingest.deliver import Message, deliver
from mdm.store.tables import Quarantine
from tests.support.hubs import HubUnderTest

STEWARD = Actor("sam", frozenset({"steward"}))
OF_CUSTOMERS = Actor("carla", frozenset({"steward"}), frozenset({"customer"}))
A = {"name": "Acme GmbH", "country": "DE"}
LATER = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def conflict(hub: HubUnderTest) -> int:
    """The delivery of a record that says something else under a version that was taken."""
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    delivery = hub.send("erp", "1", version=1, attributes=A | {"name": "Other GmbH"})
    hub.process()
    return delivery


def only(hub: HubUnderTest) -> int:
    ((number,),) = hub.rows("SELECT id FROM quarantine WHERE state = 'open'")
    return int(number)


def decide(hub: HubUnderTest, number: int, decision: str, note: str | None = None) -> Quarantine:
    with hub.hub.begin_as(STEWARD) as work:
        return getattr(quarantine, decision)(work, number, note=note)  # type: ignore[no-any-return]


def visible(hub: HubUnderTest, actor: Actor = STEWARD, **filters: object) -> list[str]:
    with hub.hub.begin_as(actor) as work:
        return [row.code for row in quarantine.page(work, **filters)]  # type: ignore[arg-type]


def test_shown_with_the_bytes_as_they_were_received(hub: HubUnderTest) -> None:
    raw = b'{"domain": "supplier",\x00\xff'
    with hub.hub.begin() as work:
        deliver(work, [Message(raw, "m-1")], source="erp")
    hub.process()
    with hub.hub.begin() as work:
        found, kept = quarantine.show(work, only(hub)), quarantine.raw_bytes(work, only(hub))
    assert (found.message_id, found.code, kept) == ("m-1", "unreadable_row", raw)


def test_replayed_after_the_cause_is_gone_it_applies(hub: HubUnderTest, conflict: int) -> None:
    hub.rows("DELETE FROM fact RETURNING 1")  # the first message turned out to be the wrong one
    decided = decide(hub, only(hub), "replay", "the other one was a test")
    hub.process()
    assert (decided.state, decided.decided_by, decided.note) == ("replayed", "sam", "the other one was a test")
    assert hub.state(conflict) == "applied"


def test_replay_may_overtake_a_newer_message_and_is_folded_in_its_place(hub: HubUnderTest) -> None:
    early = hub.send("erp", "1", version=1, master_id=LATER, attributes=A)
    hub.send("erp", "1", version=2, attributes=A | {"name": "Newer GmbH"})
    hub.process()
    hub.rows("INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at,"
             " search_text) SELECT %s, domain, status, version, revision, created_at, recorded_at, evaluated_at, ''"
             " FROM master RETURNING 1", LATER)  # fmt: skip
    decide(hub, only(hub), "replay")
    hub.process()
    assert hub.state(early) == "late"
    assert hub.golden("erp", "1").attributes["name"] == "Newer GmbH"


def test_replayed_in_vain_it_is_set_aside_again_beside_the_first_time(hub: HubUnderTest, conflict: int) -> None:
    first = only(hub)
    decide(hub, first, "replay")
    hub.process()
    assert hub.state(conflict) == "quarantined"
    assert hub.rows("SELECT id, state FROM quarantine ORDER BY id") == [(first, "replayed"), (only(hub), "open")]
    assert hub.broken() == []


def test_replayed_delivery_has_its_three_tries_again(hub: HubUnderTest, conflict: int) -> None:
    hub.rows("UPDATE delivery SET attempts = 3 RETURNING 1")
    decide(hub, only(hub), "replay")
    assert hub.rows("SELECT attempts, state FROM delivery WHERE id = %s", conflict) == [(0, "pending")]


@pytest.mark.parametrize("first", ["replay", "discard"])
@pytest.mark.parametrize("second", ["replay", "discard"])
@pytest.mark.usefixtures("conflict")
def test_nothing_is_decided_twice(hub: HubUnderTest, first: str, second: str) -> None:
    number = only(hub)
    decide(hub, number, first)
    with pytest.raises(AlreadyDecided, match=rf"{number} was (replayed|discarded) by sam before"):
        decide(hub, number, second)


def test_discarded_it_ends_for_good_and_keeps_its_bytes(hub: HubUnderTest, conflict: int) -> None:
    number = only(hub)
    decide(hub, number, "discard", "a mistake of the ERP")
    hub.process()
    assert hub.state(conflict) == "discarded"
    with hub.hub.begin() as work:
        assert b"Other GmbH" in quarantine.raw_bytes(work, number)
    assert hub.broken() == []


def test_message_that_was_never_accepted_can_be_discarded_only(hub: HubUnderTest) -> None:
    for name in ("A", "B"):
        fact = {"domain": "supplier", "key": "1", "attributes": {"name": name}}
        with hub.hub.begin() as work:
            deliver(work, [Message(orjson.dumps(fact), "m-1")], source="erp")
    number = only(hub)
    with pytest.raises(AlreadyDecided, match=r"never accepted.*own"):
        decide(hub, number, "replay")
    assert decide(hub, number, "discard").state == "discarded"


def test_listed_newest_first_by_state_domain_and_source(hub: HubUnderTest) -> None:
    for domain, source in (("supplier", "erp"), ("customer", "crm"), ("suplier", "erp")):
        hub.send(source, "1", domain=domain, attributes={"nam": "A"})
        hub.process()
    assert visible(hub) == ["unknown_domain", "invalid_attributes", "invalid_attributes"]
    assert visible(hub, source="crm") == visible(hub, domain="customer") == ["invalid_attributes"]
    assert visible(hub, limit=1) == ["unknown_domain"]
    assert visible(hub, before=only_of(hub, "crm")) == ["invalid_attributes"]
    assert visible(hub, state="discarded") == []


def only_of(hub: HubUnderTest, source: str) -> int:
    ((number,),) = hub.rows("SELECT id FROM quarantine WHERE source = %s", source)
    return int(number)


def test_input_of_other_domains_is_not_there_for_who_may_not_see_them(hub: HubUnderTest, conflict: int) -> None:
    assert visible(hub, OF_CUSTOMERS) == []
    for use_case in (quarantine.show, quarantine.raw_bytes, quarantine.replay, quarantine.discard):
        with pytest.raises(NotFound), hub.hub.begin_as(OF_CUSTOMERS) as work:
            use_case(work, only(hub))
    with pytest.raises(Forbidden), hub.hub.begin_as(OF_CUSTOMERS) as work:
        quarantine.page(work, domain="supplier")


def test_input_of_a_domain_nobody_could_read_is_for_those_who_see_all(hub: HubUnderTest) -> None:
    with hub.hub.begin() as work:
        deliver(work, [Message(b'{"domain": "supplier", "iban": "DE89')], source="erp")
    hub.process()
    assert visible(hub) == ["unreadable_row"]
    assert visible(hub, OF_CUSTOMERS) == []
    with pytest.raises(NotFound), hub.hub.begin_as(OF_CUSTOMERS) as work:
        quarantine.show(work, only(hub))


def test_unknown_number_is_not_found(hub: HubUnderTest) -> None:
    with pytest.raises(NotFound):
        decide(hub, 99, "discard")


def test_who_delivers_does_not_decide(hub: HubUnderTest, conflict: int) -> None:
    with pytest.raises(Forbidden), hub.hub.begin_as(Actor("feed", frozenset({"source"}))) as work:
        quarantine.discard(work, only(hub))
