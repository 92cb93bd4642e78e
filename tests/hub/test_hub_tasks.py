"""What stewards are asked, and when the question falls away."""

from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import Forbidden
from mdm.hub import standing
from tests.support.hubs import HubUnderTest

PLACE = {"street": "Hauptstr. 12", "postal_code": "80331", "city": "München", "country": "DE"}
BASE = {"name": "Müller Präzisionsteile GmbH", "country": "DE", "address": PLACE, "phone": "+49 89 1234560"}
TWIN = {**BASE, "vat_id": "DE136695976"}
OTHER_VAT = {**BASE, "vat_id": "DE811569869"}  # everything else the same: only a steward may say that they are one
FOREIGN = {"name": "Rossi Utensili S.r.l.", "country": "IT"}


def tell(hub: HubUnderTest, source: str, key: str, attributes: dict[str, Any], version: int = 1) -> None:
    hub.send(source, key, version=version, attributes=attributes)
    hub.process()


def tasks(hub: HubUnderTest, kind: str = "match_review") -> list[tuple[Any, ...]]:
    """The tasks of a kind in the order of their making: what they ended with, None while they are open."""
    return [outcome for (outcome,) in hub.rows("SELECT outcome FROM task WHERE kind = %s ORDER BY id", kind)]


@pytest.fixture
def doubt(hub: HubUnderTest) -> HubUnderTest:
    """A hub with two suppliers that may be one."""
    tell(hub, "erp", "1", TWIN)
    tell(hub, "portal", "p", OTHER_VAT)
    assert hub.master("erp", "1") != hub.master("portal", "p")
    return hub


def test_match_that_contradicts_an_identifier_is_asked(doubt: HubUnderTest) -> None:
    ((kind, owner, severity, one, other, evidence),) = doubt.rows(
        "SELECT kind, owner, severity, master_id, other_id, evidence FROM task"
    )
    assert (kind, owner, severity) == ("match_review", "supplier_steward", "medium")
    assert [one, other] == sorted([doubt.master("erp", "1"), doubt.master("portal", "p")])
    assert evidence["vetoes"][:1] == ["conflicting_identifier"]
    assert evidence["weight"] > 7


def test_same_question_is_asked_once(doubt: HubUnderTest) -> None:
    tell(doubt, "portal", "p", OTHER_VAT | {"industry": "Metal"}, version=2)
    tell(doubt, "erp", "1", TWIN | {"fax": "+49 89 1234569"}, version=2)
    assert tasks(doubt) == [None]


def test_question_has_the_newest_evidence(doubt: HubUnderTest) -> None:
    ((before,),) = doubt.rows("SELECT evidence FROM task")
    tell(doubt, "portal", "p", OTHER_VAT | {"phone": None}, version=2)
    ((after,),) = doubt.rows("SELECT evidence FROM task")
    assert after["weight"] < before["weight"]


def test_question_falls_away_when_a_correction_settles_it(doubt: HubUnderTest) -> None:
    tell(doubt, "portal", "p", TWIN, version=2)
    assert doubt.master("erp", "1") == doubt.master("portal", "p")
    assert tasks(doubt) == ["obsolete"]


def test_question_falls_away_when_they_have_nothing_in_common_any_more(doubt: HubUnderTest) -> None:
    tell(doubt, "portal", "p", FOREIGN, version=2)
    assert tasks(doubt) == ["obsolete"]
    assert doubt.broken() == []


def test_question_that_comes_up_again_is_a_new_task(doubt: HubUnderTest) -> None:
    tell(doubt, "portal", "p", FOREIGN, version=2)
    tell(doubt, "portal", "p", OTHER_VAT, version=3)
    assert tasks(doubt) == ["obsolete", None]


def test_question_moves_to_the_survivor_of_a_merge(doubt: HubUnderTest) -> None:
    tell(doubt, "procurement", "x", FOREIGN)
    tell(doubt, "procurement", "x", TWIN, version=2)
    ((one, other),) = doubt.rows("SELECT master_id, other_id FROM task WHERE closed_at IS NULL")
    assert {one, other} == {doubt.master("procurement", "x"), doubt.master("portal", "p")}
    assert doubt.broken() == []


def test_pair_that_a_steward_told_apart_is_not_asked_again(doubt: HubUnderTest) -> None:
    doubt.rows(
        "INSERT INTO record_constraint (left_id, right_id, kind, evidence, reason, decided_by, decided_at)"
        " SELECT min(id), max(id), 'cannot', '{}', 'two plants', 'sam', now() FROM source_record RETURNING 1"
    )
    tell(doubt, "portal", "p", OTHER_VAT | {"industry": "Metal"}, version=2)
    assert tasks(doubt) == ["obsolete"]
    assert doubt.broken() == []


def test_open_questions_are_counted_and_listed_for_operators(doubt: HubUnderTest) -> None:
    with doubt.hub.begin_as(Actor("olga", frozenset({"operator"}))) as work:
        assert standing.standing(work).open_tasks == {("supplier", "match_review"): 1}
        (pair,) = standing.open_match_reviews(work)
    assert set(pair) == {doubt.master("erp", "1"), doubt.master("portal", "p")}
    with pytest.raises(Forbidden), doubt.hub.begin_as(Actor("anna", frozenset({"reader"}))) as work:
        standing.standing(work)


def test_master_whose_last_record_is_deleted_is_asked_about_until_one_comes_back(hub: HubUnderTest) -> None:
    tell(hub, "erp", "1", TWIN)
    tell(hub, "portal", "p", TWIN)
    hub.send("erp", "1", version=2, operation="delete")
    hub.process()
    assert tasks(hub, "orphaned") == []
    hub.send("portal", "p", version=2, operation="delete")
    hub.process()
    assert (tasks(hub, "orphaned"), hub.golden("erp", "1").status) == ([None], "orphaned")
    tell(hub, "portal", "p", TWIN, version=3)
    assert (tasks(hub, "orphaned"), hub.golden("erp", "1").status) == (["obsolete"], "active")
    assert hub.broken() == []
