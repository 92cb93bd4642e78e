"""Hierarchies over HTTP."""

from typing import Any

import pytest

from mdm.hub import redo
from tests.entrypoints.api.calling import Api


@pytest.fixture
def plant(api: Api) -> str:
    """The id of a plant with a line in it, and a machine in that line."""
    attributes = {"name": "Werk Ulm", "location_type": "plant", "country": "DE"}
    master = api.deliver(fact("location", "1000", **attributes)).json()["master"]["id"]
    api.deliver(fact("work_center", "LINE", code="LINE", name="Line", plant="1000"))
    api.deliver(fact("work_center", "M1", code="M1", name="Press", plant="1000", parent="LINE"))
    while redo.process_due(api.hub.begin):
        pass
    return str(master)


def fact(domain: str, key: str, **attributes: Any) -> dict[str, Any]:
    return {"domain": domain, "source": "erp", "key": key, "attributes": attributes}


def test_tree_is_a_list_in_which_everything_names_what_it_stands_under(api: Api, plant: str) -> None:
    found = api.get(f"/v1/location/{plant}/tree", role="reader")
    assert found.headers["ETag"]
    tree = found.json()
    line, press = tree["below"]
    assert (tree["root"]["id"], tree["root"]["attributes"], tree["truncated"]) == (plant, {"name": "Werk Ulm"}, False)
    assert (line["parent"], line["attribute"], line["domain"]) == (plant, "plant", "work_center")
    assert (press["parent"], press["attribute"], press["depth"]) == (line["id"], "parent", 2)
    assert press["attributes"]["name"] == "Press"
    shallow = api.get(f"/v1/location/{plant}/tree", params={"depth": 1}).json()
    assert [node["id"] for node in shallow["below"]] == [line["id"]]


def test_ancestors_lead_back_to_the_plant(api: Api, plant: str) -> None:
    press = api.get("/v1/work_center/by-source/erp/M1").json()["id"]
    items = api.get(f"/v1/work_center/{press}/ancestors").json()["items"]
    assert [item["attributes"]["name"] for item in items] == ["Line", "Werk Ulm"]
    assert [item["parent"] for item in items] == [plant, None]


def test_uses_come_in_pages_and_by_domain_and_attribute(api: Api, plant: str) -> None:
    address = f"/v1/location/{plant}/where-used"
    first = api.get(address, params={"limit": 1, "by_domain": "work_center", "attribute": "plant"}).json()
    second = api.get(first["next"]).json()
    assert second["next"] is None
    assert {use["attributes"]["code"] for use in first["items"] + second["items"]} == {"LINE", "M1"}
    assert api.get(address, params={"attribute": "parent"}).json()["items"] == []
    assert api.get(address, params={"by_domain": "nothing"}).json()["type"] == "/problems/unknown_domain"


@pytest.mark.parametrize("view", ["tree", "ancestors", "where-used"])
def test_what_is_not_there_has_no_hierarchy(api: Api, plant: str, view: str) -> None:
    assert api.get(f"/v1/customer/{plant}/{view}").status_code == 404
    assert api.get(f"/v1/location/{plant}/{view}", params={"known_at": "2020-01-01T00:00:00Z"}).status_code == 404
    assert api.get(f"/v1/location/{plant}/{view}", params={"valid_at": "yesterday"}).status_code == 422
