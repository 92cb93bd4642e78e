import base64
from datetime import timedelta
from uuid import UUID

import pytest

from mdm.core.clock import utc_now
from mdm.hub.access import create_key, revoke_key
from tests.entrypoints.api.calling import LIMITED, Api

OPEN = {"/health/live", "/health/ready"}
EVERYBODY = {"admin", "operator", "steward", "approver", "source", "reader"}
DELIVERING = {"admin", "source"}
READING = {"admin", "operator", "steward", "approver", "reader"}
OPERATING = {"admin", "operator"}
DECIDING = {"admin", "operator", "steward"}
ALLOWED = {
    "POST /v1/deliveries": DELIVERING,
    "POST /v1/deliveries/batch": DELIVERING,
    "GET /v1/deliveries/{delivery_id:int}": DELIVERING | OPERATING,
    "GET /v1/domains": EVERYBODY,
    "GET /v1/loads": OPERATING,
    "GET /v1/loads/{load_id:uuid}": OPERATING,
    "GET /v1/quarantine": DECIDING,
    "GET /v1/quarantine/{quarantine_id:int}": DECIDING,
    "GET /v1/quarantine/{quarantine_id:int}/raw": DECIDING,
    "POST /v1/quarantine/{quarantine_id:int}/replay": DECIDING,
    "POST /v1/quarantine/{quarantine_id:int}/discard": DECIDING,
    "GET /v1/tasks": READING,
    "GET /v1/{domain:str}": READING,
    "POST /v1/{target:str}": {"admin", "steward", "reader"},  # /v1/<domain>:check
    "GET /v1/{domain:str}/{master_id:uuid}": READING,
    "GET /v1/{domain:str}/{master_id:uuid}/versions": READING,
    "GET /v1/{domain:str}/by-source/{source:str}/{key:path}": READING,
    "GET /problems": EVERYBODY,
    "GET /problems/{code:str}": EVERYBODY,
    "GET /metrics": OPERATING,
    "GET /openapi.json": EVERYBODY,
    "GET /docs": EVERYBODY,
    "GET /docs/openapi.json": EVERYBODY,
    "GET /docs/assets/{name:str}": EVERYBODY,
    "GET /docs/{path:str}": EVERYBODY,
}
EXAMPLES = {
    "{delivery_id:int}": "1", "{load_id:uuid}": str(UUID(int=1)), "{quarantine_id:int}": "1",
    "{domain:str}": "customer", "{target:str}": "customer:check",
    "{master_id:uuid}": str(UUID(int=1)), "{source:str}": "crm", "{key:path}": "K1", "{code:str}": "forbidden",
    "{name:str}": "start.js", "{path:str}": "nothing",
}  # fmt: skip


def routes(api: Api) -> list[tuple[str, str]]:
    """Every method and path template of the application."""
    found = [(method, route.path) for route in api.client.app.routes for method in sorted(route.methods)]
    return [(method, path) for method, path in found if path not in OPEN]


def example(path: str) -> str:
    for parameter, value in EXAMPLES.items():
        path = path.replace(parameter, value)
    return path


def test_every_route_says_who_may_use_it(idle_api: Api) -> None:
    assert {f"{method} {path}" for method, path in routes(idle_api) if method != "OPTIONS"} == ALLOWED.keys()


def test_nothing_but_health_is_open(idle_api: Api) -> None:
    answers = {(m, p): idle_api.call(m, example(p), role=None) for m, p in routes(idle_api)}
    assert {a.status_code for a in answers.values()} == {401}
    assert {a.json()["type"] for a in answers.values()} == {"/problems/unauthenticated"}
    assert {idle_api.get(path, role=None).status_code for path in OPEN} == {200}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_may_do_what_it_is_for_and_nothing_else(idle_api: Api, role: str) -> None:
    refused = {
        f"{method} {path}"
        for method, path in routes(idle_api)
        if idle_api.call(method, example(path), role=role).status_code in (401, 403)
    }
    assert refused == {route for route, allowed in ALLOWED.items() if role not in allowed}


def test_a_refusal_names_the_roles_that_may(idle_api: Api) -> None:
    answer = idle_api.get("/v1/loads", role="reader")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "reader may not operate."
    assert "admin, operator" in answer.json()["hint"]


def test_a_missing_key_is_asked_for_as_bearer(idle_api: Api) -> None:
    answer = idle_api.get("/v1/customer", role=None)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="mdm"'
    assert "mdm key create" in answer.json()["hint"]
    assert "challenge" not in answer.text


@pytest.mark.parametrize(
    "authorization",
    [
        "mdm_abc", "Bearer", "Bearer ", "Bearer x", "Bearer mdm_", "Bearer mdm_00000000_wrong", "Basic bWRtOm1kbQ==",
        "Bearer mdm_é", "Bearer " + "m" * 5_000, "Digest username=x",
    ],
)  # fmt: skip
def test_a_wrong_key_opens_nothing(idle_api: Api, authorization: str) -> None:
    headers = {"Authorization": authorization.encode()}
    answer = idle_api.client.get("/v1/customer", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401


def test_a_key_ends_at_once_when_revoked_and_when_expired(api: Api) -> None:
    with api.hub.begin() as work:
        key, secret = create_key(work, name="brief", roles=["reader"])
        old = create_key(work, name="old", roles=["reader"], expires_at=utc_now() - timedelta(seconds=1))[1]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert api.client.get("/v1/customer", headers=bearer).status_code == 200
    with api.hub.begin() as work:
        revoke_key(work, key.prefix)
    revoked = api.client.get("/v1/customer", headers=bearer)
    expired = api.client.get("/v1/customer", headers={"Authorization": f"Bearer {old}"})
    assert revoked.status_code == expired.status_code == 401
    assert "invalid_token" in revoked.headers["WWW-Authenticate"]
    assert "expired" in expired.json()["detail"]


def test_a_browser_may_give_the_key_as_a_password_to_read_but_not_to_act(idle_api: Api) -> None:
    password = base64.b64encode(f"anna:{idle_api.keys['reader']}".encode()).decode()
    headers = {"Authorization": f"Basic {password}"}
    assert idle_api.client.get("/docs", headers=headers).status_code == 200
    assert idle_api.client.get("/v1/customer", headers=headers).status_code == 401
    assert idle_api.get("/docs", role=None).headers["WWW-Authenticate"].startswith("Basic ")
    broken = idle_api.client.get("/docs", headers={"Authorization": "Basic %%%"})
    assert broken.status_code == 401


def test_a_key_for_customers_does_not_open_suppliers(idle_api: Api) -> None:
    fact = {"domain": "supplier", "source": "erp", "key": "1", "attributes": {"name": "Fjordlaks"}}
    assert idle_api.get("/v1/customer", role=LIMITED).status_code == 200
    assert idle_api.get("/v1/supplier", role=LIMITED).status_code == 403
    assert idle_api.get("/v1/quarantine", params={"domain": "supplier"}, role=LIMITED).status_code == 403
    assert [d["name"] for d in idle_api.get("/v1/domains", role=LIMITED).json()] == ["customer"]
    assert idle_api.post("/v1/deliveries", json=fact, role=LIMITED).status_code == 403


def test_a_key_for_customers_does_not_see_quarantined_suppliers(api: Api) -> None:
    for domain in ("customer", "supplier"):
        row = {"domain": domain, "source": "erp", "key": "1", "attributes": {"nonsense": 1}}
        api.batch(api_line(row), source="erp", lines=True, headers={"Prefer": "wait=10"})
    everything = api.get("/v1/quarantine").json()["items"]
    assert {row["domain"] for row in everything} == {"customer", "supplier"}
    visible = api.get("/v1/quarantine", role=LIMITED).json()["items"]
    assert {row["domain"] for row in visible} == {"customer"}
    hidden = next(row["id"] for row in everything if row["domain"] == "supplier")
    assert api.get(f"/v1/quarantine/{hidden}", role=LIMITED).status_code == 404
    assert api.post(f"/v1/quarantine/{hidden}/replay", role=LIMITED).status_code == 404


def api_line(row: dict[str, object]) -> bytes:
    return str(row).replace("'", '"').encode()
