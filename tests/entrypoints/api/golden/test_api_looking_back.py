from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.entrypoints.api.calling import Api

MAY, JULY = "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"


@pytest.fixture
def moved(api: Api) -> str:
    """A customer in Kiel until July, which becomes known with version 2; a second source knows it from version 3 on."""
    master = api.master(
        key="K", version=1, effective_from=MAY, attributes={"name": "Aurora", "address": {"city": "Kiel"}}
    )
    api.deliver(
        api.fact(
            key="K", version=2, effective_from=JULY, attributes={"name": "Aurora", "address": {"city": "Lübeck <&>"}}
        )
    )
    return master


def recorded(api: Api, master: str) -> list[str]:
    """When each version was recorded, the first one first."""
    return [v["recorded_at"] for v in reversed(api.get(f"/v1/customer/{master}/versions").json()["items"])]


def cities(answer: Mapping[str, Any], side: str) -> list[str | None]:
    found = [change[side] for change in answer["attributes"] if change["attribute"] == "address"]
    return [value and value["city"] for value in found]


def test_a_timeline_is_told_as_it_was_known(api: Api, moved: str) -> None:
    first, second = recorded(api, moved)
    path = f"/v1/customer/{moved}/timeline"
    now, then = api.get(path).json(), api.get(path, params={"known_at": first}).json()
    assert [s["attributes"]["address"]["city"] for s in now["slices"]] == ["Kiel", "Lübeck <&>"]
    assert [(s["valid_from"], s["valid_to"]) for s in now["slices"]] == [(MAY, JULY), (JULY, None)]
    assert ([s["valid_to"] for s in then["slices"]], then["version"], then["recorded_at"]) == ([None], 1, first)
    assert now["recorded_at"] == second
    assert api.get(path, params={"known_at": "2020-01-01T00:00:00Z"}).json()["type"] == "/problems/unknown_master"


def test_any_two_points_are_compared(api: Api, moved: str) -> None:
    first, second = recorded(api, moved)
    path = f"/v1/customer/{moved}/diff"
    in_august = {"before_valid_at": "2026-08-01T00:00:00Z", "after_valid_at": "2026-08-01T00:00:00Z"}
    found = api.get(path, params=in_august | {"before_known_at": first}).json()
    assert (cities(found, "before"), cities(found, "after")) == (["Kiel"], ["Lübeck <&>"])
    assert (found["before"]["version"], found["after"]["version"]) == (1, 2)
    assert [(v["version"], v["cause"]["kind"], v["recorded_at"]) for v in found["between"]["versions"]] == [
        (2, "delivery", second)
    ]
    (address,) = found["attributes"]
    assert address["before_from"]["record"] == address["after_from"]["record"] == "crm/K"
    within = api.get(path, params={"before_valid_at": "2026-06-01T00:00:00Z", "after_valid_at": JULY}).json()
    assert (cities(within, "before"), within["between"]["versions"]) == (["Kiel"], [])
    reversed_ = api.get(path, params={"after_known_at": first, "after_valid_at": JULY, "before_valid_at": JULY}).json()
    assert (cities(reversed_, "after"), len(reversed_["between"]["versions"])) == (["Kiel"], 1)


def test_before_it_was_known_there_was_nothing(api: Api, moved: str) -> None:
    path, long_ago = f"/v1/customer/{moved}/diff", "2020-01-01T00:00:00Z"
    found = api.get(path, params={"before_known_at": long_ago}).json()
    assert (found["before"]["version"], found["before"]["status"], found["after"]["version"]) == (None, None, 2)
    assert [change["before"] for change in found["attributes"]] == [None] * len(found["attributes"])
    assert ([link["key"] for link in found["linked"]], len(found["between"]["versions"])) == (["K"], 2)
    nothing = api.get(path, params={"before_known_at": long_ago, "after_known_at": long_ago})
    assert nothing.json()["type"] == "/problems/unknown_master"


def test_whole_timelines_are_compared(api: Api, moved: str) -> None:
    first, _ = recorded(api, moved)
    found = api.get(f"/v1/customer/{moved}/timeline/diff", params={"before_known_at": first}).json()
    (stretch,) = found["stretches"]
    assert (stretch["valid_from"], stretch["valid_to"]) == (JULY, None)
    assert (cities(stretch, "before"), cities(stretch, "after")) == (["Kiel"], ["Lübeck <&>"])


def test_all_that_an_attribute_was_is_told_in_pages(api: Api, moved: str) -> None:
    first, second = recorded(api, moved)
    path = f"/v1/customer/{moved}/history/address"
    whole = api.get(path).json()
    times = ("valid_from", "valid_to", "known_from", "known_to")
    assert [(entry["value"]["city"], *(entry[time] for time in times)) for entry in whole["entries"]] == [
        ("Lübeck <&>", JULY, None, second, None),
        ("Kiel", MAY, JULY, second, None),
        ("Kiel", MAY, None, first, second),
    ]  # fmt: skip
    newest = whole["entries"][0]
    assert (newest["provenance"]["record"], newest["version"], newest["release"], newest["approval"]) == (
        "crm/K",
        2,
        1,
        None,
    )
    page = api.get(path, params={"limit": 1}).json()
    assert [e["version"] for e in page["entries"]] == [2, 2]
    assert [e["version"] for e in api.get(page["next"]).json()["entries"]] == [1]
    unknown = api.get(f"/v1/customer/{moved}/history/adress").json()
    assert (unknown["type"], unknown["hint"]) == ("/problems/invalid_input", "Did you mean `address`?")


def test_masked_attributes_have_no_history_for_readers(api: Api) -> None:
    master = api.master(key="K", attributes={"credit_limit": "1000"})
    for path in ("history/credit_limit", "timeline", "timeline.svg", "timeline.svg?attribute=credit_limit", "diff"):
        answer = api.get(f"/v1/customer/{master}/{path}", role="reader")
        assert (answer.status_code, "1000" in answer.text) == (200, False), path
    assert api.get(f"/v1/customer/{master}/history/credit_limit", role="reader").json()["masked"] is True


def test_drawings_are_whole_documents_that_stay_the_same(api: Api, moved: str) -> None:
    for path in (f"/v1/customer/{moved}/timeline.svg", f"/v1/customer/{moved}/timeline.svg?attribute=address"):
        answer = api.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
        assert "Lübeck <&>" in "".join(ET.fromstring(answer.text).itertext())  # noqa: S314 (our own)
        assert api.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    refused = api.get(f"/v1/customer/{moved}/timeline.svg", params={"attribute": "address", "known_at": JULY})
    assert refused.status_code == 422


def test_search_finds_what_was_there_then(api: Api, moved: str) -> None:
    first, _ = recorded(api, moved)
    later = api.master(key="L", attributes={"name": "Borealis"})

    def found(**given: str) -> list[str]:
        return [master["id"] for master in api.get("/v1/customer", params=given).json()["items"]]

    assert found(q="kiel", valid_at="2026-06-01T00:00:00Z") == [moved]
    assert found(q="lubeck", valid_at="2026-08-01T00:00:00Z") == [moved]
    assert found(q="lubeck", valid_at="2026-08-01T00:00:00Z", known_at=first) == []
    assert (found(known_at=first), found(known_at="2020-01-01T00:00:00Z")) == ([moved], [])
    page = api.get("/v1/customer", params={"valid_at": "2099-01-01T00:00:00Z", "limit": 1}).json()
    assert [page["items"][0]["id"], api.get(page["next"]).json()["items"][0]["id"]] == sorted([moved, later])
