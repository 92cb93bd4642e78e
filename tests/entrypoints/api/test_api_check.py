from typing import Any

import pytest

from tests.entrypoints.api.calling import LIMITED, Api

AURORA = {"name": "Aurora Foundry", "country": "DE", "vat_id": "DE136695976"}


def check(api: Api, attributes: dict[str, Any], *, domain: str = "customer", role: str = "reader", **more: Any) -> Any:
    return api.post(f"/v1/{domain}:check", json={"attributes": attributes, **more}, role=role)


def test_duplicate_is_answered_with_score_reasons_and_golden_record(api: Api) -> None:
    master = api.master(key="K 7", attributes={**AURORA, "credit_limit": "1000"})
    answer = check(api, {"name": "AURORA FOUNDRY Ltd", "vat_id": "de 136695976"}, source="shop", limit=5)
    assert answer.status_code == 200
    assert answer.json()["missing"] == ["country"]
    assert answer.json()["attributes"]["vat_id"] == {"value": "DE136695976", "std": "DE136695976", "findings": []}
    [one] = answer.json()["duplicates"]
    assert (one["id"], one["outcome"], one["record"]) == (master, "match", {"source": "crm", "key": "K 7"})
    assert one["score"] > 7
    assert one["probability"] > 0.99
    assert {reason["comparison"]: reason["level"] for reason in one["reasons"]}["vat"] == "same"
    assert one["attributes"]["name"] == "Aurora Foundry"
    assert "1000" not in answer.text


def test_typed_name_finds_masters_called_so_without_a_score(api: Api) -> None:
    master = api.master()
    answer = check(api, {"name": "Auro"}).json()
    assert answer["duplicates"] == []
    [one] = answer["similar_names"]
    assert (one["id"], one["attributes"]["name"]) == (master, "Aurora Foundry")
    assert "score" not in one


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "attributes"),
        ({"attributes": []}, "attributes"),
        ({"attributes": {"nmae": "x"}}, "attributes.nmae"),
        ({"attributes": {"address": {"street": 7, "planet": "x"}}}, "attributes.address.planet"),
        ({"attributes": {}, "source": "sap"}, "source"),
        ({"attributes": {}, "limit": 51}, "limit"),
        ({"attributes": {}, "keep": True}, "keep"),
    ],
)
def test_mistake_in_the_body_is_named_with_its_place(idle_api: Api, body: dict[str, Any], path: str) -> None:
    answer = idle_api.post("/v1/customer:check", json=body)
    assert answer.status_code == 422
    assert [mistake["path"] for mistake in answer.json()["errors"]] == [path]


def test_address_that_is_no_check_is_refused_as_everywhere(idle_api: Api) -> None:
    new = {"attributes": {"name": "Aurora"}, "reason": "Test"}
    for address in ("/v1/customer:create", "/v1/:check"):
        assert idle_api.post(address, json=new).json()["type"] == "/problems/unknown_domain"
    refused = check(idle_api, {}, domain="plants").json()
    assert (refused["type"], refused["instance"]) == ("/problems/unknown_domain", "/v1/plants:check")
    assert idle_api.post("/v1/customer%3Acheck", json={"attributes": {}}).status_code == 200
    refused = idle_api.get("/v1/customer:check")
    assert (refused.status_code, refused.json()["type"]) == (405, "/problems/method_not_allowed")
    assert "POST" in refused.headers["Allow"]


def test_key_checks_within_its_domains(idle_api: Api) -> None:
    assert check(idle_api, AURORA, role=LIMITED).status_code == 200
    assert check(idle_api, AURORA, role=LIMITED, domain="supplier").status_code == 403
    assert check(idle_api, AURORA, role="source").status_code == 403


def test_document_describes_the_check_at_its_own_path(idle_api: Api) -> None:
    for _ in range(2):
        paths = idle_api.get("/openapi.json").json()["paths"]
        assert paths["/v1/{domain}:check"].keys() == {"post"}
        assert not [path for path in paths if "/:" in path]
    [parameter] = paths["/v1/{domain}:check"]["post"]["parameters"]
    assert (parameter["name"], parameter["in"]) == ("domain", "path")
