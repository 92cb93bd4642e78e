"""Places: coordinates, time zones, and what places are called in many languages."""

from typing import Any

import pytest

from mdm.core.standardize import STANDARDIZERS, Context


def standard(name: str, raw: Any) -> Any:
    return STANDARDIZERS[name](raw, Context())


@pytest.mark.parametrize(
    ("name", "raw", "value", "std"),
    [
        ("latitude", "48.137154", "48.137154", "48.1372"),
        ("latitude", "48,137", "48.137", "48.1370"),
        ("latitude", 48.1, "48.1", "48.1000"),
        ("latitude", "N 48°08'14\"", "48.1372222", "48.1372"),
        ("latitude", "48 8 14 S", "-48.1372222", "-48.1372"),
        ("latitude", "48° 8,5'", "48.1416667", "48.1417"),
        ("longitude", "11°34'30\"O", "11.575", "11.5750"),
        ("longitude", "W 77.03", "-77.03", "-77.0300"),
        ("longitude", "-77", "-77", "-77.0000"),
    ],
)
def test_coordinates_are_degrees_however_they_are_written(name: str, raw: Any, value: str, std: str) -> None:
    found = standard(name, raw)
    assert (found.value, found.std, found.findings) == (value, std, ())


@pytest.mark.parametrize(("name", "raw"), [("latitude", "91"), ("longitude", "181"), ("latitude", "north")])
def test_what_is_no_coordinate_is_kept_with_a_finding(name: str, raw: str) -> None:
    found = standard(name, raw)
    assert (found.value, found.findings[0].code) == (raw, "invalid_format")


@pytest.mark.parametrize("raw", ["0", "0.000", "n/a"])
def test_nothing_lies_where_nobody_measured(raw: str) -> None:
    found = standard("longitude", raw)
    assert (found.std, found.findings[0].code) == (None, "placeholder")


@pytest.mark.parametrize(
    ("raw", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("CET", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"), ("Asia/Calcutta", "Asia/Kolkata"), ("Z", "Etc/UTC"),
    ],
)  # fmt: skip
def test_a_time_zone_has_its_iana_name(raw: str, zone: str) -> None:
    found = standard("time_zone", raw)
    assert (found.value, found.std, found.findings) == (zone, zone, ())


def test_an_unknown_time_zone_is_kept_with_a_finding() -> None:
    assert standard("time_zone", "Mars/Olympus").findings[0].code == "unknown_time_zone"


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("Werk 2", ["number=2", "what=plant"]),
        ("Plant II", ["number=2", "what=plant"]),
        ("Nordquell Usine 02", ["number=2", "what=plant"]),
        ("Lager Nord", ["side=north", "what=warehouse"]),
        ("Hochregallager", ["what=high bay warehouse"]),
        ("Magasin Grande Hauteur", ["what=high bay warehouse"]),
        ("QUAJ 2", ["number=2", "what=dock"]),  # misspelt
        ("Halle 3b", ["number=3b", "what=hall"]),
        ("Almacén de Repuestos", ["what=parts warehouse"]),
        ("Acme GmbH", []),
    ],
)
def test_the_name_of_a_place_says_what_and_which_one_it_is(name: str, features: list[str]) -> None:
    assert standard("place_name", name).std["features"] == features


def test_who_and_where_are_the_words_that_are_left() -> None:
    assert standard("place_name", "Acme Werk 2 Köln").std["unknown"] == "acme koln"


def test_typing_error_inside_a_term_of_two_words_is_read() -> None:
    right, wrong = (
        STANDARDIZERS["place_name"](text, Context()) for text in ("Distribution Centre", "Distribution Cnetre")
    )
    assert right.std["features"] == wrong.std["features"] != []
