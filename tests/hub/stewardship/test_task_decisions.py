"""Answers of stewards stick: no score overrules them, and they come back only when their evidence changed."""

from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, InvalidInput
from mdm.hub.stewardship.decisions import Decided, decide
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
SAME = {"name": "Acme GmbH", "country": "DE", "phone": "+49 89 5550123"}
ALIKE = {"name": "Acme GmbH", "country": "DE", "email": "info@acme-werke.de", "phone": "+49 89 5550123"}


def open_tasks(hub: HubUnderTest, kind: str = "match_review") -> list[UUID]:
    asked = "SELECT id FROM task WHERE closed_at IS NULL AND kind = %s ORDER BY consequence DESC"
    return [row[0] for row in hub.rows(asked, kind)]


def answer(hub: HubUnderTest, task: UUID, decision: Any, **how: Any) -> Decided:
    with hub.hub.begin_as(STEWARD) as work:
        return decide(work, task, decision, **how)


@pytest.fixture
def asked(hub: HubUnderTest) -> UUID:
    """Two suppliers that may be one: the same mailbox and phone, another VAT id."""
    hub.send("erp", "1", version=1, attributes=ALIKE | {"vat_id": "DE136695976"})
    hub.send("portal", "2", version=1, attributes=ALIKE | {"vat_id": "DE129273398"})
    hub.process()
    (task,) = open_tasks(hub)
    return task


def test_match_makes_one_master_and_closes_the_task(hub: HubUnderTest, asked: UUID) -> None:
    decided = answer(hub, asked, "match", reason_code="typing_error", note="VAT id mistyped")
    assert hub.master("erp", "1") == hub.master("portal", "2")
    assert decided.effects is not None
    row = hub.rows("SELECT outcome, closed_by, reason_code, note FROM task WHERE id = %s", asked)
    assert row == [("match", "stella", "typing_error", "VAT id mistyped")]
    assert hub.broken() == []


def test_distinct_stands_against_any_score(hub: HubUnderTest, asked: UUID) -> None:
    answer(hub, asked, "distinct")
    hub.send("portal", "2", version=2, attributes=ALIKE | {"vat_id": "DE136695976", "duns": "123456789"})
    hub.send("erp", "1", version=2, attributes=ALIKE | {"vat_id": "DE136695976", "duns": "123456789"})
    hub.process()
    assert hub.master("erp", "1") != hub.master("portal", "2")
    assert hub.broken() == []


def test_answer_returns_with_what_changed_and_is_confirmed_once(hub: HubUnderTest, asked: UUID) -> None:
    answer(hub, asked, "distinct")
    assert open_tasks(hub) == []
    hub.send("portal", "2", version=2, attributes=ALIKE | {"vat_id": "DE136695976"})
    hub.process()
    (again,) = open_tasks(hub)
    ((changed,),) = hub.rows("SELECT what_changed FROM task WHERE id = %s", again)
    assert changed["strong_came"] != [[], []]
    answer(hub, again, "distinct")
    hub.send("portal", "2", version=3, attributes=ALIKE | {"vat_id": "DE136695976", "website": "acme.example"})
    hub.process()
    assert open_tasks(hub) == []
    assert hub.broken() == []


def test_immaterial_change_asks_nothing_again(hub: HubUnderTest, asked: UUID) -> None:
    answer(hub, asked, "distinct")
    hub.send("portal", "2", version=2, attributes=ALIKE | {"vat_id": "DE129273398", "incoterms": "FCA"})
    hub.process()
    assert open_tasks(hub) == []


def test_two_accepted_candidates_leave_one_record_in_one_master(hub: HubUnderTest, asked: UUID) -> None:
    hub.send("procurement", "3", version=1, attributes=ALIKE | {"vat_id": "DE811907980"})
    hub.process()
    while waiting := open_tasks(hub):
        answer(hub, waiting[0], "match")
    masters = {hub.master("erp", "1"), hub.master("portal", "2"), hub.master("procurement", "3")}
    assert len(masters) == 1
    assert hub.broken() == []


def test_decided_task_is_not_decided_again(hub: HubUnderTest, asked: UUID) -> None:
    answer(hub, asked, "match")
    with pytest.raises(AlreadyDecided):
        answer(hub, asked, "distinct")


def test_answer_must_fit_the_question(hub: HubUnderTest, asked: UUID) -> None:
    with pytest.raises(InvalidInput, match="no answer"):
        answer(hub, asked, "retire")
    with pytest.raises(InvalidInput, match="no reason"):
        answer(hub, asked, "match", reason_code="because")


def test_orphaned_master_is_retired(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=ALIKE)
    hub.process()
    hub.send("erp", "1", version=2, operation="delete")
    hub.process()
    (task,) = open_tasks(hub, "orphaned")
    answer(hub, task, "retire", reason_code="no_longer_used")
    assert hub.golden("erp", "1").status == "retired"
    assert hub.rows("SELECT event_type FROM golden_version ORDER BY version DESC LIMIT 1") == [("identity.retired",)]
    assert open_tasks(hub, "orphaned") == []
    assert hub.broken() == []


def test_doubtful_link_is_confirmed_or_undone(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=ALIKE)
    hub.process()
    master = str(hub.master("erp", "1"))
    stranger = {"name": "Zenith Handels KG", "country": "DE", "vat_id": "DE129273398"}
    hub.send("portal", "2", version=1, master_id=master, attributes=stranger)
    hub.process()
    assert str(hub.master("portal", "2")) == master
    (task,) = open_tasks(hub, "doubtful_link")
    answer(hub, task, "unlink")
    assert str(hub.master("portal", "2")) != master
    assert open_tasks(hub, "doubtful_link") == []
    assert hub.broken() == []


def test_declared_link_holds_against_a_conflicting_identifier_and_is_asked_about(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=ALIKE | {"vat_id": "DE136695976"})
    hub.process()
    master = str(hub.master("erp", "1"))
    hub.send("portal", "2", version=1, master_id=master, attributes=ALIKE | {"vat_id": "DE129273398"})
    hub.process()
    assert str(hub.master("portal", "2")) == master
    (task,) = open_tasks(hub, "doubtful_link")
    answer(hub, task, "confirm", reason_code="typing_error")
    assert open_tasks(hub, "doubtful_link") == []
    assert str(hub.master("portal", "2")) == master
    assert hub.broken() == []
