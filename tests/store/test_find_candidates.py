from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from mdm.store import engine as engines
from mdm.store import records
from mdm.store.sql import statement

BLOCK, NEW = 300, 10  # records that share two keys, and those of them whose candidates are looked for


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO match_key SELECT k, r FROM generate_series(1, 2) k, generate_series(1, %s) r", [BLOCK]
        )
    engine = engines.create(database, pool_size=1)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def found(session: Session, *, hot: int, unbearable: int = 2_000) -> int:
    return len(records.candidates(session, list(range(1, NEW + 1)), hot=hot, unbearable=unbearable))


def repeated(plan: dict[str, Any]) -> int:
    """How often the subqueries of a plan were run at most."""
    loops = plan["Actual Loops"] if plan.get("Parent Relationship") == "SubPlan" else 0
    return max([loops, *(repeated(part) for part in plan.get("Plans", []))])


def test_two_hot_keys_make_candidates_and_one_does_not(session: Session) -> None:
    assert found(session, hot=100) == NEW * (BLOCK - 1)
    session.connection().exec_driver_sql("DELETE FROM match_key WHERE key = 2")
    assert found(session, hot=100) == 0
    assert found(session, hot=BLOCK) == NEW * (BLOCK - 1)


def test_block_that_is_too_large_is_not_looked_into(session: Session) -> None:
    assert found(session, hot=100, unbearable=BLOCK - 1) == 0


def test_block_is_counted_once_for_every_key_and_not_for_every_pair(session: Session) -> None:
    explain = "EXPLAIN (ANALYZE, FORMAT JSON) " + statement("records/find_candidates").text
    parameters = {"ids": list(range(1, NEW + 1)), "hot": 100, "unbearable": 2_000}
    plan = session.connection().execute(text(explain), parameters)
    assert repeated(plan.scalar_one()[0]["Plan"]) <= 2 * NEW
