from collections.abc import Mapping
from typing import Any

from tests.entrypoints.api.calling import Api

BROKEN = b'{"domain": "customer"'


def quarantined(api: Api, raw: bytes = BROKEN) -> Mapping[str, Any]:
    """Have a line set aside and return its row."""
    return api.batch(raw, lines=True).json()["rows"][0]["delivery"]


def test_quarantined_input_is_shown_with_reason_and_bytes(api: Api) -> None:
    delivery = quarantined(api)
    path = delivery["links"]["quarantine"]
    shown = api.get(path, role="steward").json()
    assert (shown["state"], shown["code"], shown["severity"]) == ("open", "unreadable_row", "medium")
    assert (shown["delivery"], shown["message_id"]) == (delivery["delivery"], delivery["message_id"])
    assert api.get(f"{path}/raw", role="steward").status_code == 403
    raw = api.get(f"{path}/raw", params={"reason": "Looking for the cause"})
    assert raw.content == BROKEN
    assert raw.headers["Content-Type"] == "application/octet-stream"
    assert raw.headers["Content-Disposition"].startswith("attachment;")
    assert api.get("/v1/quarantine/99").status_code == 404


def test_quarantine_is_listed_newest_first_and_filtered(api: Api) -> None:
    for number in range(3):
        quarantined(api, BROKEN + b" " * number)
    first = api.get("/v1/quarantine", params={"limit": 2}).json()
    second = api.get(first["next"]).json()
    ids = [row["id"] for row in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert api.get("/v1/quarantine", params={"source": "erp"}).json()["items"] == []
    assert len(api.get("/v1/quarantine", params={"source": "crm", "state": "all"}).json()["items"]) == 3
    refused = api.get("/v1/quarantine", params={"state": "lost"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "state")


def test_a_replayed_delivery_is_processed_again(api: Api) -> None:
    delivery = quarantined(api)
    answer = api.post(f"{delivery['links']['quarantine']}/replay", json={"note": "Mapping mended"}, role="steward")
    assert answer.status_code == 200
    decided = answer.json()
    assert (decided["state"], decided["decided_by"], decided["note"]) == ("replayed", "steward", "Mapping mended")
    assert api.get(delivery["links"]["self"]).json()["state"] == "pending"
    assert api.get("/v1/quarantine").json()["items"] == []


def test_a_discarded_delivery_is_ended(api: Api) -> None:
    delivery = quarantined(api)
    path = delivery["links"]["quarantine"]
    assert api.post(f"{path}/discard").json()["state"] == "discarded"
    assert api.get(delivery["links"]["self"]).json()["state"] == "discarded"
    again = api.post(f"{path}/discard")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already_decided")
    assert api.get(f"{path}/raw").content == BROKEN


def test_a_message_that_was_never_accepted_cannot_be_replayed(api: Api) -> None:
    headers = {"Idempotency-Key": "m"}
    api.deliver(api.fact(), headers=headers)
    api.deliver(api.fact(), headers=headers)
    [kept] = api.get("/v1/quarantine").json()["items"]
    answer = api.post(f"/v1/quarantine/{kept['id']}/replay")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already_decided")
    assert "discard" in answer.json()["hint"]
