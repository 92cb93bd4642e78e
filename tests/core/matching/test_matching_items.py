"""Comparators of properties, makers, part numbers, measurements and positions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.core.matching.comparators import COMPARATORS
from mdm.core.matching.frequencies import Frequencies

BITS = Frequencies.of({"size": 1 / 64, "acme": 1 / 1024}, unlisted=1 / 8)
OPTIONS: dict[str, dict[str, Any]] = {
    "features": {"frequencies": BITS, "soft": ["code", "mark"]},
    "makers": {"frequencies": BITS},
}


def reached(by: str, left: list[str], right: list[str]) -> str | None:
    """Return the outcome of a comparison, None if there is nothing to compare."""
    comparator = COMPARATORS[by]
    compare = comparator.build(**OPTIONS.get(by, {}))
    outcome, bits = compare(left, right)
    assert compare(right, left) == (outcome, bits)
    return comparator.outcomes[outcome] if outcome >= 0 else None


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        ("thread=m8 length=40", "thread=m8 length=40", "same"),
        ("thread=m8 length=40", "thread=m8 length=50", "conflicting"),
        ("thread=m8 length=40", "thread=m8", "agreeing"),
        ("thread=m8 mark=vz", "thread=m8", "fuller"),
        ("thread=m8 mark=no", "thread=m8 mark=nc", "differing"),
        ("length=500 micron=20", "number=500 micron=20", "same"),  # a unit left out
        ("diameter=12 material=1.4301", "number=22 material=1.4301", "differing"),
        ("voltage=230 voltage=400", "voltage=400", "agreeing"),
        ("voltage=10 voltage=30", "voltage=10 voltage=55", "conflicting"),
        ("thread=m12 thread=m12*2", "thread=m8 thread=m12", "conflicting"),  # M12 with a plug M12
        ("code=62042rs", "code=6204", "fuller"),
        ("code=62042rs", "code=62052rs", "differing"),
        ("power=750 ral=90~", "power=750 ral=9005", "same"),  # cut at the end of a column
        ("power=750 ral=90~", "power=750 ral=3000", "conflicting"),
        ("power=750 ral=90~", "power=750", "same"),
        ("thread=m8", "voltage=24", None),
    ],
)
def test_variants_are_told_apart_by_what_they_state(left: str, right: str, outcome: str | None) -> None:
    assert reached("features", left.split(), right.split()) == outcome


def test_an_agreement_is_worth_what_is_shared_less_half_of_what_is_missing() -> None:
    compare = COMPARATORS["features"].build(**OPTIONS["features"])
    assert compare(["size=1x2", "ral=1"], ["size=1x2", "ral=1"]) == (0, 9.0)
    assert compare(["size=1x2", "ral=1"], ["size=1x2"]) == (2, 4.5)


FEATURES = st.lists(st.builds("{}={}".format, st.sampled_from(["size", "code", "number", "length"]), st.integers(1, 3)))


@given(FEATURES, FEATURES)
def test_the_order_of_two_items_makes_no_difference(left: list[str], right: list[str]) -> None:
    reached("features", sorted(set(left)), sorted(set(right)))


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (["acme pumpen"], ["acme pumpen"], "same"),
        (["acme pumpen"], ["acme"], "alike"),
        (["acme"], ["bolt", "~acme"], "different"),
        (["acme"], ["~ventil acme"], "mentioned"),
        (["bertini"], ["~ventil bertinni"], "mentioned"),
        (["acme"], ["~"], "silent"),
        (["acme"], ["~no nc"], "silent"),
        (["acme"], ["~bertini"], "unlike"),
        (["~bertini"], ["~acme"], "unlike"),
        (["~bertini"], ["~bertini dn"], None),
        (["~"], ["~"], None),
    ],
)
def test_makers_are_found_in_fields_and_in_texts(left: list[str], right: list[str], outcome: str | None) -> None:
    assert reached("makers", left, right) == outcome


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (["BN647B27"], ["BN647B27"], "same"),
        (["BN647B27"], ["ACMEBN647B27"], "inside"),
        (["BN647B27"], ["code=BN647B27"], "mentioned"),
        (["62042RS1C3", "code=62042RS1"], ["62042RS1C3"], "type"),  # the bearing's size: every maker has it
        (["BN647B27"], ["BN647B28"], "different"),  # one letter makes another part
        (["code=BN647B27"], ["code=BN647B27"], None),
    ],
)
def test_part_numbers_are_the_same_or_others(left: list[str], right: list[str], outcome: str | None) -> None:
    assert reached("part_numbers", left, right) == outcome


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (["0.5 KGM"], ["0.501 KGM"], "same"),
        (["0.5 KGM"], ["0.49 KGM"], "near"),
        (["0.5 KGM"], ["0.45 KGM"], "close"),
        (["0.5 KGM"], ["5 KGM"], "different"),
        (["0.5 KGM"], ["0.5 MTR"], None),
        (["0 KGM"], ["0 KGM"], "same"),
        (["1 MTR", "2 MTR"], ["2 MTR", "1 MTR"], "same"),
        (["1 MTR", "2 MTR"], ["1 MTR"], None),
    ],
)
def test_measurements_agree_as_far_as_people_measure(left: list[str], right: list[str], outcome: str | None) -> None:
    assert reached("quantities", left, right) == outcome


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (["48.1372", "11.5755"], "same"),
        (["48.1385", "11.5755"], "same"),  # 145 m
        (["48.1410", "11.5755"], "near"),
        (["48.1700", "11.5755"], "far"),
        (["52.5200", "13.4050"], "elsewhere"),
    ],
)
def test_places_are_as_near_as_the_earth_is_round(other: list[str], outcome: str) -> None:
    assert reached("positions", ["48.1372", "11.5755"], other) == outcome
