"""How long reads of the past take with a million slices: in the store alone, and over HTTP."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import SYSTEM
from mdm.hub.golden import history, read
from mdm.hub.golden.times import Times
from mdm.store import golden
from mdm.store.records import golden_history
from tests.benchmarks.test_check_latency import p95, served
from tests.support.hubs import HubUnderTest

MASTERS, VERSIONS, LONG = 200_000, 4, 2_000  # the long one has so many versions
ASKED = 400
STORE_P95, HTTP_P95 = 0.005, 0.015  # seconds
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
UNTIL = SINCE + VERSIONS * MONTH

# every master has five slices: one of version 1, and from version 2 on one until July, and one after it that changes
FILL = (
    """CREATE TEMP TABLE one AS
       SELECT n, gen_random_uuid() AS id, CASE n WHEN 1 THEN %(long)s ELSE %(versions)s END AS top
       FROM generate_series(1, %(masters)s) n""",
    """INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at, search_text)
       SELECT id, 'supplier', 'active', top, top, '2026-01-01', '2026-01-01', '2026-01-01', 'supplier ' || n
       FROM one""",
    """INSERT INTO golden_version (master_id, version, recorded_at, evaluated_at, event_id, event_type, cause, release,
                                   status, approval)
       SELECT id, v, t, t, gen_random_uuid(), 'golden.changed',
              jsonb_build_object('kind', 'delivery', 'deliveries', jsonb_build_array(n * 10 + v),
                                 'correlation_id', gen_random_uuid(), 'causation_id', 'delivery-' || n), 1, 'active',
              CASE v % 4 WHEN 0 THEN '{"units": ["vat_id"], "by": ["tom"], "requests": []}'::jsonb END
       FROM one, generate_series(1, top) v,
            LATERAL (SELECT '2026-01-01'::timestamptz + (v - 1) * interval '120 days' / top AS t) AS at""",
    """INSERT INTO golden_slice (master_id, valid, from_version, until_version, attributes, provenance)
       SELECT id, valid, since, until,
              (SELECT jsonb_object_agg(name, 'value ' || n || ' of ' || name || ' since version ' || CASE
                          WHEN name = 'industry' THEN since WHEN name = 'vat_id' THEN since / 4 ELSE 1 END)
               FROM unnest(%(names)s::text[]) name),
              (SELECT jsonb_object_agg(name, jsonb_build_object('record', 'erp/' || n, 'rule', 'source_priority'))
               FROM unnest(%(names)s::text[]) name)
       FROM one, LATERAL (
           SELECT tstzrange('2026-01-01', NULL) AS valid, 1 AS since, 2 AS until
           UNION ALL
           SELECT tstzrange('2026-01-01', '2026-07-01'), 2, NULL
           UNION ALL
           SELECT tstzrange('2026-07-01', NULL), v, nullif(v + 1, top + 1) FROM generate_series(2, top) v
       ) AS slices""",
    """INSERT INTO source_record (domain, source, source_key, revision, state, comparable, created_at, updated_at)
       SELECT 'supplier', source, n::text, 1, '{}', '{}', '2026-01-01', '2026-04-01'
       FROM one, unnest('{erp,portal}'::text[]) source""",
    """INSERT INTO crosswalk (master_id, record_id, link_no, reason, from_version)
       SELECT one.id, r.id, 1, 'match', 1 FROM one JOIN source_record r ON r.source_key = n::text""",
)


def fill(hub: HubUnderTest) -> list[UUID]:
    """Write the masters; the first one returned is the long one."""
    names = list(hub.hub.catalog.domain("supplier").attributes)[:20]
    given: dict[str, Any] = {"masters": MASTERS, "versions": VERSIONS, "long": LONG, "names": names}
    with hub.hub.begin() as work:
        for statement in FILL:
            work.connection.execute(statement, given if "%(" in statement else None)
        ids = [row[0] for row in work.connection.execute("SELECT id FROM one ORDER BY n").fetchall()]
        counts = work.connection.execute(
            "SELECT (SELECT count(*) FROM golden_slice), pg_total_relation_size('golden_slice'),"
            " pg_total_relation_size('golden_version')"
        ).fetchone()
        work.connection.execute("ANALYZE")
    print("\n{:,} slices in {:,} bytes, versions in {:,} bytes".format(*(counts or ())))
    return ids


def measured(kind: str, asked: Sequence[Any], ask: Callable[[Any], object]) -> float:
    seconds = []
    for one in asked:
        began = time.perf_counter()
        ask(one)
        seconds.append(time.perf_counter() - began)
    seconds.sort()
    middle, slow = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
    print(f"  {kind:<28} p50 {middle * 1000:5.2f} ms  p95 {slow * 1000:5.2f} ms  max {seconds[-1] * 1000:5.2f} ms")
    return slow


@pytest.mark.benchmark
def test_history_is_read_within_milliseconds(hub: HubUnderTest) -> None:
    long, *ids = fill(hub)
    rng = Random(3)
    some = [(one, SINCE + rng.random() * 5 * MONTH) for one in rng.sample(ids, ASKED)]
    the_long = [(long, SINCE + rng.random() * 5 * MONTH) for _ in range(ASKED // 10)]
    slowest = in_store(hub, some)
    over_http(hub, the_long, "the one of 2,000 versions")
    assert slowest <= STORE_P95
    assert over_http(hub, some, "over HTTP") <= HTTP_P95


def in_store(hub: HubUnderTest, some: Sequence[tuple[UUID, datetime]]) -> float:
    """Measure what one Work asks of PostgreSQL, the hub's own part left out."""
    print("in the store")
    with hub.hub.begin_as(SYSTEM) as work:
        session = work.session

        def version_and_slices(asked: tuple[UUID, datetime]) -> None:
            version = golden.version_at(session, asked[0], asked[1])
            assert version is not None
            assert golden.slices_at(session, asked[0], version.version)

        def attribute(asked: tuple[UUID, datetime]) -> None:
            assert golden_history.attributes(session, asked[0], ["industry"])

        def crosswalk(asked: tuple[UUID, datetime]) -> None:
            assert golden.links_at(session, asked[0], VERSIONS, known_at=asked[1], untimely=())

        slowest = [
            measured("version and slices as of then", some, version_and_slices),
            measured("crosswalk as of then", some, crosswalk),
            measured("slices of an attribute", some, attribute),
        ]
        print("in the hub")
        slowest += [
            measured("read as of then", some, lambda a: read.read(work, "supplier", a[0], known_at=a[1])),
            measured("attribute history", some, lambda a: history.attribute_history(work, "supplier", a[0], "vat_id")),
            measured("diff", some, lambda a: history.diff(work, "supplier", a[0], Times(known_at=a[1]))),
        ]
    return max(slowest[:3])


def over_http(hub: HubUnderTest, some: Sequence[tuple[UUID, datetime]], title: str) -> float:
    print(title)
    with served(hub) as client:

        def get(path: str, when: str) -> Callable[[tuple[UUID, datetime]], Any]:
            return lambda a: client.get(f"/v1/supplier/{a[0]}{path}", params={when: a[1].isoformat()} if when else {})

        return max(
            p95("read as of then", some, get("", "known_at")),
            p95("timeline as of then", some, get("/timeline", "known_at")),
            p95("attribute history", some, get("/history/vat_id", "")),
            p95("diff", some, get("/diff", "before_known_at")),
        )
