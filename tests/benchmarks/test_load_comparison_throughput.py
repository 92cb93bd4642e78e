"""How many rows of a load are compared a second before it is processed."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from mdm.hub.ingest import process
from mdm.hub.ingest.holding.comparing import compare_next
from tests.hub.ingest.holding.customers_loaded import load, report
from tests.support.hubs import HubUnderTest

RECORDS = 4_000
COMPARED_A_SECOND = 2_500  # of CPU, on a busy machine: a full export of which one row in fifty has changed


def fact(n: int, version: int, phone: int) -> dict[str, Any]:
    address = {"street": f"Hafenstraße {n}", "postal_code": f"{20000 + n % 9999}", "city": "Hamburg", "country": "DE"}
    attributes = {
        "name": f"Nordwerk {n} Maschinenbau GmbH", "trade_name": f"Nordwerk {n}", "country": "DE", "address": address,
        "phone": f"+49 40 {phone:07}", "email": f"info@nordwerk-{n}.de", "website": f"www.nordwerk-{n}.de",
        "tax_number": f"22/{n:05}/{n % 997:04}", "company_number": f"HRB {n}", "payment_terms": "N30",
        "fax": f"+49 40 {n + 1:07}", "delivery_address": address,
    }  # fmt: skip
    return {"domain": "customer", "key": f"{n:06}", "version": version, "attributes": attributes}


def write(path: Path, version: int, *, changed_every: int) -> Path:
    facts = (fact(n, version, n if (n + 1) % changed_every else n + 5_000_000) for n in range(RECORDS))
    path.write_text("".join(json.dumps(one) + "\n" for one in facts))
    return path


def compared(hub: HubUnderTest, said: str) -> float:
    began, rows = process_time(), 0
    while done := compare_next(hub.hub.begin, registry=hub.hub.registry):
        rows += done
    a_second = RECORDS / (process_time() - began)
    print(f"\n{said}: {a_second:,.0f} rows a second of CPU")
    return a_second


@pytest.mark.benchmark
def test_second_export_is_compared_within_its_budget(
    hub: HubUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_resolve", lambda *_: None)  # comparing needs records, no masters
    load(hub, write(tmp_path / "first.jsonl", 1, changed_every=RECORDS + 1), initial=True)
    hub.process()
    again = load(hub, write(tmp_path / "again.jsonl", 2, changed_every=50))
    fast = compared(hub, "one row in fifty changed")
    assert report(hub, again).comparison["customer"].records == {"unchanged": 3920, "changed": 80, "late": 0}
    load(hub, write(tmp_path / "other.jsonl", 3, changed_every=1))
    compared(hub, "all rows changed")
    assert fast > COMPARED_A_SECOND
