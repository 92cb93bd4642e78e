import pytest

from mdm.hub import Hub
from mdm.settings import Settings
from publishers import Stored
from tests.entrypoints.api.calling import LIMITED, Api
from tests.support.hubs import HubUnderTest
from tests.support.letters import give_up, newest, publish


@pytest.fixture
def lost(api: Api) -> Stored:
    """The message with the only version of a customer."""
    known = HubUnderTest(api.hub, "")
    key = api.fact()["key"]
    api.deliver(api.fact(key=key))
    publish(known)
    return newest(known, key, domain="customer", source="crm")


def number(hub: Hub, message: Stored, subscriber: str = "erp-loader") -> int:
    return give_up(hub, message, subscriber=subscriber)


def test_letters_are_listed_filtered_and_paged(api: Api, lost: Stored) -> None:
    ids = [number(api.hub, lost, subscriber) for subscriber in ("a", "b", "c")]
    first = api.get("/v1/dead-letters", params={"limit": 2}, role="operator").json()
    second = api.get(first["next"]).json()
    assert [letter["id"] for letter in first["items"] + second["items"]] == ids[::-1]
    [found] = api.get("/v1/dead-letters", params={"subscriber": "b", "severity": "critical"}).json()["items"]
    assert (found["id"], found["version"], found["domain"], found["kind"]) == (ids[1], 1, "customer", "terminated")
    assert api.get("/v1/dead-letters", params={"state": "discarded"}).json()["items"] == []
    refused = api.get("/v1/dead-letters", params={"state": "lost"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "state")


def test_causes_are_listed_measured_and_replayed(api: Api, lost: Stored) -> None:
    number(api.hub, lost)
    [group] = api.get("/v1/dead-letters/groups").json()["items"]
    assert (group["letters"], group["critical"], group["reason"]) == (1, 1, "no vendor group")
    assert len(api.get("/v1/dead-letters", params={"group": group["group"]}).json()["items"]) == 1
    measured = 'mdm_dead_letters_open{severity="critical",subscriber="erp-loader"} 1.0'
    assert measured in api.get("/metrics", role="operator").text
    answer = api.post("/v1/dead-letters/replay", json={"reason": "Mended", "group": group["group"]})
    assert answer.json()["letters"] == 1


def test_one_is_shown_with_its_message(api: Api, lost: Stored) -> None:
    shown = api.get(f"/v1/dead-letters/{number(api.hub, lost)}", role=LIMITED).json()
    assert (shown["headers"]["ce-version"], shown["masked"]) == ("1", False)
    assert shown["body"]["slices"][0]["attributes"]["country"] == "DE"


def test_one_is_replayed_for_a_reason_that_is_logged(api: Api, lost: Stored) -> None:
    path = f"/v1/dead-letters/{number(api.hub, lost)}"
    assert api.post(f"{path}/replay", json={}).status_code == 422
    answer = api.post(f"{path}/replay", json={"reason": "Vendor group made"}, role="operator").json()
    assert (answer["letters"], len(answer["replays"])) == (1, 1)
    letter = api.get(path).json()["letter"]
    assert (letter["state"], letter["decided_by"], letter["replay_id"]) == (
        "replaying",
        "operator",
        answer["replays"][0],
    )
    [logged] = api.get("/v1/action-log", params={"action": "dead_letter.replayed"}).json()["items"]
    assert (logged["actor"], logged["reason"]) == ("operator", "Vendor group made")


def test_replay_of_a_letter_waits_where_every_replay_needs_approval(api: Api, lost: Stored) -> None:
    api.client.app.state.settings = Settings(replay_approval_above=0)  # type: ignore[attr-defined]
    answer = api.post(f"/v1/dead-letters/{number(api.hub, lost)}/replay", json={"reason": "Mended"}, role="operator")
    replay = f"/v1/replays/{answer.json()['replays'][0]}"
    assert api.get(replay).json()["state"] == "waiting"
    assert api.post(f"{replay}/approve", role="operator").json()["type"] == "/problems/own_change"


def test_many_are_discarded_together_or_not_at_all(api: Api, lost: Stored) -> None:
    ids = [number(api.hub, lost, subscriber) for subscriber in ("a", "b")]
    decision = {"reason": "Test system"}
    assert api.post("/v1/dead-letters/discard", json=decision).status_code == 422
    assert api.post("/v1/dead-letters/discard", json=decision | {"ids": [*ids, 99]}).status_code == 404
    assert api.post("/v1/dead-letters/discard", json=decision | {"ids": ids}).json() == {"letters": 2, "replays": []}
    again = api.post("/v1/dead-letters/discard", json=decision | {"ids": ids})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already_decided")


def test_letters_of_other_domains_are_not_found(api: Api) -> None:
    hub = HubUnderTest(api.hub, "")
    api.deliver({"domain": "supplier", "source": "erp", "key": "1", "attributes": {"name": "Rossi", "country": "IT"}})
    publish(hub)
    letter_id = number(api.hub, newest(hub, "1"))
    path = f"/v1/dead-letters/{letter_id}"
    assert api.get("/v1/dead-letters", role=LIMITED).json()["items"] == []
    assert api.get(path, role=LIMITED).status_code == 404
    assert api.post(f"{path}/discard", json={"reason": "?"}, role=LIMITED).status_code == 404
    assert api.post(f"{path}/discard", json={"reason": "?"}, role="steward").status_code == 403
    assert api.get("/v1/dead-letters", params={"domain": "supplier"}, role=LIMITED).status_code == 403
