import base64
from datetime import timedelta

import pytest

from mdm.core.clock import utc_now
from mdm.hub.access import create_key, revoke_key
from tests.entrypoints.api.calling import LIMITED, Api


def test_a_refusal_names_the_roles_that_may(idle_api: Api) -> None:
    answer = idle_api.get("/v1/loads", role="reader")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "reader may not operate or steward."
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
