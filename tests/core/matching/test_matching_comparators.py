"""Which level values of each kind reach."""

from typing import Any

import pytest

from mdm.core.matching.comparators import COMPARATORS


def level(by: str, left: Any, right: Any, **options: Any) -> str:
    comparator = COMPARATORS[by]
    reached = [comparator.build(**options)(*pair)[0] for pair in ((left, right), (right, left))]
    assert reached[0] == reached[1]
    return comparator.outcomes[reached[0]] if reached[0] >= 0 else "missing"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (["DE123456789"], ["FR1", "DE123456789"], "same"),
        (["DE123456789"], ["DE123456780"], "near"),  # a digit mistyped
        (["DE123456789"], ["DE123457689"], "near"),  # two swapped
        (["DE123456789"], ["DE12345679"], "near"),  # one left out
        (["DE123456789"], ["123456789"], "near"),  # without its prefix
        (["DE123456789"], ["DE123456980"], "different"),
        (["DE12"], ["DE13"], "different"),  # too short for a typing error to be told
        (["DE123456789"], ["FR98765432101"], "missing"),
    ],
)
def test_identifiers(left: list[str], right: list[str], expected: str) -> None:
    assert level("identifiers", left, right, scope=2) == expected


def test_identifiers_without_a_scope_differ_across_countries() -> None:
    assert level("identifiers", ["DE123456789"], ["FR98765432101"]) == "different"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (["+49891234567"], ["+4930555", "+49891234567"], "same"),
        (["+498912340"], ["+4989123456"], "same_line"),  # switchboard and extension
        (["+49891234567"], ["891234567"], "same_line"),  # without its prefix
        (["+49891234567"], ["+49891234576"], "near"),
        (["+49891234567"], ["+49307654321"], "different"),
        (["+49891234567"], ["567"], "different"),
    ],
)
def test_phones(left: list[str], right: list[str], expected: str) -> None:
    assert level("phones", left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (["info@acme.de", "acme.de"], ["info@acme.de", "acme.de"], "same_mailbox"),
        (["acme.steel@gmail.com"], ["acme.steel@gmail.com"], "same_mailbox"),
        (["info@acme.de", "acme.de"], ["acme.de"], "same_domain"),
        (["acme.de"], ["acme.com"], "similar"),
        (["acmesteel.de"], ["acmestee.de"], "similar"),
        (["abc.de"], ["abc.com"], "different"),  # too short to be told
        (["acme.de"], ["zorvex.de"], "different"),
        (["jane@gmail.com"], ["info@acme.de", "acme.de"], "missing"),
        (["jane@gmail.com"], ["joe@gmail.com"], "missing"),
    ],
)
def test_mailboxes_and_domains(left: list[str], right: list[str], expected: str) -> None:
    assert level("online", left, right) == expected


def at(street: str = "", number: str = "", code: str = "", city: str = "", country: str = "DE", box: str = "") -> list[str]:  # fmt: skip  # noqa: E501
    return [street, number, code, city, country, box]


HOME = at("hauptstrasse", "12", "80331", "munchen")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (HOME, "same"),
        (at("hautpstrasse", "12a", "80331", "munchen"), "same"),  # a slip, and an annex
        (at("hauptstrasse", "12", "80333", "munchen"), "same"),  # another code of the city
        (at("hauptstrasse", "12", "80331", "munich"), "same"),  # another name of the city
        (at("hauptstrasse", "120", "80331", "munchen"), "same_street"),
        (at("hauptstrasse", "", "80331", "munchen"), "same_street"),
        (at("bahnhofstrasse", "12", "80331", "munchen"), "same_postal_code"),
        (at("", "", "", "muenchen"), "same_city"),
        (at("hauptstrasse", "12", "10115", "berlin"), "same_country"),
        (at("hauptstrasse", "12", "80331", "munchen", "AT"), "other_country"),
        (at("hauptstrasse", "12", "80331", "munchen", ""), "same"),
        (at(), "missing"),
    ],
)
def test_addresses(other: list[str], expected: str) -> None:
    assert level("addresses", [HOME], [other]) == expected


def test_nearest_of_several_addresses_counts() -> None:
    elsewhere = at("dorfstrasse", "1", "10115", "berlin")
    assert level("addresses", [elsewhere, HOME], [HOME]) == "same"
    assert level("addresses", [at(), at()], [HOME]) == "missing"


def test_post_office_box_is_a_place() -> None:
    assert level("addresses", [at(code="80331", box="4711")], [at("hauptstrasse", "12", "80331", box="4711")]) == "same"


@pytest.mark.parametrize(("left", "right", "expected"), [("gmbh", "gmbh", "same"), ("gmbh", "ag", "different")])
def test_texts(left: str, right: str, expected: str) -> None:
    assert level("text", left, right) == expected


@pytest.mark.parametrize(("right", "expected"), [("martha", 0), ("marhta", 1), ("marta", 1), ("zorvex", 2)])
def test_graded_texts_reach_the_first_similarity_they_have(right: str, expected: int) -> None:
    assert COMPARATORS["similarity"].build(thresholds=[1.0, 0.9])("martha", right)[0] == expected
