from mdm.core.ids import new_id
from mdm.settings import Settings
from tests.entrypoints.api.calling import Api

ASKED = {"domain": "customer", "reason": "The shop was restored"}


def test_replay_is_asked_for_shown_listed_and_cancelled(api: Api) -> None:
    api.master()
    answer = api.post("/v1/replays", json=ASKED | {"subscriber": "shop"}, role="operator")
    replay = answer.json()
    assert (answer.status_code, replay["state"], replay["masters"]) == (202, "queued", 1)
    assert (replay["subscriber"], replay["selection"], replay["events"]) == ("shop", {"domain": "customer"}, "newest")
    assert api.get(f"/v1/replays/{replay['id']}", role="operator").json() == replay
    assert api.get("/v1/replays", params={"state": "queued"}).json()["items"] == [replay]
    cancelled = api.post(f"/v1/replays/{replay['id']}/cancel", json={"reason": "Not needed"}, role="operator").json()
    assert (cancelled["state"], cancelled["outcome"]) == ("cancelled", f"Cancelled by {replay['requested_by']}.")
    assert api.post(f"/v1/replays/{replay['id']}/cancel").json()["type"] == "/problems/already_decided"
    assert api.get(f"/v1/replays/{new_id()}").status_code == 404


def test_large_replay_waits_until_somebody_else_approves_it(api: Api) -> None:
    api.master()
    api.client.app.state.settings = Settings(replay_approval_above=0)  # type: ignore[attr-defined]
    replay = api.post("/v1/replays", json=ASKED, role="operator").json()
    assert replay["state"] == "waiting"
    path = f"/v1/replays/{replay['id']}/approve"
    own = api.post(path, role="operator")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/own_change")
    assert api.post(path, role="admin").json()["state"] == "queued"


def test_replay_nobody_can_mean_is_refused_where_it_is_wrong(idle_api: Api) -> None:
    for wrong, path in (
        ({"reason": "x"}, "domain"),
        (ASKED | {"subscriber": "*"}, "subscriber"),
        (ASKED | {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until"),
    ):
        answer = idle_api.post("/v1/replays", json=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
    assert idle_api.post("/v1/replays", json=ASKED | {"domain": "nothing"}).status_code == 404
