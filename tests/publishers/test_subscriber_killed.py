"""A subscriber killed while it works applies every version once; one told to stop ends by itself."""

import asyncio
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from contextlib import closing
from pathlib import Path

import pytest

from publishers.jetstream import JetStreamBroker
from tests.publishers.events import a_message
from tests.publishers.relays import until

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
SCRIPT = Path(__file__).parent / "killed_subscriber.py"
NEVER = 1_000_000


async def start(url: str, path: Path, fatal: int) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, SCRIPT, url, path, str(fatal))


def log(path: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT subject, version FROM log").fetchall()


async def test_killed_subscriber_applies_every_version_once(
    nats_url: str, jetstream: JetStreamBroker, tmp_path: Path
) -> None:
    subjects = [f"test.v1.s{number:02}" for number in range(40)]
    for subject in subjects:
        await jetstream.publish(a_message(subject), after=0)
    path = tmp_path / "down.db"
    for fatal in (3, 12):
        process = await start(nats_url, path, fatal)
        assert await asyncio.wait_for(process.wait(), 10) == -signal.SIGKILL
    process = await start(nats_url, path, NEVER)
    await until(lambda: len(log(path)) >= 40)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert sorted(log(path)) == [(subject, 1) for subject in subjects]
