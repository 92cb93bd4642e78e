"""Olga wants another rule for phones. It is tried and approved, does more than that showed, and is stopped."""

from typing import Any

from mdm.core.security import Actor
from mdm.hub import redo, releases
from mdm.hub.releases import Rollout
from tests.support.foretelling import tried
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

OWNER = frozenset({"procurement_data_owner", "approver"})
OLGA, OSKAR = Actor("olga", OWNER), Actor("oskar", OWNER)
OPERATOR = Actor("oda", frozenset({"operator"}))
NAMES = ("Aurora", "Birkenhof", "Castello", "Dunvegan", "Elbe", "Fjordlaks", "Granada", "Helvetia")
FIRST, SECOND = "+49891234{:03}", "+49897654{:03}"


def deliver(hub: HubUnderTest, *numbers: int, phone: bool = True) -> None:
    """Let ERP and then procurement tell of suppliers, each with another phone."""
    for source, form in (("erp", FIRST), ("procurement", SECOND)):
        for n in numbers:
            told = {"name": NAMES[n], "country": "DE", "duns": f"{150483782 + n}"}
            hub.send(source, str(n), attributes=told | ({"phone": form.format(n)} if phone else {}))
        hub.process()


def phones(hub: HubUnderTest, *numbers: int) -> list[Any]:
    return [hub.golden("erp", str(n)).attributes.get("phone") for n in numbers]


def watched(hub: HubUnderTest) -> Rollout:
    with hub.hub.begin_as(OLGA) as work:
        return releases.watch(work, "supplier")


def carried_through(hub: HubUnderTest) -> Rollout:
    while watched(hub).state == "running":
        redo.process_due(hub.hub.begin, size=2)
    return watched(hub)


def test_rules_are_changed_tried_stopped_and_rolled_back(hub: HubUnderTest) -> None:
    document = document_in_force(hub)
    document["declaration"]["releases"] = {"factor": 1, "allowance": 0}
    switch_on(hub, document)
    deliver(hub, 0, 1)
    deliver(hub, 7, phone=False)
    before = phones(hub, 0, 1)

    with hub.hub.begin_as(OLGA) as work:
        patch = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "most_trusted"}}}}}
        number = releases.propose_change(work, "supplier", patch, registry=hub.hub.registry, reason="ERP calls").number
        words = [d.text for d in releases.compare_releases(work, "supplier", number).differences]
    assert words == ["phone: most recent → most trusted"]
    figures = tried(hub, "supplier", number).figures
    assert figures is not None
    assert figures["masters"]["changed"] == 2
    with hub.hub.begin_as(OSKAR) as work:
        releases.approve(work, "supplier", number, digest=releases.show(work, "supplier", number).digest or "")

    deliver(hub, 2, 3, 4, 5, 6)  # nobody has tried it on these
    with hub.hub.begin_as(OPERATOR) as work:
        switched = releases.switch_on_approved(work, "supplier", number)
    assert switched.records == 7
    stopped = carried_through(hub)
    assert (stopped.state, stopped.real["changed"], stopped.records_waiting) == ("halted", 4, 3)
    assert "masters changed: 4" in (stopped.halted_why or "")
    assert redo.process_due(hub.hub.begin) == 0

    with hub.hub.begin_as(OPERATOR) as work:
        releases.proceed(work, "supplier", reason="They are new, and alike")
    done = carried_through(hub)
    assert (done.state, done.real["changed"], done.real["masters"]) == ("done", 7, 7)
    assert phones(hub, 0, 1) != before
    assert hub.golden("erp", "7").release == 2  # it has no phone: nothing was done about it

    with hub.hub.begin_as(OLGA) as work:
        releases.roll_back(work, "supplier", number, reason="Nobody answers there")
    assert carried_through(hub).number == number + 1
    assert phones(hub, 0, 1) == before
    assert hub.broken() == []
