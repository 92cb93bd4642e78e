"""The claim: the same facts end in the same golden records, however they arrive, are chunked or run side by side."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mdm.demo import generate
from mdm.errors import MdmError
from mdm.hub import standing
from mdm.hub.ingest import conduct
from mdm.sources import SourceFact, load_mappings
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.servers import ForgetfulPostgres

FACTS = 400


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What five systems say about suppliers that several of them know, in the hub's own shape."""
    manifest = generate(tmp_path_factory.mktemp("demo"), size="small", seed=11)
    known = Counter(manifest.truth.values())
    said = [
        fact
        for source, path in manifest.files
        for fact in interpreted(manifest.folder / path, source)
        if known[manifest.truth.get((fact.domain, source, fact.key), "")] > 1 and fact.domain == "supplier"
    ]
    return [canonical(fact) for fact in Random(3).sample(said, FACTS)]


def interpreted(path: Path, source: str) -> Iterator[SourceFact]:
    """Read a file; broken rows are not what this is about."""
    feed = load_mappings().feed_for(source, path.name)
    rows = feed.open(path)
    for row in rows:
        try:
            yield feed.interpret(row.raw, rows.context)
        except MdmError:
            continue


def canonical(fact: SourceFact) -> dict[str, Any]:
    instants = {"source_time": fact.source_time, "effective_from": fact.effective_from}
    return {
        "domain": fact.domain,
        "source": fact.source,
        "key": fact.key,
        "version": fact.version,
        "operation": fact.operation,
        "attributes": fact.attributes,
        **{name: instant.isoformat() if instant else None for name, instant in instants.items()},
    }


def deliver(hub: HubUnderTest, facts: list[dict[str, Any]]) -> None:
    for n, fact in enumerate(facts):
        hub.acknowledged(fact["source"], [fact], [f"m-{n}"])
    # what awaits an owner stays at the value that came first: this is about what needs nobody
    hub.rows(
        "WITH initial AS (INSERT INTO load (id, source, feed, file_name, file_digest, context, state, position, rows,"
        " initial, started_by, started_at) VALUES (gen_random_uuid(), 'all', 'canonical', '', '', '{}', 'accepted', 0,"
        " 0, true, 'hub', now()) RETURNING id) UPDATE delivery SET load_id = initial.id FROM initial RETURNING 1"
    )


def outcome(hub: HubUnderTest) -> dict[frozenset[tuple[str, str]], list[Any]]:
    """The golden records by the records they stand on: slices of valid time with their attributes."""
    with hub.hub.begin() as work:
        masters = standing.crosswalk(work)
    slices: dict[Any, list[Any]] = {}
    for master, *content in hub.rows(
        "SELECT master_id, valid::text, attributes FROM golden_slice WHERE until_version IS NULL ORDER BY lower(valid)"
    ):
        slices.setdefault(master, []).append(content)
    members: dict[Any, set[tuple[str, str]]] = {}
    for name, master in masters.items():
        members.setdefault(master, set()).add((name.source, name.key))
    assert hub.broken() == []
    return {frozenset(records): slices.get(master, []) for master, records in members.items()}


def test_golden_records_do_not_depend_on_order_chunks_or_neighbours(
    postgres_server: ForgetfulPostgres, migrated_template: str, facts: list[dict[str, Any]]
) -> None:
    found = []
    for seed, size, workers in ((1, 50, 1), (2, 7, 1), (3, 20, 4)):
        with opened_hub(postgres_server.create(template=migrated_template)) as hub:
            deliver(hub, Random(seed).sample(facts, len(facts)))

            def work(_: int, hub: HubUnderTest = hub, size: int = size) -> None:
                while conduct.process_next(hub.hub.begin, registry=hub.hub.registry, size=size):
                    pass

            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work, range(workers)))
            hub.process()
            found.append(outcome(hub))
    assert max(len(records) for records in found[0]) > 2
    assert found[0].keys() == found[1].keys() == found[2].keys()
    assert found[0] == found[1] == found[2]
