from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from mdm.core.clock import utc_now
from tests.entrypoints.api.calling import Api

SAME = {"name": "Acme Werke GmbH", "country": "DE", "phone": "+49 89 5550123", "email": "info@acme-werke.de"}
VATS = {"erp": "DE136695976", "portal": "DE129273398"}


@pytest.fixture
def asked(api: Api) -> Mapping[str, Any]:
    """The task about two suppliers that may be one."""
    for source, vat in VATS.items():
        fact = {"domain": "supplier", "source": source, "key": "a/1", "attributes": SAME | {"vat_id": vat}}
        assert api.deliver(fact).status_code == 200
    (task,) = api.get("/v1/tasks").json()["items"]
    return dict(task)


def test_tasks_are_listed_with_why_they_matter(api: Api, asked: Mapping[str, Any]) -> None:
    assert (asked["kind"], asked["owner"], asked["state"]) == ("match_review", "supplier_steward", "open")
    assert "conflicting_identifier" in asked["reason"]
    assert asked["consequence"] > 0
    assert asked["may_decide"]
    assert not api.get("/v1/tasks", role="reader").json()["items"][0]["may_decide"]


def test_list_is_filtered_and_refuses_what_it_does_not_know(api: Api, asked: Mapping[str, Any]) -> None:
    def found(**filters: Any) -> int:
        return len(api.get("/v1/tasks", params=filters).json()["items"])

    fitting = {"domain": "supplier", "kind": "match_review", "severity": asked["severity"], "owner": asked["owner"]}
    assert found(**fitting, assignee="none", master=asked["other_id"], q="conflicting") == 1
    assert [found(state="closed"), found(assignee="me"), found(overdue=True), found(domain="customer")] == [0, 0, 0, 0]
    wrong = {
        "kind": "riddle",
        "state": "lost",
        "severity": "mild",
        "q": "x",
        "cursor": "?",
        "master": "1",
        "sort": "id",
    }
    assert {api.get("/v1/tasks", params={name: value}).status_code for name, value in wrong.items()} == {422}
    assert api.get("/v1/tasks", params={"domain": "riddle"}).status_code == 404
    assert api.get("/v1/tasks", params={"domain": "supplier"}, role="limited").status_code == 403


def test_pages_of_open_and_closed_tasks_follow_one_another(api: Api, asked: Mapping[str, Any]) -> None:
    copied = (
        "INSERT INTO task SELECT (json_populate_record(t, json_build_object('id', gen_random_uuid(), 'topic', n))).*"
        " FROM task t, generate_series(1, 4) n"
    )
    with api.hub.begin() as work:
        work.connection.execute(copied)
    for state in ("open", "closed"):
        seen, link = [], f"/v1/tasks?state={state}&limit=2"
        while link:
            page = api.get(link).json()
            seen += [task["id"] for task in page["items"]]
            link = page["next"]
        assert len(seen) == len(set(seen)) == 5
        with api.hub.begin() as work:
            work.connection.execute("UPDATE task SET closed_at = now(), outcome = 'match'")


def test_tasks_are_counted_by_domain_kind_and_severity(api: Api, asked: Mapping[str, Any]) -> None:
    (count,) = api.get("/v1/tasks/counts", role="reader").json()
    expected = {"domain": "supplier", "kind": "match_review", "severity": asked["severity"], "tasks": 1, "overdue": 0}
    assert count == expected
    assert api.get("/v1/tasks/counts", role="limited").json() == []


def test_task_is_shown_with_both_golden_records_and_the_explanation(api: Api, asked: Mapping[str, Any]) -> None:
    shown = api.get(f"/v1/tasks/{asked['id']}", role="reader").json()
    assert [m["id"] for m in shown["masters"]] == [asked["master_id"], asked["other_id"]]
    assert {m["attributes"]["vat_id"] for m in shown["masters"]} == set(VATS.values())
    assert (shown["task"]["id"], shown["pair"]["outcome"]) == (asked["id"], "review")
    assert any(line.startswith("Vat: different") for line in shown["pair"]["text"])
    assert api.get("/v1/tasks/00000000-0000-0000-0000-000000000001").status_code == 404


def test_any_two_records_are_explained(api: Api, asked: Mapping[str, Any]) -> None:
    api.deliver({"domain": "supplier", "source": "erp", "key": "9", "attributes": {"name": "Rossi", "country": "IT"}})
    found = api.get("/v1/supplier/pairs", params={"left": "erp/a/1", "right": "erp/9"}, role="reader")
    assert (found.status_code, found.json()["outcome"], found.json()["shared_keys"]) == (200, "distinct", [])
    for right, status in (("erp/8", 404), ("erp", 422), ("/x9", 422), ("erp/a/1", 422)):
        answer = api.get("/v1/supplier/pairs", params={"left": "erp/a/1", "right": right})
        assert answer.status_code == status, answer.text
    assert api.get("/v1/riddle/pairs", params={"left": "erp/1", "right": "erp/2"}).status_code == 404


def test_next_task_is_leased_and_then_there_is_nothing_to_do(api: Api, asked: Mapping[str, Any]) -> None:
    taken = api.post("/v1/tasks/next", role="steward")
    assert (taken.status_code, taken.json()["id"], taken.json()["leased_by"]) == (200, asked["id"], "steward")
    nothing = api.post("/v1/tasks/next", role="admin", json={"domain": "supplier"})
    assert (nothing.status_code, nothing.content) == (204, b"")
    refused = api.post(f"/v1/tasks/{asked['id']}/lease", role="admin")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/task_taken")
    assert api.post(f"/v1/tasks/{asked['id']}/release", role="steward").json()["state"] == "open"
    assert api.post(f"/v1/tasks/{asked['id']}/lease", role="admin").json()["leased_by"] == "admin"


def test_skipped_task_is_not_the_next_one(api: Api, asked: Mapping[str, Any]) -> None:
    assert api.post(f"/v1/tasks/{asked['id']}/skip", role="steward").status_code == 200
    assert api.post("/v1/tasks/next", role="steward").status_code == 204


def test_task_is_assigned_noted_and_deferred(api: Api, asked: Mapping[str, Any]) -> None:
    path, until = f"/v1/tasks/{asked['id']}", (utc_now() + timedelta(days=2)).isoformat()
    assert api.post(f"{path}/assign", json={"assignee": "steward", "note": "Yours"}).json()["assignee"] == "steward"
    assert len(api.get("/v1/tasks?assignee=me", role="steward").json()["items"]) == 1
    assert api.post(f"{path}/note", json={"note": "Ask them"}).json()["note"] == "Ask them"
    deferred = api.post(f"{path}/defer", json={"until": until, "reason_code": "other"}, role="steward").json()
    assert (deferred["state"], deferred["reason_code"], deferred["note"]) == ("deferred", "other", "Ask them")
    assert api.get("/v1/tasks").json()["items"] == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("assign", {"assignee": "reader"}),
        ("assign", {}),
        ("defer", {"until": "2020-01-01T00:00:00Z"}),
        ("defer", {"until": "2030-01-01T00:00:00"}),
        ("defer", {"until": "2026-12-01T00:00:00Z", "reason_code": "because"}),
        ("note", {"note": "\u0000"}),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, asked: Mapping[str, Any], action: str, body: dict[str, str]) -> None:
    answer = api.post(f"/v1/tasks/{asked['id']}/{action}", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_reason_codes_are_listed_per_kind(api: Api) -> None:
    reasons = api.get("/v1/tasks/reasons", role="reader").json()
    assert "typing_error" in reasons["match_review"]
    assert reasons.keys() >= {"approval", "cycle", "orphaned"}


def test_answer_is_previewed_and_then_carried_out(api: Api, asked: Mapping[str, Any]) -> None:
    path, answer = f"/v1/tasks/{asked['id']}/decide", {"decision": "distinct", "reason_code": "related_company"}
    would = api.post(path, params={"preview": True}, json=answer, role="steward").json()
    assert (would["outcome"], would["tasks_closed"]) == ("would_do", [asked["id"]])
    assert api.post(path, json=answer | {"digest": "0"}).json()["type"] == "/problems/outdated_preview"
    assert api.post(path, json=answer | {"digest": would["digest"]}).json()["outcome"] == "done"
    assert api.post(path, json=answer).status_code == 409
    assert api.post(path, json={"decision": "perhaps"}).status_code == 422


def test_many_answers_are_previewed_and_then_carried_out(api: Api, asked: Mapping[str, Any]) -> None:
    path, answer = "/v1/tasks/decide-many", {"task": asked["id"], "decision": "match", "reason_code": "typing_error"}
    both = {"answers": [answer, {"task": asked["other_id"], "decision": "match"}]}
    shown = api.post(path, params={"preview": True}, json=both, role="steward").json()
    assert (shown["done"], shown["refused"]) == (1, 1)
    (would, refused) = shown["rows"]
    assert (would["outcome"], would["tasks_closed"], refused["problem"]["status"]) == ("would_do", [asked["id"]], 404)
    assert {m["status"] for m in would["masters"]} == {"active", "merged"}
    carried = {"answers": [answer | {"digest": would["digest"]}]}
    (done,) = api.post(path, json=carried, role="steward").json()["rows"]
    assert (done["outcome"], done["masters"]) == ("done", would["masters"])
    (again,) = api.post(path, json=carried, role="steward").json()["rows"]
    assert again["problem"]["type"] == "/problems/already_decided"
    (closed,) = api.get("/v1/tasks?state=closed").json()["items"]
    assert (closed["outcome"], closed["closed_by"], closed["state"]) == ("match", "steward", "closed")


def test_next_task_is_not_looked_for_in_a_domain_that_is_none(api: Api, asked: Mapping[str, Any]) -> None:
    refused = api.post("/v1/tasks/next", json={"domain": "suplier"})
    assert (refused.status_code, refused.json()["hint"]) == (404, "Did you mean `supplier`?")
    assert api.post("/v1/tasks/next", json={"domain": "supplier"}, role="limited").status_code == 403


def test_who_may_not_answer_learns_which_roles_do(api: Api, asked: Mapping[str, Any]) -> None:
    refused = api.post(f"/v1/tasks/{asked['id']}/lease", role="reader").json()
    assert refused["detail"].endswith(" may not approve or steward.")
    assert "steward, a domain's steward role, the role that owns an attribute" in refused["hint"]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("  ", "must not be blank"),
        ("a\u202eb", "must be text without control characters"),
        ("\u200d", "must not be blank"),
    ],
)
def test_note_must_be_something_to_read(api: Api, asked: Mapping[str, Any], note: str, message: str) -> None:
    refused = api.post(f"/v1/tasks/{asked['id']}/note", json={"note": note})
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (422, message)


def test_note_may_have_joined_signs(api: Api, asked: Mapping[str, Any]) -> None:
    note = "\u0645\u06cc\u200c\u0622\u06cc\u062f\n\N{WOMAN}\u200d\N{GIRL}"
    assert api.post(f"/v1/tasks/{asked['id']}/note", json={"note": note}).json()["note"] == note


@pytest.mark.parametrize(
    ("name", "message"),
    [("severity", "must be one of low, medium, high, critical"), ("overdue", "must be one of true, false")],
)
def test_list_says_what_a_filter_takes(idle_api: Api, name: str, message: str) -> None:
    refused = idle_api.get("/v1/tasks", params={name: "urgent"})
    assert refused.json()["errors"] == [{"path": name, "message": message}]
