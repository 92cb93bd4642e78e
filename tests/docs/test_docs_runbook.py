import re

import psycopg
import pytest

from publishers import Broker, BySubject, InMemoryBroker
from tests.docs.pages import ROOT
from tests.publishers.events import an_event, append, query
from tests.publishers.relays import relay, until

PENDING = "SELECT count(*) FROM publishers.outbox WHERE published_at IS NULL"
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def published(dsn: str, broker: Broker) -> None:
    async with relay(dsn, broker):
        await until(lambda: query(dsn, PENDING) == [(0,)])


def rebuild(dsn: str) -> None:
    """Execute what the runbook says on rebuilding a stream from the heads."""
    [statements] = re.findall(r"^ *BEGIN;\n.*?COMMIT;\n", (ROOT / "docs" / "runbook.md").read_text(), re.DOTALL | re.M)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statements)


async def test_lost_stream_is_rebuilt_from_the_heads_by_the_runbook(database: str) -> None:
    append(
        database,
        an_event("mdm.golden.a.1", 1),
        an_event("mdm.golden.a.1", 2),
        an_event("mdm.golden.a.2", 1),
        an_event("mdm.golden.a.3", 1),
    )
    await published(database, InMemoryBroker())
    append(database, an_event("mdm.golden.a.3", 2))
    query(database, "DELETE FROM publishers.outbox WHERE subject = 'mdm.golden.a.2' RETURNING 1")
    rebuild(database)
    fresh = InMemoryBroker()
    await published(database, fresh)
    assert fresh.versions() == {"mdm.golden.a.1": [2], "mdm.golden.a.2": [1], "mdm.golden.a.3": [2]}


async def test_stream_of_seals_goes_on_where_it_was_when_the_other_is_rebuilt(database: str) -> None:
    seals = InMemoryBroker()
    append(database, an_event("mdm.golden.a.1", 1), an_event("mdm.audit.seal", 1), an_event("mdm.audit.seal", 2))
    await published(database, BySubject({"mdm.golden.": InMemoryBroker(), "mdm.audit.seal": seals}))
    append(database, an_event("mdm.audit.seal", 3))
    rebuild(database)
    fresh = InMemoryBroker()
    await published(database, BySubject({"mdm.golden.": fresh, "mdm.audit.seal": seals}))
    assert (fresh.versions(), seals.versions()) == ({"mdm.golden.a.1": [1]}, {"mdm.audit.seal": [1, 2, 3]})
