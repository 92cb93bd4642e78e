from typing import Any

from mdm.hub.access import create_key
from tests.entrypoints.api.calling import Api

ACME = {"name": "Acme Werke GmbH", "country": "DE", "incoterms": "FCA"}
WHY = {"reason": "Asked them"}


def pinned(api: Api, **terms: Any) -> dict[str, Any]:
    """Pin a value of a supplier that the ERP has wrong."""
    api.deliver({"domain": "supplier", "source": "erp", "key": "1", "attributes": ACME})
    found = api.get("/v1/supplier", params={"q": "acme"}).json()["items"][0]["id"]
    body = {"values": {"incoterms": "DAP"}, **WHY, **terms}
    return dict(api.post(f"/v1/supplier/{found}/pin", json=body, headers={"If-Match": "*"}).json())


def test_pin_names_sources_that_end_it_and_no_others(api: Api) -> None:
    assert pinned(api, until_agreed_by=["fax"])["errors"][0]["path"] == "until_agreed_by"
    assert pinned(api, until_agreed_by=["erp"])["operation"] == "pin"
    api.deliver({"domain": "supplier", "source": "erp", "key": "1", "attributes": ACME | {"incoterms": "DAP"}})
    (shown,) = api.get("/v1/supplier", params={"q": "acme"}).json()["items"]
    assert api.get(f"/v1/supplier/{shown['id']}").json()["provenance"]["incoterms"]["record"] == "erp/1"


def test_owners_and_verdicts_see_how_a_pin_ends(api: Api) -> None:
    terms = {"until_agreed_by": ["erp"], "review_at": "2998-01-01T00:00:00Z"}
    with api.hub.begin() as work:
        api.keys = {**api.keys, "tax": create_key(work, name="tax", roles=["tax_data_owner"])[1]}
    (proposed,) = pinned(api, values={"vat_id": "DE136695976"}, **terms)["proposed"]
    (waiting,) = api.get("/v1/change-requests", role="tax").json()["items"]
    assert proposed | terms == proposed
    assert waiting["changes"][0] | terms == waiting["changes"][0]
    answer = {"digest": waiting["digest"], "note": "letter"}
    assert api.post(f"/v1/change-requests/{waiting['id']}/approve", json=answer, role="tax").status_code == 200
    asked = api.get(f"/v1/supplier/{waiting['master_id']}/verdicts", params={"attribute": "vat_id"}).json()
    assert asked["verdicts"][0]["pinned"] | terms == asked["verdicts"][0]["pinned"]


def test_pin_is_reviewed_and_kept_until_another_day(api: Api) -> None:
    assert pinned(api, review_at="2998-01-01T00:00:00Z")["operation"] == "pin"
    with api.hub.begin() as work:
        work.connection.execute("UPDATE override SET review_at = now()")
    api.deliver({"domain": "supplier", "source": "erp", "key": "1", "attributes": ACME | {"currency": "EUR"}})
    (task,) = api.get("/v1/tasks", params={"kind": "pin_review"}).json()["items"]
    answer = {"decision": "keep", "reason_code": "still_right", "review_at": "2020-01-01T00:00:00Z"}
    assert api.post(f"/v1/tasks/{task['id']}/decide", json=answer).status_code == 422
    done = api.post(f"/v1/tasks/{task['id']}/decide", json=answer | {"review_at": "2999-01-01T00:00:00Z"})
    assert done.json()["outcome"] == "done"
    assert api.get("/v1/tasks", params={"kind": "pin_review"}).json()["items"] == []
