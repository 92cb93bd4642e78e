from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.entrypoints.api.calling import LIMITED, Api

WHY = {"reason": "Asked for in the test"}
AURORA = {"name": "Aurora Foundry", "country": "DE", "phone": "+49 89 5550123"}
ZENITH = {"name": "Zenith Handels KG", "country": "DE", "email": "info@zenith-handel.de"}


def operate(
    api: Api,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    version: int | str | None = None,
    preview: bool = False,
    role: str = "steward",
) -> Response:
    headers = {} if version is None else {"If-Match": version if isinstance(version, str) else f'"{version}"'}
    parameters = {"preview": "true"} if preview else {}
    return api.post(f"/v1/customer{path}", json=WHY | dict(body or {}), params=parameters, headers=headers, role=role)


def golden(api: Api, master: str) -> dict[str, Any]:
    return dict(api.get(f"/v1/customer/{master}").json())


@pytest.fixture
def two(api: Api) -> tuple[str, str]:
    """Two customers that nothing but a steward would take for one, the older first."""
    older = api.master(source="crm", key="1", attributes=AURORA)
    return older, api.master(source="shop", key="2", attributes=ZENITH)


def test_merge_is_previewed_and_carried_out_by_the_digest(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    shown = operate(api, f"/{older}/merge", {"masters": [younger]}, preview=True)
    assert shown.status_code == 200
    assert shown.json()["preview"] is True
    assert golden(api, younger)["id"] == younger
    done = operate(api, f"/{older}/merge", {"masters": [younger], "digest": shown.json()["digest"]}).json()
    survivor, merged = sorted(done["masters"], key=lambda m: m["status"])
    assert (survivor["id"], survivor["version"], survivor["records"]) == (older, 2, ["crm/1", "shop/2"])
    assert (merged["id"], merged["merged_into"], merged["events"]) == (younger, older, ["identity.merged"])
    phone = next(change for change in survivor["changes"] if change["attribute"] == "email")
    assert (phone["before"], phone["after"], phone["record"]) == (None, "info@zenith-handel.de", "shop/2")
    assert golden(api, younger)["id"] == older


def test_what_changed_since_the_preview_is_not_done(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    digest = operate(api, f"/{older}/merge", {"masters": [younger]}, preview=True).json()["digest"]
    api.deliver(api.fact(source="crm", key="1", attributes=AURORA | {"website": "aurora.example"}))
    refused = operate(api, f"/{older}/merge", {"masters": [younger], "digest": digest})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/outdated_preview")
    assert golden(api, younger)["id"] == younger


def test_decision_names_the_version_it_is_about(api: Api, two: tuple[str, str]) -> None:
    path = f"/{two[0]}/retire"
    missing, broken, outdated = (operate(api, path, version=v) for v in (None, '"abc"', 7))
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/precondition_required")
    assert (broken.status_code, broken.json()["errors"][0]["path"]) == (422, "If-Match")
    assert (outdated.status_code, outdated.json()["type"]) == (412, "/problems/outdated_version")
    assert operate(api, path, version=1).json()["masters"][0]["status"] == "retired"
    assert operate(api, f"/{two[0]}/reinstate", version="*").json()["masters"][0]["status"] == "active"


def test_unmerge_takes_the_version_of_the_survivor(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    operate(api, f"/{older}/merge", {"masters": [younger]}, version=1)
    assert operate(api, f"/{younger}/unmerge", version=1).status_code == 412
    done = operate(api, f"/{younger}/unmerge", version=golden(api, younger)["version"])
    assert {m["id"]: m["records"] for m in done.json()["masters"]} == {older: ["crm/1"], younger: ["shop/2"]}
    assert golden(api, younger)["id"] == younger


def test_split_tells_the_new_id_once_there_is_one(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    operate(api, f"/{older}/merge", {"masters": [younger]}, version=1)
    body = {"records": [{"source": "shop", "key": "2"}]}
    shown = operate(api, f"/{older}/split", body, preview=True).json()
    assert [m["id"] for m in shown["masters"]] == [older, None]
    done = operate(api, f"/{older}/split", body | {"digest": shown["digest"]}).json()
    new = done["masters"][1]["id"]
    assert golden(api, new)["attributes"]["name"] == "Zenith Handels KG"
    assert new not in two


def test_relinked_record_belongs_to_the_other_master(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    api.master(source="erp", key="3", master_id=older, attributes=AURORA)
    done = operate(api, "/relink", {"source": "erp", "key": "3", "to": younger}, version=1)
    assert done.json()["operation"] == "relink"
    assert [link["key"] for link in golden(api, younger)["crosswalk"]] == ["3", "2"]


def test_pinned_value_rules_until_it_is_released(api: Api, two: tuple[str, str]) -> None:
    done = operate(api, f"/{two[0]}/pin", {"values": {"phone": "030 4440999"}}, version=1)
    assert done.status_code == 200
    [change] = done.json()["masters"][0]["changes"]
    assert (change["after"], change["rule"]) == ("+49304440999", "override")
    assert [(loser["value"], loser["reason"]) for loser in change["losers"]] == [("+49895550123", "overridden")]
    released = operate(api, f"/{two[0]}/unpin", {"attributes": ["phone"]}, version=2).json()
    assert released["masters"][0]["attributes"]["phone"] == "+49895550123"
    assert operate(api, f"/{two[0]}/unpin", {"attributes": ["phone"]}, version=3).status_code == 404


def test_created_master_has_an_address_and_a_second_like_it_joins(api: Api) -> None:
    body = {"attributes": {"name": "Karpaty Meble", "country": "PL", "email": "biuro@karpaty.example"}}
    shown = operate(api, "", body, preview=True)
    assert (shown.status_code, shown.json()["id"], shown.json()["record"]) == (200, None, None)
    assert api.get("/v1/customer").json()["items"] == []
    made = operate(api, "", body | {"digest": shown.json()["digest"]})
    assert (made.status_code, made.json()["joined"]) == (201, False)
    assert api.get(made.headers["Location"]).json()["attributes"]["email"] == "biuro@karpaty.example"
    again = operate(api, "", {"attributes": body["attributes"] | {"name": "KARPATY MEBLE"}}).json()
    assert (again["id"], again["joined"]) == (made.json()["id"], True)


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("", {"attributes": {"nmae": "x"}}, "nmae"),
        ("", {"attributes": {}}, "attributes"),
        ("/{id}/merge", {"masters": []}, "masters"),
        ("/{id}/merge", {"masters": [str(uuid4())], "force": True}, "force"),
        ("/{id}/retire", {"reason": " "}, "reason"),
        ("/{id}/retire", {"reason": "a\x00b"}, "reason"),
        ("/{id}/retire", {"digest": "x"}, "digest"),
        ("/{id}/split", {"records": [{"source": "crm"}]}, "records.0.key"),
        ("/{id}/pin", {"values": {}}, "values"),
        ("/{id}/pin", {"values": {"phone": None}, "expires_at": "2027-01-01T00:00:00"}, "expires_at"),
    ],
)
def test_mistake_in_an_operation_is_named_with_its_place(
    idle_api: Api, path: str, body: dict[str, Any], where: str
) -> None:
    answer = operate(idle_api, path.format(id=uuid4()), body, version="*")
    assert answer.status_code == 422
    assert [mistake["path"] for mistake in answer.json()["errors"]] == [where]


def test_unknown_master_and_foreign_domain_are_refused(idle_api: Api) -> None:
    assert operate(idle_api, f"/{uuid4()}/retire", version="*").json()["type"] == "/problems/unknown_master"
    refused = idle_api.post(f"/v1/supplier/{uuid4()}/retire", json=WHY, headers={"If-Match": "*"}, role=LIMITED)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")


def test_verdicts_say_who_wins_and_why_the_others_lose(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    operate(api, f"/{older}/merge", {"masters": [younger]}, version=1)
    answer = api.get(f"/v1/customer/{younger}/verdicts", role="reader", params={"attribute": "name"})
    assert answer.headers["Content-Location"] == f"/v1/customer/{older}/verdicts"
    [verdict] = answer.json()["verdicts"]
    assert (verdict["value"], verdict["winner"]["record"]) == ("Aurora Foundry", "crm/1")
    assert [(loser["record"], loser["reason"]) for loser in verdict["losers"]] == [("shop/2", "rule")]
    assert [(answer.json()[part]) for part in ("release", "reproduced", "under")] == [1, True, None]
    unknown = api.get(f"/v1/customer/{older}/verdicts", params={"attribute": "nmae"})
    assert (unknown.status_code, unknown.json()["hint"]) == (422, "Did you mean `name`?")


def test_verdicts_are_given_of_then_and_under_a_release(api: Api, two: tuple[str, str]) -> None:
    older, younger = two
    before = golden(api, younger)["recorded_at"]
    operate(api, f"/{older}/merge", {"masters": [younger]}, version=1)
    then = api.get(f"/v1/customer/{younger}/verdicts", params={"known_at": before}).json()
    assert (then["id"], then["version"], then["reproduced"], then["differs"]) == (younger, 1, True, [])
    assert {verdict["unit"]: verdict["value"] for verdict in then["verdicts"]}["name"] == "Zenith Handels KG"
    under = api.get(f"/v1/customer/{older}/verdicts", params={"release": 1, "attribute": "phone"}).json()["under"]
    assert (under["release"], under["state"], under["changes"]) == (1, "active", [])
    assert [verdict["unit"] for verdict in under["verdicts"]] == ["phone"]
    refused = api.get(f"/v1/customer/{older}/verdicts", params={"release": 9})
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not_found")


@pytest.mark.parametrize(
    "terms",
    [
        {"valid_from": "0001-01-01T00:00:00+14:00"},
        {"valid_to": "9999-12-31T23:59:59-14:00"},
        {"expires_at": "9999-12-31T23:59:59-14:00"},
        {"expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_time_that_no_pin_can_hold_is_refused(api: Api, two: tuple[str, str], terms: dict[str, str]) -> None:
    refused = operate(api, f"/{two[0]}/pin", {"values": {"phone": None}} | terms, version="*")
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, next(iter(terms)))
