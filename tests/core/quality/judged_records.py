"""Rules in few words, and records to be judged by them."""

from typing import Any, NamedTuple

from mdm.core.quality import Breach, Known, RuleDeclaration, Rules, Subject, compile_rules, judge

NOW = "2026-06-15T12:00:00+00:00"
SUBJECTS = {
    "name": Subject("text", "owner"),
    "country": Subject("code", "owner"),
    "vat": Subject("identifier", "tax"),
    "since": Subject("date", "owner"),
    "weight": Subject("decimal", "owner"),
    "stock": Subject("quantity", "owner", parts={"value": "decimal", "unit": "code"}),
    "blocked": Subject("boolean", "owner", critical=True),
    "parent": Subject("reference", "owner"),
    "address": Subject("address", "owner", parts={"city": "text", "postal_code": "text"}),
    "accounts": Subject("keyed_list", "bank", parts={"iban": "identifier", "limit": "decimal"}),
}


class Said(NamedTuple):
    """What a record says about an attribute, from one day of 2026 to another."""

    start: str
    end: str | None
    value: Any
    std: Any
    absent: bool = False


def said(value: Any, start: str = "01-01", end: str | None = None) -> Said:
    return Said(at(start), None if end is None else at(end), value, value)


def at(day: str) -> str:
    return f"2026-{day}T00:00:00+00:00"


def rules_of(**declared: dict[str, Any]) -> Rules:
    return compile_rules({name: RuleDeclaration.model_validate(one) for name, one in declared.items()}, SUBJECTS)


def breaches(rule: dict[str, Any], *, known: Known | None = None, **claims: Any) -> list[Breach]:
    """Judge a record by one rule; a value that is given without dates has been said since new year."""
    spoken = {name: one if _is_dated(one) else [said(one)] for name, one in claims.items()}
    return judge(rules_of(rule=rule), spoken, known or Known(NOW))


def _is_dated(one: Any) -> bool:
    return isinstance(one, list) and all(isinstance(part, Said) for part in one)


def keeps(rule: dict[str, Any], **claims: Any) -> bool:
    return not breaches(rule, **claims)
