"""How long every stage took is measured once per event, and the figures are those of the instants that are known."""

import threading
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidInput, UnknownDomain
from mdm.hub import standing
from mdm.hub.publishing import tracing
from mdm.hub.publishing.tracing import Histogram, StageTimes
from mdm.store.publishing import tracing as store
from tests.hub.test_hub_approval import OTHER_VAT, TAX, A, decide
from tests.support.hubs import HubUnderTest

PUBLISH = "UPDATE publishers.outbox SET published_at = created_at + %s * interval '1 ms', stream_sequence = seq"
SHIFT = "UPDATE delivery SET received_at = received_at - %s * interval '1 second'"
LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def publish(hub: HubUnderTest, milliseconds: float = 20) -> None:
    """Do what the relay does, without a broker."""
    with hub.hub.begin() as work:
        work.connection.execute(PUBLISH + " WHERE published_at IS NULL", (milliseconds,))


def measured(hub: HubUnderTest, **more: Any) -> int:
    with hub.hub.begin() as work:
        return tracing.measure(work, **more)


def stages(hub: HubUnderTest, **chosen: Any) -> dict[str, StageTimes]:
    with hub.hub.begin() as work:
        found = tracing.propagation(work, since=LONG_AGO, until=FAR_AHEAD, **chosen)
    return {times.stage: times for times in found.stages}


def histograms(hub: HubUnderTest) -> dict[str, Histogram]:
    with hub.hub.begin() as work:
        return {h.stage: h for h in tracing.histograms(work) if h.domain == "supplier"}


def test_figures_are_those_of_the_instants(hub: HubUnderTest) -> None:
    for number in range(20):
        hub.send(
            "erp", str(number), source_time="2026-01-01T00:00:00Z", attributes={"name": f"Supplier {number * 7919}"}
        )
        with hub.hub.begin() as work:
            work.connection.execute(SHIFT, (number,))
    hub.process()
    with hub.hub.begin() as work:
        work.connection.execute(PUBLISH.replace("%s", "(10 * seq)"))
    assert measured(hub) == 20
    rows = hub.rows(
        "SELECT d.received_at, f.source_time, v.recorded_at, o.created_at, o.published_at FROM golden_version v"
        " JOIN publishers.outbox o ON o.id = v.event_id"
        " JOIN delivery d ON d.id = (v.cause -> 'deliveries' ->> -1)::bigint JOIN fact f ON f.delivery_id = d.id"
    )
    naive = {
        "source": [r[0] - r[1] for r in rows],
        "resolve": [r[2] - r[0] for r in rows],
        "publish": [r[4] - r[3] for r in rows],
        "total": [r[4] - r[0] for r in rows],
    }
    found, counted = stages(hub), histograms(hub)
    for stage, took in naive.items():
        seconds = sorted(t.total_seconds() for t in took)
        cuts = quantiles(seconds, n=100, method="inclusive")
        shown = found[stage]
        assert [shown.p50, shown.p95, shown.p99, shown.longest] == pytest.approx(
            [cuts[49], cuts[94], cuts[98], seconds[-1]]
        )
        assert (shown.events, shown.skewed) == (20, 0)
        assert counted[stage].at_most == [(b, sum(s <= b for s in seconds)) for b in tracing.BOUNDS]
        assert counted[stage].seconds == pytest.approx(sum(seconds))
    assert found["approve"].events == 0


def test_an_event_is_counted_once_however_many_clocks_measure(hub: HubUnderTest) -> None:
    for number in range(30):
        hub.send("erp", str(number), attributes={"name": f"Supplier {number * 7919}"})
    hub.process()
    publish(hub)
    clocks = [threading.Thread(target=measured, args=(hub,), kwargs={"size": 7}) for _ in range(8)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    while measured(hub, size=7):
        pass
    assert histograms(hub)["total"].at_most[-1] == (float("inf"), 30)
    assert hub.rows("SELECT count(*) FROM propagation") == [(30,)]


def test_what_is_published_out_of_order_is_measured_too(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Aurora"})
    hub.process()
    publish(hub)
    assert measured(hub) == 1
    hub.send("erp", "2", attributes={"name": "Birkenhof"})
    hub.process()
    with hub.hub.begin() as work:  # the database's clock was set back a little
        work.connection.execute(
            "UPDATE publishers.outbox SET published_at = (SELECT measured_until - interval '1 second'"
            " FROM propagation_mark), stream_sequence = seq WHERE published_at IS NULL"
        )
    assert (measured(hub), measured(hub)) == (1, 0)


def test_a_wait_for_the_owner_is_a_stage_of_its_own(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    publish(hub)
    measured(hub)
    hub.send("erp", "1", version=2, attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    waiting = stages(hub)["approve"]
    assert (waiting.waiting, waiting.events) == (1, 0)
    with hub.hub.begin() as work:
        for table, columns in (("delivery", ("received_at",)), ("change_request", ("created_at", "renewed_at"))):
            moved = ", ".join(f"{name} = {name} - interval '2 days'" for name in columns)
            work.connection.execute(f"UPDATE {table} SET {moved}")  # type: ignore[call-overload]
    assert stages(hub)["approve"].oldest == pytest.approx(172_800, abs=60)
    decide(hub, TAX, "approve")
    publish(hub)
    measured(hub)
    found = stages(hub)
    assert found["approve"].p50 == pytest.approx(172_800, abs=60)
    assert found["resolve"].events == 2
    assert found["resolve"].longest < 60
    assert found["total"].longest == pytest.approx(172_800, abs=60)
    assert (found["approve"].waiting, found["approve"].events) == (0, 1)


def test_a_source_whose_clock_is_ahead_counts_as_no_time_and_is_told(hub: HubUnderTest) -> None:
    hub.send("erp", "1", source_time="2026-01-01T00:00:00Z", attributes=A)
    hub.process()
    publish(hub)
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE fact SET source_time = received_at + interval '3 minutes'")
    measured(hub)
    source = stages(hub)["source"]
    assert (source.p50, source.skewed, source.events) == (0, 1, 1)
    counted = histograms(hub)["source"]
    assert (counted.at_most[0][1], counted.seconds, counted.skewed) == (1, 0, 1)


def test_times_of_a_source_that_is_not_trusted_with_them_are_not_measured(hub: HubUnderTest) -> None:
    hub.send("erp", "1", source_time="2026-01-01T00:00:00Z", attributes={"name": "Aurora"})
    hub.process()
    publish(hub)
    with hub.hub.begin() as work:
        store.measure(
            work.session, subjects="mdm.", since=LONG_AGO, bounds=tracing.BOUNDS, untimely=["supplier/erp"], size=9
        )
    found = stages(hub)
    assert (found["source"].events, found["total"].events) == (0, 1)


def test_figures_are_those_of_a_domain_a_source_and_a_time(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Aurora"})
    hub.send("procurement", "1", attributes={"name": "Birkenhof"})
    hub.process()
    publish(hub)
    measured(hub)
    assert stages(hub, source="erp")["total"].events == 1
    assert stages(hub, domain="supplier")["total"].events == 2
    assert stages(hub, domain="customer")["total"].events == 0
    with hub.hub.begin() as work:
        later = tracing.propagation(work, since=work.now + timedelta(minutes=1), until=FAR_AHEAD)
    assert [times.events for times in later.stages] == [0] * 5


def test_nothing_is_forgotten_before_it_is_measured(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    with hub.hub.begin() as work:
        work.connection.execute(
            "UPDATE publishers.outbox SET created_at = created_at - interval '9 days',"
            " published_at = created_at - interval '8 days', stream_sequence = seq"
        )
    with hub.hub.begin() as work:
        assert standing.tidy(work, outbox_retention=timedelta(days=7)) == 1
    assert stages(hub)["publish"].p50 == pytest.approx(86_400)


def test_lag_is_how_long_the_first_unmeasured_event_waits(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    publish(hub, -60_000)
    with hub.hub.begin() as work:
        assert tracing.lag(work) == pytest.approx(60, abs=30)
    measured(hub)
    with hub.hub.begin() as work:
        assert tracing.lag(work) == 0


def test_figures_are_for_operators_of_the_domain(hub: HubUnderTest) -> None:
    with hub.hub.begin_as(Actor("rita", frozenset({"reader"}))) as work, pytest.raises(Forbidden):
        tracing.propagation(work)
    with hub.hub.begin_as(Actor("olga", frozenset({"operator"}), frozenset({"customer"}))) as work:
        assert tracing.propagation(work).stages[0].events == 0
        with pytest.raises(Forbidden):
            tracing.propagation(work, domain="supplier")
    with hub.hub.begin() as work, pytest.raises(UnknownDomain):
        tracing.propagation(work, domain="plant")
    with hub.hub.begin() as work, pytest.raises(InvalidInput, match="begins after"):
        tracing.propagation(work, since=FAR_AHEAD, until=LONG_AGO)
