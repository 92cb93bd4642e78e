"""What other workers commit while a worker decides is seen before anything is written."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import Session

from mdm.hub.ingest import conduct
from mdm.store import resolution, sql
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest

SAME = {"name": "Nordstern Maschinenbau GmbH", "address": {"city": "München", "country": "DE"}}  # a question


def process_interrupted(hub: HubUnderTest, point: str, interrupt: Callable[[], Any]) -> None:
    """Process everything pending, and do something else when a Work first reaches a point of its way."""
    waiting = [interrupt]

    @contextmanager
    def begin() -> Iterator[Work]:
        with hub.hub.begin() as work:
            work.reach = lambda reached: waiting.pop()() if reached == point and waiting else None
            yield work

    while conduct.process_next(begin, registry=hub.hub.registry):
        pass


def test_record_that_joins_while_a_component_is_read_moves_with_its_master(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("Alpha Werke GmbH", "Zeta Logistik AG")):
        hub.send("erp", str(number), attributes={"name": name})
        hub.process()
    alpha, zeta = hub.master("erp", "0"), hub.master("erp", "1")
    newcomers = ["Omikron Kft"]

    def interrupted(session: Session, name: str, **parameters: Any) -> Any:
        rows = sql.run(session, name, **parameters)
        if "component" in name and newcomers:
            hub.send("portal", "9", master_id=str(zeta), attributes={"name": newcomers.pop()})
            hub.process()
        return rows

    hub.send("erp", "1", master_id=str(alpha), attributes={"name": "Zeta Transport AG"})
    monkeypatch.setattr(resolution, "run", interrupted)
    hub.process()
    assert {hub.master("erp", "1"), hub.master("portal", "9")} == {alpha}
    assert hub.broken() == []


@pytest.mark.parametrize("point", ["component_read", "rebuilt"])
def test_question_is_about_the_master_that_the_other_record_moves_to_meanwhile(hub: HubUnderTest, point: str) -> None:
    hub.send("erp", "old", attributes={"name": "Omikron Kft"})
    hub.process()
    hub.send("procurement", "1", attributes=SAME)
    hub.process()
    other = hub.master("procurement", "1")
    hub.send("portal", "2", attributes=SAME)

    def merge() -> None:
        hub.send("erp", "old", master_id=str(other), attributes={"name": "Omikron Kft"})
        hub.process()

    with ThreadPoolExecutor() as threads:
        process_interrupted(hub, point, lambda: wait([threads.submit(merge)], timeout=1))
    assert hub.master("procurement", "1") == hub.master("erp", "old") != other
    asked = hub.rows("SELECT master_id, other_id FROM task WHERE kind = 'match_review' AND closed_at IS NULL")
    assert [set(pair) for pair in asked] == [{hub.master("portal", "2"), hub.master("erp", "old")}]
    assert hub.broken() == []
