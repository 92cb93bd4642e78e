"""What cannot be used is set aside with the reason; everything beside it goes on."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from mdm.core.clock import utc_now
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.ingest.process import process
from mdm.store.ingest import deliveries
from tests.support.hubs import HubUnderTest

GOOD = {"domain": "supplier", "key": "good", "version": 1, "attributes": {"name": "Good GmbH"}}


def processed(hub: HubUnderTest, *raws: bytes, source: str = "erp") -> list[str]:
    """Deliver bytes, process them and return what became of each."""
    with hub.hub.begin() as work:
        answers = deliver(work, [Message(raw) for raw in raws], source=source)
    hub.process()
    return [hub.state(answer.delivery_id or 0) for answer in answers]


def refused(hub: HubUnderTest, **fact: Any) -> dict[str, Any]:
    """Process a good fact and a bad one, see that the good one went through, and return why the bad one did not."""
    bad = {"domain": "supplier", "key": "bad", "attributes": {"name": "Bad GmbH"}} | fact
    assert processed(hub, orjson.dumps(bad), orjson.dumps(GOOD)) == ["quarantined", "applied"]
    ((code, message, details, domain, key, severity),) = hub.rows(
        "SELECT code, message, details, domain, source_key, severity FROM quarantine"
    )
    assert hub.broken() == []
    return {"code": code, "message": message, "path": details.get("path"), "name": (domain, key), "severity": severity}


def in_minutes(minutes: float) -> str:
    return (utc_now() + timedelta(minutes=minutes)).isoformat()


ACME = {"name": "Acme GmbH", "country": "DE"}


def test_unknown_attribute_is_named_with_the_one_that_was_probably_meant(hub: HubUnderTest) -> None:
    why = refused(hub, attributes={"name": "Bad GmbH", "websit": "bad.de"})
    assert (why["code"], why["path"], why["name"]) == ("invalid_attributes", "attributes.websit", ("supplier", "bad"))
    assert why["message"] == "supplier has no attribute `websit`. Did you mean `website`?"
    assert why["severity"] == "medium"


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ({"name": ["a", "list"]}, "name"),
        ({"blocked": "perhaps"}, "blocked"),
        ({"address": "Main Street 1"}, "address"),
        ({"address": {"street": 12.5, "planet": "Mars"}}, "address.planet"),
        ({"contacts": {"email": "a@b.de"}}, "contacts"),
        ({"contacts": [{"email": "a@b.de"}, "b@c.de"]}, "contacts[1]"),
        ({"contacts": [{"mail": "a@b.de"}]}, "contacts[0].mail"),
        ({"industry": "x" * 4_001}, "industry"),
    ],
)
def test_value_of_the_wrong_shape_is_named_by_its_path(
    hub: HubUnderTest, attributes: dict[str, Any], path: str
) -> None:
    why = refused(hub, attributes=attributes)
    assert (why["code"], why["path"]) == ("invalid_attributes", f"attributes.{path}")


def test_unknown_domain_is_named_with_those_there_are(hub: HubUnderTest) -> None:
    why = refused(hub, domain="suplier")
    assert (why["code"], why["name"]) == ("unknown_domain", ("suplier", "bad"))
    assert why["message"].endswith("Did you mean `supplier`?")


def test_source_that_a_domain_does_not_know_is_named_with_those_it_does(hub: HubUnderTest) -> None:
    assert processed(hub, orjson.dumps(GOOD), source="shop") == ["quarantined"]
    ((code, message),) = hub.rows("SELECT code, message FROM quarantine")
    assert code == "unknown_source"
    assert "erp, procurement, portal, steward; add it" in message


def test_source_time_far_ahead_is_refused_with_both_times(hub: HubUnderTest) -> None:
    why = refused(hub, source_time=in_minutes(6))
    assert why["code"] == "future_source_time"
    assert "effective_from" in why["message"]


def test_source_time_that_has_come_meanwhile_is_accepted(hub: HubUnderTest) -> None:
    fact = {**GOOD, "source_time": in_minutes(60)}
    (delivery,) = [a.delivery_id for a in hub.acknowledged("erp", [fact])]
    with hub.hub.begin() as work:
        work.clock = lambda: utc_now() + timedelta(hours=1)
        process(work, deliveries.claim_named(work.session, [delivery or 0]), registry=hub.hub.registry)
    assert hub.state(delivery or 0) == "applied"


def test_source_time_a_little_ahead_is_a_clock_and_accepted(hub: HubUnderTest) -> None:
    fact = {**GOOD, "source_time": in_minutes(4)}
    assert processed(hub, orjson.dumps(fact)) == ["applied"]


def test_effective_date_may_lie_in_the_future(hub: HubUnderTest) -> None:
    fact = {**GOOD, "effective_from": in_minutes(60 * 24 * 365)}
    assert processed(hub, orjson.dumps(fact)) == ["applied"]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"[]", b'"text"', b"\xff\xfe", b'{"domain": "supplier"', b"{}", b'{"domain": "supplier"}',
        b'{"domain": "supplier", "key": "1", "key": "2", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "a\\u0000b": 1}',
        b'{"domain": "supplier", "key": "1\\u0007", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "attributes": {"n\\u0000ame": "A"}}',
        b'{"domain": "supplier", "key": "1", "attributes": {"name": "\\ud800"}}',
        b'{"domain": "supplier", "key": "1", "attributes": {"\\ud800": "A"}}',
        b'{"domain": "supplier", "key": 1, "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "version": 1e400, "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "version": -1, "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "source_time": "yesterday", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "source_time": "0001-01-01T00:00:00+14:00", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "source": "crm", "key": "1", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "operation": "delete", "attributes": {"name": "A"}}',
        b'{"domain": "supplier", "key": "1", "attributes": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
        b'{"domain": "supplier", "key": "1", "attributes": {"name": ' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_bytes_that_are_no_fact_are_set_aside_at_the_first_try(hub: HubUnderTest, raw: bytes) -> None:
    assert processed(hub, raw, orjson.dumps(GOOD)) == ["quarantined", "applied"]
    ((code, kept, attempts),) = hub.rows(
        "SELECT code, d.raw, attempts FROM quarantine JOIN delivery d ON d.id = delivery_id"
    )
    assert code in {"unreadable_row", "invalid_attributes"}
    assert (kept, attempts) == (raw, 0)


def test_999_records_go_through_beside_a_bad_one(hub: HubUnderTest) -> None:
    facts: list[dict[str, Any]] = [{"domain": "supplier", "key": str(n), "operation": "delete"} for n in range(1_000)]
    facts[500] = {**facts[500], "operation": "destroy"}
    answers = hub.acknowledged("erp", facts)
    hub.process()
    assert hub.state(answers[500].delivery_id or 0) == "quarantined"
    assert hub.rows("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state") == [
        ("applied", 999),
        ("quarantined", 1),
    ]


def test_same_reason_at_the_same_place_has_the_same_fingerprint(hub: HubUnderTest) -> None:
    for key, attribute in (("1", "nam"), ("2", "nam"), ("3", "mail")):
        hub.send("erp", key, attributes={attribute: "A"})
    hub.process()
    prints = [found for (found,) in hub.rows("SELECT fingerprint FROM quarantine ORDER BY source_key")]
    assert prints[0] == prints[1] != prints[2]


def test_record_that_never_claimed_anything_makes_no_master_until_it_does(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, operation="delete")
    hub.send("erp", "2", version=1, attributes={})
    hub.process()
    assert hub.rows("SELECT count(*) FROM master") == [(0,)]
    assert hub.broken() == []
    hub.send("erp", "1", version=2, attributes=ACME)
    hub.process()
    assert hub.golden("erp", "1").attributes["name"] == ACME["name"]
    assert hub.broken() == []


def test_master_that_a_silent_record_named_is_its_own_once_it_claims_something(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=ACME)
    hub.process()
    named = str(hub.master("erp", "1"))
    hub.send("portal", "2", version=1, master_id=named, attributes={})
    hub.process()
    hub.send("portal", "2", version=2, master_id=named, attributes={"name": "Quite another AG", "country": "AT"})
    hub.process()
    assert str(hub.master("portal", "2")) == named


def test_message_without_a_version_has_no_place_in_a_versioned_record(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=3, attributes={"name": "A GmbH"})
    bare = hub.send("erp", "1", attributes={"name": "B GmbH"})
    hub.process()
    assert hub.state(bare) == "quarantined"
    assert hub.rows("SELECT code FROM quarantine") == [("version_conflict",)]
    assert hub.golden("erp", "1").attributes["name"] == "A GmbH"


def test_two_contents_of_one_version_in_one_chunk_keep_the_first(hub: HubUnderTest) -> None:
    sent = [hub.send("erp", "1", version=1, attributes={"name": name}) for name in ("A GmbH", "B GmbH", "A GmbH")]
    hub.process()
    assert [hub.state(delivery) for delivery in sent] == ["applied", "quarantined", "unchanged"]
    assert hub.broken() == []
