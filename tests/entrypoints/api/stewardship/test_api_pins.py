from typing import Any

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
