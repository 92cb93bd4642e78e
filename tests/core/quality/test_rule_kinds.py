"""Each kind of rule against what it says, and against a slow obvious version where there is one."""

import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.core import standardize
from mdm.core.quality import NO_RULES, UNJUDGED, Known, judge, next_turn
from tests.core.quality.judged_records import NOW, breaches, keeps, rules_of, said

LIMITS = [{"iban": "DE1", "limit": "1"}, {"limit": "9"}]
TODAY = date(2026, 6, 15)
days = st.dates(date(2026, 5, 1), date(2026, 8, 1))


@given(st.text("AB1-", max_size=8), st.sampled_from(["A+B*", "[A-Z]{2}[0-9]?", "(A|B1)+", "-?1"]))
def test_pattern_is_about_the_whole_text(text: str, pattern: str) -> None:
    rule = {"attributes": ["name"], "pattern": pattern}
    assert keeps(rule, name=text) == (re.fullmatch(pattern, text) is not None)


def test_pattern_that_others_choke_on_takes_no_time() -> None:
    started = time.process_time()
    assert not keeps({"attributes": ["name"], "pattern": "(a+)+b"}, name="a" * 50_000)
    assert time.process_time() - started < 2


@given(days, st.integers(-20, 20), st.booleans())
def test_range_of_days_moves_with_today(day: date, by: int, least: bool) -> None:  # noqa: FBT001
    bound = {"at_least" if least else "at_most": f"today{by:+d}d"}
    limit = TODAY + timedelta(days=by)
    kept = day >= limit if least else day <= limit
    rule = {"attributes": ["since"], "range": bound}
    assert keeps(rule, since=day.isoformat()) == kept
    assert keeps({"attributes": ["since"], "range": {next(iter(bound)): limit.isoformat()}}, since=str(day)) == kept


@given(days, st.integers(-20, 20), st.booleans())
def test_the_day_on_which_a_judgement_turns_is_the_first_on_which_it_differs(
    day: date,
    by: int,
    least: bool,  # noqa: FBT001
) -> None:
    rules = rules_of(rule={"attributes": ["since"], "range": {"at_least" if least else "at_most": f"today{by:+d}d"}})
    claims = {"since": [said(day.isoformat())]}
    kept = [not judge(rules, claims, Known(f"{TODAY + timedelta(days=n)}T12:00:00+00:00")) for n in range(70)]
    turn = next((n for n in range(70) if kept[n] != kept[0]), None)
    assert next_turn(rules, claims, NOW) == (None if turn is None else str(TODAY + timedelta(days=turn)))


@pytest.mark.parametrize(
    ("declared", "values", "kept"),
    [
        ({"attributes": ["weight"], "range": {"at_least": 0, "at_most": "10.5"}}, {"weight": "10.50"}, True),
        ({"attributes": ["weight"], "range": {"at_least": 0}}, {"weight": "-0.01"}, False),
        ({"attributes": ["weight"], "range": {"at_least": 0}}, {"weight": "heavy"}, True),  # a finding of its own
        ({"attributes": ["stock.value"], "range": {"at_least": 0}}, {"stock": {"value": "-1", "unit": "KGM"}}, False),
        ({"attributes": ["country"], "values": ["DE", "AT"]}, {"country": "de"}, True),
        ({"attributes": ["country"], "values": ["DE", "AT"]}, {"country": "CH"}, False),
        ({"attributes": ["name"], "format": "digits"}, {"name": "1٣"}, False),
        ({"attributes": ["address.city"], "format": "letters"}, {"address": {"city": "Zürich"}}, True),
        ({"attributes": ["address.city"], "format": "letters"}, {"address": {"postal_code": "8000"}}, True),
        ({"attributes": ["accounts.iban"], "pattern": "DE.*"}, {"accounts": [{"iban": "DE1"}, {"iban": "AT2"}]}, False),
        ({"attributes": ["name", "vat"], "required": "one"}, {"vat": "DE1"}, True),
        ({"attributes": ["name", "vat"], "required": "one"}, {"country": "DE"}, False),
        ({"attributes": ["name"], "required": "each", "when": "blocked"}, {"blocked": False}, True),
        ({"attributes": ["name"], "required": "each", "when": "blocked"}, {"blocked": True}, False),
        ({"attributes": ["name"], "required": "each", "when": "blocked"}, {"country": "DE"}, True),
        ({"attributes": ["vat"], "check": "vat.startsWith(country)"}, {"vat": "DE1", "country": "AT"}, False),
        ({"attributes": ["vat"], "check": "vat.startsWith(country)"}, {"vat": "DE1"}, True),
        ({"attributes": ["weight"], "check": "weight * 2.0 < 5.0"}, {"weight": "2.4"}, True),
        ({"attributes": ["since"], "check": "since <= today"}, {"since": "2026-06-16"}, False),
        (
            {"attributes": ["accounts"], "check": "accounts.all(a, a.limit < 9.0)"},
            {"accounts": [{"limit": "9"}]},
            False,
        ),
    ],
)
def test_rule(declared: dict[str, Any], values: dict[str, Any], kept: bool) -> None:  # noqa: FBT001
    assert keeps(declared, **values) == kept


def test_references_must_lead_to_masters_that_live() -> None:
    rule = {"attributes": ["parent"], "reference": "live"}
    known = Known(NOW, masters={"m1": "active", "m2": "retired"})
    assert not breaches(rule, known=known, parent={"master": "m1"})
    assert not breaches(rule, known=known, parent={"master": None})
    assert [b.evidence for b in breaches(rule, known=known, parent={"master": "m2"})] == [{"status": "retired"}]


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)))
def test_whatever_a_value_is_an_expression_never_stops_the_record(value: Any) -> None:
    for check in ("name.size() > 2", "int(name) > 1", "name + 1 == 2", "name", "name[0] == 'a'", "!name"):
        found = breaches({"attributes": ["name"], "check": check}, name=value)
        assert all("error" in b.evidence for b in found if b.state == UNJUDGED)


def test_every_finding_of_standardizing_has_a_severity_by_which_it_can_be_downgraded() -> None:
    sources = "".join(file.read_text() for file in Path(standardize.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'Finding\(\s*"([a-z_]+)"', sources)) | {"invalid_check_digit", "restricted_number"}
    assert written <= NO_RULES.severities().keys()
