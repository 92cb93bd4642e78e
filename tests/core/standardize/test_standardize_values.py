"""Countries, codes, dates, numbers, quantities and texts."""

from typing import Any

import pytest

from mdm.core.standardize import EMPTY, STANDARDIZERS, Context, Standard
from mdm.errors import InvalidAttributes


def standard(name: str, raw: Any) -> Standard:
    return STANDARDIZERS[name](raw, Context())


def codes(found: Standard) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("code", "names"),
    {
        "DE": "DE deu 276 D Deutschland Germany Allemagne Germania Niemcy Alemania Almanya Германия Γερμανία ドイツ",
        "US": "US USA U.S.A. 840",
        "GB": "GB UK England GBR",
        "GR": "GR EL Ελλάδα Hellas Griechenland",
        "TR": "TR Türkiye TÜRKİYE turkey Turquie",
        "JP": "日本 Japan JPN",
        "BG": "България Bulgaria",
        "CZ": "Česko Czechia Tschechien",
        "CH": "Schweiz Suisse Svizzera CHE",
        "NA": "NA Namibia",
    }.items(),
)
def test_country_is_known_by_codes_and_by_names_in_many_languages(code: str, names: str) -> None:
    assert {standard("country", name).value for name in names.split()} == {code}


def test_country_of_several_words() -> None:
    assert standard("country", "Czech Republic").value == "CZ"
    assert standard("country", "estados unidos").value == "US"


def test_unknown_country_is_kept_with_a_finding() -> None:
    found = standard("country", "Atlantis")
    assert (found.value, codes(found)) == ("Atlantis", ["unknown_country"])
    assert standard("country", "n/a").std is None


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("language", "DE", "de"),
        ("language", "de-AT", "de"),
        ("language", "ger", "de"),
        ("currency", "eur", "EUR"),
        ("currency", "BGN", "BGN"),  # withdrawn with 2025, still in the records
    ],
)
def test_code_of_a_register_is_written_as_registered(name: str, raw: str, value: str) -> None:
    found = standard(name, raw)
    assert (found.value, codes(found)) == (value, [])


@pytest.mark.parametrize(("name", "raw"), [("language", "zz9"), ("currency", "EURO")])
def test_unknown_code_is_kept_with_a_finding(name: str, raw: str) -> None:
    found = standard(name, raw)
    assert (found.value, codes(found)) == (raw, ["unknown_code"])


@pytest.mark.parametrize(
    "raw", ["2026-12-31", "20261231", "31.12.2026", "2026/12/31", "2026-12-31T10:00:00Z", 20261231]
)
def test_day_is_iso(raw: Any) -> None:
    assert standard("date", raw) == Standard("2026-12-31", "2026-12-31")


@pytest.mark.parametrize(("raw", "code"), [("2026-02-30", "invalid_format"), ("31/12/2026", "invalid_format"), ("00.00.0000", "placeholder")])  # fmt: skip  # noqa: E501
def test_day_that_never_is_is_kept_with_a_finding(raw: str, code: str) -> None:
    found = standard("date", raw)
    assert (found.value, codes(found)) == (raw, [code])


@pytest.mark.parametrize(
    ("raw", "value", "std"),
    [
        ("1234.50", "1234.50", "1234.5"),
        (5, "5", "5"),
        (1.5, "1.5", "1.5"),
        ("1e3", "1000", "1000"),
        ("-0.00", "0", "0"),
    ],
)
def test_number_is_plain_text(raw: Any, value: str, std: str) -> None:
    assert standard("decimal", raw) == Standard(value, std)


@pytest.mark.parametrize("raw", ["abc", "1,234.50", "1e999999999", "Infinity", "１２"])
def test_text_that_is_no_number_is_kept_with_a_finding(raw: str) -> None:
    found = standard("decimal", raw)
    assert (found.value, codes(found)) == (raw, ["invalid_format"])


def test_quantity_is_a_number_and_a_unit() -> None:
    assert standard("quantity", {"value": "1.50", "unit": "KGM"}) == Standard(
        {"value": "1.50", "unit": "KGM"}, {"value": "1.5", "unit": "KGM"}
    )
    assert standard("quantity", {"unit": "KGM"}) == EMPTY


@pytest.mark.parametrize(
    ("name", "raw", "path"),
    [
        ("quantity", {"value": []}, ".value"),
        ("quantity", {"amount": 1}, ".amount"),
        ("map_by_language", {"de": []}, ".de"),
        ("map_by_language", {"germanic": "x"}, ".germanic"),
        ("address", {"zip": "x"}, ".zip"),
    ],
)
def test_part_of_another_shape_is_named(name: str, raw: Any, path: str) -> None:
    with pytest.raises(InvalidAttributes) as raised:
        standard(name, raw)
    assert raised.value.details["path"] == path


def test_code_of_no_register_is_kept_as_written_and_compared_without_case() -> None:
    assert standard("code", " Net30 ") == Standard("Net30", "net30")


def test_texts_by_language() -> None:
    found = standard("map_by_language", {"EN": " screw ", "de": "Schraube", "fr": None})
    assert found == Standard({"en": "screw", "de": "Schraube"}, {"en": "screw", "de": "schraube"})


@pytest.mark.parametrize(
    ("raw", "value", "std"),
    [
        (" a\x00b\tc\u200b ", "ab c", "ab c"),
        ("e\u0301", "é", "é"),
        ("ＡＢＣ\u3000１", "ＡＢＣ １", "abc 1"),
        ("STRASSE", "STRASSE", "strasse"),
        ("Straße", "Straße", "strasse"),
        ("a\ud800b", "ab", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"),  # a joiner is part of the word
        ("\u202eevil\u202c", "evil", "evil"),
    ],
)
def test_text_is_cleaned_and_compared_without_case(raw: str, value: str, std: str) -> None:
    assert standard("text", raw) == Standard(value, std)
