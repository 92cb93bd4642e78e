import re
from pathlib import Path

import psycopg
import pytest
from litestar.testing import TestClient
from psycopg import sql

from mdm import asgi
from mdm.core.ids import new_id
from mdm.errors import DeclarationError, InvalidInput
from mdm.hub.ingest.loads import load_file
from mdm.hub.standing.health import examine
from mdm.settings import Settings
from tests.entrypoints.api.calling import Api, Template, opened
from tests.support.servers import ForgetfulPostgres

HTTP_REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "http.md"


def test_a_load_is_shown_with_what_became_of_its_rows(api: Api, tmp_path: Path) -> None:
    file = tmp_path / "accounts.jsonl"
    file.write_text('{"domain": "customer", "key": "1", "attributes": {"name": "Fjordlaks"}}\n')
    list(load_file(api.hub.begin, file, source="crm", registry=api.hub.registry))
    [load] = api.get("/v1/loads", role="operator").json()["items"]
    assert (load["source"], load["file_name"], load["rows"], load["state"]) == ("crm", "accounts.jsonl", 1, "accepted")
    assert load["deliveries"] == {"pending": 1}
    assert api.get(f"/v1/loads/{load['id']}").json() == load | {"examples": []}
    assert api.get(f"/v1/loads/{new_id()}").status_code == 404


def test_loads_come_newest_first_in_pages(api: Api, tmp_path: Path) -> None:
    for number in range(3):
        (file := tmp_path / f"accounts-{number}.jsonl").write_text(f'{{"key": "{number}"}}\n')
        list(load_file(api.hub.begin, file, source="crm", registry=api.hub.registry))
    first = api.get("/v1/loads", params={"limit": 2}).json()
    second = api.get(first["next"]).json()
    names = [load["file_name"] for load in first["items"] + second["items"]]
    assert names == [f"accounts-{number}.jsonl" for number in (2, 1, 0)]


def test_domains_tell_what_may_be_sent(idle_api: Api) -> None:
    domains = {domain["name"]: domain for domain in idle_api.get("/v1/domains", role="source").json()}
    assert {"customer", "supplier"} <= domains.keys()
    customer = domains["customer"]
    attributes = {attribute["name"]: attribute for attribute in customer["attributes"]}
    assert attributes["name"]["required"]
    assert attributes["contacts"]["key"] == "email"
    assert "email" in attributes["contacts"]["fields"]
    assert {"crm", "erp"} <= set(customer["sources"])
    assert customer["release"] == 1


def test_metrics_tell_where_the_hub_stands(api: Api) -> None:
    api.post("/v1/deliveries", json=api.fact())
    api.batch(b"broken", lines=True)
    text = api.get("/metrics", role="operator").text
    assert "mdm_deliveries_pending 1.0" in text
    assert 'mdm_quarantine_open{code="unreadable_row"} 1.0' in text
    assert "mdm_events_pending 0.0" in text
    assert 'mdm_http_request_seconds_count{method="POST",route="/v1/deliveries",status="202"} 1.0' in text


def test_a_hub_that_can_work_is_ready(idle_api: Api) -> None:
    answer = idle_api.get("/health/ready", role=None)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert [part["name"] for part in answer.json()["parts"]] == [
        *("postgres", "migrations", "releases", "relay", "loads", "intake", "nats")
    ]


def test_readiness_says_which_part_is_missing_and_why(api: Api) -> None:
    api.nats_problems.append("Stream X does not exist.")
    with api.hub.begin() as work:
        work.connection.execute("UPDATE release SET state = 'superseded'")
    answer = api.get("/health/ready", role=None)
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    reasons = {part["name"]: part["reason"] for part in answer.json()["parts"] if not part["ready"]}
    assert reasons.keys() == {"releases", "nats"}
    assert reasons["nats"] == "Stream X does not exist."
    assert api.get("/health/live", role=None).status_code == 200


def test_a_database_of_another_schema_is_not_ready(api: Api) -> None:
    parts = {part.name: part for part in examine(api.hub.begin, revision="9999")}
    assert "mdm migrate" in (parts["migrations"].reason or "")
    assert parts["postgres"].ready


def test_without_postgres_every_call_says_so(postgres_server: ForgetfulPostgres, api: Api) -> None:
    with api.hub.begin() as work:
        name = work.connection.info.dbname
    with psycopg.connect(postgres_server.server.dsn_of("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    answer = api.get("/v1/customer")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["Retry-After"] == "5"
    ready = api.get("/health/ready", role=None).json()
    assert [part["name"] for part in ready["parts"] if part["ready"]] == ["nats"]


def test_the_application_asks_nats_for_its_readiness(hub_database: str, nats_url: str) -> None:
    with TestClient(asgi.create_app(Settings(postgres_dsn=hub_database, nats_url=nats_url))) as client:
        parts = client.get("/health/ready").json()["parts"]
    reasons = {part["name"]: part["reason"] for part in parts}
    assert {name for name, reason in reasons.items() if reason} == {"nats"}
    assert reasons["nats"] == (
        "Stream MDM_GOLDEN does not exist. Provision it; if it was lost, repair it."
        " Stream MDM_AUDIT does not exist. Provision it; if it was lost, repair it."
        " Stream MDM_DEAD_LETTERS does not exist. Provision it; if it was lost, repair it."
        " Until then nobody notices what subscribers give up."
    )


def test_the_application_starts_without_nats_and_says_so(hub_database: str) -> None:
    with TestClient(asgi.create_app(Settings(postgres_dsn=hub_database))) as client:
        parts = client.get("/health/ready").json()["parts"]
    assert parts[-1]["reason"] == "MDM_NATS_URL is not set."
    with pytest.raises(InvalidInput, match="MDM_POSTGRES_DSN"):
        asgi.create_app(Settings())


def test_problem_types_explain_themselves(idle_api: Api) -> None:
    kinds = {kind["type"]: kind for kind in idle_api.get("/problems").json()}
    problem = idle_api.get("/v1/plant").json()
    assert kinds[problem["type"]] == idle_api.get(problem["type"]).json()
    assert kinds["/problems/unknown_domain"]["kind_of"] == "/problems/not_found"
    assert kinds["/problems/unknown_domain"]["status"] == 404


def test_the_document_describes_every_operation(idle_api: Api) -> None:
    document = idle_api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op["summary"] and op["responses"]["default"] for op in operations)
    body = document["paths"]["/v1/deliveries"]["post"]["requestBody"]["content"]
    assert body == {"application/json": {"schema": {"$ref": "#/components/schemas/Fact"}}}
    referred = set(re.findall(r"#/components/schemas/([^\"']+)", str(document)))
    assert referred <= document["components"]["schemas"].keys()
    assert idle_api.get("/docs/openapi.json").json() == document


def test_the_page_loads_nothing_from_elsewhere(idle_api: Api) -> None:
    page = idle_api.get("/docs")
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert parts
    assert all(part.startswith("/docs/assets/") and idle_api.get(part).status_code == 200 for part in parts)
    assert "<script>" not in page.text
    assert "style=" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy


def test_the_reference_names_every_operation(idle_api: Api) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, item in idle_api.get("/openapi.json").json()["paths"].items()
        for method in item
    }
    written = set(re.findall(r"`((?:GET|POST) /[^`]*)`", HTTP_REFERENCE.read_text()))
    assert operations <= written
    assert written <= operations | {"GET /openapi.json", "GET /docs"}


def test_a_domain_cannot_take_the_name_of_a_resource(
    postgres_server: ForgetfulPostgres, hub_template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdm.entrypoints.api.app._taken", lambda _: {"customer", "people"})
    with pytest.raises(ExceptionGroup) as refused, opened(postgres_server, hub_template):
        pass
    assert refused.value.subgroup(DeclarationError)
