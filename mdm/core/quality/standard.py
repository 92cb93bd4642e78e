"""How severe the findings of standardizing are, and which dimension of quality they concern."""

from collections.abc import Mapping
from typing import NamedTuple


class Standing(NamedTuple):
    """What is wrong with a value that has the finding."""

    dimension: str
    severity: str
    title: str


VALID, WARNING, ERROR = "validity", "warning", "error"
STANDARD: Mapping[str, Standing] = {
    "placeholder": Standing("completeness", WARNING, "Stands for a missing value"),
    "missing_key": Standing("completeness", WARNING, "An element of a list has no usable key"),
    "unresolved_reference": Standing("consistency", WARNING, "Nothing is known of what it refers to"),
    "invalid_format": Standing(VALID, ERROR, "Cannot be read as what it should be"),
    "invalid_check_digit": Standing(VALID, ERROR, "Has a wrong check digit"),
    "restricted_number": Standing(VALID, WARNING, "Is a number for use within a company"),
    "generic_number": Standing(VALID, WARNING, "Is a number that does not tell one part"),
    "unknown_code": Standing(VALID, WARNING, "Is none of the known codes"),
    "unknown_country": Standing(VALID, WARNING, "Is none of the known countries"),
    "unknown_time_zone": Standing(VALID, WARNING, "Is none of the known time zones"),
    "unknown_unit": Standing(VALID, WARNING, "Is none of the known units of measure"),
}
OTHER = Standing(VALID, WARNING, "Is doubtful to the standardizer")


def standing_of(code: str) -> Standing:
    """Return what a finding of standardizing means."""
    return STANDARD.get(code, OTHER)
