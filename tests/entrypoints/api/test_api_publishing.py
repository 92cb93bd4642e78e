import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from mdm.hub.standing.health import publishing
from publishers import roster
from publishers.relay import Metrics, State
from tests.entrypoints.api.calling import Api
from tests.publishers.events import an_event, append

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"
NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def say(api: Api, holder: str, **metrics: Any) -> None:
    """Let a relay say what it is doing."""
    with api.hub.begin() as work:
        dsn = work.connection.info.dsn, work.connection.info.password

    async def report() -> None:
        async with await psycopg.AsyncConnection.connect(dsn[0], password=dsn[1], autocommit=True) as connection:
            await roster.report(connection, Metrics(**metrics).said(holder))

    asyncio.run(report())


def part(api: Api) -> tuple[str | None, str | None]:
    with api.hub.begin() as work:
        found = publishing(work)
    return found.reason, found.detail


def test_readiness_says_since_when_somebody_publishes(api: Api) -> None:
    assert part(api) == (None, "0 run, none publishes.")
    say(api, "a/1", state=State.PUBLISHING, epoch=3, since=NOW)
    say(api, "b/2", state=State.STANDBY)
    assert part(api) == (None, "One publishes since 2026-05-04 12:30:00 UTC, 1 stand by.")
    parts = {one["name"]: one for one in api.get("/health/ready", role=None).json()["parts"]}
    assert parts["relay"]["ready"]


def test_readiness_says_what_the_relay_waits_for(api: Api) -> None:
    say(api, "a/1", state=State.WAITING, epoch=1, since=NOW, blocked=2, last_error="NATS is away.")
    reason, detail = part(api)
    assert reason is None
    assert str(detail).endswith("It is waiting, NATS refuses 2 subjects; last error: NATS is away.")


def test_hub_is_not_ready_while_the_relay_is_halted(api: Api) -> None:
    say(api, "a/1", state=State.HALTED, epoch=1, since=NOW, last_error="The stream has version 7.")
    reason, _ = part(api)
    assert str(reason).startswith("Publishing is halted: The stream has version 7. `mdm repair`")


def test_hub_is_not_ready_when_events_wait_and_no_relay_runs(api: Api) -> None:
    with api.hub.begin() as work:
        work.connection.execute("SELECT 1")
        dsn = work.connection.info.dsn + f" password={work.connection.info.password}"
    append(dsn, an_event("mdm.golden.v1.item.1"))
    assert part(api)[0] is None
    with api.hub.begin() as work:
        work.connection.execute("UPDATE publishers.outbox SET created_at = now() - interval '2 minutes'")
    assert "no relay publishes: `mdm worker relay`" in str(part(api)[0])


def test_readiness_says_that_loads_wait(api: Api) -> None:
    with api.hub.begin() as work:
        work.connection.execute("INSERT INTO load_pause VALUES (1, '2026-05-04 12:30:00+00', 9)")
    parts = {one["name"]: one for one in api.get("/health/ready", role=None).json()["parts"]}
    assert parts["loads"]["detail"] == "Loads wait since 2026-05-04 12:30:00 UTC until events are published."
    assert "mdm_loads_paused 1.0" in api.get("/metrics", role="operator").text


def test_relays_are_measured(api: Api) -> None:
    say(api, "a/1", state=State.PUBLISHING, epoch=3, since=NOW, published=70, in_flight=5)
    say(api, "b/2", state=State.STANDBY)
    text = api.get("/metrics", role="operator").text
    assert 'mdm_relays{state="publishing"} 1.0' in text
    assert 'mdm_relays{state="standby"} 1.0' in text
    assert "mdm_relay_epoch 3.0" in text
    assert 'mdm_relay_published_total{relay="a/1"} 70.0' in text
    assert 'mdm_relay_in_flight{relay="a/1"} 5.0' in text


def test_every_metric_is_documented_and_nothing_else(api: Api) -> None:
    shown = set(re.findall(r"^# HELP (mdm_\w+) ", api.get("/metrics", role="operator").text, re.MULTILINE))
    documented = set(re.findall(r"^\| `(mdm_\w+)", REFERENCE.read_text(), re.MULTILINE))
    assert documented == shown
