"""Units of measure: one code for what ISO, SAP, X12 and people write, and conversion where there is a factor."""

from collections import Counter
from decimal import Decimal

import pytest

from mdm.core.standardize import STANDARDIZERS, Context, Standard
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.units import base_of, convert, unit_of


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("ST", "H87"), ("Stk.", "H87"), ("PCE", "H87"), ("EA", "H87"), ("PC", "H87"), ("C62", "H87"), ("Stück", "H87"),
        ("KG", "KGM"), ("kg", "KGM"), ("KGM", "KGM"), ("LB", "LBR"), ("M2", "MTK"), ("m²", "MTK"), ("qm", "MTK"),
        ("L", "LTR"), ("CA", "XCS"), ("KAR", "XCT"), ("PAL", "XPX"), ("PAA", "PR"), ("µm", "4H"), ("μm", "4H"),
        ("°C", "CEL"), ('"', "INH"), ("%", "P1"), ("lfm", "MTR"),
    ],
)  # fmt: skip
def test_a_unit_has_one_code_however_it_is_written(raw: str, code: str) -> None:
    assert STANDARDIZERS["unit"](raw, Context()) == Standard(code, code)


def test_every_code_is_read_as_itself() -> None:
    codes = [str(code) for units in read_table("units").values() for code in units]
    assert [found.code for code in codes if (found := unit_of(code))] == codes


def test_no_spelling_means_two_units() -> None:
    names = Counter(
        "".join(name.split()).casefold()
        for units in read_table("units").values()
        for _, spellings in units.values()
        for name in spellings.split("|")
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_an_unknown_unit_is_kept_with_a_finding() -> None:
    found = STANDARDIZERS["unit"]("Gebinde 7", Context())
    assert (found.value, found.std, found.findings[0].code) == ("Gebinde 7", "gebinde 7", "unknown_unit")


def test_a_placeholder_is_no_unit() -> None:
    assert STANDARDIZERS["unit"]("n/a", Context()).std is None


@pytest.mark.parametrize(
    ("number", "of", "to", "converted"),
    [
        ("12.5", "lb", "kg", "5.669904625"), ("1.5", "t", "g", "1500000"), ("3", "in", "mm", "76.2"),
        ("250", "ml", "l", "0.25"), ("2", "h", "min", "120"), ("1", "ha", "m2", None), ("1", "kg", "m", None),
        ("1", "pcs", "box", None), ("20", "°C", "°F", None), ("7", "pcs", "EA", "7"),
    ],
)  # fmt: skip
def test_quantities_are_converted_exactly_within_a_dimension(number: str, of: str, to: str, converted: str) -> None:
    measured, wanted = unit_of(of), unit_of(to)
    found = convert(Decimal(number), of=measured, to=wanted) if measured and wanted else None
    assert found == (None if converted is None else Decimal(converted))


def test_the_first_unit_of_a_dimension_counts_one() -> None:
    for units in read_table("units").values():
        first = unit_of(str(next(iter(units))))
        assert first
        assert base_of(first) == first
        assert first.factor in (1, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"value": "1", "unit": "t"}, {"value": "1000.0", "unit": "KG"}),
        ({"value": 0.5, "unit": "m"}, {"value": "500", "unit": "MMT"}),
        ({"value": "2", "unit": "ST"}, {"value": "2", "unit": "each"}),
    ],
)
def test_equal_quantities_compare_equal_in_any_unit(one: dict[str, object], other: dict[str, object]) -> None:
    quantity = STANDARDIZERS["quantity"]
    assert quantity(one, Context()).std == quantity(other, Context()).std


def test_a_quantity_keeps_the_unit_it_came_in() -> None:
    found = STANDARDIZERS["quantity"]({"value": "250", "unit": "g"}, Context())
    assert found == Standard({"value": "250", "unit": "GRM"}, {"value": "0.25", "unit": "KGM"})


def test_a_quantity_of_an_unknown_unit_is_compared_as_it_is() -> None:
    found = STANDARDIZERS["quantity"]({"value": "2", "unit": "Gebinde"}, Context())
    assert found.std == {"value": "2", "unit": "gebinde"}
    assert [finding.code for finding in found.findings] == ["unknown_unit"]
