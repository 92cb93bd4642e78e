import json

import pytest
import structlog

from mdm.hub.publishing import tracing
from tests.entrypoints.api.calling import Api

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
HEADERS = {"X-Correlation-Id": "order 4711", "traceparent": TRACEPARENT, "tracestate": "rojo=1"}


def publish_all(api: Api) -> None:
    with api.hub.begin() as work:
        work.connection.execute(
            "UPDATE publishers.outbox SET published_at = created_at + interval '2 s', stream_sequence = seq"
        )
        tracing.measure(work)


def test_a_delivery_is_followed_under_its_correlation_id(api: Api) -> None:
    master = api.master(key="K-1")
    delivery = api.deliver(api.fact(), headers=HEADERS).json()["delivery"]
    publish_all(api)
    answer = api.get("/v1/traces/order%204711", role="operator")
    found = answer.json()
    assert answer.status_code == 200, found
    assert (found["correlation_id"], found["trace_ids"]) == ("order 4711", [TRACEPARENT.split("-")[1]])
    assert [step["kind"] for step in found["steps"]] == ["accepted", "version", "ended", "published"]
    published = found["steps"][-1]
    assert published["took"] == pytest.approx(2)
    assert published["details"]["stream_sequence"] == 2
    assert published["details"]["subject"].startswith("mdm.golden.v1.customer.")
    assert master not in json.dumps(found)
    assert api.get(f"/v1/traces/delivery-{delivery}").json()["steps"] == found["steps"]
    assert api.get(f"/v1/traces/{published['details']['event']}", role="operator").json() == found


def test_a_trace_of_others_and_one_there_is_not_look_the_same(api: Api) -> None:
    api.deliver(api.fact(domain="supplier", source="erp"), headers=HEADERS)
    refused = api.get("/v1/traces/order%204711", role="limited")
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not_found")
    assert refused.json()["hint"] == api.get("/v1/traces/order%204712").json()["hint"]
    assert api.get("/v1/traces/order%204711", role="source").status_code == 404


def test_the_stages_are_told_with_their_percentiles(api: Api) -> None:
    api.deliver(api.fact())
    publish_all(api)
    answer = api.get(
        "/v1/propagation",
        role="operator",
        params={"domain": "customer", "until": "2100-01-01T00:00:00Z", "since": "2020-01-01T00:00:00Z"},
    )
    stages = {stage["stage"]: stage for stage in answer.json()["stages"]}
    assert list(stages) == ["source", "resolve", "approve", "publish", "total"]
    assert [stages["publish"][name] for name in ("events", "p50", "p95", "p99")] == [1, *[pytest.approx(2)] * 3]
    assert stages["approve"]["p50"] is None
    assert api.get("/v1/propagation", params={"since": "yesterday"}).status_code == 422
    assert api.get("/v1/propagation", params={"domain": "plant"}).status_code == 404


def test_metrics_count_every_event_once_whichever_process_is_asked(api: Api) -> None:
    api.deliver(api.fact())
    publish_all(api)
    publish_all(api)
    text = api.get("/metrics", role="operator").text
    assert 'mdm_propagation_seconds_count{domain="customer",stage="publish"} 1.0' in text
    assert 'mdm_propagation_seconds_bucket{domain="customer",le="1.0",stage="publish"} 0.0' in text
    assert 'mdm_propagation_seconds_bucket{domain="customer",le="2.5",stage="publish"} 1.0' in text
    assert 'mdm_propagation_seconds_sum{domain="customer",stage="publish"} 2.0' in text
    assert 'mdm_propagation_skewed_total{domain="customer",stage="publish"} 0.0' in text
    assert 'mdm_clock_lag_seconds{duty="propagation"} 0.0' in text


def test_lines_of_the_log_say_whose_they_are(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = []
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, lambda _, __, line: bound.append(line) or ""]
    )
    with api.hub.begin() as work:
        work.connection.execute("ALTER TABLE fact RENAME TO fact_away")
    api.deliver(api.fact(), headers=HEADERS)
    lines = [line for line in bound if line["event"] in ("inline_crashed", "chunk_crashed")]
    assert lines
    assert {(line["correlation_id"], line["traceparent"]) for line in lines} == {("order 4711", TRACEPARENT)}
