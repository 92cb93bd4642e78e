import asyncio
from collections.abc import Callable

import nats
import psycopg
import pytest

from tests.support.servers import KillableNats, KillablePostgres


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_gets_its_own_migrated_database(database: str, attempt: int) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()


def test_empty_database_has_no_tables(empty_database: str) -> None:
    with psycopg.connect(empty_database) as connection:
        count = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        assert count.fetchone() == (0,)


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_gets_an_empty_jetstream(nats_url: str, attempt: int) -> None:
    async def look() -> int:
        client = await nats.connect(nats_url)
        jetstream = client.jetstream()
        found = len(await jetstream.streams_info())
        await jetstream.add_stream(name="orders", subjects=["orders.>"])
        await client.close()
        return found

    assert asyncio.run(look()) == 0


def test_killed_durable_postgres_comes_back_with_what_was_committed(
    durable_postgres: Callable[[], KillablePostgres],
) -> None:
    server = durable_postgres()
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
    server.kill()
    server.start()
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT id FROM kept").fetchone() == (1,)


def test_killed_durable_nats_comes_back_with_what_was_acknowledged(durable_nats: Callable[[], KillableNats]) -> None:
    server = durable_nats()

    async def publish() -> None:
        client = await nats.connect(server.url)
        await client.jetstream().add_stream(name="orders", subjects=["orders.>"])
        await client.jetstream().publish("orders.1", b"one")
        server.kill()
        await client.close()

    async def read() -> bytes:
        client = await nats.connect(server.url)
        message = await client.jetstream().get_last_msg("orders", "orders.1")
        await client.close()
        return message.data

    asyncio.run(publish())
    server.start()
    assert asyncio.run(read()) == b"one"


def test_markers_come_from_the_fixtures_a_test_asks_for(database: str, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("postgres")
    assert not request.node.get_closest_marker("nats")
