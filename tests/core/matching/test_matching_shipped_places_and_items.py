"""What the shipped models of items and locations make of pairs that every data steward knows."""

from collections.abc import Callable
from typing import Any

import pytest

from mdm.core.domains import block_keys_of, comparable_of, load_documents, parse, standardize_record
from mdm.core.matching import Outcome, Scored, score

DOMAINS = {name: parse(load_documents()[name]) for name in ("item", "location")}
Judge = Callable[[dict[str, Any], dict[str, Any]], Scored]


def judge(domain: str) -> Judge:
    """Return a function that compares two records as their sources sent them, in either order."""

    def judged(left: dict[str, Any], right: dict[str, Any]) -> Scored:
        one, other = (
            comparable_of(
                DOMAINS[domain], {name: s.std for name, s in standardize_record(DOMAINS[domain], raw).items()}
            )
            for raw in (left, right)
        )
        assert set(block_keys_of(DOMAINS[domain], one)) & set(block_keys_of(DOMAINS[domain], other))
        found = score(DOMAINS[domain].match, one, other)
        assert score(DOMAINS[domain].match, other, one) == found
        return found

    return judged


ITEM, LOCATION = judge("item"), judge("location")
SCREW = {"name": "Sechskantschraube DIN 933 M8x40 8.8 verzinkt", "base_unit": "ST"}
BEARING = {
    "name": "Rillenkugellager 6204-2RS1 C3",
    "manufacturer": "Solafab",
    "manufacturer_part_number": "6204-2RS1C3",
    "net_weight": {"value": "0.106", "unit": "kg"},
}
MOTOR = {
    "name": "Drehstrommotor 5,5 kW 4-polig 400/690 V B3 IE3",
    "gtin": "4006381333931",
    "manufacturer": "Rosenreiter",
    "manufacturer_part_number": "FM03104",
}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (SCREW, {"name": "SKT-SCHR DIN933 M8X40 8.8 VZ", "base_unit": "PCE"}),
        (SCREW, {"name": "Hexagon head screw ISO 4017 M8 x 40 8.8 zinc plated"}),
        (SCREW, {"name": "Hexagon bolt", "description": {"en": "Hex bolt DIN 933 M8x40 8.8 zinc-plated"}}),
        (BEARING, BEARING | {"name": "SOLAFAB RILLENKUGELL 6204.2RS1 C3", "manufacturer": None}),
        (MOTOR, {"name": "DREHSTR-MOTOR 5,5KW 4P 400/690V B3 IE3", "gtin": "04006381333931"}),
        (MOTOR, MOTOR | {"gtin": None, "manufacturer_part_number": "fm 03104 (alt)"}),
        (MOTOR, {"name": "Three-phase motor 5.5 kW 4-pole 400/690 V B3 IE3 Rosenreiter FM03104"}),
    ],
)
def test_one_item_is_linked(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert ITEM(left, right).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (MOTOR, MOTOR | {"gtin": "4006381333948"}),
        (BEARING, BEARING | {"manufacturer": "Grandton AG"}),  # the same size by another maker
        (BEARING, {"name": BEARING["name"], "manufacturer_part_number": "6204-2RS1C3"}),  # perhaps another maker's
        (MOTOR, MOTOR | {"manufacturer_part_number": "FM03105", "gtin": None}),
    ],
)
def test_doubtful_items_are_not_linked_by_the_machine(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert ITEM(left, right).outcome is not Outcome.MATCH


@pytest.mark.parametrize(
    "variant",
    [
        "Sechskantschraube DIN 933 M8x50 8.8 verzinkt",
        "Sechskantschraube DIN 933 M10x40 8.8 verzinkt",
        "Sechskantschraube DIN 933 M8x40 10.9 verzinkt",
        "Sechskantschraube DIN 933 M8x40 8.8 feuerverzinkt",
        "Sechskantschraube DIN 931 M8x40 8.8 verzinkt",
        "Sechskantmutter DIN 934 M8 8.8 verzinkt",
    ],
)
def test_look_alikes_stay_apart(variant: str) -> None:
    assert ITEM(SCREW | {"item_group": "FAST01", "drawing_number": "Z1-1"}, {
        "name": variant, "item_group": "FAST01", "drawing_number": "Z1-1",
    }).outcome is not Outcome.MATCH  # fmt: skip


WORKS = {"street": "Röntgenstraße 1", "postal_code": "14059", "city": "Berlin", "country": "DE"}
PLANT = {
    "name": "Werk 2",
    "location_type": "plant",
    "country": "DE",
    "address": WORKS,
    "gln": "4006381333931",
    "operator": "Acme Pumpen GmbH",
    "phone": "030 74505182",
    "plant_code": "1000",
}


def other(**changes: Any) -> dict[str, Any]:
    """Return the plant with other attributes; None takes one away."""
    return {name: value for name, value in {**PLANT, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "record",
    [
        other(name="Acme Plant 2 Berlin", gln=None, operator=None),
        other(name="BERLIN WERK II", gln=None, phone=None, plant_code=None),
        other(name="Acme Berlin", phone=None, plant_code=None),
        other(name="Wekr 2", gln=None),
    ],
)
def test_one_location_is_linked(record: dict[str, Any]) -> None:
    assert LOCATION(PLANT, record).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    "record",
    [
        other(name="Lager", location_type="warehouse", gln=None),  # in the same yard
        other(name="Werk 3", gln=None),
        other(name="Werk 2", gln=None, plant_code="1010"),
        other(gln="4006381333948"),
        other(name="Hansen Werk", operator="Hansen Guss AG", gln=None, plant_code=None, phone=None),
    ],
)
def test_neighbours_are_not_linked(record: dict[str, Any]) -> None:
    assert LOCATION(PLANT, record).outcome is not Outcome.MATCH
