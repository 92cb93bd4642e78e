"""Commands run in a folder of their own, on the hub of the test."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from mdm import streams
from mdm.entrypoints import cli
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, provision
from tests.support.hubs import HubUnderTest

Run = Callable[..., tuple[int, str, str]]
NOWHERE = "nats://127.0.0.1:1"


@pytest.fixture
def mdm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command in a folder of its own and returns its exit code and what it said on stdout and stderr."""
    monkeypatch.setenv("MDM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def on_hub(mdm: Run, hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the hub of the test; NATS is not there."""
    monkeypatch.setenv("MDM_POSTGRES_DSN", hub.dsn)
    monkeypatch.setenv("MDM_NATS_URL", NOWHERE)
    return mdm


@pytest.fixture
def streaming(on_hub: Run, nats_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the hub of the test and an empty stream."""

    async def make() -> None:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            await provision(broker, streams.golden(Settings()))
            await provision(broker, streams.audit(Settings()))

    asyncio.run(make())
    monkeypatch.setenv("MDM_NATS_URL", nats_url)
    return on_hub
