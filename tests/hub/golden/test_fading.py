"""Masters whose trust fades are rebuilt when it is their turn: once, and slowly while events wait."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core import domains
from mdm.hub.golden import due
from mdm.hub.golden.occasions import DECAY, place
from mdm.settings import Settings
from mdm.store.ingest import loads
from tests.support.hubs import HubUnderTest, StandingClock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FADED = datetime(2026, 3, 11, tzinfo=UTC)
SPREAD = timedelta(hours=4)
FADES = "trust: {default: 0.9, attributes: {phone: {trust: 0.9, decay: {curve: step, days: 10, floor: 0.1}}}}"
OURS, THEIRS = "+49891111111", "+49892222222"


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(START)


@pytest.fixture
def fading(database: str, clock: StandingClock, tmp_path: Path) -> Iterator[HubUnderTest]:
    """Two suppliers whose phone the ERP is believed about for ten days, and the portal after that."""
    declared = (Path(domains.__file__).parent / "supplier.yaml").read_text()
    declared = declared.replace("title: ERP, trust: 0.9", f"title: ERP, {FADES}")
    by_trust = declared.replace("{rule: most_recent}", "{rule: most_trusted}")
    (tmp_path / "supplier.yaml").write_text(by_trust)
    settings = Settings(domains_dir=tmp_path)
    bootstrap.prepare(settings, database)
    with bootstrap.open_hub(settings, database, clock=clock) as opened:
        hub = HubUnderTest(opened, database)
        for key, vat_id in (("1", "DE136695976"), ("2", "DE129273398")):
            known = {"name": f"Acme {key} GmbH", "country": "DE", "vat_id": vat_id}
            hub.send("erp", key, version=1, attributes=known | {"phone": OURS})
            hub.send("portal", key, version=1, attributes=known | {"phone": THEIRS})
        hub.process()
        yield hub


def turn(hub: HubUnderTest) -> int:
    return due.advance(hub.hub.begin, reasons=(DECAY,))


def own_time(hub: HubUnderTest, key: str) -> datetime:
    return FADED + SPREAD * place(hub.master("erp", key))


def test_faded_winner_gives_way_once_at_the_masters_own_time(fading: HubUnderTest, clock: StandingClock) -> None:
    first, second = sorted(("1", "2"), key=lambda key: own_time(fading, key))
    clock.now = own_time(fading, first) - timedelta(seconds=1)
    assert turn(fading) == 0
    clock.now += timedelta(seconds=61)
    assert due.advance(fading.hub.begin) == 0  # nothing is due to the instant
    with fading.hub.begin() as work:
        assert due.ages(work) == {DECAY: 60.0}
    at_once = Barrier(2)

    def clock_worker(_: int) -> int:
        at_once.wait()
        return turn(fading)

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(clock_worker, range(2))) == 1
    assert fading.golden("erp", first).attributes["phone"] == THEIRS
    assert fading.golden("erp", second).attributes["phone"] == OURS
    announced = "SELECT cause ->> 'kind' FROM golden_version WHERE master_id = %s ORDER BY version DESC"
    assert fading.rows(announced, fading.master("erp", first))[0] == ("decay",)
    published = "SELECT count(*) FROM publishers.outbox WHERE convert_from(data, 'UTF8')::jsonb #>> '{cause,kind}' = %s"
    assert fading.rows(published, "decay") == [(1,)]
    assert fading.broken() == []


def test_after_downtime_all_that_faded_is_told_once_and_slowly_while_events_wait(
    fading: HubUnderTest, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "SLOWLY", 1)
    clock.now += timedelta(days=30)
    with fading.hub.begin() as work:
        loads.pause(work.session, now=work.now, events=1)
    slowly = due.Fading()
    assert [slowly.advance(fading.hub.begin), slowly.advance(fading.hub.begin)] == [1, 0]
    with fading.hub.begin() as work:
        loads.resume(work.session)
    assert due.Fading().advance(fading.hub.begin) == 1
    assert turn(fading) == 0
    assert [versions_by_decay(fading, key) for key in "12"] == [1, 1]
    assert fading.broken() == []


def versions_by_decay(hub: HubUnderTest, key: str) -> Any:
    counted = "SELECT count(*) FROM golden_version WHERE master_id = %s AND cause ->> 'kind' = 'decay'"
    return hub.rows(counted, hub.master("erp", key))[0][0]
