import orjson
import pytest

from mdm.core.security import Actor, Grant
from mdm.errors import Forbidden, NotFound
from mdm.hub.ingest import quarantine
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.ingest.outcome import show
from tests.support.hubs import HubUnderTest

SECRET = "DE89370400440532013000"
STEWARD = Actor("sam", frozenset({"steward"}))
ADMIN = Actor("ada", frozenset({"admin"}))
OWNERS = ["procurement_data_owner", "tax_data_owner", "treasury_data_owner", "finance_data_owner", "steward"]
FACT = {"domain": "supplier", "source": "erp", "key": "1"}
REFUSED = [
    orjson.dumps(FACT | {"attributes": {"bank_accounts": f"{SECRET}\x00"}}),
    orjson.dumps(FACT | {"attributes": {"bank_accounts": [{"iban": {SECRET: 1}}]}}),
    orjson.dumps(FACT | {"attributes": SECRET}),
    orjson.dumps(FACT | {"source_time": SECRET, "attributes": {}}),
    orjson.dumps([SECRET]),
    orjson.dumps(SECRET),
    b'{"domain": "supplier", "iban": "' + SECRET.encode(),
    b'{"domain": "supplier", "attributes": {"bank_accounts": 370400440532013000123456}}',
]


def refused(hub: HubUnderTest, raw: bytes) -> tuple[int, int]:
    """Have a message set aside; return the numbers of its delivery and of its quarantined input."""
    with hub.hub.begin() as work:
        (answer,) = deliver(work, [Message(raw, "m-1")], source="erp")
    hub.process()
    ((number,),) = hub.rows("SELECT id FROM quarantine")
    return answer.delivery_id or 0, int(number)


@pytest.mark.parametrize("raw", REFUSED)
def test_steward_is_told_why_but_no_value_that_may_be_masked(hub: HubUnderTest, raw: bytes) -> None:
    _, number = refused(hub, raw)
    with hub.hub.begin_as(STEWARD) as work:
        (listed,) = quarantine.page(work)
        found = quarantine.show(work, number)
        said = str((listed.message, listed.details, found.message, found.details))
        assert found.message
    assert SECRET not in said
    assert "370400440532013000" not in said
    with pytest.raises(Forbidden, match="bytes"), hub.hub.begin_as(STEWARD) as work:
        quarantine.raw_bytes(work, number)


def test_value_is_told_to_who_sees_everything_of_the_domain(hub: HubUnderTest) -> None:
    _, number = refused(hub, orjson.dumps(FACT | {"version": SECRET, "attributes": {}}))
    hub.rows("UPDATE quarantine SET domain = 'supplier' RETURNING 1")
    with hub.hub.begin_as(Actor("olga", frozenset(OWNERS))) as work:
        assert SECRET in quarantine.show(work, number).message
        assert SECRET.encode() in quarantine.raw_bytes(work, number)
    assert hub.rows("SELECT count(*) FROM action_log WHERE action = 'quarantine.revealed'") == [(0,)]


def test_bytes_are_revealed_to_who_may_and_that_is_logged(hub: HubUnderTest) -> None:
    _, number = refused(hub, REFUSED[0])
    with hub.hub.begin_as(ADMIN) as work:
        assert SECRET.encode() in quarantine.raw_bytes(work, number, reason="Mapping broken")
    logged = hub.rows("SELECT actor, subject, reason FROM action_log WHERE action = 'quarantine.revealed'")
    assert logged == [("ada", f"quarantine/{number}", "Mapping broken")]


def test_decision_does_not_tell_what_looking_does_not(hub: HubUnderTest) -> None:
    _, number = refused(hub, REFUSED[0])
    with hub.hub.begin_as(STEWARD) as work:
        assert SECRET not in str(quarantine.discard(work, number))


def test_operator_is_told_no_values_of_what_others_delivered(hub: HubUnderTest) -> None:
    delivery, _ = refused(hub, orjson.dumps(FACT | {"source_time": SECRET, "attributes": {}}))
    with hub.hub.begin() as work:
        assert SECRET in str(show(work, delivery))
    with hub.hub.begin_as(Actor("otto", frozenset({"operator"}))) as work:
        assert SECRET not in str(show(work, delivery))
    elsewhere = Actor.holding("otto", [Grant("operator", frozenset({"customer"}))])
    with pytest.raises(NotFound), hub.hub.begin_as(elsewhere) as work:
        show(work, delivery)
