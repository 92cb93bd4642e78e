from typing import Any

import pytest

from mdm.hub.access import create_key
from tests.entrypoints.api.calling import Api

RELEASES = "/v1/domains/supplier/releases"
PATCH = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "most_frequent"}}}}}
WHY = "A test"


@pytest.fixture
def team(api: Api) -> Api:
    """The API, known to two owners of suppliers, and to the one of their tax data, as well."""
    with api.hub.begin() as work:
        own = {n: create_key(work, name=n, roles=["procurement_data_owner"])[1] for n in ("olga", "oskar")}
        own["tom"] = create_key(work, name="tom", roles=["tax_data_owner"])[1]
    return Api(api.client, api.hub, {**api.keys, **own}, api.nats_problems)


def approved(api: Api, number: int, role: str) -> dict[str, Any]:
    digest = api.get(f"{RELEASES}/{number}").json()["digest"]
    answer = api.post(f"{RELEASES}/{number}/approve", json={"digest": digest}, role=role)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def test_rules_are_proposed_and_approved_by_another_and_not_switched_on_untried(team: Api) -> None:
    proposed = team.post(RELEASES, json={"patch": PATCH, "reason": WHY}, role="olga")
    assert (proposed.status_code, proposed.json()["state"], proposed.json()["number"]) == (201, "draft", 2)
    own = team.post(f"{RELEASES}/2/approve", json={"digest": "0" * 64}, role="olga")
    assert (own.status_code, own.json()["type"]) == (409, "/problems/outdated_request")
    own = team.post(f"{RELEASES}/2/approve", json={"digest": team.get(f"{RELEASES}/2").json()["digest"]}, role="olga")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/own_change")
    early = team.post(f"{RELEASES}/2/switch-on")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not_approved")
    assert approved(team, 2, "oskar")["approved"]
    tax = team.post(f"{RELEASES}/2/switch-on", role="tom")
    assert (tax.status_code, "procurement_data_owner, operates" in tax.json()["hint"]) == (403, True)
    untried = team.post(f"{RELEASES}/2/switch-on")
    assert untried.json()["type"] == "/problems/not_simulated"


def test_differences_are_sentences_and_breaking_changes_are_named(team: Api) -> None:
    patch = {"declaration": {"attributes": {**PATCH["declaration"]["attributes"], "industry": {"type": "code"}}}}
    proposed = team.post(RELEASES, json={"patch": patch, "reason": WHY}).json()
    assert proposed["contract"] == [{"path": "industry", "change": "retyped", "breaking": True}]
    found = team.get(f"{RELEASES}/2/differences", role="reader").json()
    assert found["against"] == 1
    assert {d["text"] for d in found["differences"]} == {
        "phone: most recent → most frequent", "attributes.industry.type: text → code",
    }  # fmt: skip
    shown = team.get(f"{RELEASES}/2", role="reader").json()
    assert [one["owner"] for one in shown["asked"]] == ["procurement_data_owner"]
    assert [line["number"] for line in team.get(RELEASES).json()["items"]] == [2, 1]


def test_release_of_another_installation_becomes_a_draft_that_needs_approval_here(team: Api) -> None:
    team.post(RELEASES, json={"patch": PATCH, "reason": "There"}, role="olga")
    approved(team, 2, "oskar")
    file = team.get(f"{RELEASES}/2/export", role="reader").json()
    assert (file["installation"], file["approvals"][0]["decided_by"]) == ("mdm", "oskar")
    team.post(f"{RELEASES}/2/withdraw", json={"reason": "Only to be exported"}, role="olga")
    taken = team.post(f"{RELEASES}/import", json={"file": file, "reason": "From the test system"}, role="olga")
    assert (taken.status_code, taken.json()["number"], taken.json()["hash"]) == (201, 3, file["hash"])
    draft = team.get(f"{RELEASES}/3").json()
    assert (draft["approved"], draft["approvals"], draft["origin"]["installation"]) == (False, [], "mdm")
    assert draft["origin"]["approvals"][0]["decided_by"] == "oskar"
    forged = {**file, "document": {**file["document"], "match": None}}
    for wrong, path in ((forged, "digest"), ({**file, "format": "x"}, "format"), ({**file, "more": 1}, "more")):
        answer = team.post(f"{RELEASES}/import", json={"file": wrong, "reason": WHY})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


def test_rules_that_cannot_be_kept_are_refused_where_they_are_wrong(idle_api: Api) -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"declaration": deep}
    for body, path in (
        ({"patch": {"declaration": {"attributes": {"phone": {"type": "phone"}}}}}, "attributes.phone.type"),
        ({"patch": {"declaration": {"attributes": {"industry": None}}}}, None),
        ({"patch": {"declaration": {"limits": {"slices": 10**30}}}}, None),
        ({"patch": deep}, None),
        ({"patch": {"declaration": {"title": "a\u0000b"}}}, None),
        ({"patch": {"rules": {}}}, None),
        ({"document": {}}, "declaration"),
        ({"document": {"declaration": {"domain": "customer"}}}, "title"),
        ({}, None),
    ):
        answer = idle_api.post(RELEASES, json={**body, "reason": WHY})
        assert answer.status_code == 422, answer.json()
        if path is not None:
            assert answer.json()["errors"][0]["path"] == path
    assert idle_api.get(f"{RELEASES}/{2**40}").status_code == 404
    assert idle_api.get("/v1/domains/nothing/releases").status_code == 404


def test_rollout_is_shown_and_goes_on_only_if_it_was_stopped(idle_api: Api) -> None:
    shown = idle_api.get("/v1/domains/supplier/rollout", role="reader").json()
    assert (shown["number"], shown["state"], shown["records_waiting"], shown["expected"]) == (1, "done", 0, None)
    text = idle_api.get("/metrics", role="operator").text
    assert 'mdm_release{domain="supplier"} 1.0' in text
    assert 'mdm_release_halted{domain="supplier"} 0.0' in text
    answer = idle_api.post("/v1/domains/supplier/rollout/continue", json={"reason": WHY}, role="operator")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already_decided")
