"""Identifiers: compact, with what is wrong with them found but kept."""

import pytest

from mdm.core.standardize import STANDARDIZERS, Context


@pytest.mark.parametrize(
    ("scheme", "raw", "country", "value"),
    [
        ("vat", "DE 136 695 976", None, "DE136695976"),
        ("vat", "136.695.976", "DE", "DE136695976"),
        ("vat", "USt-IdNr. DE136695976", "DE", "DE136695976"),
        ("vat", "atu13585627", None, "ATU13585627"),
        ("vat", "GR094259216", None, "EL094259216"),
        ("vat", "094259216", "GR", "EL094259216"),
        ("duns", "15-048-3782", None, "150483782"),
        ("gln", "4 012345 000009", None, "4012345000009"),
        ("lei", "529900t8bm49aursdo55", None, "529900T8BM49AURSDO55"),
        ("iban", "DE89 3704 0044 0532 0130 00", None, "DE89370400440532013000"),
        ("bic", "deutdeff500", None, "DEUTDEFF500"),
        ("eori", "DE 8765 4321", None, "DE87654321"),
        ("gtin", "4006381 333931", None, "4006381333931"),
        ("company_number", "552 100 554", "FR", "552100554"),
        ("company_number", "HRB 12345", "DE", "HRB12345"),
        ("tax_number", "PL 5260001246", "DE", "PL5260001246"),
    ],
)
def test_an_identifier_is_compact(scheme: str, raw: str, country: str | None, value: str) -> None:
    assert STANDARDIZERS[scheme](raw, Context(country)).value == value


@pytest.mark.parametrize(
    ("scheme", "raw", "country", "code"),
    [
        ("vat", "DE136695975", None, "invalid_check_digit"),
        ("vat", "DE1366959", None, "invalid_format"),
        ("duns", "15048378", None, "invalid_format"),
        ("gln", "4012345000008", None, "invalid_check_digit"),
        ("gln", "40123450000", None, "invalid_format"),
        ("lei", "529900T8BM49AURSDO56", None, "invalid_check_digit"),
        ("iban", "DE88370400440532013000", None, "invalid_check_digit"),
        ("bic", "DEUT", None, "invalid_format"),
        ("eori", "12", None, "invalid_format"),
        ("gtin", "4006381333930", None, "invalid_check_digit"),
        ("company_number", "552100555", "FR", "invalid_check_digit"),
        ("tax_number", "5260001247", "PL", "invalid_check_digit"),
    ],
)
def test_a_wrong_identifier_is_found_and_kept(scheme: str, raw: str, country: str | None, code: str) -> None:
    standard = STANDARDIZERS[scheme](raw, Context(country))
    assert [finding.code for finding in standard.findings] == [code]
    assert standard.value is not None
    assert standard.std == standard.value


@pytest.mark.parametrize("scheme", ["vat", "tax_number", "duns", "gln", "lei", "company_number", "eori", "gtin"])
@pytest.mark.parametrize("raw", ["000000000", "999999999", "123456789", "N/A", "unknown", "n.a.", "---"])
def test_a_placeholder_is_kept_but_never_compared(scheme: str, raw: str) -> None:
    standard = STANDARDIZERS[scheme](raw, Context("DE"))
    assert standard.value is not None
    assert standard.std is None
    assert [finding.code for finding in standard.findings] == ["placeholder"]


def test_a_placeholder_behind_the_prefix_of_its_country_is_one() -> None:
    assert STANDARDIZERS["vat"]("DE999999999", Context()).std is None


def test_the_head_office_is_the_bank() -> None:
    bic = STANDARDIZERS["bic"]
    assert bic("DEUTDEFFXXX", Context()).std == bic("DEUTDEFF", Context()).std == "DEUTDEFF"


def test_a_gtin_is_the_same_with_leading_zeros() -> None:
    gtin = STANDARDIZERS["gtin"]
    assert gtin("036000291452", Context()).std == gtin("0036000291452", Context()).std == "00036000291452"


def test_a_swiss_number_is_the_same_in_every_language() -> None:
    vat = STANDARDIZERS["vat"]
    assert vat("CHE-107.787.577 MWST", Context()).std == vat("CHE107787577 TVA", Context()).std == "CHE107787577"


def test_a_number_sent_without_quotes_is_read() -> None:
    assert STANDARDIZERS["duns"](150483782, Context()).value == "150483782"
