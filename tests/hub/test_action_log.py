from datetime import UTC, datetime
from uuid import UUID

import pytest
import structlog
from sqlmodel import select

from mdm.core.chain import action_hash
from mdm.core.ids import digest
from mdm.core.security import Actor
from mdm.errors import MdmError
from mdm.hub.action_log import log_action
from mdm.store.tables import Action
from tests.support.hubs import HubUnderTest

ANNA = Actor("anna", frozenset({"steward"}))


def test_action_is_committed_with_the_change_or_not_at_all(hub: HubUnderTest) -> None:
    def fail() -> None:
        with hub.hub.begin_as(ANNA) as work:
            log_action(work, action="task.decided", subject="task/1")
            raise MdmError("the change failed")

    with pytest.raises(MdmError):
        fail()
    with hub.hub.begin_as(ANNA) as work:
        log_action(work, action="task.decided", subject="task/2", domain="supplier", reason="same VAT")
    assert hub.rows("SELECT actor, action, subject, domain, reason FROM action_log") == [
        ("anna", "task.decided", "task/2", "supplier", "same VAT")
    ]


def test_only_digests_of_before_and_after_are_kept(hub: HubUnderTest) -> None:
    with hub.hub.begin_as(ANNA) as work:
        log_action(
            work, action="value.pinned", subject="supplier/1", before=None, after={"iban": "DE02120300000000202051"}
        )
    [(before, after)] = hub.rows("SELECT before_digest, after_digest FROM action_log")
    assert (before, after) == (None, digest({"iban": "DE02120300000000202051"}))
    assert "DE02" not in str(hub.rows("SELECT a::text FROM action_log a"))


def test_correlation_id_is_the_requests(hub: HubUnderTest) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="from-the-console-7"), hub.hub.begin_as(ANNA) as work:
        log_action(work, action="task.decided", subject="task/1")
    with hub.hub.begin_as(ANNA) as work:
        log_action(work, action="task.decided", subject="task/2")
    [(given,), (made,)] = hub.rows("SELECT correlation_id FROM action_log ORDER BY id")
    assert given == "from-the-console-7"
    assert UUID(made)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_hash_is_the_same_when_read_back_whatever_numbers_and_zone(hub: HubUnderTest, zone: str) -> None:
    details = {"at": datetime(2026, 1, 2, tzinfo=UTC), "weight": 1e16, "share": 1.50, "few": [1, None, "é"]}
    with hub.hub.begin_as(ANNA) as work:
        log_action(work, action="task.decided", subject="task/1", details=details)
    with hub.hub.begin() as work:
        work.connection.execute(f"SET TIME ZONE '{zone}'")
        [read] = work.session.scalars(select(Action))
    own = read.model_dump(exclude={"hash", "position", "link"})
    assert action_hash(**own) == read.hash
