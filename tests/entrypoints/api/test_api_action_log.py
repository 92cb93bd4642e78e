import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from mdm.core.security import Actor
from mdm.hub.action_log import log_action
from tests.entrypoints.api.calling import LIMITED, Api

LOG = "/v1/action-log"


@pytest.fixture
def logged(api: Api) -> Api:
    """An API whose log holds four actions besides those that made its keys."""
    for actor, subject, domain in (
        ("anna", "task/1", "customer"),
        ("ben", "task/2", "supplier"),
        ("anna", "task/2", "supplier"),
        ("anna", "person/7", None),
    ):
        with api.hub.begin_as(Actor(actor, frozenset({"steward"}))) as work:
            action = "task.decided" if domain else "person.changed"
            log_action(work, action=action, subject=subject, domain=domain, before={"x": 1})
    return api


def subjects(api: Api, *, role: str = "auditor", **parameters: str) -> list[tuple[str, str]]:
    items = api.get(LOG, role=role, params=parameters).json()["items"]
    return [(item["actor"], item["subject"]) for item in items if item["actor"] in ("anna", "ben")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [("anna", "person/7"), ("anna", "task/2"), ("ben", "task/2"), ("anna", "task/1")]),
        ({"actor": "ben"}, [("ben", "task/2")]),
        ({"subject": "task/2", "actor": "anna"}, [("anna", "task/2")]),
        ({"action": "person.changed"}, [("anna", "person/7")]),
        ({"actor": "nobody"}, []),
    ],
)
def test_log_is_shown_newest_first_and_filtered(
    logged: Api, wanted: Mapping[str, str], found: list[tuple[str, str]]
) -> None:
    assert subjects(logged, **wanted) == found


def test_log_is_filtered_by_time(logged: Api) -> None:
    at = logged.get(LOG, role="auditor", params={"actor": "ben"}).json()["items"][0]["at"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert subjects(logged, **{"from": at}) == [("anna", "person/7"), ("anna", "task/2"), ("ben", "task/2")]
    assert subjects(logged, to=at) == [("anna", "task/1")]
    assert subjects(logged, **{"from": later}) == []
    assert logged.get(LOG, role="auditor", params={"from": "yesterday"}).json()["errors"][0]["path"] == "from"


def test_pages_follow_each_other_without_gap_or_repetition(logged: Api) -> None:
    path, found = f"{LOG}?actor=anna&limit=2", []
    while path:
        answer = logged.get(path, role="auditor").json()
        found += [item["subject"] for item in answer["items"]]
        path = answer["next"]
    assert found == ["person/7", "task/2", "task/1"]


def test_auditor_of_some_domains_sees_theirs_alone(logged: Api) -> None:
    assert subjects(logged, role=LIMITED) == [("anna", "task/1")]


def test_entry_says_who_did_what_under_which_request_and_shows_digests_only(api: Api) -> None:
    [row] = api.batch(b'{"domain": "customer"', lines=True).json()["rows"]
    number = row["delivery"]["links"]["quarantine"].rpartition("/")[2]
    correlation = {"X-Correlation-Id": "ticket-4711"}
    api.post(f"/v1/quarantine/{number}/discard", role="steward", json={"note": "a typo"}, headers=correlation)
    [entry] = api.get(LOG, role="auditor", params={"subject": f"quarantine/{number}"}).json()["items"]
    assert (entry["actor"], entry["action"], entry["domain"]) == ("steward", "quarantine.discarded", None)
    assert (entry["reason"], entry["correlation_id"], entry["position"]) == ("a typo", "ticket-4711", None)


def test_hash_can_be_computed_from_what_is_shown(logged: Api) -> None:
    for item in logged.get(LOG, role="auditor").json()["items"]:
        shown, _ = item.pop("hash"), item.pop("position")
        content = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert shown == sha256(content.encode()).hexdigest()


def test_metrics_tell_how_far_the_clock_is_behind_with_sealing(logged: Api) -> None:
    with logged.hub.begin() as work:
        work.connection.execute("UPDATE action_log SET at = at - interval '90 seconds'")
    text = logged.get("/metrics", role="operator").text
    [seconds] = re.findall(r'^mdm_clock_lag_seconds{duty="seal"} (\S+)$', text, re.M)
    assert 90 <= float(seconds) < 600
