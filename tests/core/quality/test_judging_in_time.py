"""Over which valid time rules are broken, against a day-by-day version; and how rules are compared and declared."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.core.quality import Known, differing, judge
from mdm.errors import DeclarationError
from tests.core.quality.judged_records import NOW, Said, breaches, rules_of, said

CHECK = {"attributes": ["vat", "country"], "check": "vat.startsWith(country)"}
WHEN = {"attributes": ["vat"], "pattern": "DE.*", "when": "country == 'DE'"}
FIRST = date(2026, 1, 1)


@st.composite
def stretches(draw: st.DrawFn, values: list[str | None]) -> list[Said]:
    """What a record says of an attribute over ten days, with gaps."""
    cuts = sorted(draw(st.sets(st.integers(0, 9), max_size=4)))
    found = []
    for start, end in pairwise([*cuts, None]):
        value = draw(st.sampled_from([*values, None]))
        found.append(said(value, day(start), None if end is None else day(end)))
    return found


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).strftime("%m-%d")


def broken_on(rule: dict[str, Any], vat: str | None, country: str | None) -> bool:
    if vat is None or country is None:
        return False
    if rule is CHECK:
        return not vat.startswith(country)
    return country == "DE" and not vat.startswith("DE")


@settings(deadline=None)  # expressions are imported when they are met first
@given(st.sampled_from([CHECK, WHEN]), stretches(["DE1", "AT1"]), stretches(["DE", "AT"]))
def test_rules_over_several_attributes_are_broken_exactly_on_the_days_on_which_they_are(
    rule: dict[str, Any], vats: list[Said], countries: list[Said]
) -> None:
    found = breaches(rule, vat=vats, country=countries)
    for number in range(12):
        instant = said(None, day(number)).start
        vat, country = (
            next((s.value for s in spoken if s.start <= instant and (s.end is None or instant < s.end)), None)
            for spoken in (vats, countries)
        )
        now = [b for b in found if b.start <= instant and (b.end is None or instant < b.end)]
        assert bool(now) == broken_on(rule, vat, country)


def test_what_begins_later_is_there_and_what_has_ended_is_missing_since_then() -> None:
    rule = {"attributes": ["name"], "required": "each"}
    assert not breaches(rule, country="DE", name=[said("Acme", "09-01")])
    (missing,) = breaches(rule, country="DE", name=[said("Acme", "02-01", "03-01")])
    assert missing.start == said(None, "03-01").start
    assert judge(rules_of(rule=rule), {}, Known(NOW)) == []


def test_an_exception_is_bound_to_the_values_and_not_to_their_time() -> None:
    one, other, later = (
        breaches(CHECK, vat=[said(vat, start)], country="AT")[0].key
        for vat, start in (("DE1", "01-01"), ("DE2", "01-01"), ("DE1", "02-01"))
    )
    assert one == later != other


def test_rules_are_equal_by_content_and_those_that_differ_name_their_attributes() -> None:
    assert rules_of(one=CHECK, two=WHEN) == rules_of(two=WHEN, one=CHECK)
    graver = rules_of(one=CHECK | {"severity": "critical"}, two=WHEN)
    assert differing(rules_of(one=CHECK, two=WHEN), graver, known=["name"]) == {"vat", "country"}
    assert differing(rules_of(), rules_of(two=WHEN), known=["name"]) == {"vat"}
    required = rules_of(one={"attributes": ["vat"], "required": "each"})
    assert differing(rules_of(), required, known=["name"]) == {"name"}
    assert [rule.name for rule in graver.rules_of("country")] == ["one"]


@pytest.mark.parametrize(
    ("declared", "path", "reason"),
    [
        ({"check": "vat.startsWith(cuntry)"}, "check", "column 16: there is no attribute `cuntry`"),
        ({"check": "vat.startWith('x')"}, "check", "column 5: there is no function `startWith`"),
        ({"check": "vat == "}, "check", "column 8: Syntax error"),
        ({"check": "accounts.all(a, accounts.all(b, a == b))"}, "check", "only one of all, exists"),
        ({"pattern": "[A-Z]{2}("}, "pattern", "column 9: unclosed group"),
        ({"pattern": "(?=x)x"}, "pattern", "look-around"),
        ({"format": "digit"}, "format", "there is no format `digit`"),
        ({"range": {"at_least": 1}}, "range", "a value of type identifier has no range"),
        ({"attributes": ["since"], "range": {"at_least": "tomorrow"}}, "range.at_least", "`tomorrow` is no day"),
        ({"attributes": ["accounts.bic"], "format": "digits"}, "attributes", "`accounts` has no part `bic`"),
        ({"attributes": ["blocked"], "format": "digits"}, "format", "not with boolean"),
        ({"reference": "live"}, "attributes", "`vat` is no reference"),
    ],
)
def test_mistakes_are_named_with_path_and_column(declared: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(DeclarationError) as error:
        rules_of(rule={"attributes": ["vat"]} | declared)
    assert error.value.details["path"] == f"quality.rule.{path}"
    assert reason in error.value.message
