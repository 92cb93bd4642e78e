from pathlib import Path

from mdm.core.ids import new_id
from mdm.hub.ingest.holding.comparing import compare_next
from mdm.hub.ingest.loads import load_file
from mdm.store.ingest import source_holds
from mdm.store.tables import SourceHold
from tests.entrypoints.api.calling import LIMITED, Api

REASON = {"reason": "the export was cut off"}


def test_held_load_is_found_looked_into_and_decided_about(api: Api, tmp_path: Path) -> None:
    (file := tmp_path / "accounts.jsonl").write_text("".join(f'{{"broken": {n}}}\n' for n in range(30)))
    list(load_file(api.hub.begin, file, source="crm", registry=api.hub.registry))
    while compare_next(api.hub.begin, registry=api.hub.registry):
        pass
    (load,) = api.get("/v1/loads", params={"state": "held"}, role="steward").json()["items"]
    assert load["reasons"][0]["text"] == "100% of 30 rows cannot be used (limit 20%)."
    assert api.get("/v1/loads", params={"state": "accepted"}).json()["items"] == []
    path = f"/v1/loads/{load['id']}"
    assert [row["row"] for row in api.get(path, role=LIMITED).json()["examples"]] == [1, 2, 3, 4, 5]
    assert "mdm_loads_held 1.0" in api.get("/metrics").text
    parts = {part["name"]: part for part in api.get("/health/ready", role=None).json()["parts"]}
    assert (parts["loads"]["ready"], parts["loads"]["detail"]) == (True, "1 loads are held until someone decides.")
    assert api.post(f"{path}/release").status_code == 422
    discarded = api.post(f"{path}/discard", json=REASON, role="operator").json()
    assert (discarded["state"], discarded["deliveries"], discarded["note"]) == (
        "discarded", {"discarded": 30}, REASON["reason"],
    )  # fmt: skip
    assert api.post(f"{path}/discard", json=REASON).status_code == 409
    assert api.post(f"{path}/release", json=REASON).json()["state"] == "released"


def test_source_of_which_messages_are_held_is_decided_about_in_its_domain(api: Api) -> None:
    holds = {}
    with api.hub.begin() as work:
        for domain in ("customer", "supplier"):
            hold = SourceHold(id=new_id(), source="erp", domain=domain, state="held", reasons=[], since=work.now)
            source_holds.add(work.session, hold)
            holds[domain] = f"/v1/source-holds/{hold.id}"
    (seen,) = api.get("/v1/source-holds", role=LIMITED).json()["items"]
    assert seen["domain"] == "customer"
    delivery = api.deliver(api.fact(source="erp")).json()
    assert (delivery["state"], api.get(holds["customer"]).json()["deliveries"]) == ("held", {"held": 1})
    assert api.post(f"{holds['customer']}/release", json=REASON).json()["type"] == "/problems/own_change"
    assert api.post(f"{holds['supplier']}/discard", json=REASON, role=LIMITED).status_code == 404
    assert api.post(f"{holds['customer']}/release", json=REASON, role="operator").json()["state"] == "released"
    assert len(api.get("/v1/source-holds", params={"state": "all"}).json()["items"]) == 2
    assert 'mdm_sources_held{domain="supplier",source="erp"} 1.0' in api.get("/metrics").text
