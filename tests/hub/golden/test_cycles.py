"""Nothing becomes part of itself: the parent that would close a cycle is kept out, and a steward is asked."""

from typing import Any

from mdm.hub import redo
from tests.support.hubs import HubUnderTest


def family(hub: HubUnderTest, code: str, parent: str | None, *, version: int, process: bool = True) -> None:
    attributes: dict[str, Any] = {"code": code, "name": f"Family {code}", "parent": parent}
    hub.send("plm", code, domain="item_family", version=version, attributes=attributes)
    if process:
        settle(hub)


def settle(hub: HubUnderTest) -> None:
    hub.process()
    while redo.process_due(hub.hub.begin):
        pass


def parent(hub: HubUnderTest, code: str) -> str | None:
    """The code of the parent, as published."""
    value = hub.golden("plm", code, domain="item_family").attributes.get("parent")
    return None if value is None else value["key"]


def cycles(hub: HubUnderTest) -> int:
    ((open_tasks,),) = hub.rows("SELECT count(*) FROM task WHERE kind = 'cycle' AND closed_at IS NULL")
    return int(open_tasks)


def test_parent_that_would_close_a_cycle_loses_and_is_asked_about(hub: HubUnderTest) -> None:
    family(hub, "A", None, version=1)
    family(hub, "B", "A", version=1)
    family(hub, "C", "B", version=1)
    family(hub, "A", "C", version=2)
    assert [parent(hub, code) for code in "ABC"] == [None, "A", "B"]
    assert cycles(hub) == 1
    assert hub.golden("plm", "A", domain="item_family").attributes["name"] == "Family A"
    assert hub.broken() == []


def test_two_that_name_each_other_at_once_do_not_close_a_cycle(hub: HubUnderTest) -> None:
    family(hub, "A", "B", version=1, process=False)
    family(hub, "B", "A", version=1)
    assert sorted((parent(hub, "A") or "", parent(hub, "B") or "")) in (["", "A"], ["", "B"])
    assert cycles(hub) == 1
    assert hub.broken() == []


def test_nothing_is_its_own_parent(hub: HubUnderTest) -> None:
    family(hub, "A", "A", version=1)
    assert parent(hub, "A") is None
    assert cycles(hub) == 1


def test_parent_comes_in_when_the_cycle_ends_elsewhere(hub: HubUnderTest) -> None:
    family(hub, "A", None, version=1)
    family(hub, "B", "A", version=1)
    family(hub, "A", "B", version=2)
    assert parent(hub, "A") is None
    family(hub, "B", None, version=2)
    assert parent(hub, "A") == "B"
    assert cycles(hub) == 0
    assert hub.broken() == []


def test_source_that_names_another_parent_ends_the_question(hub: HubUnderTest) -> None:
    family(hub, "A", None, version=1)
    family(hub, "B", "A", version=1)
    family(hub, "D", None, version=1)
    family(hub, "A", "B", version=2)
    family(hub, "A", "D", version=3)
    assert parent(hub, "A") == "D"
    assert cycles(hub) == 0
    assert hub.broken() == []
