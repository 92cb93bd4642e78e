from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mdm.core.domains import Domain, load_documents, parse
from mdm.hub.publishing.contracts import domain_schema
from publishers import contracts
from publishers.contracts import EVENT_TYPES, SEAL, Form, Schema, breaking, compare, in_form, opened, reduced
from tests.publishers.contracts.samples import StoredSet, domains_of_today, schemas_of_today, stored_sets
from tests.publishers.contracts.story import Announced

DOMAINS: dict[str, Domain] = {name: parse(document) for name, document in load_documents().items()}
SETS = stored_sets()
STORED = [pytest.param(kept, id=f"set {kept.number}") for kept in SETS]
RECORD = "Record a new set: python -m tests.publishers.contracts.record"


def wrong(schema: Schema, content: Any) -> list[str]:
    """What of a content is not as a schema says, in words."""
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(content)]


def wrong_with(schemas: dict[str, Schema], event: Announced) -> list[str]:
    """What of an event is not as a set of schemas says."""
    body = schemas[event.type]
    if "ce-dataref" in event.headers:
        body = reduced(body)
    return wrong(schemas[contracts.ENVELOPE], event.headers) + wrong(body, event.data)


def attributes(event: Announced) -> Iterator[dict[str, Any]]:
    """Every set of attributes in an event."""
    for stretch in (event.whole or event.data).get("slices", ()):
        yield stretch["attributes"]
    changes = (event.whole or event.data).get("changes", {})
    for at in ("before", "after"):
        yield {name: change[at] for name, change in changes.items() if change[at] is not None}


def test_hub_writes_as_its_contract_says(events: list[Announced]) -> None:
    today = schemas_of_today()[Form.WRITER]
    assert {
        name: wrong_with(today, event) for event in events if wrong_with(today, event) for name in [event.type]
    } == {}


def test_hub_writes_of_every_domain_as_its_release_says(events: list[Announced]) -> None:
    for event in events:
        if event.type != SEAL:
            schema = domain_schema(DOMAINS[event.data["domain"]])
            assert wrong(schema, event.whole or event.data) == []


def test_whole_body_of_a_large_event_is_as_its_type_says(events: list[Announced]) -> None:
    [large] = [event for event in events if event.whole is not None]
    assert "slices" not in large.data
    assert wrong(contracts.schema_of(large.type), large.whole) == []


def test_every_type_and_every_attribute_is_among_the_events(events: list[Announced]) -> None:
    assert {event.type for event in events} == set(EVENT_TYPES)
    seen = {
        (event.data["domain"], name) for event in events if event.type != SEAL for a in attributes(event) for name in a
    }
    assert seen == {(name, attribute) for name, domain in DOMAINS.items() for attribute in domain.open}


def test_every_header_is_among_the_events_except_of_replays(events: list[Announced]) -> None:
    known = contracts.schema_of(contracts.ENVELOPE)["properties"].keys()
    assert {header for event in events for header in event.headers} == known - {"ce-replay"}


@pytest.mark.parametrize("kept", STORED)
def test_new_events_are_read_by_every_earlier_reader(kept: StoredSet, events: list[Announced]) -> None:
    for event in events:
        if event.type in kept.schemas[Form.READER]:
            assert wrong_with(kept.schemas[Form.READER], event) == []
        if event.type != SEAL:
            domain = opened(kept.domains[event.data["domain"]])
            assert [w for found in attributes(event) for w in wrong(domain, found)] == []


@pytest.mark.parametrize("kept", STORED)
def test_stored_events_are_read_by_the_reader_of_today(kept: StoredSet) -> None:
    readers = schemas_of_today()[Form.READER]
    for event in kept.events.values():
        assert wrong_with(readers, event) == []
        if event.type != SEAL:
            domain = in_form(domain_schema(DOMAINS[event.data["domain"]]), Form.READER)
            assert wrong(reduced(domain) if "ce-dataref" in event.headers else domain, event.data) == []


@pytest.mark.parametrize("kept", STORED)
def test_stored_events_are_as_the_writer_of_their_set_said(kept: StoredSet) -> None:
    assert {event.type for event in kept.events.values()} == set(kept.schemas[Form.WRITER]) - {"envelope", "golden"}
    assert [w for event in kept.events.values() for w in wrong_with(kept.schemas[Form.WRITER], event)] == []


@pytest.mark.parametrize("kept", STORED)
def test_nothing_breaks_what_a_set_promised(kept: StoredSet) -> None:
    today = schemas_of_today()[Form.WRITER] | {f"domain {name}": s for name, s in domains_of_today().items()}
    before = kept.schemas[Form.WRITER] | {f"domain {name}": s for name, s in kept.domains.items()}
    assert before.keys() <= today.keys()
    broken = {name: [str(c) for c in breaking(compare(schema, today[name]))] for name, schema in before.items()}
    assert {name: changes for name, changes in broken.items() if changes} == {}, "This needs a new subject version."


def test_newest_set_is_the_contract_of_today() -> None:
    assert SETS[-1].schemas == schemas_of_today(), RECORD
    assert SETS[-1].domains == domains_of_today(), RECORD
