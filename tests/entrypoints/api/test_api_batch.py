import json
from typing import Any

import pytest

from mdm.entrypoints.api.batch import split
from mdm.errors import MdmError
from tests.entrypoints.api.calling import LIMITED, Api, OpenApi

WAIT = {"Prefer": "wait=20"}


def lines(*rows: Any) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)


def test_every_row_of_an_array_is_acknowledged(api: Api) -> None:
    answer = api.batch(json.dumps([api.fact(), api.fact(message_id="own")]).encode(), headers={"Idempotency-Key": "b"})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (2, 0)
    assert [(r["row"], r["status"], r["message_id"]) for r in body["rows"]] == [(1, 202, "b:1"), (2, 202, "own")]
    assert {r["delivery"]["state"] for r in body["rows"]} == {"pending"}


def test_waiting_for_a_batch_returns_the_masters(api: Api) -> None:
    answer = api.batch(lines(api.fact(), api.fact()), lines=True, headers=WAIT)
    assert answer.status_code == 200
    rows = answer.json()["rows"]
    assert [(r["status"], r["delivery"]["state"], r["delivery"]["master"]["version"]) for r in rows] == [
        (200, "applied", 1), (200, "applied", 1)
    ]  # fmt: skip


def test_one_bad_record_among_a_thousand_is_set_aside_and_the_others_go_on(api: Api) -> None:
    rows = [{"domain": "customer", "key": str(n), "attributes": {"name": "x"}} for n in range(1_000)]
    rows[499] = {"domain": "customer", "key": 499, "attributes": {"name": "x"}}
    answer = api.batch(json.dumps(rows).encode())
    assert answer.status_code == 207
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (999, 1)
    bad = body["rows"][499]
    assert (bad["row"], bad["status"], bad["delivery"]["state"]) == (500, 422, "quarantined")
    assert bad["problem"]["errors"] == [{"path": "key", "message": "`key` is 499: not a string."}]
    [kept] = api.get("/v1/quarantine").json()["items"]
    assert kept["delivery"] == bad["delivery"]["delivery"]
    assert json.loads(api.get(f"/v1/quarantine/{kept['id']}/raw").content)["key"] == 499
    with api.hub.begin() as work:
        counted = work.connection.execute("SELECT state, count(*) FROM delivery GROUP BY 1").fetchall()
    assert dict(counted) == {"pending": 999, "quarantined": 1}


BAD_ROWS = {
    "broken": (b'{"domain": "customer", "key": "1"', "unreadable_row"),
    "not UTF-8": (b'{"domain": "customer", "key": "\xff", "attributes": {}}', "unreadable_row"),
    "NUL": (b'{"domain": "customer", "key": "1", "attributes": {"name": "a\\u0000"}}', "unreadable_row"),
    "control character": (b'{"domain": "customer", "key": "1\x07", "attributes": {}}', "unreadable_row"),
    "repeated name": (b'{"domain": "customer", "key": "1", "key": "2", "attributes": {}}', "unreadable_row"),
    "not a number": (b'{"domain": "customer", "key": "1", "attributes": {"credit_limit": NaN}}', "unreadable_row"),
    "huge number": (b'{"domain": "customer", "key": "1", "version": 99999999999999999999}', "unreadable_row"),
    "no object": (b"42", "unreadable_row"),
    "unknown field": (b'{"domain": "customer", "key": "1", "attribtes": {}}', "unreadable_row"),
    "unknown domain": (b'{"domain": "costumer", "key": "1", "attributes": {}}', "unknown_domain"),
    "other source": (b'{"domain": "customer", "source": "erp", "key": "1", "attributes": {}}', "unreadable_row"),
    "message id": (b'{"message_id": 7, "domain": "customer", "key": "1", "attributes": {}}', "unreadable_row"),
}


def test_every_kind_of_bad_line_is_set_aside_with_its_bytes(api: Api) -> None:
    answer = api.batch(lines(*(raw for raw, _ in BAD_ROWS.values()), api.fact()), lines=True, headers=WAIT)
    assert answer.status_code == 207
    *bad, good = answer.json()["rows"]
    codes = [row["problem"]["type"].removeprefix("/problems/") for row in bad]
    assert dict(zip(BAD_ROWS, codes, strict=True)) == {name: code for name, (_, code) in BAD_ROWS.items()}
    assert {row["status"] for row in bad} == {422}
    assert good["delivery"]["state"] == "applied"
    kept = [api.get(f"/v1/quarantine/{row['id']}/raw").content for row in api.get("/v1/quarantine").json()["items"]]
    assert sorted(kept) == sorted(raw for raw, _ in BAD_ROWS.values())


def test_the_same_batch_again_changes_nothing(api: Api) -> None:
    body = lines(api.fact(), b"broken")
    first = api.batch(body, lines=True, headers={"Idempotency-Key": "b", **WAIT}).json()
    again = api.batch(body, lines=True, headers={"Idempotency-Key": "b", **WAIT}).json()
    assert again == first
    assert len(api.get("/v1/quarantine").json()["items"]) == 1


def test_a_row_whose_message_id_was_used_for_other_bytes_is_a_conflict(api: Api) -> None:
    answer = api.batch(lines(api.fact(message_id="m"), api.fact(message_id="m")), lines=True)
    assert [row["status"] for row in answer.json()["rows"]] == [202, 409]


def test_what_only_processing_can_know_is_told_to_those_who_wait(api: Api) -> None:
    answer = api.batch(lines(api.fact(attributes={"nmae": "x"})), lines=True, headers=WAIT)
    [row] = answer.json()["rows"]
    assert (row["status"], row["delivery"]["state"]) == (422, "quarantined")
    assert row["problem"]["errors"][0]["path"] == "attributes.nmae"


def test_rows_of_a_foreign_domain_are_refused_and_not_kept(api: Api) -> None:
    foreign = {"domain": "supplier", "key": "1", "attributes": {"name": "Fjordlaks"}}
    mine = {"domain": "customer", "key": "1", "attributes": {"name": "Fjordlaks"}}
    answer = api.batch(lines(foreign, mine), source="erp", lines=True, role=LIMITED)
    assert [(row["status"], row["delivery"] is None) for row in answer.json()["rows"]] == [(403, True), (202, False)]
    assert api.get("/v1/quarantine").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 422, "not a JSON array"),
        (b"[]", 422, "empty"),
        (b"{}", 422, "not a JSON array"),
        (b'[{"key": 1}', 422, "broken at character 11"),
        (b'[{"key": 1},]', 422, "broken at character 12"),
        (b'[{"key": 1} {}]', 422, "comma"),
        (b'[{"key": 1}] x', 422, "follows"),
        (b'[{"key" 1}]', 422, "broken"),
        (b'[{"key": "\xff"}]', 422, "not UTF-8"),
        (b"[" * 100_000, 422, "nested"),
    ],
)
def test_a_body_that_cannot_be_taken_apart_is_refused_whole(idle_api: Api, body: bytes, status: int, says: str) -> None:
    answer = idle_api.batch(body)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    assert idle_api.get("/v1/deliveries/1").status_code == 404


def test_a_batch_has_a_source_and_a_limit(open_api: OpenApi) -> None:
    api = open_api(max_batch=2)
    body = b"[{},{},{}]"
    unnamed = api.post("/v1/deliveries/batch", content=body, headers={"Content-Type": "application/json"})
    assert (unnamed.status_code, unnamed.json()["errors"][0]["path"]) == (422, "source")
    unknown = api.batch(b"[{}]", source="cmr")
    assert (unknown.status_code, unknown.json()["errors"][0]["path"]) == (422, "source")
    large = api.batch(body)
    assert (large.status_code, large.json()["detail"]) == (413, "The batch has more than 2 rows.")


def test_rows_keep_their_exact_bytes() -> None:
    array = b' [ {"a": 1.10, "b":[1, 2]} ,\n"\xc3\xa9", 1e999,NaN ] '
    assert split(array, "application/json", most=9) == [
        (1, b'{"a": 1.10, "b":[1, 2]}'), (2, b'"\xc3\xa9"'), (3, b"1e999"), (4, b"NaN")
    ]  # fmt: skip
    assert split(b'{"a": 1}\r\n\n  {"b":2}', "application/x-ndjson", most=9) == [(1, b'{"a": 1}'), (3, b'  {"b":2}')]


def test_exactly_the_most_rows_are_read_to_their_end() -> None:
    assert len(split(b"[1,2]", "application/json", most=2)) == 2
    with pytest.raises(MdmError, match="follows"):
        split(b"[1,2]]", "application/json", most=2)
