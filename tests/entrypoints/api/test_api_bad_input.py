import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.entrypoints.api.calling import Api, OpenApi

FACT: dict[str, Any] = {"domain": "customer", "source": "crm", "key": "1", "attributes": {"name": "Fjordlaks"}}
GOOD = json.dumps(FACT).encode()


def having(**other: Any) -> bytes:
    return json.dumps(FACT | other).encode()


def without(name: str) -> bytes:
    return json.dumps({n: v for n, v in FACT.items() if n != name}).encode()


BODIES = {
    "empty": (b"", "unreadable_row", ""),
    "broken": (GOOD[:-1], "unreadable_row", ""),
    "two documents": (GOOD + GOOD, "unreadable_row", ""),
    "an array": (b"[" + GOOD + b"]", "unreadable_row", ""),
    "not UTF-8": (GOOD.replace(b"Fjord", b"Fj\xf8rd"), "unreadable_row", ""),
    "UTF-16": (GOOD.decode().encode("utf-16"), "unreadable_row", ""),
    "a NUL": (GOOD.replace(b"Fjord", b"Fj\\u0000rd"), "unreadable_row", ""),
    "a control character": (GOOD.replace(b"Fjord", b"Fj\x07rd"), "unreadable_row", ""),
    "half a character": (GOOD.replace(b"Fjord", b"Fj\\ud800rd"), "unreadable_row", ""),
    "a repeated name": (GOOD.replace(b'"key"', b'"key": "2", "key"'), "unreadable_row", ""),
    "not a number": (having(attributes={"credit_limit": float("nan")}), "unreadable_row", ""),
    "a number beyond reason": (GOOD.replace(b'"1"', b'"1", "version": ' + b"9" * 5_000), "unreadable_row", ""),
    "a number beyond 64 bits": (having(attributes={"industry": 10**20}), "unreadable_row", ""),
    "a deep nest": (GOOD.replace(b'"Fjordlaks"', b"[" * 9_000 + b"]" * 9_000), "unreadable_row", ""),
    "a nest deeper than attributes": (having(attributes={"name": [[[[[[[[[1]]]]]]]]]}), "invalid_attributes", "attr"),
    "an unknown field": (having(atributes={}), "unreadable_row", "atributes"),
    "no domain": (without("domain"), "unreadable_row", "domain"),
    "an unknown domain": (having(domain="costumer"), "unknown_domain", ""),
    "no source": (without("source"), "unreadable_row", "source"),
    "a source that is no name": (having(source=7), "unreadable_row", "source"),
    "an unknown source": (having(source="cmr"), "invalid_input", "source"),
    "a source of another domain": (having(source="portal"), "unknown_source", ""),
    "a number as key": (having(key=1), "unreadable_row", "key"),
    "an empty key": (having(key=""), "unreadable_row", "key"),
    "a control character in the key": (having(key="1\x1b"), "unreadable_row", "key"),
    "a long key": (having(key="x" * 201), "unreadable_row", "key"),
    "a negative version": (having(version=-1), "unreadable_row", "version"),
    "a version in quotes": (having(version="7"), "unreadable_row", "version"),
    "a time without offset": (having(source_time="2026-01-31T08:00:00"), "unreadable_row", "source_time"),
    "a time far ahead": (having(source_time="2126-01-31T08:00:00Z"), "future_source_time", ""),
    "an unknown operation": (having(operation="upsert"), "unreadable_row", "operation"),
    "a master id that is none": (having(master_id="7"), "unreadable_row", "master_id"),
    "no attributes": (without("attributes"), "invalid_attributes", "attributes"),
    "a list of attributes": (having(attributes=[]), "invalid_attributes", "attributes"),
    "an unknown attribute": (having(attributes={"nmae": "x"}), "invalid_attributes", "attributes.nmae"),
    "an attribute of the wrong type": (having(attributes={"name": ["x"]}), "invalid_attributes", "attributes.name"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_bad_fact_gets_a_problem_document(idle_api: Api, kind: str) -> None:
    body, code, path = BODIES[kind]
    answer = idle_api.post("/v1/deliveries", content=body, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["type"]) == (422, 422, f"/problems/{code}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == "/v1/deliveries"
    assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert not path or problem["errors"][0]["path"].startswith(path)
    assert idle_api.get("/v1/quarantine").json()["items"] == []


def test_a_misspelled_name_is_recognised(idle_api: Api) -> None:
    hint = idle_api.deliver(FACT | {"attributes": {"nmae": "x"}}).json()["hint"]
    assert "name" in hint
    assert "domain" in idle_api.get("/v1/custmer").json()["detail"]


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_an_unusable_idempotency_key_is_refused(idle_api: Api, key: str) -> None:
    answer = idle_api.deliver(FACT, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "message_id")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/v1/deliveries", "/v1/deliveries/batch?source=crm", "/v1/quarantine/1/discard"])
def test_a_body_of_another_kind_is_refused(idle_api: Api, path: str, headers: dict[str, str]) -> None:
    answer = idle_api.post(path, content=GOOD, headers=headers)
    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported_media_type"
    assert "application/json" in answer.json()["hint"] or "compressed" in answer.json()["detail"]


def test_a_body_that_says_it_is_too_large_is_refused_unread(idle_api: Api) -> None:
    answer = idle_api.post("/v1/deliveries", content=b"x" * 10_000_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too_large"
    assert "8,388,608 bytes" in answer.json()["detail"]


def test_a_body_in_chunks_is_read_no_further_than_the_limit(open_api: OpenApi) -> None:
    api = open_api(max_body_bytes=10_000)
    answer = api.post(
        "/v1/deliveries", content=(b"x" * 1_000 for _ in range(11)), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limitt=1", "limitt"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=%FF", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=é", "cursor"),
        ("q=x", "q"),
        ("q=a%00b", "q"),
        ("q=" + "x" * 201, "q"),
    ],
)
def test_a_bad_parameter_is_named(idle_api: Api, query: str, path: str) -> None:
    answer = idle_api.get(f"/v1/customer?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path


@pytest.mark.parametrize("time", ["yesterday", "2026-01-31", "2026-01-31T08:00:00", "2026-01-31T08:00:00+01:00", "0001-01-01T00:00:00%2B14:00", ""])  # fmt: skip  # noqa: E501
def test_a_time_is_never_guessed(idle_api: Api, time: str) -> None:
    answer = idle_api.get(f"/v1/customer/00000000-0000-0000-0000-000000000001?valid_at={time}")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "valid_at")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/v1", "/v1/customer/7", "/v1/customer/by-source/crm", "/v1/customer/by-source/crm/a%00b",
        "/v1/nothing", "/v1/loads/7", "/v1/quarantine/x", "/v1/quarantine/0", "/v1/quarantine/" + "9" * 30,
        "/v1/deliveries/" + "9" * 5_000, "/docs/nothing", "/docs/assets/..%2Findex.html", "/problems/nothing",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_too(idle_api: Api, path: str) -> None:
    answer = idle_api.get(path)
    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_method_that_is_not_supported_is_refused_with_those_that_are(idle_api: Api) -> None:
    answer = idle_api.call("DELETE", "/v1/deliveries")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.json()["type"] == "/problems/method_not_allowed"


@pytest.mark.parametrize("given", ["", "x" * 129, "über".encode(), b"a\tb"])
def test_an_unusable_correlation_id_is_refused(idle_api: Api, given: str | bytes) -> None:
    answer = idle_api.get("/v1/domains", headers={"X-Correlation-Id": given})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "X-Correlation-Id"
    assert answer.headers["X-Correlation-Id"] == answer.json()["correlation_id"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"note": 7}', "note"),
        (b'{"nota": "x"}', "nota"),
        (b'{"note": "a\\u0000b"}', "note"),
        (b'{"note": "a", "note": "b"}', ""),
        (b'{"note": NaN}', ""),
        (b"{", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
        (b"[]", ""),
    ],
)
def test_a_bad_decision_is_refused(idle_api: Api, body: bytes, path: str) -> None:
    answer = idle_api.post("/v1/quarantine/1/discard", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_input")
    assert not path or answer.json()["errors"][0]["path"] == path


def test_a_crash_tells_nothing_but_where_to_look(api: Api) -> None:
    with api.hub.begin() as work:
        work.connection.execute("ALTER TABLE load RENAME COLUMN state TO stat")
    with capture_logs() as logged:
        answer = api.get("/v1/loads", headers={"X-Correlation-Id": "find me"})
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/error"
    assert answer.json()["correlation_id"] == logged[0]["correlation_id"] == "find me"
    assert "load.state" in str(logged[0]["exc_info"])
    assert "load.state" not in answer.text
    assert "Traceback" not in answer.text
