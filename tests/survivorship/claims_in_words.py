"""Short words for claims, days and policies, so that a test reads as what was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

from survivorship import JSON, Claim, Kind, Policy, Rebuilt, rebuild

DAY_ZERO = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int | None) -> datetime | None:
    return None if number is None else DAY_ZERO + timedelta(days=number)


def said(record: str, value: JSON, attribute: str = "name", *, on: int = 0, **more: Any) -> Claim:
    """`said("erp/1", "Acme", on=3)`: record erp/1 of source erp asserted name = Acme on day 3."""
    std = more.pop("std", value.casefold() if isinstance(value, str) else value)
    return Claim(
        source=record.partition("/")[0],
        record=record,
        attribute=attribute,
        value=value,
        std=std,
        asserted_at=DAY_ZERO + timedelta(days=on),
        valid_from=day(more.pop("since", None)),
        valid_to=day(more.pop("until", None)),
        **more,
    )


def emptied(record: str, attribute: str = "name", *, on: int = 0, **more: Any) -> Claim:
    return said(record, None, attribute, on=on, kind=Kind.EMPTY, **more)


def absent(record: str, kind: Kind, attribute: str = "name", *, on: int = 0, **more: Any) -> Claim:
    return said(record, None, attribute, on=on, kind=kind, **more)


def ruled_by(rule: str, attribute: str = "name", **more: Any) -> Policy:
    """A policy with one rule; sources in the order erp, crm, shop."""
    trust = {"trust": {"erp": {"default": 0.9}, "crm": {"default": 0.5}}}
    return Policy.from_document(
        {"attributes": {attribute: {"rule": rule, **more}}, "sources": ["erp", "crm", "shop"], **trust}
    )


def survive(policy: Policy, *claims: Claim, **more: Any) -> Rebuilt:
    return rebuild(claims, policy, evaluated_at=more.pop("evaluated_at", DAY_ZERO), **more)


def golden(policy: Policy, *claims: Claim, **more: Any) -> dict[str, JSON]:
    """The attributes of the only slice; {} if there is none."""
    slices = survive(policy, *claims, **more).slices
    assert len(slices) <= 1
    return slices[0].attributes if slices else {}


def origin(policy: Policy, *claims: Claim, attribute: str = "name", **more: Any) -> dict[str, JSON]:
    (only,) = survive(policy, *claims, **more).slices
    return only.provenance[attribute]


def timeline(rebuilt: Rebuilt, attribute: str = "name") -> list[tuple[int | None, int | None, JSON]]:
    """Slices as (first day, day after the last, value)."""
    days = [[None if b is None else (b - DAY_ZERO).days for b in (s.valid_from, s.valid_to)] for s in rebuilt.slices]
    return [(start, end, s.attributes.get(attribute)) for (start, end), s in zip(days, rebuilt.slices, strict=True)]
