from collections.abc import Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from mdm.core.clock import utc_now
from mdm.core.domains import Catalog
from mdm.core.security import SYSTEM
from mdm.errors import MdmError, Moved, Unavailable
from mdm.store import engine as engines
from mdm.store import work

RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = engines.create(database, pool_size=2)
    yield made
    made.dispose()


def begun(engine: Engine) -> AbstractContextManager[work.Work]:
    return work.begin(engine, actor=SYSTEM, clock=utc_now, rules=lambda _: Catalog({}))


MEANINGS = [
    ("40001", Moved), ("40P01", Moved), ("55P03", Moved),
    ("57P01", Unavailable), ("08006", Unavailable), ("53100", Unavailable), ("53200", Unavailable),
    ("58030", Unavailable), ("25006", Unavailable),
]  # fmt: skip


@pytest.mark.parametrize(("state", "meaning"), MEANINGS)
def test_what_postgres_says_is_told_apart(engine: Engine, state: str, meaning: type[MdmError]) -> None:
    with pytest.raises(meaning), begun(engine) as under_way:
        under_way.session.connection().execute(text(RAISE.format(state=state)))


def test_statement_that_took_too_long_is_neither_an_outage_nor_tried_again_as_it_is(engine: Engine) -> None:
    with pytest.raises(DBAPIError), begun(engine) as under_way:
        under_way.session.connection().execute(text(RAISE.format(state="57014")))


@pytest.mark.parametrize(("state", "meaning"), MEANINGS)
def test_what_the_driver_says_without_the_session_is_told_apart_too(
    engine: Engine, state: str, meaning: type[MdmError]
) -> None:
    with pytest.raises(meaning), begun(engine) as under_way:
        under_way.connection.execute(RAISE.format(state=state))


def test_mistake_of_our_own_stays_what_it_is(engine: Engine) -> None:
    with pytest.raises(DBAPIError), begun(engine) as under_way:
        under_way.session.connection().execute(text("SELECT 1/0"))
    with pytest.raises(psycopg.errors.DivisionByZero), begun(engine) as under_way:
        under_way.connection.execute("SELECT 1/0")


def test_error_does_not_tell_the_data_of_its_statement(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, begun(engine) as under_way:
        under_way.session.connection().execute(text("SELECT 1/0 WHERE :iban <> ''"), {"iban": "DE89370400440532013000"})
    assert "DE89" not in str(caught.value)


def test_postgres_that_is_not_there_is_unavailable() -> None:
    engine = engines.create("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1)
    with pytest.raises(Unavailable, match="PostgreSQL cannot be reached"), begun(engine) as under_way:
        under_way.session.connection()


def test_waiting_in_vain_for_a_free_connection_is_unavailable(database: str) -> None:
    url = database.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with begun(engine) as first:
        first.session.connection()
        with pytest.raises(Unavailable, match="busy"), begun(engine) as second:
            second.session.connection()
    engine.dispose()


def test_work_that_raises_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(KeyError), begun(engine) as under_way:
        {}[under_way.connection.execute("CREATE TABLE left_behind ()")]
    with begun(engine) as after:
        assert after.connection.execute("SELECT to_regclass('left_behind')").fetchone() == (None,)


def test_named_points_are_passed_on_the_way(engine: Engine) -> None:
    passed: list[str] = []
    with work.begin(engine, actor=SYSTEM, clock=utc_now, rules=lambda _: Catalog({}), reach=passed.append) as under_way:
        under_way.connection.execute("SELECT 1")
        assert passed == []
    assert passed == ["before_commit", "after_commit"]
