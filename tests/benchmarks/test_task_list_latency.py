"""How long stewards wait for their inbox, over HTTP, of a hub with a hundred thousand open tasks."""

from random import Random
from typing import Any

import psycopg
import pytest
from httpx import Client

from mdm.hub.access import create_key
from mdm.hub.tasks import Question, open_or_renew
from tests.benchmarks.test_check_latency import p95, served
from tests.support.hubs import HubUnderTest
from tests.support.running import wait_until

OPEN, CLOSED = 100_000, 50_000
ASKED = 100  # times per kind of question
LONGEST_P95 = 0.050  # seconds
MAKE = """
INSERT INTO task (id, domain, kind, owner, severity, consequence, master_id, topic, reason, evidence, created_at,
                  due_at, assignee, leased_by, leased_until, deferred_until, closed_at, outcome)
SELECT gen_random_uuid(), (ARRAY['supplier', 'customer'])[1 + n %% 2],
       (ARRAY['quality_exception', 'cycle'])[1 + n %% 7 / 6],
       CASE n %% 10 WHEN 0 THEN 'treasury_data_owner' ELSE 'supplier_steward' END,
       (ARRAY['low', 'medium', 'high', 'critical'])[1 + floor(4 * power(random(), 3))::int],
       round((random() * 40)::numeric, 3), t.master_id, 'made ' || n,
       'The strongest pair of records has +' || n %% 300 / 10.0 || ' bits; against it: veto number ' || n || '.',
       '{"left": 1, "right": 2}', now() - n * interval '1 minute', now() + (n %% 400 - 20) * interval '1 hour',
       CASE WHEN n %% 50 = 0 THEN 'benchmark' WHEN n %% 5 = 0 THEN 'somebody' END,
       CASE WHEN n %% 1000 = 1 THEN 'somebody' END, CASE WHEN n %% 1000 = 1 THEN now() + interval '1 hour' END,
       CASE WHEN n %% 15 = 2 THEN now() + interval '2 days' END,
       CASE WHEN n > %(open)s THEN now() - n * interval '1 second' END, CASE WHEN n > %(open)s THEN 'match' END
FROM task t, generate_series(1, %(all)s) n
WHERE t.topic = 'first'
"""
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "of a domain and kind": {"domain": "supplier", "kind": "cycle"},
    "of an owner": {"owner": "treasury_data_owner"},
    "critical": {"severity": "critical"},
    "mine": {"assignee": "me"},
    "nobody's, high": {"assignee": "none", "severity": "high"},
    "overdue": {"overdue": True},
    "deferred": {"state": "deferred"},
    "leased": {"state": "leased"},
    "closed": {"state": "closed"},
    "rare words": {"q": "veto number 4711"},
    "common words": {"q": "strongest pair"},
    "words of nobody": {"q": "no such reason"},
}


@pytest.fixture
def crowded(hub: HubUnderTest) -> HubUnderTest:
    hub.send("erp", "1", attributes={"name": "Alfa GmbH", "country": "DE"})
    hub.process()
    with hub.hub.begin() as work:
        first = Question(hub.master("erp", "1"), "First.", topic="first")
        open_or_renew(work, work.catalog.domain("supplier"), "quality_exception", [first])
    with hub.hub.begin() as work:
        work.connection.execute(MAKE, {"open": OPEN, "all": OPEN + CLOSED})
    with psycopg.connect(hub.dsn, autocommit=True) as connection:

        def is_tidy() -> bool:
            """Vacuum as autovacuum does in time; a transaction that is still open keeps it from finishing."""
            connection.execute("VACUUM ANALYZE task")
            found = connection.execute(
                "SELECT relpages = relallvisible FROM pg_class WHERE relname = 'task'"
            ).fetchone()
            return found == (True,)

        wait_until(is_tidy)
    return hub


def pages(client: Client, filters: dict[str, Any]) -> list[str]:
    """Addresses of the pages that follow one another, the first one too, over and over."""
    links, address = [], str(client.build_request("GET", "/v1/tasks", params=filters).url)
    while len(links) < ASKED:
        links.append(address)
        following = client.get(address).json()["next"]
        address = following or links[0]
    return Random(5).sample(links, ASKED)


@pytest.mark.benchmark
def test_inbox_of_a_hundred_thousand_tasks_answers_at_once(crowded: HubUnderTest) -> None:
    with served(crowded) as client:
        with crowded.hub.begin() as work:
            _, key = create_key(work, name="stella", roles=["steward"])
        steward = {"Authorization": f"Bearer {key}"}
        found = {name: p95(name, pages(client, filters), client.get) for name, filters in FILTERS.items()}
        found["counts"] = p95("counts", ["/v1/tasks/counts"] * ASKED, client.get)
        found["next"] = p95("next", ["/v1/tasks/next"] * ASKED, lambda path: client.post(path, headers=steward))
    assert {name: seconds for name, seconds in found.items() if seconds > LONGEST_P95} == {}
