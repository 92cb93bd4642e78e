"""Weights add up, rarity counts, vetoes hold back, and the order of a pair makes no difference."""

from math import log2
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import mdm.core
from mdm.core.matching import MatchModel, Outcome, comparable, explain, level_names, score, strong_identifiers

DECLARED = Path(mdm.core.__file__).parent / "domains"
SUPPLIER = MatchModel.from_document(yaml.safe_load((DECLARED / "supplier.match.yaml").read_text(encoding="utf-8")))

VOCABULARY = ["acme", "zorvex", "muller", "mueller", "metal", "metall", "works", "holding", "abc", "2", "k"]
words = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
parts = {"street": ["", "hauptstrasse", "haupt strasse"], "number": ["", "1", "1a", "7"], "postal_code": ["", "80331", "10115"], "city": ["", "munchen", "berlin"], "country": ["", "DE", "FR"], "po_box": ["", "99"]}  # fmt: skip  # noqa: E501
addresses = st.fixed_dictionaries({part: st.sampled_from(values) for part, values in parts.items()})
records = st.fixed_dictionaries(
    {},
    optional={
        "name": st.fixed_dictionaries({"core": words, "form": st.sampled_from(["", "gmbh", "ag"])}),
        "trade_name": words,
        "address": addresses,
        "phone": st.sampled_from(["+49891234567", "+49891234560", "+498912345671", "+4989765432"]),
        "email": st.sampled_from(["info@acme.de", "sales@acme.de", "info@acme.com", "x@gmail.com", "y@zorvex.de"]),
        "vat_id": st.sampled_from(["DE123456789", "DE123456780", "DE987654321", "FR12345678901", "123456789"]),
        "bank_accounts": st.lists(st.fixed_dictionaries({"iban": st.sampled_from(["DE02", "DE03"])}), max_size=2),
    },
)


def std(name: str = "zorvex", **more: Any) -> dict[str, Any]:
    return {"name": {"core": name, "form": more.pop("form", "")}, **more}


def scored(model: MatchModel, left: dict[str, Any], right: dict[str, Any]):  # type: ignore[no-untyped-def]
    return score(model, comparable(model, left), comparable(model, right))


def test_records_without_anything_to_compare_have_the_prior_alone(model: MatchModel, document: dict[str, Any]) -> None:
    rare = MatchModel.from_document(document | {"prior": 1 / 1025})
    assert scored(rare, std(), {"vat_id": "DE123456789"}).weight == -10
    assert scored(model, std(), {"vat_id": "DE123456789"}).levels == (-1, -1, -1)


def test_weights_of_levels_add_up(model: MatchModel) -> None:
    found = scored(model, std(form="gmbh", vat_id="DE1"), std(form="gmbh", vat_id="DE1"))
    assert found.weight == 5 + 5 + 2
    assert found.levels == (0, 0, 0)
    apart = scored(model, std("acme", form="gmbh", vat_id="DE1"), std("zorvex", form="ag", vat_id="DE2"))
    assert apart.weight == pytest.approx(log2(0.25 / 0.92) + log2(0.04 / 0.97) - 2, abs=0.001)
    assert apart.levels == (2, 1, 1)


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        ("zorvex", 5),  # 10 bits, as many as the reference
        ("metal works", 5 - 2),  # 8 bits
        ("works", 5 - 4),  # 4 bits: at least -4
        ("zorvex metal", 5 + 3),  # 14 bits: at most 3
    ],
)
def test_agreement_on_a_rare_name_says_more_than_on_a_common_one(model: MatchModel, name: str, weight: float) -> None:
    assert scored(model, std(name), std(name)).weight == weight


def test_rarity_moves_only_the_levels_that_say_so(model: MatchModel) -> None:
    assert scored(model, std("metal"), std("metal zorvex")).weight == 2


def test_outcome_without_a_level_of_its_own_is_the_next_weaker_level(model: MatchModel) -> None:
    similar = scored(model, std("zorvex acme"), std("zorvexx acme"))
    assert level_names(model, similar.levels)["name"] == "contained"


@pytest.mark.parametrize(
    ("match", "review", "outcome"),
    [
        (10, 2, Outcome.MATCH),
        (10.01, 2, Outcome.REVIEW),
        (12, 10, Outcome.REVIEW),
        (12, 10.01, Outcome.DISTINCT),
    ],
)
def test_thresholds_belong_to_what_they_open(
    document: dict[str, Any], match: float, review: float, outcome: Outcome
) -> None:
    model = MatchModel.from_document(document | {"thresholds": {"match": match, "review": review}})
    assert scored(model, std(vat_id="DE1"), std(vat_id="DE1")).outcome is outcome  # 10 bits


def test_veto_keeps_a_match_back_and_names_itself(model: MatchModel) -> None:
    found = scored(model, std(vat_id=["DE1"], form="gmbh"), std("acme", vat_id="DE1", form="gmbh"))
    assert (found.outcome, found.vetoes) == (Outcome.REVIEW, ("other_name",))


def test_veto_leaves_distinct_records_alone(model: MatchModel) -> None:
    assert scored(model, std("acme"), std("zorvex")).vetoes == ()


def test_veto_is_lifted_by_what_speaks_for_the_pair(document: dict[str, Any]) -> None:
    model = MatchModel.from_document(document | {"thresholds": {"review": -9, "match": 2}})
    left, right = std("zorvex metal", vat_id="DE123456789"), std("zorvex metal", vat_id="DE987654321")
    assert scored(model, left, right).vetoes == ("other_vat",)
    close = scored(model, {**left, "name": {**left["name"], "form": "ag"}}, {**right, "name": {**right["name"], "form": "ag"}})  # fmt: skip  # noqa: E501
    assert (close.outcome, close.vetoes) == (Outcome.MATCH, ())


def test_identifiers_of_different_countries_say_nothing(model: MatchModel) -> None:
    found = scored(model, {"vat_id": "DE123456789"}, {"vat_id": "FR98765432101"})
    assert level_names(model, found.levels)["vat"] == "missing"


@given(records, records)
def test_order_of_a_pair_makes_no_difference(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert scored(SUPPLIER, left, right) == scored(SUPPLIER, right, left)


@given(records, records)
def test_waterfall_adds_up_to_the_weight(left: dict[str, Any], right: dict[str, Any]) -> None:
    a, b = comparable(SUPPLIER, left), comparable(SUPPLIER, right)
    steps, found = explain(SUPPLIER, a, b), score(SUPPLIER, a, b)
    assert sum(step.weight for step in steps) == pytest.approx(found.weight, abs=0.02)
    assert {step.comparison: step.level for step in steps[1:]} == level_names(SUPPLIER, found.levels)


def test_step_shows_both_sides_and_what_rarity_added(model: MatchModel) -> None:
    step = explain(model, comparable(model, std("metal works")), comparable(model, std("metal works")))[1]
    assert (step.comparison, step.level, step.weight, step.adjustment) == ("name", "identical", 3.0, -2.0)
    assert (step.left, step.right) == (["metal works"], ["metal works"])


def test_strong_identifiers_carry_the_name_of_their_column(model: MatchModel) -> None:
    assert strong_identifiers(model, comparable(model, std(vat_id="DE1", phone="+49"))) == ("vat:DE1",)
