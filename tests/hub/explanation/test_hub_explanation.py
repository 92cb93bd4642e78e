"""Why two records are taken for one or not, as the actor may see it."""

from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidInput, UnknownRecord
from mdm.hub.explanation import PairExplanation, explain_named
from tests.hub.test_hub_tasks import FOREIGN, OTHER_VAT, TWIN, tell
from tests.support.hubs import HubUnderTest

READER = Actor("anna", frozenset({"reader"}))
TREASURER = Actor("tom", frozenset({"approver", "treasury_data_owner"}))
IBAN = "DE89370400440532013000"
ACCOUNT = {"bank_accounts": [{"iban": IBAN}]}
ERP, PORTAL = ("erp", "1"), ("portal", "p")


def explained(hub: HubUnderTest, actor: Actor = READER, left: Any = ERP, right: Any = PORTAL) -> PairExplanation:
    with hub.hub.begin_as(actor) as work:
        return explain_named(work, "supplier", left, right)


@pytest.fixture
def pair(hub: HubUnderTest) -> HubUnderTest:
    tell(hub, "erp", "1", TWIN | ACCOUNT)
    tell(hub, "portal", "p", OTHER_VAT | ACCOUNT)
    return hub


def test_prior_and_comparisons_add_up_to_the_weight_of_the_edge(pair: HubUnderTest) -> None:
    found = explained(pair)
    ((weight,),) = pair.rows("SELECT weight FROM edge")
    assert found.prior + sum(step.weight for step in found.waterfall) == pytest.approx(found.weight, abs=0.02)
    assert found.weight == pytest.approx(weight, abs=0.001)
    assert (found.outcome, found.together, found.release) == ("review", False, 1)
    assert found.review < found.match < found.weight


def test_every_step_is_told_in_words(pair: HubUnderTest) -> None:
    found = explained(pair)
    steps = {step.comparison: step.text for step in found.waterfall}
    assert steps["vat"].startswith("Vat: different, -")
    assert steps["tax"] == "Tax: not known on both sides, 0 bits."
    assert steps["name"].startswith("Name: identical, +")
    assert steps["name"].endswith("; common values took 3.0.")
    assert set(steps.values()) < set(found.text)


def test_values_are_shown_as_sent_and_as_compared(pair: HubUnderTest) -> None:
    phone = explained(pair).left.values["phone"]
    assert phone == {"raw": "+49 89 1234560", "value": "+49891234560", "std": "+49891234560"}


def test_veto_says_what_stands_against_the_match(pair: HubUnderTest) -> None:
    found = explained(pair)
    assert [(veto.name, veto.text) for veto in found.vetoes] == [("conflicting_identifier", "vat is different")]
    assert "Against it: vat is different (conflicting_identifier)." in found.text


def test_shared_keys_say_why_they_were_compared_and_the_others_why_not(pair: HubUnderTest) -> None:
    found = explained(pair)
    assert "phone:+49891234560" in found.shared_keys
    assert (found.left_keys[0], found.right_keys[0]) == ("vat:DE136695976", "vat:DE811569869")


def test_what_is_masked_is_nowhere_in_the_explanation_but_counts(pair: HubUnderTest) -> None:
    found = explained(pair)
    account = next(step for step in found.waterfall if step.comparison == "account")
    assert (account.level, account.masked, account.left) == ("same", True, None)
    assert found.left.masked == ["bank_accounts"]
    assert IBAN not in repr(found)
    assert IBAN in repr(explained(pair, TREASURER))


def test_key_made_of_a_masked_value_is_shown_without_it(hub: HubUnderTest) -> None:
    for source, key in (ERP, PORTAL):
        tell(hub, source, key, {"name": f"{source} {key}", "country": "DE"} | ACCOUNT)
    assert "account:…" in explained(hub).shared_keys
    assert f"account:{IBAN}" in explained(hub, TREASURER).shared_keys


def test_pair_below_the_threshold_is_explained_too(hub: HubUnderTest) -> None:
    tell(hub, "erp", "1", TWIN)
    tell(hub, "portal", "p", FOREIGN)
    found = explained(hub)
    assert (found.outcome, found.shared_keys, found.vetoes) == ("distinct", [], [])
    assert "They share no key, so the hub never compares them by itself." in found.text
    assert found.text[-1] == "They are two masters now."


def test_pair_of_one_master_is_together(hub: HubUnderTest) -> None:
    tell(hub, "erp", "1", TWIN)
    tell(hub, "portal", "p", TWIN)
    found = explained(hub)
    assert (found.together, found.outcome, found.text[-1]) == (True, "match", "They are one master now.")


def test_decision_of_a_steward_is_told_with_what_it_rested_on(pair: HubUnderTest) -> None:
    pair.rows(
        "INSERT INTO record_constraint (left_id, right_id, kind, evidence, changed, reason, decided_by, decided_at)"
        " SELECT min(id), max(id), 'cannot', '{}', '{\"weight\": [1, 9]}', 'two plants', 'sam', '2026-01-31'"
        " FROM source_record RETURNING 1"
    )
    found = explained(pair)
    assert found.decided is not None
    assert (found.decided.kind, found.decided.reason) == ("cannot", "two plants")
    assert "sam decided on 2026-01-31 that they are not one. What this rested on has changed since." in found.text


def test_veto_of_the_clusters_is_named_where_the_pair_itself_has_none(hub: HubUnderTest) -> None:
    tell(hub, "erp", "1", TWIN)
    tell(hub, "portal", "p", {**TWIN, "vat_id": None, "phone": None})
    tell(hub, "procurement", "x", {**TWIN, "vat_id": None, "phone": None})
    hub.rows(
        "INSERT INTO record_constraint (left_id, right_id, kind, evidence, reason, decided_by, decided_at)"
        " SELECT min(id), max(id), 'cannot',"
        ' \'{"weight": 0, "outcome": "match", "strong": [[], []], "levels": []}\', \'r\', \'sam\', now()'
        " FROM source_record RETURNING 1"
    )
    tell(hub, "procurement", "x", {**TWIN, "vat_id": None, "phone": None, "fax": "+49 89 77777"}, version=2)
    apart = [explained(hub, left=a, right=b) for a, b in ((ERP, PORTAL), (PORTAL, ("procurement", "x")))]
    (demoted,) = [found for found in apart if not found.together]
    assert [veto.name for veto in demoted.vetoes] == ["cannot_link"]


def test_records_that_are_not_there_or_the_same_are_refused(pair: HubUnderTest) -> None:
    with pytest.raises(UnknownRecord, match="erp/2"):
        explained(pair, left=("erp", "2"))
    with pytest.raises(InvalidInput, match="name two"):
        explained(pair, right=ERP)
    with pytest.raises(Forbidden):
        explained(pair, Actor("carl", frozenset({"steward"}), frozenset({"customer"})))
