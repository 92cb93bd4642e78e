"""Sources that say themselves which master a record belongs to."""

from uuid import UUID

import pytest

from tests.support.hubs import HubUnderTest


@pytest.fixture
def two(hub: HubUnderTest) -> tuple[UUID, UUID]:
    """Two masters that have nothing in common."""
    hub.send("erp", "0", attributes={"name": "Alpha Werke GmbH"})
    hub.send("erp", "1", attributes={"name": "Zeta Logistik AG"})
    hub.process()
    return hub.master("erp", "0"), hub.master("erp", "1")


def declare(hub: HubUnderTest, master: UUID, *, version: int | None = None) -> None:
    """Have the portal say that its record 9 is of a master."""
    hub.send("portal", "9", version=version, master_id=str(master), attributes={"name": "Omikron Kft"})
    hub.process()


def test_source_that_corrects_the_master_it_named_moves_its_record_and_merges_nothing(
    hub: HubUnderTest, two: tuple[UUID, UUID]
) -> None:
    for named in (*two, two[0]):
        declare(hub, named)
        assert hub.master("portal", "9") == named
        assert (hub.master("erp", "0"), hub.master("erp", "1")) == two
        assert hub.broken() == []


def test_master_named_for_the_first_time_counts_although_no_value_changes(
    hub: HubUnderTest, two: tuple[UUID, UUID]
) -> None:
    hub.send("portal", "9", attributes={"name": "Omikron Kft"})
    hub.process()
    declare(hub, two[0])
    assert hub.master("portal", "9") == two[0]
    assert hub.rows("SELECT state FROM delivery ORDER BY id DESC LIMIT 1") == [("applied",)]


def test_naming_the_same_master_again_is_nothing_new(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    declare(hub, two[0])
    before = hub.rows("SELECT * FROM edge")
    declare(hub, two[0])
    assert hub.rows("SELECT state FROM delivery ORDER BY id DESC LIMIT 1") == [("unchanged",)]
    assert hub.rows("SELECT * FROM edge") == before


def test_late_fact_does_not_take_back_the_master_that_a_newer_one_named(
    hub: HubUnderTest, two: tuple[UUID, UUID]
) -> None:
    declare(hub, two[1], version=2)
    declare(hub, two[0], version=1)
    assert hub.master("portal", "9") == two[1]
    assert hub.broken() == []
