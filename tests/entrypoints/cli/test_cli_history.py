"""`mdm history` and `mdm diff` tell what became known when, and what differs."""

from collections.abc import Callable

from mdm.core.security import Actor
from mdm.hub.stewardship import approvals
from tests.support.hubs import HubUnderTest

Run = Callable[..., tuple[int, str, str]]
ACME = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OTHER_VAT = "DE129273398"
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))


def test_versions_values_and_differences_are_told_in_words(on_hub: Run, hub: HubUnderTest) -> None:
    hub.send("erp", "4711", version=1, attributes=ACME)
    hub.process()
    first = hub.golden("erp", "4711").recorded_at.isoformat()
    hub.send("erp", "4711", version=2, attributes=ACME | {"name": "Acme KG", "vat_id": OTHER_VAT})
    hub.process()
    with hub.hub.begin_as(TAX) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest, note="Seen the letter")
    told = {
        ("history", "supplier", "erp/4711"): (
            "version 3", "by approval of tom", f'vat_id: "DE136695976" → "{OTHER_VAT}"', 'name: nothing → "Acme GmbH"',
        ),
        ("history", "supplier", "erp/4711", "vat_id"): (
            "approved by tom", "tom for tax_data_owner: Seen the letter", f'kept back "{OTHER_VAT}"', "pending since",
        ),
        ("diff", "supplier", "erp/4711", "--before-known-at", first): (
            'name: "Acme GmbH" → "Acme KG"', '  is from "erp/4711" by source_priority', "version 2", "by approval",
        ),
        ("diff", "supplier", "erp/4711", "--before-known-at", "2020-01-01T00:00:00Z"): (
            "not yet known", "status: None → active", "linked erp/4711",
        ),
    }  # fmt: skip
    for words, said in told.items():
        code, out, _ = on_hub(*words)
        assert (code, [line for line in said if line not in out]) == (0, []), out
    assert on_hub("diff", "supplier", "erp/4711", "--before-valid-at", "yesterday")[0] == 2
