"""Part numbers: what makes no difference between two spellings, and what is no part number."""

import pytest

from mdm.core.standardize import STANDARDIZERS, Context

PART = STANDARDIZERS["mpn"]


@pytest.mark.parametrize(
    ("raw", "std"),
    [
        ("6204-2RS1", "62042RS1"),
        ("3RT2015-1BB41", "3RT20151BB41"),
        ("3rt 2015 1bb41", "3RT20151BB41"),
        ("000000000012345", "12345"),
        ("0815", "0815"),
        ("ABC1O0", "ABC100"),
        ("PH 692 M09 (alt)", "PH692M09"),
        ("BN-647 Rev.B", "BN647"),
        ("Ölfilter 7", "0LFILTER7"),
    ],
)
def test_signs_case_padding_and_remarks_make_no_difference(raw: str, std: str) -> None:
    found = PART(raw, Context())
    assert (found.value, found.std, found.findings) == (raw, std, ())


@pytest.mark.parametrize("raw", ["DIN 933", "din en iso 4017", "siehe Zeichnung", "DIVERSE", "Normteil", "12", "A-7"])
def test_what_names_no_part_of_a_maker_is_not_compared(raw: str) -> None:
    found = PART(raw, Context())
    assert (found.value, found.std, found.findings[0].code) == (raw, None, "generic_number")


@pytest.mark.parametrize("raw", ["n/a", "XXX", "999999", "---", "000000", "-7-"])
def test_placeholders_are_not_compared(raw: str) -> None:
    found = PART(raw, Context())
    assert (found.std, found.findings[0].code) == (None, "placeholder")


@pytest.mark.parametrize(
    "raw", ["2012345678900", "0200000000004", "0412345678901", "9812345678900", "20123451", "212345678902"]
)
def test_a_gtin_for_use_within_a_company_is_kept_but_not_compared(raw: str) -> None:
    stem = raw[:-1]
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(stem)))
    number = stem + str(-total % 10)
    found = STANDARDIZERS["gtin"](number, Context())
    assert (found.value, found.std, found.findings[0].code) == (number, None, "restricted_number")


@pytest.mark.parametrize("raw", ["4006381333931", "04006381333931", "000004006381333931", "4006381 33393 1"])
def test_a_gtin_is_one_in_columns_of_any_width(raw: str) -> None:
    assert STANDARDIZERS["gtin"](raw, Context()).std == "04006381333931"


@pytest.mark.parametrize("scheme", ["gtin", "gln", "duns"])
def test_letters_are_no_number(scheme: str) -> None:
    found = STANDARDIZERS[scheme]("kein EAN", Context())
    assert (found.std, found.findings[0].code) == (None, "placeholder")
