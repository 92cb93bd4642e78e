"""References between records: where they lead, when that changes, and that everybody who refers is told."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from mdm import bootstrap
from mdm.core.security import SYSTEM
from mdm.errors import Contradiction, InvalidAttributes
from mdm.hub import redo, standing
from mdm.hub.stewardship import identity, values
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest

PLANT = {"name": "Werk Ulm", "location_type": "plant", "country": "DE", "plant_code": "1000"}
PRESS = {"code": "PR-1", "name": "Presse 1", "plant": "1000"}


def send(hub: HubUnderTest, domain: str, source: str, key: str, **attributes: Any) -> None:
    hub.send(source, key, domain=domain, attributes=attributes)


def plant_of(hub: HubUnderTest, source: str = "erp", key: str = "PR-1") -> dict[str, Any]:
    return dict(hub.golden(source, key, domain="work_center").attributes["plant"])


def masters(hub: HubUnderTest, domain: str) -> int:
    ((count,),) = hub.rows("SELECT count(*) FROM master WHERE domain = %s AND status <> 'merged'", domain)
    return int(count)


def test_reference_names_its_record_and_leads_to_its_master(hub: HubUnderTest) -> None:
    send(hub, "location", "erp", "1000", **PLANT)
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    hub.process()
    master = str(hub.master("erp", "1000", domain="location"))
    assert plant_of(hub) == {"source": "erp", "key": "1000", "master": master}
    assert hub.broken() == []


def test_reference_waits_for_a_record_that_comes_later(hub: HubUnderTest) -> None:
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    hub.process()
    assert plant_of(hub) == {"source": "erp", "key": "1000", "master": None}
    send(hub, "location", "erp", "1000", **PLANT)
    hub.process()
    assert plant_of(hub)["master"] == str(hub.master("erp", "1000", domain="location"))
    assert hub.golden("erp", "PR-1", domain="work_center").version == 2
    assert hub.rows("SELECT cause ->> 'kind' FROM golden_version WHERE version = 2") == [("reference",)]
    assert hub.broken() == []


def test_record_and_what_it_refers_to_may_come_in_one_chunk_in_any_order(hub: HubUnderTest) -> None:
    send(hub, "work_center", "mes", "M-7", code="PR-1", plant={"source": "erp", "key": "1000"}, parent="LINE")
    send(hub, "work_center", "mes", "LINE", code="L-1", plant={"source": "erp", "key": "1000"})
    send(hub, "location", "erp", "1000", **PLANT)
    hub.process()
    golden = hub.golden("mes", "M-7", domain="work_center").attributes
    assert golden["parent"]["master"] == str(hub.master("mes", "LINE", domain="work_center"))
    assert golden["plant"]["master"] == str(hub.master("erp", "1000", domain="location"))
    assert hub.broken() == []


def test_sources_with_keys_of_their_own_mean_the_same_thing_once_their_references_lead_to_one(
    hub: HubUnderTest,
) -> None:
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    send(hub, "work_center", "mes", "M-7", code="pr-1", plant="W1")
    hub.process()
    assert masters(hub, "work_center") == 2
    send(hub, "location", "erp", "1000", **PLANT, gln="4012345000009")
    send(hub, "location", "mes", "W1", **PLANT, gln="4012345000009")
    hub.process()
    assert hub.master("erp", "1000", domain="location") == hub.master("mes", "W1", domain="location")
    assert hub.master("erp", "PR-1", domain="work_center") == hub.master("mes", "M-7", domain="work_center")
    assert hub.broken() == []


def test_references_follow_merges_and_unmerges(hub: HubUnderTest) -> None:
    send(hub, "location", "erp", "1000", **PLANT)
    send(hub, "location", "wms", "W1", name="Lager Nord", location_type="warehouse", country="AT")
    send(hub, "work_center", "mes", "M-7", code="PR-7", plant={"source": "wms", "key": "W1"})
    hub.process()
    kept, lost = hub.master("erp", "1000", domain="location"), hub.master("wms", "W1", domain="location")
    send(hub, "work_center", "erp", "PR-1", code="PR-1", plant={"master": str(lost)})
    hub.process()
    with hub.hub.begin_as(SYSTEM) as work:
        identity.merge(work, "location", [kept, lost], reason="one and the same")
    hub.process()
    assert [plant_of(hub)["master"], plant_of(hub, "mes", "M-7")["master"]] == [str(kept)] * 2
    with hub.hub.begin_as(SYSTEM) as work:
        identity.unmerge(work, "location", lost, reason="they are two")
    hub.process()
    assert [plant_of(hub)["master"], plant_of(hub, "mes", "M-7")["master"]] == [str(lost)] * 2
    assert hub.broken() == []


def test_same_reference_sent_again_changes_nothing(hub: HubUnderTest) -> None:
    send(hub, "location", "erp", "1000", **PLANT)
    hub.process()
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    hub.process()
    again = hub.send("erp", "PR-1", domain="work_center", attributes=PRESS)
    hub.process()
    assert hub.state(again) == "unchanged"
    assert hub.golden("erp", "PR-1", domain="work_center").version == 1


def test_record_without_a_part_of_its_key_stands_alone_and_a_steward_is_asked(hub: HubUnderTest) -> None:
    send(hub, "work_center", "erp", "PR-1", code="PR-1")
    send(hub, "work_center", "mes", "M-7", code="PR-1")
    hub.process()
    assert masters(hub, "work_center") == 2
    asked = "SELECT topic, reason FROM task WHERE kind = 'quality_exception' AND closed_at IS NULL"
    assert hub.rows(asked) == [("plant", "Without plant nothing can be recognized as the same.")] * 2
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    hub.process()
    assert len(hub.rows(asked)) == 1


def test_records_of_one_key_are_one_master_from_the_start(hub: HubUnderTest) -> None:
    send(hub, "location", "erp", "1000", **PLANT)
    hub.process()
    send(hub, "work_center", "erp", "PR-1", **PRESS, cost_center="4711")
    send(hub, "work_center", "mes", "M-7", code="PR-1", plant={"source": "erp", "key": "1000"}, name="Press")
    send(hub, "work_center", "mes", "M-8", code="PR-2", plant={"source": "erp", "key": "1000"}, name="Press")
    hub.process()
    assert masters(hub, "work_center") == 2
    golden = hub.golden("mes", "M-7", domain="work_center")
    assert (golden.attributes["name"], golden.attributes["cost_center"]) == ("Presse 1", "4711")
    assert hub.rows("SELECT count(*) FROM task WHERE kind = 'match_review'") == [(0,)]


def test_who_referred_to_what_moved_while_being_written_is_found_later(hub: HubUnderTest) -> None:
    """The reader looked before the plant was there, and the plant's writer before the reader was."""
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    send(hub, "location", "erp", "1000", **PLANT)
    with hub.hub.begin() as reader:
        reader.session.connection().exec_driver_sql("SELECT 1")
        hub.process()
        hub.rows("SELECT 1")
        with hub.hub.begin() as work:  # as if the reader's own row had come too late for the plant's writer
            work.connection.execute("UPDATE record_reference SET master_id = NULL")
            work.connection.execute("DELETE FROM redo")
        redo.look_back(hub.hub.begin)
        assert hub.rows("SELECT count(*) FROM redo") == [(0,)]
    redo.look_back(hub.hub.begin)
    assert hub.rows("SELECT reasons FROM redo") == [(["reference"],)]


def test_hub_is_not_settled_while_records_are_due_again(hub: HubUnderTest) -> None:
    send(hub, "supplier", "erp", "1", name="Acme GmbH")
    hub.process()
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE publishers.outbox SET published_at = now()")
    with hub.hub.begin_as(SYSTEM) as work:
        assert standing.settled(work)
        work.connection.execute(
            "INSERT INTO redo (record_id, reasons, due_at, created_at)"
            " SELECT id, '{reference}', now(), now() FROM source_record"
        )
        assert not standing.settled(work)


def test_value_that_begins_later_makes_records_match_on_its_day(database: str) -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database, clock=lambda: now[0]) as opened:
        hub = HubUnderTest(opened, database)
        send(hub, "work_center", "erp", "PR-1", code="PR-1", plant={"source": "erp", "key": "1000"})
        send(hub, "work_center", "mes", "M-7", code="PR-7", plant={"source": "erp", "key": "1000"})
        hub.send(
            "mes", "M-7", domain="work_center", operation="partial", effective_from="2026-04-01T00:00:00Z",
            attributes={"code": "PR-1"},
        )  # fmt: skip
        hub.process()
        assert hub.rows("SELECT reasons, due_at::date FROM redo") == [(["date"], date(2026, 4, 1))]
        assert masters(hub, "work_center") == 2
        now[0] = datetime(2026, 4, 1, tzinfo=UTC)
        hub.process()
        assert masters(hub, "work_center") == 1
        assert hub.broken() == []


def test_record_that_fails_again_and_again_rests_and_lets_others_pass(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    send(hub, "work_center", "erp", "PR-2", **PRESS | {"code": "PR-2"})
    hub.process()
    poisoned = hub.master("erp", "PR-1", domain="work_center")
    settle = redo.settle

    def failing(work: Any, domain: Any, **given: Any) -> Any:
        members = {
            row[0]
            for row in work.connection.execute("SELECT record_id FROM crosswalk WHERE master_id = %s", [poisoned])
        }
        if members & set(given["changed"]):
            raise RuntimeError("poisoned")
        return settle(work, domain, **given)

    monkeypatch.setattr(redo, "settle", failing)
    send(hub, "location", "erp", "1000", **PLANT)
    hub.process()
    assert plant_of(hub, key="PR-2")["master"] is not None
    assert hub.rows("SELECT due_at > now() FROM redo") == [(True,)]


def test_unknown_master_is_a_reference_that_leads_nowhere(hub: HubUnderTest) -> None:
    nobody = UUID(int=7)
    send(hub, "work_center", "erp", "PR-1", code="PR-1", plant={"master": str(nobody)})
    hub.process()
    assert plant_of(hub) == {"source": "hub", "key": str(nobody), "master": None}


def test_pinned_reference_follows_merges_and_unmerges_too(hub: HubUnderTest) -> None:
    send(hub, "location", "erp", "1000", **PLANT)
    send(hub, "location", "wms", "W1", name="Lager Nord", location_type="warehouse", country="AT")
    send(hub, "item_plant", "erp", "I-1", item="4711", plant="1000")
    hub.process()
    kept, lost = hub.master("erp", "1000", domain="location"), hub.master("wms", "W1", domain="location")
    master = hub.master("erp", "I-1", domain="item_plant")
    with hub.hub.begin_as(SYSTEM) as work:
        values.pin(work, "item_plant", master, {"plant": {"master": str(lost)}}, reason="it lies there")

    def pinned() -> str:
        return str(hub.golden("erp", "I-1", domain="item_plant").attributes["plant"]["master"])

    assert pinned() == str(lost)
    with hub.hub.begin_as(SYSTEM) as work:
        identity.merge(work, "location", [kept, lost], reason="one and the same")
    hub.process()
    assert pinned() == str(kept)
    with hub.hub.begin_as(SYSTEM) as work:
        identity.unmerge(work, "location", lost, reason="they are two")
    hub.process()
    assert pinned() == str(lost)
    assert hub.broken() == []


def test_reference_that_leads_nowhere_cannot_be_pinned(hub: HubUnderTest) -> None:
    send(hub, "work_center", "erp", "PR-1", **PRESS)
    hub.process()
    master = hub.master("erp", "PR-1", domain="work_center")
    with hub.hub.begin_as(SYSTEM) as work, pytest.raises(InvalidAttributes, match="names nothing"):
        values.pin(work, "work_center", master, {"plant": {"source": "erp", "key": "9"}}, reason="guess")


def test_parent_that_would_close_a_cycle_cannot_be_pinned(hub: HubUnderTest) -> None:
    send(hub, "item_family", "plm", "A", code="A", name="A")
    send(hub, "item_family", "plm", "B", code="B", name="B", parent="A")
    hub.process()
    top, below = (hub.master("plm", key, domain="item_family") for key in "AB")
    for parent in (top, below):
        with hub.hub.begin_as(SYSTEM) as work, pytest.raises(Contradiction, match="below"):
            values.pin(work, "item_family", top, {"parent": {"master": str(parent)}}, reason="turned around")
    with hub.hub.begin_as(SYSTEM) as work:
        values.pin(work, "item_family", below, {"parent": None}, reason="it stands alone")
        values.pin(work, "item_family", top, {"parent": {"master": str(below)}}, reason="turned around")
    assert hub.golden("plm", "A", domain="item_family").attributes["parent"]["master"] == str(below)
    assert hub.broken() == []
