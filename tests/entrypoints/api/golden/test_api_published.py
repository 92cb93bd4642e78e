from dataclasses import dataclass
from datetime import UTC, datetime

from mdm.errors import Unavailable
from mdm.hub.publishing.published import Reader, Readers
from mdm.store.tables import DeadLetter
from tests.entrypoints.api.calling import Api

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class AskedBroker:
    """A broker with two readers, or one that does not answer."""

    silent: bool = False

    async def readers(self) -> Readers:
        if self.silent:
            raise Unavailable("NATS does not answer.")
        return Readers([reader("crm", "mdm.golden.v1.customer.>", 1), reader("scm", "mdm.golden.v1.supplier.>", 9)], 64)


def reader(name: str, subject: str, place: int) -> Reader:
    return Reader(
        name=name,
        subjects=(subject,),
        whole=True,
        created_at=LONG_AGO,
        delivered=place,
        settled=place,
        unsettled=0,
        waiting=0,
    )


def test_events_of_a_golden_record_are_shown_with_who_has_them(api: Api) -> None:
    for version in (1, 2, 3):
        master = api.master(key="K", version=version, attributes={"name": f"Aurora {version}"})
    with api.hub.begin() as work:
        work.connection.execute(
            "UPDATE publishers.outbox SET published_at = created_at, stream_sequence = seq WHERE version < 3"
        )
    api.client.app.state.broker = AskedBroker()
    path = f"/v1/customer/{master}/published"
    found = api.get(path, role="reader").json()
    assert [(e["version"], e["state"], e["stream_sequence"]) for e in found["events"]] == [
        (3, "outbox", None), (2, "published", 2), (1, "published", 1),
    ]  # fmt: skip
    assert [(r["subscriber"], r["state"], r["version"]) for r in found["receipts"]] == [("crm", "waiting", 1)]
    with api.hub.begin() as work:
        given_up = DeadLetter(
            advisory_id="a", advisory=b"{}", kind="terminated", at=LONG_AGO, subscriber="crm",
            reason="DE89370400440532013000 is no IBAN of ours", fingerprint="f", domain="customer",
            subject=found["subject"], version=2, state="open", created_at=LONG_AGO,
        )  # fmt: skip
        work.session.add(given_up)
    for role, reason in (("reader", None), ("operator", "DE89370400440532013000 is no IBAN of ours")):
        (receipt,) = api.get(path, role=role).json()["receipts"]
        assert (receipt["state"], receipt["given_up"]["reason"]) == ("given_up", reason)
    page = api.get(path, params={"limit": 2}).json()
    assert [e["version"] for e in page["events"] + api.get(page["next"]).json()["events"]] == [3, 2, 1]
    api.client.app.state.broker = AskedBroker(silent=True)
    unheard = api.get(path).json()
    assert (unheard["receipts"], unheard["unknown"], len(unheard["events"])) == (None, "NATS does not answer.", 3)
    assert api.get(f"/v1/supplier/{master}/published").status_code == 404
