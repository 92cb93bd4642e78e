"""`mdm explain` says in words why values won."""

import json
from collections.abc import Callable

from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft

Run = Callable[..., tuple[int, str, str]]
ACME = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}


def test_values_are_explained_now_then_and_under_a_draft(on_hub: Run, hub: HubUnderTest) -> None:
    hub.send("erp", "4711", attributes=ACME | {"name": "Acme KG"})
    hub.process()
    before = hub.golden("erp", "4711").recorded_at.isoformat()
    hub.send("erp", "4711", attributes=ACME)
    hub.send("portal", "88", attributes=ACME | {"name": "ACME Metallwerke GmbH"})
    hub.process()
    code, out, _ = on_hub("explain", "supplier", "erp/4711", "name")
    said = (
        'name = "Acme GmbH" by source_priority',
        'loses     portal/88 "ACME Metallwerke GmbH"',
        "the rule prefers another",
        "would win with: portal before erp in the order of sources for name",
    )
    assert (code, [words for words in said if words not in out]) == (0, [])
    assert 'name = "Acme KG"' in on_hub("explain", "supplier", "erp/4711", "name", "--known-at", before)[1]
    rules = document_in_force(hub)
    rules["declaration"]["attributes"]["name"]["survivorship"] = {"rule": "longest"}
    number = str(keep_draft(hub, rules))
    code, out, _ = on_hub("explain", "supplier", str(hub.master("erp", "4711")), "--release", number)
    assert f"By release {number} (draft), for the same records:" in out
    assert '  name: "Acme GmbH" → "ACME Metallwerke GmbH"' in out.splitlines()
    code, out, _ = on_hub("explain", "supplier", "erp/4711", "--json")
    assert json.loads(out)["reproduced"] is True


def test_what_is_asked_must_be_there(on_hub: Run) -> None:
    for words in (("supplier", "erp/1"), ("supplier", "1"), ("supplier", "erp/1", "--valid-at", "today")):
        code, _, err = on_hub("explain", *words)
        assert (code, "mdm" in err) == (2, True)
