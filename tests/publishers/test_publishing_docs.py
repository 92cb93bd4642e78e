"""The ten lines of docs/publishing.md, run as they stand there."""

import asyncio
import re
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

import publishers.errors
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from tests.publishers.events import a_message
from tests.publishers.relays import until

DOCUMENT = Path(__file__).parents[2] / "docs" / "publishing.md"


def rows(path: Path) -> list[tuple[str, int, str]]:
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'supplier'").fetchall():
            return []
        return connection.execute("SELECT * FROM supplier").fetchall()


@pytest.mark.anyio
@pytest.mark.nats
async def test_ten_lines_are_a_downstream_system(nats_url: str, tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(import sqlite3.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (tmp_path / "erp.py").write_text(example.replace("nats://127.0.0.1:4222", nats_url))
    async with JetStreamBroker(nats_url, "MDM_GOLDEN") as broker:
        await provision(broker, StreamPlan(name="MDM_GOLDEN", subjects=("mdm.golden.v1.>",)))
        await broker.publish(a_message("mdm.golden.v1.supplier.7", 3, data=b'{"name": "Acme"}'), after=0)
        await broker.publish(a_message("mdm.golden.v1.customer.8"), after=0)
    process = await asyncio.create_subprocess_exec(sys.executable, "erp.py", cwd=tmp_path)
    database = tmp_path / "suppliers.db"
    await until((tmp_path / "suppliers.db-wal").exists)
    await until(lambda: rows(database) == [("mdm.golden.v1.supplier.7", 3, '{"name": "Acme"}')])
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


def test_every_header_is_documented() -> None:
    event = a_message(correlation_id="c", causation_id="d", traceparent="t")
    assert [header for header in event.headers if f"`{header}`" not in DOCUMENT.read_text()] == []


def test_errors_have_a_code_and_stand_in_the_tree() -> None:
    errors = {kind for kind in vars(publishers.errors).values() if isinstance(kind, type)}
    tree = publishers.errors.__doc__ or ""
    assert len({kind.code for kind in errors}) == len(errors)
    assert [kind for kind in errors if not re.search(rf"\b{kind.__name__}\b", tree)] == []
