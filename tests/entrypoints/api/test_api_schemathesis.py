"""What a client generator reads in the document holds: for data as described, and for data that is not."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mdm.entrypoints.api import create_app
from mdm.entrypoints.api.fact_schema import complete
from mdm.settings import Settings
from tests.entrypoints.api.calling import Api, Template, opened
from tests.support.servers import ForgetfulPostgres

HOST = "http://testserver.local"
FEW, MANY = 3, 150  # examples of every operation, each way
CALM = settings(
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip


def document() -> dict[str, Any]:
    """Return what the application serves, without the key, which every call has."""
    app = create_app(Settings(), nullcontext, nullcontext)
    found = complete(app.openapi_schema.to_schema())
    del found["security"], found["components"]["securitySchemes"]
    return found


SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
REFUSING = [label for label, one in OPERATIONS.items() if one.query or one.headers or one.body]  # some data are wrong
WAYS = [(label, GenerationMode.POSITIVE) for label in OPERATIONS] + [
    (label, GenerationMode.NEGATIVE) for label in REFUSING
]


@pytest.fixture(scope="module")
def busy_api(postgres_server: ForgetfulPostgres, hub_template: Template) -> Iterator[Api]:
    """The API of a hub that knows a customer."""
    with opened(postgres_server, hub_template) as api:
        api.master(key="K1")
        yield api


def hold(api: Api, operation: APIOperation, mode: GenerationMode, *, examples: int) -> None:
    """Call an operation with generated data, at addresses that exist too, and compare what comes with the document."""
    master = api.get("/v1/customer").json()["items"][0]["id"]
    known = {"domain": "customer", "master_id": master, "source": "crm", "key": "K1"}
    named = {parameter.name for parameter in operation.path_parameters}
    there = {name: value for name, value in known.items() if name in named}
    excluded = [not_a_server_error] if operation.path == "/health/ready" else []  # no relay runs: 503 is an answer

    @settings(CALM, max_examples=examples)
    @given(operation.as_strategy(mode) | operation.as_strategy(mode, path_parameters=there))
    def answers_as_described(case: Case) -> None:
        request = requests.Request(**case.as_transport_kwargs(base_url=HOST)).prepare()
        headers = {**request.headers, "Authorization": f"Bearer {api.keys['admin']}"}
        answer = api.client.request(request.method, request.url, content=request.body, headers=headers)
        case.validate_response(answer, checks=CHECKS, excluded_checks=excluded)

    answers_as_described()


@pytest.mark.parametrize(("label", "mode"), WAYS)
def test_operation_answers_as_the_document_says(busy_api: Api, label: str, mode: GenerationMode) -> None:
    hold(busy_api, OPERATIONS[label], mode, examples=FEW)


@pytest.mark.chaos
@pytest.mark.parametrize(("label", "mode"), WAYS)
def test_operation_answers_as_the_document_says_at_length(busy_api: Api, label: str, mode: GenerationMode) -> None:
    hold(busy_api, OPERATIONS[label], mode, examples=MANY)
