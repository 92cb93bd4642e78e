import pytest

from mdm.core.domains.declaration import HoldDeclaration, MessageHoldDeclaration
from mdm.core.standardize import Standard
from mdm.hub.ingest.fold import EMPTY, Order, Said, State, Terms
from mdm.hub.ingest.holding.differences import Difference, Kind, difference, told
from mdm.hub.ingest.holding.limits import of_load, of_messages
from mdm.hub.ingest.holding.tally import Comparison, Tally
from mdm.store.ingest.source_holds import Counted

TERMS = Terms(frozenset({"name", "phone"}), may_blank=True, longest=64)
NOW = "2026-06-01T00:00:00+00:00"


def said(version: int, operation: str = "full", **values: str | None) -> Said:
    at = f"2026-01-{version:02}T00:00:00+00:00"
    standard = {name: Standard(value, value) for name, value in values.items()}
    return Said(Order(version, at, version), operation, at, dated=False, replace=False, said_at=at, values=standard)


def state(*facts: Said) -> State:
    return told(EMPTY, facts, TERMS)[0]


def compared(*facts: Said, before: State = EMPTY) -> Difference:
    return difference(before, told(before, facts, TERMS)[0], NOW)


KNOWN = state(said(3, name="Acme", phone="1"))


@pytest.mark.parametrize(
    ("before", "fact", "kind", "changed", "blanked"),
    [
        (EMPTY, said(4, name="Acme"), Kind.NEW, set(), set()),
        (EMPTY, said(4, "delete"), Kind.UNCHANGED, set(), set()),
        (KNOWN, said(4, name="Acme", phone="1"), Kind.UNCHANGED, set(), set()),
        (KNOWN, said(4, name="Acme", phone="2"), Kind.CHANGED, {"phone"}, set()),
        (KNOWN, said(4, name="Acme", phone=None), Kind.CHANGED, {"phone"}, {"phone"}),
        (KNOWN, said(4, name="Acme"), Kind.CHANGED, {"phone"}, {"phone"}),
        (KNOWN, said(4, "partial", name="Acme AG"), Kind.CHANGED, {"name"}, set()),
        (KNOWN, said(4, "delete"), Kind.DELETED, set(), set()),
        (KNOWN, said(2, phone=None), Kind.UNCHANGED, set(), set()),
        (state(said(1, name="Acme"), said(2, "delete")), said(4, name="Acme"), Kind.NEW, set(), set()),
    ],
)
def test_fact_is_compared_with_what_is_known(
    before: State, fact: Said, kind: Kind, changed: set[str], blanked: set[str]
) -> None:
    found = compared(fact, before=before)
    assert (found.kind, found.changed, found.blanked) == (kind, changed, blanked)


def test_source_that_may_not_blank_loses_nothing_by_saying_so() -> None:
    after, _ = told(KNOWN, [said(4, phone=None, name="Acme")], Terms(TERMS.attributes, may_blank=False, longest=64))
    assert difference(KNOWN, after, NOW).kind == Kind.UNCHANGED


def test_facts_that_come_too_late_are_counted_apart() -> None:
    assert told(KNOWN, [said(1, name="A"), said(4, name="B"), said(2, name="C")], TERMS)[1] == 2


def load_of(**counts: int) -> Comparison:
    """A load of 100 rows by what becomes of their records."""
    tally = Tally()
    tally.records.update({"unchanged": 100 - sum(counts.values()), **counts})
    return Comparison(rows=100, domains={"supplier": tally})


def reasons(compared: Comparison, *, living: int = 100, **limits: object) -> list[str]:
    hold = HoldDeclaration.model_validate(limits)
    return [r.text for r in of_load(compared, holds={"supplier": hold}, living={"supplier": living})]


def test_share_counts_only_from_a_least_number_on() -> None:
    assert reasons(load_of(deleted=19)) == []
    assert reasons(load_of(deleted=20)) == ["20% of 100 known records are deleted (limit 10%)."]
    assert reasons(load_of(deleted=20), at_least=21) == []


def test_share_is_that_of_all_the_source_has_so_that_a_file_of_changes_passes() -> None:
    assert reasons(load_of(changed=90), living=10_000) == []
    assert reasons(load_of(changed=90)) == ["90% of 100 known records change (limit 50%)."]
    assert reasons(load_of(changed=90), changed=1.0) == []


def test_lost_values_are_a_share_of_the_records_in_the_load_that_have_them() -> None:
    losing = load_of(changed=30)
    losing.domains["supplier"].had["phone"] = 40
    losing.domains["supplier"].blanked["phone"] = 25
    assert reasons(losing, living=10_000) == ["62% of 40 known records in the load lose their phone (limit 25%)."]


def test_single_attributes_may_have_limits_of_their_own() -> None:
    changing = load_of(changed=30)
    changing.domains["supplier"].changed["credit_limit"] = 25
    assert reasons(changing) == []
    assert reasons(changing, attributes={"credit_limit": 0.05}) == [
        "25% of 100 known records change their credit_limit (limit 5%)."
    ]


def test_file_of_rubbish_is_held_though_no_row_says_what_it_is_about() -> None:
    rubbish = Comparison(rows=100, unreadable=100)
    assert [r.text for r in of_load(rubbish, holds={}, living={})] == ["100% of 100 rows cannot be used (limit 20%)."]


def test_comparison_goes_on_from_its_stored_form() -> None:
    kept = load_of(changed=1)
    kept.domains["supplier"].add(compared(said(4, name="Acme"), before=KNOWN), 7)
    kept.refuse(8)
    again = Comparison.from_document(kept.to_document())
    assert again == kept
    tally = again.domains["supplier"]
    assert (tally.had, tally.samples["blanked.phone"]) == ({"name": 1, "phone": 1}, [7])


def test_messages_are_not_held_for_changing_unless_that_is_wanted() -> None:
    counted = Counted("erp", "supplier", records=200, changed=200, deleted=0, blanked=0)
    assert of_messages(counted, MessageHoldDeclaration()) == []
    (reason,) = of_messages(counted, MessageHoldDeclaration(changed=0.9))
    assert reason.text == "100% of 200 records that were spoken of change (limit 90%)."
