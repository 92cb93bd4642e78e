"""What a release does is counted, and where it is stopped the records rest until it goes on or is rolled back."""

from mdm.hub import redo, releases
from mdm.hub.ingest import conduct
from mdm.hub.releases import Rollout
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

NAMES = ("Aurora", "Birkenhof", "Castello")
EXPECTED = (
    '{"figures": {"masters": 3, "changed": 0, "critical": 0, "merged": 0, "split": 0, "held": 0}, "limited": true}'
)


def watched(hub: HubUnderTest) -> Rollout:
    with hub.hub.begin() as work:
        return releases.watch(work, "supplier")


def test_release_that_was_stopped_is_rolled_back_with_what_still_waits(hub: HubUnderTest) -> None:
    for source, form in (("erp", "+49891234{:03}"), ("portal", "+49897654{:03}")):
        for n, name in enumerate(NAMES):
            hub.send(
                source,
                str(n),
                attributes={"name": name, "country": "DE", "duns": f"15048378{n}", "phone": form.format(n)},
            )
        hub.process()
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "source_priority"}
    document["declaration"]["releases"] = {"allowance": 0}
    switch_on(hub, document)
    hub.rows("UPDATE release SET expected = %s WHERE domain = 'supplier' AND state = 'active' RETURNING 1", EXPECTED)
    hub.send("erp", "3", attributes={"name": "Dunvegan", "country": "DE"})
    hub.rows("UPDATE redo SET due_at = due_at - interval '1 hour' * record_id RETURNING 1")
    assert redo.process_due(hub.hub.begin, size=1) == 1

    found = watched(hub)
    assert (found.state, found.real["masters"], found.records_waiting) == ("halted", 1, 2)
    assert "masters changed: 1, where at most 0 were to be expected by now" in (found.halted_why or "")
    hub.process()  # what is no part of it goes on
    assert hub.golden("erp", "3").version == 1

    with hub.hub.begin() as work:
        releases.roll_back(work, "supplier", 2, reason="Not as it was tried")
    while (found := watched(hub)).state == "running":
        hub.process()
    assert (found.number, found.state) == (3, "done")
    assert [hub.golden("erp", str(n)).attributes["phone"][:8] for n in range(3)] == ["+4989765"] * 3
    assert hub.broken() == []


def test_record_that_also_waits_for_a_day_goes_on_with_its_release(hub: HubUnderTest) -> None:
    for n, name in enumerate(NAMES):
        hub.send("erp", str(n), version=1, attributes={"name": name, "country": "DE", "phone": f"+49 89 123400{n}"})
    hub.process()
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["standardizer"] = "text"
    document["declaration"]["releases"] = {"allowance": 0}
    switch_on(hub, document)
    hub.rows("UPDATE release SET expected = %s WHERE domain = 'supplier' AND state = 'active' RETURNING 1", EXPECTED)
    assert redo.process_due(hub.hub.begin, size=1) == 1
    assert watched(hub).state == "halted"
    late = {"operation": "partial", "effective_from": "2099-01-01T00:00:00Z"}
    hub.send("erp", "2", version=2, attributes={"name": "Castello SpA"}, **late)
    while conduct.process_next(hub.hub.begin, registry=hub.hub.registry):
        pass
    with hub.hub.begin() as work:
        releases.proceed(work, "supplier", reason="It was meant so")
    hub.process()
    assert [hub.golden("erp", str(n)).attributes["phone"] for n in range(3)] == [f"+49 89 123400{n}" for n in range(3)]
    assert watched(hub).state == "done"
    assert hub.rows("SELECT reasons FROM redo") == [(["date"],)]
