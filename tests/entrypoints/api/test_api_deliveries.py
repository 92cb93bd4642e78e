import json

from mdm.hub.ingest.conduct import process_next
from tests.entrypoints.api.calling import Api, OpenApi


def raw_of(api: Api, delivery: int) -> bytes:
    with api.hub.begin() as work:
        return work.connection.execute("SELECT raw FROM delivery WHERE id = %s", (delivery,)).fetchone()[0]


def test_a_fact_is_acknowledged_before_it_is_processed(api: Api) -> None:
    answer = api.post("/v1/deliveries", json=api.fact(), role="source", headers={"Idempotency-Key": "m-1"})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["state"], body["message_id"], body["master"], body["problem"]) == ("pending", "m-1", None, None)
    assert body["received_at"].endswith("Z")
    assert answer.headers["Location"] == body["links"]["self"] == f"/v1/deliveries/{body['delivery']}"
    process_next(api.hub.begin, registry=api.hub.registry)
    later = api.get(body["links"]["self"], role="source").json()
    assert (later["state"], later["master"]["version"], later["domain"]) == ("applied", 1, "customer")
    assert later["links"]["master"] == f"/v1/customer/{later['master']['id']}"


def test_waiting_returns_the_master(api: Api) -> None:
    answer = api.deliver(api.fact(), role="source")
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=10"
    assert answer.json()["state"] == "applied"
    assert answer.json()["master"]["version"] == 1


def test_waiting_returns_the_reason_of_a_quarantine(api: Api) -> None:
    fact = api.fact(version=1)
    changed = fact | {"attributes": {"name": "Something else"}}
    api.deliver(fact)
    answer = api.deliver(changed)
    assert answer.status_code == 200
    assert answer.json()["state"] == "quarantined"
    assert answer.json()["problem"]["type"] == "/problems/version_conflict"
    assert api.get(answer.json()["links"]["quarantine"]).json()["code"] == "version_conflict"


def test_waiting_ends_when_the_time_is_over(open_api: OpenApi) -> None:
    api = open_api(max_wait_seconds=0.2)
    with api.hub.begin() as slow:
        slow.connection.execute("LOCK TABLE source_record IN EXCLUSIVE MODE")  # as a worker that takes long
        answer = api.deliver(api.fact())
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=0.2"
    assert answer.json()["state"] == "pending"


def test_the_bytes_are_kept_exactly_as_sent(api: Api) -> None:
    raw = json.dumps(api.fact(), indent=3, ensure_ascii=False).encode() + b"\n"
    answer = api.post("/v1/deliveries", content=raw, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert raw_of(api, answer.json()["delivery"]) == raw


def test_the_same_message_gets_the_same_acknowledgement(api: Api) -> None:
    fact, headers = api.fact(), {"Idempotency-Key": "m-1"}
    first = api.deliver(fact, headers=headers).json()
    again = api.deliver(fact, headers=headers).json()
    assert again == first | {"correlation_id": first["correlation_id"]}


def test_the_same_message_id_with_other_bytes_is_a_conflict_and_kept_for_people(api: Api) -> None:
    headers = {"Idempotency-Key": "m-1"}
    first = api.deliver(api.fact(), headers=headers).json()
    answer = api.deliver(api.fact(), headers=headers)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/message_conflict"
    assert answer.json()["details"]["delivery"] == first["delivery"]
    [kept] = api.get("/v1/quarantine").json()["items"]
    assert (kept["code"], kept["delivery"]) == ("message_conflict", None)
    assert b"Birkenhof" in api.get(f"/v1/quarantine/{kept['id']}/raw").content


def test_without_an_idempotency_key_every_request_is_a_message_of_its_own(api: Api) -> None:
    fact = api.fact()
    first, second = api.deliver(fact).json(), api.deliver(fact).json()
    assert first["delivery"] != second["delivery"]
    assert second["state"] == "unchanged"


def test_correlation_and_trace_are_handed_on_and_echoed(api: Api) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Correlation-Id": "order 4711", "traceparent": trace}
    answer = api.deliver(api.fact(), headers=headers)
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-Id"] == "order 4711"
    assert answer.headers["traceparent"] == trace
    with api.hub.begin() as work:
        row = work.connection.execute("SELECT correlation_id, traceparent FROM delivery").fetchone()
    assert row == ("order 4711", trace)


def test_a_malformed_trace_counts_as_none(api: Api) -> None:
    answer = api.deliver(api.fact(), headers={"traceparent": "00-zz-zz-01"})
    assert answer.status_code == 200
    assert "traceparent" not in answer.headers


def test_a_source_sees_its_own_deliveries_alone(api: Api) -> None:
    own = api.deliver(api.fact(), role="source").json()["links"]["self"]
    foreign = api.deliver(api.fact(), role="admin").json()["links"]["self"]
    assert api.get(own, role="source").status_code == 200
    assert api.get(foreign, role="source").status_code == 404
    assert api.get(own, role="operator").status_code == 200
    assert api.get("/v1/deliveries/99999999999999999999").status_code == 404
