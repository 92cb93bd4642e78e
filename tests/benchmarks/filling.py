"""A hub with many masters, written as processing would leave them but without processing anything."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection, sql
from psycopg.types.json import Jsonb, set_json_dumps

from mdm.core.domains import Domain, block_keys_of, comparable_of, standardize_record
from mdm.core.ids import new_id
from mdm.core.standardize import Standard
from mdm.demo.generator import Manufacturer
from mdm.errors import MdmError
from mdm.sources import SourceFact, load_mappings
from mdm.store.records import key_number
from tests.support.hubs import HubUnderTest

SINCE = "2026-01-01T00:00:00+00:00"
RECORDS_PER_MASTER = 1.7  # as the demo has it
COLUMNS = {
    "source_record": "id domain source source_key revision state comparable created_at updated_at",
    "match_key": "key record_id",
    "master": "id domain status version revision created_at recorded_at evaluated_at search_text",
    "crosswalk": "master_id record_id link_no reason from_version",
    "golden_slice": "master_id valid from_version attributes provenance",
}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Known:
    """A record of the hub, as its source sent it."""

    source: str
    attributes: Mapping[str, Any]
    master_id: UUID


def fill(hub: HubUnderTest, folder: Path, *, domain: str, masters: int, seed: int = 7) -> list[Known]:
    """Write about so many masters with the records that the demo's systems have of them, and return these records."""
    facts, truth = first_facts(folder, domain, records=round(masters * RECORDS_PER_MASTER), seed=seed)
    declared = hub.hub.catalog.domain(domain)
    ids: dict[str, UUID] = defaultdict(new_id)
    known = [Known(f.source, f.attributes, ids[truth[domain, f.source, f.key]]) for f in facts]
    rows: Rows = {table: [] for table in COLUMNS}
    golden: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for record_id, (fact, record) in enumerate(zip(facts, known, strict=True), start=1):
        values = standardize_record(declared, fact.attributes)
        _add_record(rows, declared, record_id, fact, values)
        rows["crosswalk"].append((record.master_id, record_id, 1, "match", 1))
        golden[record.master_id] = {n: v.value for n, v in values.items()} | golden[record.master_id]
    for master_id, attributes in golden.items():
        _add_master(rows, declared, master_id, attributes)
    _write(hub, rows)
    return known


def first_facts(
    folder: Path, domain: str, *, records: int, seed: int
) -> tuple[list[SourceFact], Mapping[tuple[str, str, str], str]]:
    """Return what the demo's files first say about every record, and which organisation each is about."""
    manufacturer = Manufacturer(seed)
    manufacturer.fill(domain, records)
    registry, found = load_mappings(), {}
    for source, path in manufacturer.exports.write(folder):
        feed = registry.feed_for(source, Path(path).name)
        opened = feed.open(folder / path)
        for row in opened:
            try:
                fact = feed.interpret(row.raw, opened.context)
            except MdmError:  # broken on purpose
                continue
            if fact.operation == "full" and (domain, source, fact.key) in manufacturer.truth:
                found.setdefault((source, fact.key), fact)
    return list(found.values()), manufacturer.truth


def _add_record(rows: Rows, domain: Domain, record_id: int, fact: SourceFact, values: Mapping[str, Standard]) -> None:
    claims = {n: [(SINCE, None, v.value, v.std, [], SINCE, False, False)] for n, v in values.items()}
    state = {"order": (1, SINCE, record_id), "ended": None, "claims": claims, "master_id": None}
    compared = comparable_of(domain, {name: value.std for name, value in values.items()})
    name = (domain.name, fact.source, fact.key)
    rows["source_record"].append((record_id, *name, 1, Jsonb(state), Jsonb(compared), SINCE, SINCE))
    numbers = {key_number(domain.name, key) for key in block_keys_of(domain, compared)}
    rows["match_key"] += [(number, record_id) for number in numbers]


def _add_master(rows: Rows, domain: Domain, master_id: UUID, attributes: Mapping[str, Any]) -> None:
    shown = {name: value for name, value in attributes.items() if value is not None}
    provenance = {name: {"record": "erp/0000000000", "rule": "source_priority"} for name in shown}
    text = domain.search_text(shown)
    rows["master"].append((master_id, domain.name, "active", 1, 1, SINCE, SINCE, SINCE, text))
    rows["golden_slice"].append((master_id, f"[{SINCE},)", 1, Jsonb(shown), Jsonb(provenance)))


def _write(hub: HubUnderTest, rows: Rows) -> None:
    with hub.hub.begin() as work:
        set_json_dumps(orjson.dumps, work.connection)
        for table, content in rows.items():
            _copy(work.connection, table, content)
        work.connection.execute("ANALYZE")


def _copy(connection: Connection, table: str, content: list[tuple[Any, ...]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table].split()))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor().copy(statement) as copy:
        for row in content:
            copy.write_row(row)
