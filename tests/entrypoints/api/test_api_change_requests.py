from typing import Any

import pytest

from mdm.hub.access import create_key
from tests.entrypoints.api.calling import LIMITED, Api

CUSTOMER = {"name": "Loire Ceramique", "country": "DE", "vat_id": "DE136695976"}
OTHER_VAT, THIRD_VAT = "DE129273398", "DE811907980"
WHY = {"reason": "Letter of the customer"}


@pytest.fixture
def owned(api: Api) -> Api:
    """An API with keys of two owners and of a steward who also owns what he changes."""
    with api.hub.begin() as work:
        roles = {"tax": ["tax_data_owner"], "finance": ["finance_data_owner"], "both": ["steward", "tax_data_owner"]}
        made = {name: create_key(work, name=name, roles=held)[1] for name, held in roles.items()}
    api.keys = {**api.keys, **made}
    return api


@pytest.fixture
def customer(owned: Api) -> str:
    return owned.master(source="crm", key="1", version=1, attributes=CUSTOMER)


def pin(api: Api, master: str, values: dict[str, Any], *, role: str = "steward", **more: Any) -> Any:
    headers = {"If-Match": '"1"'}
    return api.post(f"/v1/customer/{master}/pin", json=WHY | {"values": values}, headers=headers, role=role, **more)


def requests(api: Api, role: str = "tax", **query: Any) -> list[dict[str, Any]]:
    return list(api.get("/v1/change-requests", role=role, params=query).json()["items"])


def decide(api: Api, choice: str, role: str = "tax", **more: Any) -> Any:
    [request] = requests(api, role, state="open")
    path = f"/v1/change-requests/{request['id']}/{choice}"
    return api.post(path, json={"digest": request["digest"]} | more, role=role)


def vat(api: Api, master: str) -> Any:
    return api.get(f"/v1/customer/{master}").json()["attributes"]["vat_id"]


def test_critical_pin_waits_at_the_address_it_is_answered_with(owned: Api, customer: str) -> None:
    shown = pin(owned, customer, {"vat_id": OTHER_VAT}, params={"preview": "true"})
    assert (shown.status_code, shown.json()["request_id"], shown.json()["owners"]) == (200, None, ["tax_data_owner"])
    assert requests(owned) == []
    made = pin(owned, customer, {"vat_id": OTHER_VAT})
    assert made.status_code == 202
    request = owned.get(made.headers["Location"], role="tax").json()
    [change] = request["changes"]
    assert (change["current"], change["proposed"]) == ("DE136695976", OTHER_VAT)
    whole = [(s["when"], c["before"], c["after"]) for s in request["slices"] for c in s["changes"]]
    assert whole == [("past", None, OTHER_VAT), ("now", "DE136695976", OTHER_VAT)]
    assert len(shown.json()["slices"]) == 2
    assert (request["authors"], request["reason"], request["may_decide"]) == (["steward"], WHY["reason"], True)
    assert vat(owned, customer) == "DE136695976"


def test_previewed_proposal_is_no_leave_for_another(owned: Api, customer: str) -> None:
    shown = pin(owned, customer, {"vat_id": OTHER_VAT}, params={"preview": "true"}).json()
    body = WHY | {"values": {"vat_id": THIRD_VAT}, "digest": shown["digest"]}
    assert owned.post(f"/v1/customer/{customer}/pin", json=body).json()["type"] == "/problems/outdated_preview"
    assert requests(owned) == []
    body["values"] = {"vat_id": OTHER_VAT}
    assert owned.post(f"/v1/customer/{customer}/pin", json=body).status_code == 202


def test_approval_publishes(owned: Api, customer: str) -> None:
    pin(owned, customer, {"vat_id": OTHER_VAT})
    answer = decide(owned, "approve", note="Confirmed by phone")
    assert answer.status_code == 200
    assert answer.json()["state"] == "approved"
    assert [(o["decided_by"], o["note"]) for o in answer.json()["owners"]] == [("tax", "Confirmed by phone")]
    assert vat(owned, customer) == OTHER_VAT
    assert decide_again(owned, answer.json()).json()["type"] == "/problems/already_decided"


def decide_again(api: Api, request: dict[str, Any]) -> Any:
    return api.post(f"/v1/change-requests/{request['id']}/approve", json={"digest": request["digest"]}, role="tax")


def test_rejection_says_why_and_changes_nothing(owned: Api, customer: str) -> None:
    pin(owned, customer, {"vat_id": OTHER_VAT})
    assert decide(owned, "reject").status_code == 422
    assert decide(owned, "reject", note="That is their branch").json()["state"] == "rejected"
    assert vat(owned, customer) == "DE136695976"
    assert [r["state"] for r in requests(owned)] == ["rejected"]
    assert requests(owned, state="open") == []


def test_change_of_ones_own_is_refused(owned: Api, customer: str) -> None:
    assert pin(owned, customer, {"vat_id": OTHER_VAT}, role="both").status_code == 202
    answer = decide(owned, "approve", role="both")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/own_change")
    foreign = decide(owned, "approve", role="finance")
    assert (foreign.status_code, foreign.json()["type"]) == (403, "/problems/forbidden")


def test_request_that_asks_something_else_by_now_is_not_decided(owned: Api, customer: str) -> None:
    for version, other in ((2, OTHER_VAT), (3, THIRD_VAT)):
        [*before] = requests(owned, state="open")
        fact = owned.fact(source="crm", key="1", version=version, attributes=CUSTOMER | {"vat_id": other})
        owned.deliver(fact, role="source")
    answer = decide_again(owned, before[0])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/outdated_request")
    assert decide_again(owned, requests(owned, state="open")[0]).json()["state"] == "approved"
    assert vat(owned, customer) == THIRD_VAT


def test_author_withdraws_what_nobody_else_may(owned: Api, customer: str) -> None:
    address = pin(owned, customer, {"vat_id": OTHER_VAT}).headers["Location"]
    assert owned.post(f"{address}/withdraw", json=WHY, role="both").status_code == 403
    assert owned.post(f"{address}/withdraw", json=WHY, role="steward").json()["state"] == "withdrawn"


def test_values_are_masked_for_all_but_their_owners(owned: Api, customer: str) -> None:
    pin(owned, customer, {"credit_limit": "250000.00"})
    seen = {role: requests(owned, role, state="open")[0] for role in ("steward", "tax", "finance")}
    assert {role: request["masked"] for role, request in seen.items()} == {
        "steward": ["credit"],
        "tax": ["credit"],
        "finance": [],
    }
    assert "250000" not in str(seen["tax"])
    assert seen["finance"]["changes"][0]["proposed"] == {"credit_limit": "250000.00"}


def test_requests_are_listed_page_by_page_within_the_domains_of_the_key(owned: Api, customer: str) -> None:
    second = owned.master(source="crm", key="2", attributes={"name": "Jutland Windkraft", "country": "DK"})
    for master in (customer, second):
        pin(owned, master, {"vat_id": OTHER_VAT})
    first = owned.get("/v1/change-requests", params={"domain": "customer", "limit": 1}).json()
    rest = owned.get(first["next"]).json()
    assert [r["master_id"] for r in first["items"] + rest["items"]] == [customer, second]
    assert rest["next"] is None
    assert owned.get("/v1/change-requests", params={"domain": "supplier"}, role=LIMITED).status_code == 403
    assert owned.get("/v1/change-requests", params={"domain": "planet"}).status_code == 404
    assert len(requests(owned, LIMITED)) == 2
