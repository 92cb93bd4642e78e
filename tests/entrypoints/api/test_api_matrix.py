"""Every role, and nobody at all, tried on every endpoint: refused unless docs/reference/permissions.md lists it."""

import re
from functools import cache
from uuid import UUID

import pytest

from mdm.core.security import ROLES
from tests.docs.reference import REFERENCE, handlers, part
from tests.entrypoints.api.calling import Api

OPEN = {"GET /health/live", "GET /health/ready"}
ADMINISTERING = re.compile(r"[A-Z]+ /v1/(people|groups)\b")
WORDS = {"domain": "customer", "target": "customer:check", "source": "crm", "code": "forbidden", "name": "start.js"}
BY_TYPE = {"uuid": str(UUID(int=1)), "int": "1"}


@cache
def documented() -> dict[str, set[str]]:
    """Endpoint → roles, as the page says."""
    rows = part((REFERENCE / "permissions.md").read_text(), "endpoints").splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return {
        name.strip("` "): set(ROLES) if roles == "all" else set(re.findall(r"`(\w+)`", roles))
        for name, _, roles in cells
    }


def served() -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in handlers()]


def example(path: str) -> str:
    """A path with something in the place of each parameter."""
    return re.sub(r"\{(\w+):(\w+)\}", lambda found: BY_TYPE.get(found[2]) or WORDS.get(found[1], "nothing"), path)


def test_every_endpoint_is_documented_and_nothing_else() -> None:
    assert {f"{method} {path}" for method, path in served()} == documented().keys()


def test_nothing_but_health_is_open(idle_api: Api) -> None:
    answers = {f"{m} {p}": idle_api.call(m, example(p), role=None) for m, p in served()}
    assert {name for name, answer in answers.items() if answer.status_code != 401} == OPEN
    refused = [answer for name, answer in answers.items() if name not in OPEN]
    assert {answer.json()["type"] for answer in refused} == {"/problems/unauthenticated"}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_may_do_what_it_is_for_and_nothing_else(idle_api: Api, role: str) -> None:
    answers = {f"{m} {p}": idle_api.call(m, example(p), role=role) for m, p in served()}
    refused = {name for name, answer in answers.items() if answer.status_code in (401, 403)}
    assert refused == {name for name, roles in documented().items() if role not in roles} - OPEN


def test_only_an_administrator_administers() -> None:
    assert {
        name: roles for name, roles in documented().items() if ADMINISTERING.match(name) and roles != {"admin"}
    } == {}


def test_a_handler_that_says_nothing_is_closed_to_everybody() -> None:
    silent = [f"{m} {p}" for m, p, handler in handlers() if not {"permissions", "open"} & handler.opt.keys()]
    assert silent == []
