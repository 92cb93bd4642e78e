"""A line moves to another plant with its machines; last month, and what was known then, stay readable."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.clock import utc_now
from mdm.hub.golden.times import Times
from mdm.hub.relations import hierarchy
from tests.support.hubs import HubUnderTest

BEGAN = "2020-01-01T00:00:00Z"
LAST_MONTH = utc_now() - timedelta(days=30)


def send(hub: HubUnderTest, domain: str, key: str, **attributes: Any) -> None:
    hub.send("erp", key, domain=domain, version=1, source_time=BEGAN, attributes=attributes)


def machines(hub: HubUnderTest, plant: UUID, **times: datetime) -> list[str]:
    with hub.hub.begin() as work:
        tree = hierarchy.tree(work, "location", plant, Times(**times))
    return [node.attributes["code"] for node in tree.below]


def test_line_moves_to_another_plant_and_last_month_stays_as_it_was(hub: HubUnderTest) -> None:
    for plant, name, country in (("1000", "Werk Ulm", "DE"), ("2000", "Werk Graz", "AT")):
        send(hub, "location", plant, name=name, location_type="plant", country=country)
    hub.process()
    send(hub, "work_center", "L1", code="L1", name="Line", plant="1000")
    send(hub, "work_center", "M1", code="M1", name="Press", plant="1000", parent="L1")
    hub.process()
    ulm, graz = (hub.master("erp", key, domain="location") for key in ("1000", "2000"))
    before_the_news = utc_now()

    moved = (utc_now() - timedelta(days=7)).astimezone(UTC).isoformat()
    for key in ("L1", "M1"):
        hub.send(
            "erp", key, domain="work_center", version=2, operation="partial", effective_from=moved,
            attributes={"plant": "2000"},
        )  # fmt: skip
    hub.process()

    assert (machines(hub, ulm), machines(hub, graz)) == ([], ["L1", "M1"])
    assert (machines(hub, ulm, valid_at=LAST_MONTH), machines(hub, graz, valid_at=LAST_MONTH)) == (["L1", "M1"], [])
    assert machines(hub, ulm, known_at=before_the_news) == ["L1", "M1"]
    assert machines(hub, graz, known_at=before_the_news, valid_at=utc_now()) == []
    assert hub.broken() == []
