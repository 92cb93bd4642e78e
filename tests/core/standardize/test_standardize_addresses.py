"""Addresses: taken apart the same way, however they are written."""

from typing import Any

import pytest

from mdm.core.standardize import STANDARDIZERS, Context, Standard
from mdm.errors import InvalidAttributes

address = STANDARDIZERS["address"]


def std(country: str = "", **parts: Any) -> dict[str, str]:
    found: dict[str, str] = address(parts, Context(country or None)).std
    return found


@pytest.mark.parametrize(
    ("country", "line", "street", "number"),
    [
        ("DE", "Hauptstr. 12a", "hauptstrasse", "12a"),
        ("DE", "Hauptstraße 12 A", "hauptstrasse", "12a"),
        ("DE", "HAUPTSTRASSE 12/a", "hauptstrasse", "12a"),
        ("DE", "Haupt Str.12-14", "hauptstrasse", "12-14"),
        ("DE", "Straße des 17. Juni 135", "strasse des 17 juni", "135"),
        ("DE", "Am Markt 3, 2. OG", "am markt", "3"),
        ("DE", "Q7, 24", "q7", "24"),
        ("DE", "Industriepark", "industriepark", ""),
        ("FR", "12 rue de la Paix", "rue de la paix", "12"),
        ("FR", "12 bis, r. de la Paix", "rue de la paix", "12bis"),
        ("IT", "Via Roma, 12", "via roma", "12"),
        ("IT", "V. Roma n. 12/A", "via roma", "12a"),
        ("IT", "Piazza Duomo snc", "piazza duomo", ""),
        ("ES", "C/ Mayor, 5, 2º B", "calle mayor", "5"),
        ("ES", "Calle Mayor nº 5", "calle mayor", "5"),
        ("ES", "Avda. de América, s/n", "avenida de america", ""),
        ("US", "1200 Main St Suite 5", "main street", "1200"),
        ("US", "1200 Main Street, Apt 4B", "main street", "1200"),
        ("US", "350 N 5th Ave", "north 5th avenue", "350"),
        ("GB", "221B Baker Street", "baker street", "221b"),
        ("GB", "Unit 5, 12 High St", "high street", "12"),
        ("PL", "ul. Długa 5/7", "dluga", "5/7"),
        ("PL", "al. Jerozolimskie 44 lok. 5", "aleja jerozolimskie", "44"),
        ("CZ", "Vinohradská 1511/230", "vinohradska", "1511/230"),
        ("CZ", "č.p. 44", "", "44"),
        ("TR", "Atatürk Cad. No:5 D:3", "ataturk caddesi", "5"),
        ("TR", "Atatürk Caddesi No: 5 Kat: 2", "ataturk caddesi", "5"),
        ("BG", "ул. България 15", "balgariya", "15"),
        ("GR", "Λεωφ. Κηφισίας 32", "leoforos kifisias", "32"),
        ("JP", "3-12-4 Shiba", "shiba", "3-12-4"),
        ("JP", "シバ3丁目12番4号", "shiba", "3-12-4"),
        ("JP", "シバ３−１２−４", "shiba", "3-12-4"),
    ],
)
def test_a_street_line_is_taken_apart(country: str, line: str, street: str, number: str) -> None:
    found = std(country, street=line)
    assert (found["street"], found["number"]) == (street, number)


def test_an_own_house_number_is_the_same_as_one_in_the_street() -> None:
    assert std("DE", street="Hauptstr.", house_number="12 a") == std("DE", street="Hauptstraße 12A")


@pytest.mark.parametrize(
    ("country", "parts"),
    [
        ("DE", {"street": "Postfach 12 34"}),
        ("DE", {"po_box": "1234"}),
        ("DE", {"po_box": "Postfach 1234"}),
        ("US", {"street": "P.O. Box 1234"}),
        ("FR", {"line2": "BP 1234"}),
        ("IT", {"street": "Casella Postale 1234"}),
    ],
)
def test_a_post_office_box_is_found_where_people_write_it(country: str, parts: dict[str, str]) -> None:
    found = std(country, **parts)
    assert (found["po_box"], found["street"]) == ("1234", "")


@pytest.mark.parametrize(
    ("country", "code", "expected"),
    [
        ("DE", "D-80331", "80331"),
        ("DE", "DE 80331", "80331"),
        ("DE", "1067", "01067"),
        ("AT", "A-1010", "1010"),
        ("", "D-80331", "80331"),
        ("GB", "sw1a 1aa", "SW1A1AA"),
        ("PL", "00-238", "00238"),
        ("CZ", "110 00", "11000"),
        ("US", "10001-1234", "10001"),
        ("JP", "〒105-0014", "1050014"),
        ("NL", "1012 ab", "1012AB"),
        ("DE", 80331, "80331"),
    ],
)
def test_a_postal_code_is_compact_and_without_country(country: str, code: Any, expected: str) -> None:
    assert std(country, postal_code=code)["postal_code"] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("München", "Munich"), ("Köln", "COLOGNE"), ("Milano", "Mailand"), ("Αθήνα", "Athens"), ("София", "Sofia")],
)
def test_a_city_is_the_same_in_every_language(one: str, other: str) -> None:
    assert std(city=one)["city"] == std(city=other)["city"]


def test_a_cedex_is_no_part_of_the_city() -> None:
    assert std("FR", city="Paris CEDEX 02")["city"] == "paris"


def test_a_postal_code_before_the_city_is_found() -> None:
    found = std("DE", city="80331 München")
    assert (found["postal_code"], found["city"]) == ("80331", "munchen")


def test_the_value_keeps_what_was_written_and_leaves_out_what_is_empty() -> None:
    raw = {"street": " Hauptstr.  12a ", "city": "München", "region": "", "country": "Deutschland", "line2": None}
    assert address(raw, Context()).value == {"street": "Hauptstr. 12a", "city": "München", "country": "DE"}


def test_all_parts_are_compared_as_texts() -> None:
    assert std(city="Bern") == {
        "street": "", "number": "", "postal_code": "", "city": "bern", "region": "", "country": "", "po_box": ""
    }  # fmt: skip


@pytest.mark.parametrize("raw", [{}, {"street": " "}, {"street": None, "city": "\x00"}])
def test_an_address_without_content_says_empty(raw: dict[str, Any]) -> None:
    assert address(raw, Context()) == Standard(None, None)


def test_an_unknown_country_is_found_and_kept() -> None:
    standard = address({"city": "Cair Paravel", "country": "Narnia"}, Context())
    assert standard.value["country"] == "Narnia"
    assert [finding.code for finding in standard.findings] == ["unknown_country"]


@pytest.mark.parametrize("raw", ["Hauptstr. 12", ["Hauptstr. 12"], 5, True])
def test_an_address_that_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidAttributes, match="must be an object"):
        address(raw, Context())


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidAttributes, match="postal_code"):
        address({"zip": "80331"}, Context())


def test_the_error_of_a_part_names_it() -> None:
    with pytest.raises(InvalidAttributes) as raised:
        address({"street": ["a"]}, Context())
    assert raised.value.details["path"] == ".street"
