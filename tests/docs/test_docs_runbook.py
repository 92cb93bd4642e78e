import re

import psycopg
import pytest

from publishers import InMemoryBroker
from tests.docs.pages import ROOT
from tests.publishers.events import an_event, append, query
from tests.publishers.relays import relay, until

PENDING = "SELECT count(*) FROM publishers.outbox WHERE published_at IS NULL"
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def published(dsn: str, broker: InMemoryBroker) -> None:
    async with relay(dsn, broker):
        await until(lambda: query(dsn, PENDING) == [(0,)])


async def test_lost_stream_is_rebuilt_from_the_heads_by_the_runbook(database: str) -> None:
    [statements] = re.findall(r"^ *BEGIN;\n.*?COMMIT;\n", (ROOT / "docs" / "runbook.md").read_text(), re.DOTALL | re.M)
    append(database, an_event("a.1", 1), an_event("a.1", 2), an_event("a.2", 1), an_event("a.3", 1))
    await published(database, InMemoryBroker())
    append(database, an_event("a.3", 2))
    query(database, "DELETE FROM publishers.outbox WHERE subject = 'a.2' RETURNING 1")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statements)
    fresh = InMemoryBroker()
    await published(database, fresh)
    assert fresh.versions() == {"a.1": [2], "a.2": [1], "a.3": [2]}
