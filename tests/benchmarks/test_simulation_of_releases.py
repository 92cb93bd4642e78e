"""How long it takes to try a release on a hundred thousand masters of three sources with twenty attributes each."""

from time import perf_counter
from typing import Any

import orjson
import psycopg
import pytest

from tests.support.foretelling import tried
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft, switch_on

MASTERS = 100_000
LONGEST = 120.0  # seconds, on two cores
SINCE, LATER = "2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"
SOURCES = ("erp", "crm", "shop")
ATTRIBUTES = (
    "name", "trade_name", "name_local", "country", "phone", "fax", "email", "website", "vat_id", "tax_number",
    "company_number", "duns", "lei", "gln", "language", "currency", "payment_terms", "incoterms", "industry", "status",
)  # fmt: skip
RECENT = ("phone", "fax", "email", "website")
RECORDS = """
INSERT INTO source_record (id, domain, source, source_key, revision, state, comparable, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT n * 3 + %(place)s, 'customer', %(source)s, n, 1,
       CAST(replace(replace(CASE WHEN n %% 2 = 0 THEN %(dated)s ELSE %(plain)s END, '@@', CAST(n AS text)),
                    '##', CASE WHEN n %% 10 = 0 THEN %(other)s ELSE '' END) AS jsonb),
       jsonb_build_object('names', jsonb_build_array('company ' || n)), %(since)s, %(since)s
FROM generate_series(1, %(masters)s) AS n
"""
MASTERS_AND_LINKS = """
CREATE TEMPORARY TABLE made AS
SELECT n, CAST(md5(CAST(n AS text)) AS uuid) AS id, CAST(n AS text) AS name
FROM generate_series(1, %(masters)s) AS n;
INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at, search_text)
SELECT id, 'customer', 'active', 1, 1, %(since)s, %(since)s, now(), 'company ' || n FROM made;
INSERT INTO crosswalk (master_id, record_id, link_no, reason, from_version)
SELECT id, n * 3 + place, 1, 'match', 1 FROM made, generate_series(0, 2) AS place;
INSERT INTO golden_slice (master_id, valid, from_version, attributes, provenance)
SELECT id, tstzrange(%(since)s, CASE WHEN n %% 2 = 0 THEN CAST(%(later)s AS timestamptz) END), 1,
       CAST(replace(%(first)s, '@@', name) AS jsonb), CAST(replace(%(origin)s, '@@', name) AS jsonb)
FROM made;
INSERT INTO golden_slice (master_id, valid, from_version, attributes, provenance)
SELECT id, tstzrange(%(later)s, NULL), 1,
       CAST(replace(%(second)s, '@@', name) AS jsonb), CAST(replace(%(origin)s, '@@', name) AS jsonb)
FROM made WHERE n %% 2 = 0;
INSERT INTO edge (left_id, right_id, weight, outcome, levels, vetoes, release, scored_at)
SELECT n * 3 + e.one, n * 3 + e.other, CASE WHEN n %% 50 = 0 THEN e.doubtful ELSE e.usual END, 'match', '{1}', '{}', 1,
       now()
FROM made, (VALUES (0, 1, 20.0, 20.0), (0, 2, 18.0, 7.5), (1, 2, 15.0, 7.2)) AS e (one, other, usual, doubtful)
"""


@pytest.fixture
def crowded(hub: HubUnderTest) -> HubUnderTest:
    document = document_in_force(hub, "customer")
    document["declaration"]["survivorship"] = {"rule": "most_trusted"}
    document["declaration"]["attributes"]["trade_name"].pop("survivorship")
    switch_on(hub, document)
    fill(hub)
    return hub


def fill(hub: HubUnderTest) -> None:
    """Write masters as processing would leave them: half of them have two slices, a fiftieth holds together hardly."""
    values = {name: f"{name} @@" for name in ATTRIBUTES}
    origin = {n: {"record": "erp/@@", "rule": "most_recent" if n in RECENT else "most_trusted"} for n in ATTRIBUTES}
    documents = {"first": values, "second": {**values, "trade_name": "trade_name, later @@"}, "origin": origin}
    given: dict[str, Any] = {"masters": MASTERS, "since": SINCE, "later": LATER, "other": " as crm says"}
    given |= {name: orjson.dumps(document).decode() for name, document in documents.items()}
    with psycopg.connect(hub.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for place, source in enumerate(SOURCES):
            states = {"plain": state(source, dated=False), "dated": state(source, dated=True)}
            connection.execute(RECORDS, {**given, **states, "source": source, "place": place})
        connection.execute(MASTERS_AND_LINKS, given)
        connection.execute("VACUUM ANALYZE")


def state(source: str, *, dated: bool) -> str:
    """The state of a record: one that is dated changes its trade name; crm has values of its own where `##` is any."""
    mine = "##" if source == "crm" else ""
    claims = {n: [[SINCE, None, f"{n} @@{mine}", f"{n} @@{mine}", [], SINCE, False, False]] for n in ATTRIBUTES}
    if dated:
        (first,) = claims["trade_name"]
        later = [LATER, None, "trade_name, later @@", "trade_name, later @@", [], SINCE, True, False]
        claims["trade_name"] = [[first[0], LATER, *first[2:]], later]
    return orjson.dumps({"order": [-1, SINCE, 1], "ended": None, "claims": claims, "master_id": None}).decode()


@pytest.mark.benchmark
def test_release_is_tried_on_a_hundred_thousand_masters_in_two_minutes(crowded: HubUnderTest) -> None:
    document = document_in_force(crowded, "customer")
    document["declaration"]["sources"]["crm"]["trust"] = 0.95
    document["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "source_priority"}
    document["match"]["thresholds"]["match"] += 1.0
    number = keep_draft(crowded, document)
    started = perf_counter()
    view = tried(crowded, "customer", number)
    took = perf_counter() - started
    assert view.figures is not None, view.outcome
    masters = view.figures["masters"]
    print(f"\n{masters['looked_at']:,} masters in {took:.0f} s: {masters}")
    assert masters["changed"] > MASTERS // 20
    assert masters["split"] == MASTERS // 50
    assert took <= LONGEST
