import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from mdm.core.security import Actor, Grant
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OwnChange
from mdm.hub.ingest import conduct, loads
from mdm.hub.ingest.holding import comparing, deciding
from mdm.hub.ingest.holding.comparing import compare_next
from mdm.hub.ingest.holding.examples import Example, examples
from mdm.hub.ingest.loads import LoadReport, load_file
from tests.hub.ingest.holding.customers_loaded import CANONICAL, load, report, with_phone
from tests.support.hubs import HubUnderTest

KNOWN = 30
STEWARD = Actor.holding("ann", [Grant("steward", frozenset({"customer"}))])
FILES = count(1)
Write = Callable[..., Path]


def fact(n: int, *, domain: str = "customer", **more: Any) -> dict[str, Any]:
    attributes = {"name": f"Acme {n} GmbH", "phone": f"+49 30 770{n:04}", "country": "DE"}
    return {"domain": domain, "key": str(n), "attributes": attributes} | more


def without_phone(n: int, version: int = 2) -> dict[str, Any]:
    return fact(n, version=version, attributes={"name": f"Acme {n} GmbH", "country": "DE"})


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of facts."""

    def written(*facts: dict[str, Any]) -> Path:
        path = tmp_path / f"accounts-{next(FILES)}.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in facts))
        return path

    return written


@pytest.fixture
def known(hub: HubUnderTest, write: Write, monkeypatch: pytest.MonkeyPatch) -> HubUnderTest:
    """A hub that knows thirty customers of the CRM, and compares ten rows at a time."""
    monkeypatch.setattr(comparing, "PIECE", 10)
    load(hub, write(*(fact(n, version=1) for n in range(KNOWN))), initial=True)
    hub.process()
    return hub


def decide(hub: HubUnderTest, decision: Callable[..., LoadReport], load_id: UUID, actor: Actor = STEWARD) -> LoadReport:
    with hub.hub.begin_as(actor) as work:
        return decision(work, load_id, reason="asked the CRM team")


@pytest.fixture
def held(known: HubUnderTest, write: Write) -> UUID:
    """A load that empties the phone of every customer, and is held."""
    load_id = load(known, write(*map(without_phone, range(KNOWN))))
    with capture_logs() as entries:
        known.process()
    assert [entry["event"] for entry in entries] == ["load_held"]
    return load_id


def test_load_that_empties_a_column_is_held_and_nothing_of_it_is_applied(known: HubUnderTest, held: UUID) -> None:
    found = report(known, held)
    assert (found.state, found.deliveries, found.domains) == ("held", {"held": KNOWN}, ["customer"])
    assert [reason.text for reason in found.reasons] == [
        "100% of 30 known records in the load lose their phone (limit 25%).",
        "100% of 30 known records change (limit 50%).",
    ]
    assert with_phone(known) == KNOWN
    assert known.broken() == []


def test_others_go_on_while_a_load_is_held_and_its_release_makes_it_late(known: HubUnderTest, held: UUID) -> None:
    newest = {"name": "Acme 7 AG", "phone": "+49 30 9900000"}
    later = known.send("crm", **fact(7, version=3, attributes=newest))
    known.process()
    assert known.state(later) == "applied"
    assert decide(known, deciding.release_load, held).state == "released"
    known.process()
    assert report(known, held).deliveries == {"applied": KNOWN - 1, "late": 1}
    assert with_phone(known) == 1
    assert known.golden("crm", "7", domain="customer").attributes["name"] == "Acme 7 AG"
    assert known.broken() == []
    with pytest.raises(AlreadyDecided):
        decide(known, deciding.discard_load, held)
    [(actor, subject, reason)] = known.rows(
        "SELECT actor, subject, reason FROM action_log WHERE action = 'load.released'"
    )
    assert (actor, subject, reason) == ("ann", f"load/{held}", "asked the CRM team")


def test_discarded_load_changes_nothing_and_may_be_released_after_all(known: HubUnderTest, held: UUID) -> None:
    decide(known, deciding.discard_load, held)
    known.process()
    assert report(known, held).deliveries == {"discarded": KNOWN}
    assert with_phone(known) == KNOWN
    assert known.broken() == []
    decide(known, deciding.release_load, held)
    known.process()
    assert report(known, held).deliveries == {"applied": KNOWN}
    assert known.broken() == []


def test_who_loaded_it_and_who_has_no_say_decide_nothing(known: HubUnderTest, held: UUID) -> None:
    for actor, error in (
        (Actor("hub", frozenset({"admin"})), OwnChange),
        (Actor.holding("eve", [Grant("operator", delegated_by="hub")]), OwnChange),
        (Actor.holding("bob", [Grant("operator", frozenset({"item"}))]), Forbidden),
        (Actor.holding("bob", [Grant("steward", frozenset({"item"}))]), NotFound),
        (Actor("portal", frozenset({"source"})), Forbidden),
    ):
        with pytest.raises(error):
            decide(known, deciding.release_load, held, actor)
    assert report(known, held).state == "held"


def test_who_went_on_with_a_load_has_delivered_it_too(
    known: HubUnderTest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "BATCH", 10)
    path, bob = write(*map(without_phone, range(KNOWN))), Actor("bob", frozenset({"source", "operator"}))
    list(islice(load_file(known.hub.begin, path, source="crm", registry=CANONICAL), 2))
    *_, last = load_file(partial(known.hub.begin_as, bob), path, source="crm", registry=CANONICAL)
    known.process()
    for decision in (deciding.release_load, deciding.discard_load):
        with pytest.raises(OwnChange):
            decide(known, decision, last.load_id, bob)
    known.rows("UPDATE load SET state = 'released', decided_by = 'bob', note = 'mine' WHERE state = 'held' RETURNING 1")
    known.rows("UPDATE delivery SET state = 'pending', ended_at = NULL WHERE state = 'held' RETURNING 1")
    assert any("without who decided so" in finding for finding in known.broken())


def test_steward_of_one_site_decides_about_no_load(known: HubUnderTest, held: UUID) -> None:
    with pytest.raises(Forbidden):
        decide(known, deciding.release_load, held, Actor.holding("sue", [Grant("steward", sites=frozenset({"a/1"}))]))


def test_examples_show_what_the_looker_may_see(known: HubUnderTest, write: Write) -> None:
    def seen(actor: Actor) -> Example:
        with known.hub.begin_as(actor) as work:
            return examples(work, load_id, registry=known.hub.registry)[0]

    changed = [fact(n, version=2, operation="partial", attributes={"credit_limit": 5000}) for n in range(KNOWN)]
    load_id = load(known, write(*changed))
    known.process()
    (change,) = seen(STEWARD).changes
    assert (change.attribute, change.before, change.after, change.masked) == ("credit_limit", None, None, True)
    (change,) = seen(Actor("cfo", frozenset({"admin", "finance_data_owner"}))).changes
    assert (change.before, change.masked) == (None, False)
    assert float(change.after) == 5000


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            [fact(n, version=2, operation="delete", attributes={}) for n in range(25)],
            "83% of 30 known records are deleted",
        ),
        ([{"broken": n} for n in range(25)], "100% of 25 rows cannot be used"),
    ],
)
def test_deleting_or_unusable_load_is_held(
    known: HubUnderTest, write: Write, rows: list[dict[str, Any]], reason: str
) -> None:
    load_id = load(known, write(*rows))
    known.process()
    assert report(known, load_id).reasons[0].text.startswith(reason)


def test_load_that_comes_late_is_held_for_what_it_takes_away_all_the_same(known: HubUnderTest, write: Write) -> None:
    for n in range(KNOWN):
        known.send("crm", **fact(n, version=3, operation="partial", attributes={"name": f"Acme {n} AG"}))
    known.process()
    repeated = load(known, write(*(fact(n, version=1) for n in range(20))))
    late = load(known, write(*map(without_phone, range(KNOWN))))
    known.process()
    assert (report(known, repeated).state, report(known, repeated).deliveries) == ("accepted", {"unchanged": 20})
    found = report(known, late)
    assert (found.state, found.comparison["customer"].blanked) == ("held", {"phone": KNOWN})
    assert found.comparison["customer"].records == {"changed": KNOWN, "late": KNOWN}
    assert with_phone(known) == KNOWN


def test_loads_that_change_little_few_rows_or_are_initial_flow(known: HubUnderTest, write: Write) -> None:
    same = load(known, write(*(fact(n, version=2) for n in range(KNOWN + 20))))
    assert report(known, same).state == "comparing"
    small = load(known, write(*(without_phone(n, 4) for n in range(19))))
    initial = load(known, write(*(fact(n, version=3) for n in range(KNOWN))), initial=True)
    assert [report(known, one).state for one in (small, initial)] == ["accepted", "accepted"]
    known.process()
    assert report(known, same).comparison["customer"].records == {"new": 20, "unchanged": 30, "late": 0}
    assert {state for one in (same, small, initial) for state in report(known, one).deliveries} <= {
        "applied", "unchanged", "late",
    }  # fmt: skip


def test_nothing_of_a_load_is_processed_before_it_is_accepted_whole_and_compared(
    known: HubUnderTest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "BATCH", 10)
    path = write(*(fact(n, version=2) for n in range(KNOWN)))
    begun = load_file(known.hub.begin, path, source="crm", registry=CANONICAL)
    load_id = list(islice(begun, 3))[-1].load_id
    known.process()
    conduct.process_oldest_one_by_one(known.hub.begin, registry=known.hub.registry)
    assert report(known, load_id).deliveries == {"pending": 20}
    assert load(known, path) == load_id
    known.process()
    assert report(known, load_id).deliveries == {"unchanged": KNOWN}


def test_two_workers_compare_one_load_once(known: HubUnderTest, write: Write) -> None:
    load_id = load(known, write(*map(without_phone, range(KNOWN))))

    def work_off(_: int) -> None:
        while compare_next(known.hub.begin, registry=known.hub.registry):
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work_off, range(2)))
    found = report(known, load_id)
    assert found.comparison["customer"].records == {"changed": KNOWN, "late": 0}
    assert len(found.reasons) == 2


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets comparing fail."""

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(comparing, "compare", fail)
    with capture_logs():
        yield


@pytest.mark.usefixtures("crashing")
def test_load_that_cannot_be_compared_is_held_after_three_tries(known: HubUnderTest, write: Write) -> None:
    load_id = load(known, write(*(fact(n, version=2) for n in range(KNOWN))))
    known.process()
    assert [r.what for r in report(known, load_id).reasons] == ["failed"]
    with pytest.raises(NotFound):
        decide(known, deciding.release_load, load_id)
    decide(known, deciding.release_load, load_id, Actor("bob", frozenset({"operator"})))
    known.process()
    assert report(known, load_id).deliveries == {"unchanged": KNOWN}
