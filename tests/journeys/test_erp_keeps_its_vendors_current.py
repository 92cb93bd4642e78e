"""The example of docs/examples, on what the hub really publishes: vendor numbers follow merges and splits."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from mdm.hub.stewardship import identity
from mdm.store.records import RecordName
from publishers import Event
from publishers.subscriber import SqliteStore
from publishers.subscriber.apply import Received, apply
from tests.support.hubs import HubUnderTest
from tests.support.stewards_machine import STEWARD

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "erp_suppliers.py"


def follow(hub: HubUnderTest, file: Path) -> None:
    """Apply what is in the outbox, as the subscriber does."""
    example = runpy.run_path(str(EXAMPLE))
    rows = hub.rows("SELECT subject, headers, data FROM publishers.outbox ORDER BY seq")
    events = [Event.from_message(subject, headers, bytes(data)) for subject, headers, data in rows]
    with SqliteStore(file, schema=example["TABLES"]) as store:
        batch = [Received(event, number) for number, event in enumerate(events, 1)]
        assert apply(store, example["save"], batch, consumer="erp").failed == []


def vendors(file: Path) -> dict[str, tuple[str, str]]:
    with SqliteStore(file) as store, store.transaction() as transaction:
        rows = transaction.connection.execute("SELECT vendor_no, name, city FROM vendor").fetchall()
    return {vendor: (name, city) for vendor, name, city in rows}


def test_vendor_numbers_follow_merges_and_splits(
    hub: HubUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "erp.db"
    hub.send("erp", "7", version=1, attributes={"name": "Acme GmbH", "country": "DE"})
    hub.send("erp", "8", version=1, attributes={"name": "Zenith Handels KG", "country": "DE"})
    address = {"street": "Hafenstr. 12", "postal_code": "24103", "city": "Kiel"}
    hub.send("portal", "1", version=1, attributes={"name": "Borealis Metall", "country": "DE", "address": address})
    hub.process()
    follow(hub, file)
    assert vendors(file) == {"7": ("Acme GmbH", None), "8": ("Zenith Handels KG", None)}
    acme, borealis = hub.master("erp", "7"), hub.master("portal", "1")
    with hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", [acme, borealis], reason="same")
    follow(hub, file)
    assert vendors(file)["7"] == ("Acme GmbH", "Kiel")
    with hub.hub.begin_as(STEWARD) as work:
        identity.split(work, "supplier", acme, [RecordName("supplier", "portal", "1")], reason="another")
    follow(hub, file)
    assert vendors(file)["7"] == ("Acme GmbH", None)
    monkeypatch.setattr(sys, "argv", ["erp_suppliers.py", "show", "--file", str(file)])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    shown = json.loads(capsys.readouterr().out)
    assert shown["records"]["erp/7"] == str(acme)
    assert shown["masters"][str(acme)]["attributes"]["name"] == "Acme GmbH"
