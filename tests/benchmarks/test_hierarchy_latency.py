"""How long callers wait for the tree of a plant, for ancestors and for a page of where-used, over HTTP."""

from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.benchmarks.test_check_latency import p95, served
from tests.support.hubs import HubUnderTest

PLANTS, AREAS, LINES, MACHINES = 50, 10, 9, 10  # each of the one before
NODES = PLANTS * (1 + AREAS * (1 + LINES * (1 + MACHINES)))
ASKED = 200
LONGEST_P95 = 0.200  # seconds, for a whole plant of a thousand things
PAST = "2026-02-01T00:00:00Z"
FILL = (
    """CREATE TEMP TABLE node (
           id uuid PRIMARY KEY DEFAULT gen_random_uuid(), plant int, area int, line int, machine int)""",
    """INSERT INTO node (plant, area, line, machine)
       SELECT p, a, l, m
       FROM generate_series(1, %(plants)s) p, generate_series(0, %(areas)s) a, generate_series(0, %(lines)s) l,
            generate_series(0, %(machines)s) m
       WHERE (a > 0 OR l = 0) AND (l > 0 OR m = 0)""",
    "CREATE INDEX ON node (plant, area, line, machine)",
    """INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at, search_text)
       SELECT id, CASE WHEN area = 0 THEN 'location' ELSE 'work_center' END, 'active', 2, 1, '2026-01-01', '2026-03-01',
              '2026-03-01', '' FROM node""",
    """INSERT INTO golden_version (master_id, version, recorded_at, evaluated_at, event_id, event_type, cause, release,
                                   status)
       SELECT id, v, make_timestamptz(2026, 2 * v - 1, 1, 0, 0, 0), make_timestamptz(2026, 2 * v - 1, 1, 0, 0, 0),
              gen_random_uuid(), 'golden.changed', '{}', 1, 'active' FROM node, generate_series(1, 2) v""",
    """INSERT INTO golden_slice (master_id, valid, from_version, until_version, attributes, provenance)
       SELECT id, tstzrange('2026-01-01', NULL), v, CASE v WHEN 1 THEN 2 END, jsonb_build_object(
                  'name', 'Center ' || line || '-' || machine, 'code', line || '-' || machine, 'version', v,
                  'rest', repeat('x', 600)), '{}'
       FROM node, generate_series(1, 2) v""",
    """INSERT INTO golden_reference (master_id, attribute, target_id, upward, valid, known)
       SELECT n.id, 'parent', above.id, true, tstzrange('2026-01-01', NULL), tstzrange('2026-01-01', NULL)
       FROM node n
       JOIN node above ON above.plant = n.plant AND (above.area, above.line, above.machine) =
            CASE WHEN n.machine > 0 THEN (n.area, n.line, 0) WHEN n.line > 0 THEN (n.area, 0, 0) ELSE (0, 0, 0) END
       WHERE n.area > 0""",
    """INSERT INTO golden_reference (master_id, attribute, target_id, upward, valid, known)
       SELECT n.id, 'plant', above.id, false, tstzrange('2026-01-01', NULL), tstzrange('2026-01-01', NULL)
       FROM node n JOIN node above ON above.plant = n.plant AND above.area = 0
       WHERE n.area > 0""",
)


def fill(hub: HubUnderTest) -> tuple[list[UUID], list[UUID]]:
    """Write plants of a thousand things each; returns the plants and the machines."""
    sizes: dict[str, Any] = {"plants": PLANTS, "areas": AREAS, "lines": LINES, "machines": MACHINES}
    with hub.hub.begin() as work:
        for statement in FILL:
            work.connection.execute(statement, sizes if "%(" in statement else None)
        plants = work.connection.execute("SELECT id FROM node WHERE area = 0").fetchall()
        machines = work.connection.execute("SELECT id FROM node WHERE machine > 0").fetchall()
        work.connection.execute("ANALYZE")
    return [row[0] for row in plants], [row[0] for row in machines]


@pytest.mark.benchmark
def test_tree_of_a_plant_comes_within_two_tenths_of_a_second(hub: HubUnderTest) -> None:
    plants, machines = fill(hub)
    rng = Random(3)
    some = rng.choices(plants, k=ASKED)
    print(f"\n{NODES:,} golden records in {PLANTS} plants")
    with served(hub) as client:

        def tree(plant: UUID, **more: Any) -> Any:
            return client.get(f"/v1/location/{plant}/tree", params={"limit": 1_001, **more})

        assert len(tree(plants[0]).json()["below"]) == NODES / PLANTS - 1
        slowest = [
            p95("tree of a plant", some, tree),
            p95("tree as of last month", some, lambda plant: tree(plant, valid_at=PAST, known_at=PAST)),
            p95("areas of a plant", some, lambda plant: tree(plant, depth=1)),
            p95("ancestors", rng.choices(machines, k=ASKED), lambda m: client.get(f"/v1/work_center/{m}/ancestors")),
            p95("where used, a page", some, lambda plant: client.get(f"/v1/location/{plant}/where-used")),
        ]
    assert max(slowest) <= LONGEST_P95
