"""What single values may be: patterns that cannot run for long, ranges of numbers and days, lists of codes."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeAlias

from pydantic_core import SchemaError, SchemaValidator, core_schema

from mdm.core.quality.declaration import RangeDeclaration, RuleDeclaration
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError

Evidence: TypeAlias = Mapping[str, Any] | None  # what the value should have been; None: nothing is wrong
Test: TypeAlias = Callable[[Any, str], Evidence]  # of a value, on a day

FORMATS = {
    "digits": "[0-9]+",
    "letters": r"\p{L}+",
    "letters_and_digits": r"[\p{L}0-9]+",
    "upper_case": r"[^\p{Ll}]+",
    "printable": r"[^\p{C}]+",
    "phone": r"\+[1-9][0-9]{6,14}",
    "https": r"https://[^\s/]+\.[^\s]+",
    "country": "[A-Z]{2}",
    "currency": "[A-Z]{3}",
}
DAY = re.compile(r"(?:today(?P<by>[+-][0-9]{1,5})?d?|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))")
CARET = re.compile(r"^    ( *)\^", re.MULTILINE)  # under the place of a mistake
HORIZON = timedelta(days=36_525)  # further ahead nobody waits for a day
COMPARED = {"date": "days", "decimal": "numbers"}  # types that have a range
WRITTEN = frozenset({"text", "code", "identifier", "date", "decimal"})  # types that have a pattern


def value_test(rule: RuleDeclaration, type_: str, path: str) -> Test:
    """Compile the test of a rule about single values of a type; raises DeclarationError naming the path."""
    if rule.range is not None:
        if type_ not in COMPARED:
            refuse(f"{path}.range", f"a value of type {type_} has no range", "Types with one: date, decimal.")
        return _range(rule.range, type_, f"{path}.range")
    if type_ not in WRITTEN:
        refuse(f"{path}.{rule.kind}", f"it goes with {', '.join(sorted(WRITTEN))}, not with {type_}")
    if rule.values is not None:
        return _list(rule.values)
    if rule.format is not None and rule.format not in FORMATS:
        refuse(f"{path}.format", f"there is no format `{rule.format[:80]}`", suggestion(rule.format, FORMATS))
    pattern = rule.pattern if rule.format is None else FORMATS[rule.format]
    return _pattern(pattern or "", {rule.kind: rule.format or rule.pattern}, f"{path}.{rule.kind}")


def refuse(path: str, reason: str, hint: str | None = None) -> NoReturn:
    """Raise the DeclarationError of a mistake."""
    raise DeclarationError(f"{path}: {reason}.", hint=hint, path=path, reason=reason)


def _list(allowed: Iterable[str]) -> Test:
    codes = list(allowed)
    known = {code.casefold() for code in codes}
    return lambda value, _: None if str(value).casefold() in known else {"values": codes}


def _pattern(pattern: str, evidence: Mapping[str, Any], path: str) -> Test:
    """Compile a pattern of the whole text by an engine whose time grows with its length alone."""
    try:
        _alone, whole = (
            SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex"))
            for text in (pattern, rf"\A(?:{pattern})\z")
        )
    except SchemaError as error:
        found = CARET.search(str(error))
        column = f"column {len(found[1]) + 1}: " if found else ""
        reason = column + str(error).rstrip().rpartition("error: ")[2].rstrip(".")
        refuse(path, reason, "Look-around and back-references are not known here: they can take for ever.")
    fits = whole.isinstance_python
    return lambda value, _: None if fits(value) else evidence


@dataclass(frozen=True, slots=True)
class RangeTest:
    """A test of values against bounds, some of which may move with the day."""

    read: Callable[[Any], Any]
    least: Callable[[str], Any] | None
    most: Callable[[str], Any] | None

    def __call__(self, value: Any, today: str) -> Evidence:
        """Return the bounds of the day if the value is beyond them; that it cannot be read is a finding of its own."""
        found = self.read(value)
        if found is None:
            return None
        low, high = self.least and self.least(today), self.most and self.most(today)
        if (low is None or found >= low) and (high is None or found <= high):
            return None
        return {name: str(b) for name, b in (("at_least", low), ("at_most", high)) if b is not None}

    def turn(self, value: Any, today: str) -> str | None:
        """Return the next day on which the value passes a bound that moves, None: never."""
        found, now = self.read(value), date.fromisoformat(today)
        if not isinstance(found, date):
            return None
        lag = timedelta(days=1)
        ahead = [
            found - bound(today) + (lag if bound is self.least else timedelta())
            for bound in (self.least, self.most)
            if bound is not None and bound(today) != bound((now - lag).isoformat())
        ]
        soon = [by for by in ahead if timedelta() < by <= HORIZON]
        return (now + min(soon)).isoformat() if soon else None


def _range(declared: RangeDeclaration, type_: str, path: str) -> RangeTest:
    bound: Callable[[Any, str], Callable[[str], Any]] = _day if type_ == "date" else _number
    return RangeTest(
        _read_day if type_ == "date" else _read_number,
        None if declared.at_least is None else bound(declared.at_least, f"{path}.at_least"),
        None if declared.at_most is None else bound(declared.at_most, f"{path}.at_most"),
    )


def _day(given: Any, path: str) -> Callable[[str], date]:
    found = DAY.fullmatch(str(given).replace(" ", ""))
    if found is None:
        refuse(path, f"`{str(given)[:80]}` is no day", "Write 2026-01-31, today, today-30d or today+365d.")
    if found["day"] is not None:
        fixed = _read_day(found["day"])
        if fixed is None:
            refuse(path, f"there is no day {found['day']}")
        return lambda _: fixed
    by = timedelta(days=int(found["by"] or 0))
    return lambda today: date.fromisoformat(today) + by


def _number(given: Any, path: str) -> Callable[[str], Decimal]:
    number = None if isinstance(given, bool) else _read_number(given)
    if number is None:
        refuse(path, f"`{str(given)[:80]}` is no number")
    return lambda _: number


def _read_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _read_number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
