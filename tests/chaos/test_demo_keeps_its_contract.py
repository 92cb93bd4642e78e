"""Whatever the demo's nine systems send, the hub announces it as its contracts say."""

from collections import Counter
from datetime import date
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from mdm.demo import generate
from mdm.entrypoints.cli import load
from mdm.hub.publishing.contracts import domain_schema
from publishers import contracts
from tests.support.hubs import HubUnderTest

pytestmark = pytest.mark.chaos


def test_every_event_of_the_demo_is_as_its_contracts_say(hub: HubUnderTest, tmp_path: Path) -> None:
    manifest = generate(tmp_path, size="small", seed=4, today=date(2026, 7, 1))
    files = [(source, tmp_path / path) for source, path in manifest.files]
    first, later = files[: manifest.first_files], files[manifest.first_files :]
    for batch, initial in ((first, True), (later, False)):
        load.accept(hub.hub, batch, console=Console(quiet=True), initial=initial)
        hub.process()
    domains = {name: Draft202012Validator(domain_schema(domain)) for name, domain in hub.hub.catalog.domains.items()}
    types = {name: Draft202012Validator(contracts.schema_of(name)) for name in contracts.names()}
    query = """
        SELECT o.headers, coalesce(b.data, o.data) FROM publishers.outbox o
        LEFT JOIN publishers.body b ON b.event_id = o.id
    """
    seen: Counter[tuple[str, str]] = Counter()
    for headers, data in hub.rows(query):
        body = orjson.loads(data)
        seen[body["domain"], headers["ce-type"]] += 1
        for schema in (domains[body["domain"]], types[headers["ce-type"]]):
            assert [(error.json_path, error.message) for error in schema.iter_errors(body)] == []
        assert types[contracts.ENVELOPE].is_valid(headers)
    assert {domain for domain, _ in seen} == domains.keys()
    assert sum(seen.values()) > 1_000
