"""An outbox in a database of its own, and a JetStream with a stream for it."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from publishers import body, outbox, roster
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from tests.support.servers import ForgetfulPostgres

PLAN = StreamPlan(name="TEST", subjects=("test.v1.>",))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def outbox_database(postgres_server: ForgetfulPostgres) -> str:
    """DSN of the database that holds the outbox of all tests."""
    dsn = postgres_server.create()
    with psycopg.connect(dsn) as connection:
        for room in (outbox, body, roster):
            connection.execute(room.ddl())
    return dsn


@pytest.fixture
def dsn(outbox_database: str) -> str:
    """DSN of a database with an empty outbox."""
    with psycopg.connect(outbox_database) as connection:
        connection.execute(
            "TRUNCATE publishers.outbox, publishers.head, publishers.lease, publishers.body, publishers.relay"
            " RESTART IDENTITY"
        )
    return outbox_database


@pytest.fixture
async def jetstream(nats_url: str) -> AsyncIterator[JetStreamBroker]:
    """A broker on the empty stream TEST, which takes the subjects test.v1.>."""
    async with JetStreamBroker(nats_url, PLAN.name, timeout=2) as broker:
        await provision(broker, PLAN)
        yield broker
