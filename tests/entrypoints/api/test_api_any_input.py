import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.entrypoints.api.calling import Api

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = ("domain", "source", "key", "version", "source_time", "operation", "effective_from", "replace", "master_id")
FACT = {"domain": "customer", "source": "crm", "key": "1", "attributes": {"name": "Fjordlaks"}}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
NAMES = st.sampled_from(["name", "country", "address", "contacts", "credit_limit", "blocked", "vat_id"])
FACTS = st.builds(
    lambda envelope, attributes: FACT | envelope | {"attributes": attributes},
    st.dictionaries(st.sampled_from(FIELDS) | st.text(), VALUES, max_size=2),
    st.dictionaries(NAMES | st.text(), VALUES, max_size=3),
)
BODIES = st.binary() | VALUES.map(json.dumps).map(str.encode) | FACTS.map(json.dumps).map(str.encode)


def answered(status: int, body: dict[str, Any]) -> bool:
    return status < 300 or (400 <= status < 500 and body["status"] == status)


@given(BODIES)
@FEW
def test_no_fact_whatever_breaks_the_hub(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Prefer": "wait=5"}
    answer = api.post("/v1/deliveries", content=body, headers=headers)
    assert answered(answer.status_code, answer.json())
    assert answer.json().get("state") != "pending"


@given(st.lists(BODIES, max_size=5), st.booleans())
@FEW
def test_no_batch_whatever_breaks_the_hub(api: Api, rows: list[bytes], lines: bool) -> None:  # noqa: FBT001
    body = b"\n".join(rows) if lines else b"[" + b",".join(rows) + b"]"
    answer = api.batch(body, lines=lines, headers={"Prefer": "wait=5"})
    assert answered(answer.status_code, answer.json())


@given(st.text(min_size=1), st.text(), st.text())
@FEW
def test_no_address_whatever_breaks_the_hub(idle_api: Api, part: str, name: str, value: str) -> None:
    for path in ("/v1/{}", "/v1/{}/1", "/v1/customer/by-source/crm/{}", "/v1/loads/{}", "/problems/{}"):
        answer = idle_api.get(path.format(quote(part, safe="", errors="replace")))
        assert answered(answer.status_code, answer.json() if answer.status_code >= 400 else {})
    query = {name.encode(errors="replace"): value.encode(errors="replace"), "q": value.encode(errors="replace")}
    answer = idle_api.get("/v1/customer", params=query)
    assert answered(answer.status_code, answer.json())
