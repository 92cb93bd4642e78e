"""What JSON types standardizers take, and what they give for nothing."""

from typing import Any

import pytest

from mdm.core import standardize
from mdm.core.standardize import LONGEST_TEXT, STANDARDIZERS, Context, Finding, Standard
from mdm.errors import InvalidAttributes

STRUCTURED = {"address", "boolean", "quantity", "map_by_language", "item_description"}
TEXTUAL = sorted(set(STANDARDIZERS) - STRUCTURED)
PROMISED = (
    "organisation_name address phone email website country text person_name code date decimal boolean quantity language"
    " currency vat tax_number duns gln lei iban bic company_number eori gtin mpn"
    " unit item_text item_description latitude longitude time_zone"
)


def test_every_promised_standardizer_is_there() -> None:
    assert set(PROMISED.split()) <= set(STANDARDIZERS)
    assert all(hasattr(standardize, name) for name in standardize.__all__)


def test_a_standard_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Standard("a", "a").value = "b"  # type: ignore[misc]


@pytest.mark.parametrize("name", TEXTUAL)
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\x00", "\u200b", "\u3000"])
def test_blank_text_says_empty(name: str, blank: str) -> None:
    assert STANDARDIZERS[name](blank, Context()) == Standard(None, None)


@pytest.mark.parametrize("name", sorted(set(TEXTUAL) - {"reference"}))
@pytest.mark.parametrize("raw", [True, [], ["a"], {}, {"a": 1}])
def test_another_json_type_than_text_is_refused(name: str, raw: Any) -> None:
    with pytest.raises(InvalidAttributes, match="must be"):
        STANDARDIZERS[name](raw, Context())


@pytest.mark.parametrize("name", sorted(set(TEXTUAL) - {"decimal"}))
@pytest.mark.parametrize("raw", [float("nan"), float("inf"), 10**41])
def test_numbers_beyond_measure_are_refused(name: str, raw: Any) -> None:
    with pytest.raises(InvalidAttributes, match="too large"):
        STANDARDIZERS[name](raw, Context())


@pytest.mark.parametrize(("raw", "text"), [(80331, "80331"), (80331.0, "80331"), (1.5, "1.5"), (0, "0"), (-7, "-7")])
def test_a_number_is_read_as_the_text_it_would_be(raw: float, text: str) -> None:
    assert STANDARDIZERS["text"](raw, Context()) == Standard(text, text)


def test_a_text_beyond_measure_is_refused() -> None:
    with pytest.raises(InvalidAttributes, match="4,001 characters"):
        STANDARDIZERS["text"]("a" * (LONGEST_TEXT + 1), Context())


@pytest.mark.parametrize("raw", [True, False])
def test_a_flag_is_true_or_false(raw: bool) -> None:  # noqa: FBT001 - the value under test
    assert STANDARDIZERS["boolean"](raw, Context()) == Standard(raw, raw)


@pytest.mark.parametrize("raw", ["yes", 1, 0.0, []])
def test_what_is_no_flag_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidAttributes, match="true or false"):
        STANDARDIZERS["boolean"](raw, Context())


def test_a_finding_quotes_the_beginning_of_the_value() -> None:
    finding = Finding("invalid_format", f'"{"x" * 80}" is not an e-mail address.')
    assert STANDARDIZERS["email"]("x" * 500, Context()).findings == (finding,)
