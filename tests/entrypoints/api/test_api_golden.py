from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from mdm.core.clock import utc_now
from mdm.core.ids import new_id
from tests.entrypoints.api.calling import Api


def merge(api: Api, *, loser: str, survivor: str) -> None:
    """Write what a merge leaves behind of the loser."""
    with api.hub.begin() as work:
        work.connection.execute(
            "UPDATE master SET status = 'merged', merged_into = %s, version = 2 WHERE id = %s", (survivor, loser)
        )
        work.connection.execute(
            "INSERT INTO golden_version SELECT master_id, 2, now(), now(), %s, 'mdm.identity.merged', cause, release, "
            "'merged', %s FROM golden_version WHERE master_id = %s",
            (new_id(), survivor, loser),
        )


def record(api: Api, master: str, **more: Any) -> dict[str, Any]:
    return api.get(f"/v1/customer/{master}", **more).json()


def test_a_golden_record_carries_where_it_comes_from(api: Api) -> None:
    master = api.master(key="K 7", attributes={"name": "Aurora Foundry", "credit_limit": "1000"})
    found = record(api, master, role="reader")
    assert (found["id"], found["domain"], found["version"], found["status"]) == (master, "customer", 1, "active")
    assert found["attributes"]["name"] == "Aurora Foundry"
    assert found["masked"] == ["credit_limit"]
    assert found["provenance"]["name"]["record"] == "crm/K 7"
    assert found["provenance"].keys() == found["attributes"].keys()
    assert [(link["source"], link["key"], link["deleted_at"]) for link in found["crosswalk"]] == [("crm", "K 7", None)]
    assert record(api, master, params={"provenance": "false"})["provenance"] is None


def test_who_has_the_newest_representation_is_told_so(api: Api) -> None:
    master = api.master(key="K", version=1, attributes={"name": "Aurora Foundry"})
    path = f"/v1/customer/{master}"
    first = api.get(path)
    etag = first.headers["ETag"]
    for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        same = api.get(path, headers={"If-None-Match": condition})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    api.deliver(api.fact(key="K", version=2, attributes={"name": "Aurora Foundry Ltd"}))
    changed = api.get(path, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_the_past_is_answered_as_it_was_known(api: Api) -> None:
    master = api.master(key="K", version=1, attributes={"name": "Aurora Foundry"})
    known = record(api, master)["recorded_at"]
    api.deliver(api.fact(key="K", version=2, attributes={"name": "Borealis Foundry"}))
    assert record(api, master)["attributes"]["name"] == "Borealis Foundry"
    assert record(api, master, params={"known_at": known})["attributes"]["name"] == "Aurora Foundry"
    before = api.get(f"/v1/customer/{master}", params={"known_at": "2020-01-01T00:00:00Z"})
    assert (before.status_code, before.json()["type"]) == (404, "/problems/unknown_master")


def test_the_future_is_answered_as_it_is_planned(api: Api) -> None:
    master = api.master(key="K", version=1, attributes={"name": "Aurora Foundry"})
    moving = (utc_now() + timedelta(days=30)).isoformat()
    api.deliver(api.fact(key="K", version=2, effective_from=moving, attributes={"name": "Borealis Foundry"}))
    later = (utc_now() + timedelta(days=31)).isoformat()
    assert record(api, master)["attributes"]["name"] == "Aurora Foundry"
    assert record(api, master)["valid_to"] is not None
    assert record(api, master, params={"valid_at": later})["attributes"]["name"] == "Borealis Foundry"


def test_a_merged_id_is_answered_with_its_survivor(api: Api) -> None:
    loser, survivor = api.master(), api.master()
    merge(api, loser=loser, survivor=survivor)
    answer = api.get(f"/v1/customer/{loser}")
    assert answer.status_code == 200
    assert answer.json()["id"] == survivor
    assert answer.json()["aliases"] == [loser]
    assert answer.headers["Content-Location"] == f"/v1/customer/{survivor}"
    assert "Content-Location" not in api.get(f"/v1/customer/{survivor}").headers
    versions = api.get(f"/v1/customer/{loser}/versions").json()["items"]
    assert [(v["version"], v["status"], v["merged_into"]) for v in versions] == [
        (2, "merged", survivor), (1, "active", None)
    ]  # fmt: skip


def test_versions_come_newest_first_in_pages(api: Api) -> None:
    names = ["Aurora Foundry", "Borealis Foundry", "Cygnus Foundry"]
    for number, name in enumerate(names, start=1):
        master = api.deliver(api.fact(key="K", version=number, attributes={"name": name})).json()["master"]["id"]
    first = api.get(f"/v1/customer/{master}/versions", params={"limit": 2}).json()
    second = api.get(first["next"]).json()
    assert [v["version"] for v in first["items"] + second["items"]] == [3, 2, 1]
    assert first["items"][0]["cause"]["kind"] == "delivery"
    assert second["next"] is None


@pytest.mark.parametrize("key", ["4711", "a/b", "/a", "a/", "a//b", "ä ö", "a?b=c&d", "50%", "a%2Fb", "a+b"])
def test_a_source_record_leads_to_its_golden_record(api: Api, key: str) -> None:
    master = api.master(key=key)
    answer = api.get(f"/v1/customer/by-source/crm/{quote(key, safe='')}")
    assert (answer.status_code, answer.json()["id"]) == (200, master)
    assert answer.headers["Content-Location"] == f"/v1/customer/{master}"


def test_search_finds_all_words_in_pages(api: Api) -> None:
    for place in ("Hamburg", "Lübeck", "Kiel"):
        api.master(attributes={"address": {"city": place, "country": "DE"}})
    by_place = api.get("/v1/customer", params={"q": "LUBECK birken"}).json()["items"]
    assert [master["attributes"]["name"] for master in by_place] == ["Birkenhof Molkerei"]
    first = api.get("/v1/customer", params={"limit": 2}).json()
    second = api.get(first["next"]).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert "limit=2" in first["next"]
    assert api.get("/v1/customer", params={"q": "50%_"}).json()["items"] == []
    assert api.get("/v1/customer", params={"q": "x"}).status_code == 422


def test_search_shows_no_value_that_is_not_for_everybody(api: Api) -> None:
    api.master(attributes={"credit_limit": "1000", "contacts": [{"email": "a@example.com", "name": "Anna"}]})
    answer = api.get("/v1/customer", params={"q": "aurora"})
    assert "1000" not in answer.text
    assert "example.com" not in answer.text


def test_a_master_of_another_domain_is_unknown(api: Api) -> None:
    master = api.master()
    assert api.get(f"/v1/supplier/{master}").json()["type"] == "/problems/unknown_master"
    assert api.get(f"/v1/customer/{UUID(int=7)}").json()["type"] == "/problems/unknown_master"
    assert api.get("/v1/customer/by-source/crm/none").json()["type"] == "/problems/unknown_master"
    assert api.get(f"/v1/plant/{master}").json()["type"] == "/problems/unknown_domain"
