"""Everything the hub ever announces, announced by a real hub: every type, every domain, every attribute, large ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from mdm import bootstrap
from mdm.core.domains import AttributeDeclaration, Domain
from mdm.core.domains.declaration import FieldDeclaration
from mdm.core.security import Actor
from mdm.core.signing import Signer
from mdm.hub import sealing
from mdm.hub.golden import due
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.stewardship import approvals, identity, values
from mdm.settings import Settings
from mdm.store.records import RecordName
from tests.support.hubs import HubUnderTest
from tests.support.stewards_machine import MovedClock

STEWARD = Actor("stella", frozenset({"steward"}))
OWNER = Actor("olga", frozenset({"safety_data_owner", "treasury_data_owner", "tax_data_owner", "approver"}))
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ACME = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976", "phone": "+49 89 5550123"}
OTHER = {"name": "Zenith Handels KG", "country": "DE", "phone": "+49 30 4440999"}
READABLE: dict[str, Any] = {
    "organisation_name": "Nordwerk GmbH", "place_name": "Plant North", "item_text": "Bolt M8",
    "phone": "+49 89 5550123", "email": "info@nordwerk.de", "website": "nordwerk.de", "country": "DE", "language": "de",
    "currency": "EUR", "unit": "kg", "latitude": "48.137", "longitude": "11.575", "time_zone": "Europe/Berlin",
    "date": "2027-06-30", "decimal": "12.50", "quantity": {"value": "1.5", "unit": "mm"}, "boolean": True,
    "item_description": {"de": "Schraube"},
    "address": {
        "street": "Hafenstr. 12", "house_number": "12", "line2": "Tor 3", "po_box": "100", "postal_code": "24103",
        "city": "Kiel", "region": "SH", "country": "DE",
    },
}  # fmt: skip
UNREADABLE: dict[str, Any] = {
    "date": "31.31.2026", "decimal": "viele", "quantity": {"value": "viel", "unit": "Fass"}, "boolean": False,
    "address": {"city": "?", "country": "Atlantis"}, "map_by_language": {"en": "???"}, "item_description": {"fr": "-"},
}  # fmt: skip


@dataclass(frozen=True)
class Announced:
    """An event as it left the hub; `whole` is the body that a large one refers to."""

    subject: str
    headers: dict[str, str]
    data: dict[str, Any]
    whole: dict[str, Any] | None

    @property
    def type(self) -> str:
        return self.headers["ce-type"]


@contextmanager
def told(dsn: str) -> Iterator[list[Announced]]:
    """Let everything happen in a hub on a prepared database, and give what it announced."""
    clock = MovedClock()
    with bootstrap.open_hub(Settings(), dsn, clock=clock) as opened:
        hub = HubUnderTest(opened, dsn)
        for domain in opened.catalog.domains.values():
            _fill(hub, domain)
        _identities(hub)
        _future(hub, clock)
        _large(hub)
        with opened.begin() as work:
            sealing.seal(work, signer=Signer.made())
        assert hub.rows("SELECT id FROM delivery WHERE state NOT IN ('applied', 'unchanged')") == []
        yield announced(hub)


def announced(hub: HubUnderTest) -> list[Announced]:
    """Return all events of a hub."""
    query = """
        SELECT o.subject, o.headers, o.data, b.data FROM publishers.outbox o
        LEFT JOIN publishers.body b ON b.event_id = o.id ORDER BY o.seq
    """
    return [
        Announced(subject, headers, orjson.loads(data), None if whole is None else orjson.loads(whole))
        for subject, headers, data, whole in hub.rows(query)
    ]


def _fill(hub: HubUnderTest, domain: Domain) -> None:
    """Send every attribute of a domain twice: as it should be, and as nobody can read it."""
    source = next(iter(domain.sources))
    for key, examples in (("good", READABLE), ("bad", READABLE | UNREADABLE)):
        attributes = {name: _example(declared, examples, key) for name, declared in domain.attributes.items()}
        hub.send(source, f"{domain.name}-{key}", domain=domain.name, version=1, attributes=attributes)
    hub.process()


def _example(declared: FieldDeclaration, examples: dict[str, Any], key: str) -> Any:
    if isinstance(declared, AttributeDeclaration) and declared.fields is not None:
        whole = {name: _example(form, examples, key) for name, form in declared.fields.items()}
        return [whole, {name: value for name, value in whole.items() if name != declared.key}]
    if isinstance(declared, AttributeDeclaration) and declared.to is not None:
        return {"source": "plm" if declared.to == "item" else "erp", "key": f"{declared.to}-{key}"}
    return examples.get(declared.standardizer or declared.type, f"{key}-1")


def _identities(hub: HubUnderTest) -> None:
    """Let suppliers join, be merged, parted, corrected, retired and deleted."""
    _send_traced(hub, {"domain": "supplier", "source": "erp", "key": "1", "version": 1, "attributes": ACME})
    hub.process()
    hub.send("portal", "2", version=1, attributes=ACME)
    hub.send("procurement", "3", version=1, attributes=OTHER)
    hub.process()
    acme, other = hub.master("erp", "1"), hub.master("procurement", "3")
    with hub.hub.begin_as(STEWARD) as work:
        merged = identity.merge(work, "supplier", [acme, other], reason="same company")
    assert merged
    with hub.hub.begin_as(STEWARD) as work:
        identity.unmerge(work, "supplier", max(acme, other), reason="two companies after all")
    with hub.hub.begin_as(STEWARD) as work:
        identity.split(work, "supplier", acme, [RecordName("supplier", "portal", "2")], reason="another company")
    with hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", acme, {"trade_name": "Acme"}, reason="as on the sign")
    with hub.hub.begin_as(STEWARD) as work:
        values.retire(work, "supplier", acme, reason="closed")
    hub.send("procurement", "3", version=2, operation="delete")
    hub.process()


def _send_traced(hub: HubUnderTest, fact: dict[str, Any]) -> None:
    """Deliver a fact with everything that tells where it comes from."""
    message = Message(orjson.dumps(fact), "traced", correlation_id="order-4711")
    with hub.hub.begin() as work:
        deliver(work, [message], source=fact["source"], traceparent=TRACEPARENT, tracestate="vendor=1")


def _future(hub: HubUnderTest, clock: MovedClock) -> None:
    """Let an owner approve an item's change for a day ahead, and let the day come."""
    item = {"name": "Cleaner CX-40, 5 l", "base_unit": "PCE", "manufacturer": "Chemiewerk AG"}
    hub.send("plm", "C40", domain="item", version=1, attributes=item)
    hub.process()
    dated = {"effective_from": (clock.now + timedelta(days=10)).isoformat(), "attributes": {"hazard_class": "8"}}
    hub.send("plm", "C40", domain="item", version=2, operation="partial", **dated)
    hub.process()
    with hub.hub.begin_as(OWNER) as work:
        for request in approvals.list_requests(work):
            approvals.decide_request(work, request.id, "approve", digest=request.digest)
    clock.now += timedelta(days=11)
    while due.advance(hub.hub.begin):
        pass


def _large(hub: HubUnderTest) -> None:
    """Tell of a supplier with more certificates than travel in a message."""
    certificates = [{"number": str(number), "standard": "x" * 2_000} for number in range(200)]
    hub.send("erp", "large", version=1, attributes={"name": "Papierwerk AG", "certificates": certificates})
    hub.process()
