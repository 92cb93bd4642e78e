import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from mdm.core.domains import Catalog, Domain, load_documents, parse
from mdm.entrypoints.workers import arrivals
from mdm.errors import UnknownDomain, UnknownSource
from mdm.hub import announce, sealing
from mdm.hub.ingest.intake import Taken
from mdm.hub.ingest.outcome import Outcome
from mdm.hub.publishing.contracts import asyncapi, domain_schema, find_schema, schema_names
from mdm.hub.publishing.contracts.deliveries import ANSWER, HEADERS
from publishers import deliveries
from publishers.contracts import EVENT_TYPES, GOLDEN_TYPES, Form

OFFICIAL = Path(__file__).parent / "asyncapi" / "3.0.0.json.gz"
CATALOG = Catalog({name: parse(document) for name, document in load_documents().items()})
STREAMS = {"golden": "GOLDEN", "audit": "AUDIT", "replay": "REPLAY", "deliveries": "DELIVERIES"}
MASTER = "01890000-0000-7000-8000-000000000001"


def document(form: Form = Form.READER) -> dict[str, Any]:
    domains = CATALOG.domains.values()
    return asyncapi(domains, version="1.2.3", fact={"type": "object"}, streams=STREAMS, form=form)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from [inner] if key == "$ref" else references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


@pytest.mark.parametrize("form", Form)
def test_document_is_valid_by_the_schema_of_asyncapi(form: Form) -> None:
    official = Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))
    assert [error.message for error in official.iter_errors(document(form))] == []
    assert not official.is_valid({**document(form), "channels": {"x": {"adress": "x"}}})


def test_every_reference_in_the_document_leads_somewhere() -> None:
    whole = document()
    for reference in set(references(whole)):
        found = whole
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_parameters_are_those_of_the_address() -> None:
    for channel in document()["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"] or "")) == set(channel.get("parameters", {}))


def test_addresses_are_where_the_hub_publishes() -> None:
    channels = document()["channels"]
    assert channels["supplier.golden"]["address"].replace("{master}", MASTER) == announce.subject("supplier", MASTER)
    assert channels["seals"]["address"] == sealing.SUBJECT
    assert channels["deliveries"]["address"].startswith(f"{deliveries.ROOT}.{{source}}")
    assert {name for name in channels if name.endswith(".golden")} == {f"{name}.golden" for name in CATALOG.domains}


def test_every_type_of_event_is_a_message() -> None:
    messages = set(document()["components"]["messages"])
    assert {f"item.{event_type}" for event_type in GOLDEN_TYPES} | {
        "item.large",
        "audit.sealed",
        "delivery",
    } <= messages


def test_headers_and_answers_of_deliveries_are_those_of_the_hub() -> None:
    ours = {deliveries.MESSAGE_ID, deliveries.FEED, arrivals.ANSWER_TO, arrivals.CORRELATION}
    assert set(HEADERS["properties"]) == ours | {"traceparent"}
    at = datetime(2026, 7, 1, tzinfo=UTC)
    outcome = Outcome(7, "erp", "m", "c", "pending", at, None, None, None, None, None, None)
    for taken, found in ((Taken("m", 7), outcome), (Taken("m", None, UnknownSource("No such source.")), None)):
        answer = json.loads(arrivals.answer(taken, found))
        assert Draft202012Validator(ANSWER).is_valid(answer)
        assert answer.keys() <= ANSWER["properties"].keys()


@pytest.mark.parametrize("form", Form)
def test_every_schema_there_is_is_one(form: Form) -> None:
    for name in schema_names(CATALOG.domains):
        Draft202012Validator.check_schema(find_schema(CATALOG, name, form=form))
    assert set(schema_names(CATALOG.domains)) == {"envelope", "golden", *EVENT_TYPES, *CATALOG.domains}


def test_schema_that_is_none_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownDomain, match="Did you mean `envelope`"):
        find_schema(CATALOG, "envelop", form=Form.READER)


def test_schema_of_a_domain_names_its_release_and_no_confidential_attribute() -> None:
    supplier: Domain = CATALOG.domains["supplier"]
    schema = domain_schema(supplier)
    assert schema["$id"] == "urn:mdm:contract:v1:supplier:release-0"
    assert {name for name in schema["$defs"] if name.startswith("attribute.")} == {
        f"attribute.{name}" for name in supplier.open
    }
    assert not supplier.open & {"bank_accounts", "contacts"}
