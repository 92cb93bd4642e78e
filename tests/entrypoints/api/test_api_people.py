from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from mdm.core.clock import utc_now
from tests.entrypoints.api.calling import Api, OpenApi
from tests.support.identity_provider import AUDIENCE, IdentityProvider, running_provider

WHY = {"reason": "Asked for in the test"}
OWNER = "procurement_data_owner"


def person(api: Api, name: str, *roles: str, **scope: Any) -> str:
    """Make a person with roles and return the id."""
    made = api.post("/v1/people", json={"name": name, **WHY}).json()["id"]
    for role in roles:
        assert api.post(f"/v1/people/{made}/roles", json={"role": role, **scope, **WHY}).status_code == 201
    return str(made)


def bearer(api: Api, method: str, path: str, text: str, **more: Any) -> Response:
    return api.client.request(method, path, headers={"Authorization": f"Bearer {text}"}, **more)


def key_of(api: Api, name: str, **more: Any) -> str:
    return str(api.post("/v1/keys", json={"name": name, **WHY, **more}).json()["key"])


def test_person_gets_roles_and_a_key_and_is_deactivated(api: Api) -> None:
    anna = person(api, "anna", "reader", domains=["supplier"])
    key = key_of(api, "anna")
    assert bearer(api, "GET", "/v1/supplier", key).status_code == 200
    assert bearer(api, "GET", "/v1/customer", key).status_code == 403
    me = bearer(api, "GET", "/v1/me", key).json()
    assert (me["name"], me["permissions"]) == ("anna", {"read": ["supplier"], "check": ["supplier"]})
    assert api.post(f"/v1/people/{anna}/deactivate", json=WHY).json()["deactivated_by"] == "admin"
    assert bearer(api, "GET", "/v1/supplier", key).status_code == 401


def test_person_shows_what_they_hold_and_by_which_way(api: Api) -> None:
    anna = person(api, "anna", OWNER)
    shown = api.get(f"/v1/people/{anna}").json()
    assert [grant["role"] for grant in shown["grants"]] == [OWNER]
    assert {held["role"]: held["domains"] for held in shown["holds"]} == {OWNER: ["*"], "approver": ["supplier"]}
    grant = shown["grants"][0]["id"]
    assert api.post(f"/v1/people/{anna}/roles/{grant}/withdraw", json=WHY).status_code == 204
    assert api.get(f"/v1/people/{anna}").json()["holds"] == []


def test_people_are_listed_page_by_page(api: Api) -> None:
    for name in ("anna", "ben", "carl"):
        person(api, name)
    first = api.get("/v1/people", params={"kind": "person", "limit": 2}).json()
    second = api.get(first["next"]).json()
    assert [p["name"] for p in first["items"] + second["items"]] == ["anna", "ben", "carl"]
    assert second["next"] is None
    assert [p["name"] for p in api.get("/v1/people", params={"name": "ben"}).json()["items"]] == ["ben"]


def test_group_gives_its_members_roles_until_they_leave(api: Api) -> None:
    anna = person(api, "anna")
    group = api.post("/v1/groups", json={"name": "Buyers", **WHY}).json()["id"]
    granted = api.post(f"/v1/groups/{group}/roles", json={"role": "reader", **WHY}).json()["id"]
    assert api.post(f"/v1/groups/{group}/members", json={"person": anna, **WHY}).status_code == 204
    key = key_of(api, "anna")
    assert bearer(api, "GET", "/v1/customer", key).status_code == 200
    assert [m["name"] for m in api.get(f"/v1/groups/{group}").json()["members"]] == ["anna"]
    assert api.post(f"/v1/groups/{group}/members/{anna}/remove", json=WHY).status_code == 204
    left = bearer(api, "GET", "/v1/customer", key)
    assert (left.status_code, left.json()["detail"]) == (403, "anna holds no role here.")
    assert api.post(f"/v1/groups/{group}/roles/{granted}/withdraw", json=WHY).status_code == 204
    assert api.post(f"/v1/groups/{group}/dissolve", json=WHY).status_code == 204
    assert api.get("/v1/groups").json() == []
    assert api.get(f"/v1/groups/{group}").json()["type"] == "/problems/unknown_group"


def test_who_is_away_lends_their_roles_and_takes_them_back(api: Api) -> None:
    person(api, "anna", OWNER)
    person(api, "ben", "reader")
    anna, ben = key_of(api, "anna"), key_of(api, "ben")
    ends = (utc_now() + timedelta(days=3)).isoformat()
    lent = bearer(api, "POST", "/v1/delegations", anna, json={"taker": "ben", "roles": [OWNER], "ends_at": ends, **WHY})
    assert (lent.status_code, lent.json()["giver"], lent.json()["taker"]) == (201, "anna", "ben")
    roles = bearer(api, "GET", "/v1/me", ben).json()["roles"]
    assert {role["role"]: role["delegated_by"] for role in roles} == {
        OWNER: "anna", "approver": "anna", "reader": None,
    }  # fmt: skip
    assert [d["giver"] for d in bearer(api, "GET", "/v1/delegations", ben).json()["items"]] == ["anna"]
    forbidden = {"giver": "anna", "taker": "ben", "roles": [OWNER], "ends_at": ends, **WHY}
    assert bearer(api, "POST", "/v1/delegations", ben, json=forbidden).status_code == 403
    assert bearer(api, "POST", f"/v1/delegations/{lent.json()['id']}/end", anna, json=WHY).status_code == 200
    assert [role["role"] for role in bearer(api, "GET", "/v1/me", ben).json()["roles"]] == ["reader"]


def test_key_is_rotated_by_its_holder_and_revoked(api: Api) -> None:
    person(api, "anna", "reader")
    old = key_of(api, "anna", purpose="script")
    prefix = old.split("_")[1]
    new = bearer(api, "POST", f"/v1/keys/{prefix}/rotate", old, json={"overlap_days": 1, **WHY}).json()["key"]
    assert [bearer(api, "GET", "/v1/me", key).status_code for key in (old, new)] == [200, 200]
    listed = bearer(api, "GET", "/v1/keys", new)
    assert [key["purpose"] for key in listed.json()] == ["script", "script"]
    assert new.split("_", 2)[2] not in listed.text
    again = bearer(api, "POST", f"/v1/keys/{prefix}/rotate", new, json=WHY)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/too_many_keys")
    assert bearer(api, "POST", f"/v1/keys/{prefix}/revoke", new, json=WHY).status_code == 204
    assert bearer(api, "GET", "/v1/me", old).status_code == 401


def test_key_of_another_is_nobodys_business(api: Api) -> None:
    prefix = api.keys["admin"].split("_")[1]
    for path in (f"/v1/keys/{prefix}/revoke", f"/v1/keys/{prefix}/rotate", "/v1/keys/00000000/revoke"):
        assert api.post(path, role="reader", json=WHY).status_code == 403
    assert [key["name"] for key in api.get("/v1/keys", role="reader").json()] == ["reader"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/people", {"name": "x"}), ("/v1/people", {"name": " ", **WHY}),
        ("/v1/people", {"name": "x", "reason": ""}), ("/v1/people", {"name": "x", "reason": "\x00"}),
        ("/v1/people", {"name": "a\nb", **WHY}), ("/v1/people", {"name": "x", "kind": "robot", **WHY}),
        ("/v1/people", {"name": "x", "subject": "1", **WHY}), ("/v1/people", {"name": "x", "admin": True, **WHY}),
        ("/v1/groups", {"name": "", **WHY}), ("/v1/keys", {"name": "x", "roles": [], **WHY}),
        ("/v1/keys", {"name": "x", "roles": ["king"], **WHY}), ("/v1/keys", {"name": "x", "expires_at": "soon", **WHY}),
        ("/v1/delegations", {"taker": "x", "roles": ["reader"], "ends_at": "2030-01-01T00:00:00", **WHY}),
    ],
)  # fmt: skip
def test_change_without_reason_or_sense_is_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    assert api.post(path, json=body).status_code == 422


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def connected(open_api: OpenApi, provider: IdentityProvider) -> Api:
    """The API of a hub that takes the provider's tokens."""
    return open_api(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, oidc_roles="Readers=reader")


def test_token_opens_what_its_roles_may_beside_keys(connected: Api, provider: IdentityProvider) -> None:
    token = provider.token(preferred_username="anna", roles=["Readers"])
    me = bearer(connected, "GET", "/v1/me", token).json()
    assert (me["name"], me["kind"], [role["role"] for role in me["roles"]]) == ("anna", "person", ["reader"])
    assert bearer(connected, "GET", "/v1/customer", token).status_code == 200
    assert bearer(connected, "GET", "/v1/loads", token).status_code == 403
    assert connected.get("/v1/customer", role="reader").status_code == 200


def test_refused_token_says_which_check_failed_and_nothing_of_it(connected: Api, provider: IdentityProvider) -> None:
    refused = bearer(connected, "GET", "/v1/me", provider.token(aud="payroll", email="anna@example.com"))
    assert (refused.status_code, refused.json()["detail"]) == (401, "The access token is for another audience.")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert "payroll" not in refused.text
    assert "anna" not in refused.text


def test_known_tokens_and_keys_open_while_the_provider_is_down(connected: Api, provider: IdentityProvider) -> None:
    token = provider.token(preferred_username="anna", roles=["Readers"])
    assert bearer(connected, "GET", "/v1/me", token).status_code == 200
    provider.down = True
    assert bearer(connected, "GET", "/v1/me", token).status_code == 200
    assert bearer(connected, "GET", "/v1/me", provider.token(headers={"kid": "unseen"})).status_code == 401
    assert connected.get("/v1/me", role="reader").status_code == 200


def test_tokens_wait_for_a_provider_that_was_never_reached(open_api: OpenApi, provider: IdentityProvider) -> None:
    provider.down = True
    connected = open_api(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE)
    assert bearer(connected, "GET", "/v1/me", provider.token()).status_code == 503
    assert connected.get("/v1/me", role="reader").status_code == 200


def test_person_is_not_made_where_that_is_not_wanted(open_api: OpenApi, provider: IdentityProvider) -> None:
    closed = open_api(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, oidc_provision=False)
    stranger = bearer(closed, "GET", "/v1/me", provider.token(preferred_username="anna"))
    assert (stranger.status_code, stranger.json()["type"]) == (403, "/problems/not_provisioned")
    made = person(closed, "anna", "reader")
    linked = closed.post(f"/v1/people/{made}/identity", json={"issuer": provider.issuer, "subject": "0815", **WHY})
    assert linked.status_code == 200
    assert bearer(closed, "GET", "/v1/me", provider.token()).json()["name"] == "anna"
    closed.post(f"/v1/people/{made}/deactivate", json=WHY)
    gone = bearer(closed, "GET", "/v1/me", provider.token())
    assert (gone.status_code, gone.json()["type"]) == (403, "/problems/deactivated")


def test_rotated_signing_key_is_taken(open_api: OpenApi, provider: IdentityProvider) -> None:
    provider.publish("second", algorithm="ES256")
    connected = open_api(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE)
    token = provider.token(algorithm="ES256", headers={"kid": "second"}, preferred_username="anna")
    assert bearer(connected, "GET", "/v1/me", token).json()["detail"] == "anna holds no role here."
