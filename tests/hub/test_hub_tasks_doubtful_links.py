"""Records that a source or a steward linked, and that hardly resemble the rest of their master."""

from typing import Any

import pytest

from tests.hub.test_hub_tasks import FOREIGN, OTHER_VAT, TWIN, tasks, tell
from tests.support.hubs import HubUnderTest


def declare(hub: HubUnderTest, attributes: dict[str, Any], version: int = 1) -> None:
    """Have the portal say that its record is the ERP's supplier."""
    master = str(hub.master("erp", "1"))
    hub.send("portal", "p", version=version, attributes=attributes, master_id=master)
    hub.process()


@pytest.fixture
def known(hub: HubUnderTest) -> HubUnderTest:
    tell(hub, "erp", "1", TWIN)
    return hub


def test_declared_link_between_strangers_is_asked_about(known: HubUnderTest) -> None:
    declare(known, FOREIGN)
    ((master, topic, reason, evidence),) = known.rows(
        "SELECT master_id, topic, reason, evidence FROM task WHERE kind = 'doubtful_link' AND closed_at IS NULL"
    )
    assert master == known.master("erp", "1") == known.master("portal", "p")
    assert topic == f"{evidence['left']}-{evidence['right']}"
    assert evidence["weight"] < 0
    assert "source named the master" in reason
    assert known.broken() == []


def test_declared_link_with_a_conflicting_identifier_is_made_and_asked_about(known: HubUnderTest) -> None:
    declare(known, OTHER_VAT)
    assert known.master("erp", "1") == known.master("portal", "p")
    ((reason,),) = known.rows("SELECT reason FROM task WHERE kind = 'doubtful_link'")
    assert "its source named the master" in reason
    assert "conflicting_identifier" in reason


def test_declared_link_between_records_that_agree_is_nobodys_work(known: HubUnderTest) -> None:
    declare(known, TWIN)
    assert tasks(known, "doubtful_link") == []


def test_doubt_falls_away_when_the_record_is_corrected(known: HubUnderTest) -> None:
    declare(known, FOREIGN)
    declare(known, TWIN, version=2)
    assert tasks(known, "doubtful_link") == ["obsolete"]


def test_must_link_is_asked_about_once_its_evidence_has_changed(known: HubUnderTest) -> None:
    declare(known, FOREIGN)
    left, right = known.rows("SELECT min(id), max(id) FROM source_record")[0]
    known.rows(
        "INSERT INTO record_constraint (left_id, right_id, kind, evidence, changed, reason, decided_by, decided_at)"
        ' VALUES (%s, %s, \'must\', \'{"weight": 9, "outcome": "match", "strong": [[], []], "levels": []}\','
        " '{\"weight\": [9, 1]}', 'r', 'sam', now()) RETURNING 1",
        left,
        right,
    )
    tell(known, "erp", "1", TWIN | {"industry": "Metal"}, version=2)
    asked = known.rows("SELECT what_changed IS NOT NULL FROM task WHERE kind = 'doubtful_link' AND closed_at IS NULL")
    assert asked == [(True,)]
