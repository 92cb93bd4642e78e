"""The obvious, slow survivorship: one day at a time, one pair of values at a time, nothing shared with the library."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from claims_in_words import day

from survivorship import JSON, Claim, Hold, Kind, Override

Values = dict[str, tuple[JSON, dict[str, JSON]]]  # attribute → value, provenance
NEVER = day(-10_000)


def on_day(
    number: int, claims: list[Claim], policy: dict[str, Any], overrides: list[Override], holds: list[Hold]
) -> Values:
    """What survives on one day, by the policy's document; overrides are those that have not expired."""
    today = day(number)
    claims = [c for c in claims if holds_on(today, c)]
    overrides = [o for o in overrides if holds_on(today, o)]
    holds = [h for h in holds if holds_on(today, h)]
    spoken_of = {c.attribute for c in claims} | {o.attribute for o in overrides} | {h.attribute for h in holds}
    member_of = {member: group for group, members in policy["groups"].items() for member in members}
    units = {member_of.get(attribute, attribute) for attribute in spoken_of}
    values: Values = {}
    for unit in units:
        said = [c for c in claims if member_of.get(c.attribute, c.attribute) == unit]
        if unit in policy["groups"]:
            said = [whole(unit, record, [c for c in said if c.record == record]) for record in {c.record for c in said}]
        rule = policy["attributes"].get(unit, {"rule": "most_recent"})
        value, std, record = union(said, rule, policy) if rule["rule"] == "union" else winner(unit, said, rule, policy)
        why: dict[str, JSON] = {"record": record, "rule": rule["rule"]}
        for hold in holds:
            if hold.attribute == unit and text(hold.std) == text(std):
                value, why = hold.approved, {"record": hold.record, "rule": "hold"}
                break
        pinned = sorted((o for o in overrides if o.attribute == unit), key=lambda o: (o.made_at, o.id))
        if pinned:
            value, why = pinned[-1].value, {"record": pinned[-1].id, "rule": "override"}
        parts = value or {} if unit in policy["groups"] else {unit: value}
        values |= {name: (part, why) for name, part in parts.items() if part is not None}
    return values


def holds_on(today: datetime | None, dated: Claim | Override | Hold) -> bool:
    assert today is not None
    started = dated.valid_from is None or dated.valid_from <= today
    return started and (dated.valid_to is None or today < dated.valid_to)


def text(content: JSON) -> str:
    return json.dumps(content, sort_keys=True)


def sameness(claim: Claim) -> JSON:
    return claim.value if claim.std is None else claim.std


def whole(group: str, record: str, parts: list[Claim]) -> Claim:
    """What one record says about a group."""
    full = [c for c in parts if c.kind is Kind.SUPPLIED]
    return Claim(
        source=parts[0].source,
        record=record,
        attribute=group,
        value={c.attribute: c.value for c in full} or None,
        std={c.attribute: sameness(c) for c in full} or None,
        asserted_at=max(c.asserted_at for c in parts),
        kind=Kind.SUPPLIED if full else Kind.EMPTY,
        findings=tuple(f for c in full for f in c.findings),
        echo=all(c.echo for c in parts),
    )


def place(claim: Claim, rule: dict[str, Any], policy: dict[str, Any]) -> int:
    order = rule.get("sources") or policy["sources"]
    return order.index(claim.source) if claim.source in order else len(order)


def winner(unit: str, said: list[Claim], rule: dict[str, Any], policy: dict[str, Any]) -> tuple[JSON, JSON, str | None]:
    """The surviving value of an attribute: every two candidates are compared, the one that no other beats wins."""
    left = said if rule.get("empty_wins") else [c for c in said if c.kind is Kind.SUPPLIED]
    left = [c for c in left if not c.findings] or left
    if not left:
        return None, None, None
    candidates = [[c for c in left if text(sameness(c)) == same] for same in {text(sameness(c)) for c in left}]

    def trust(claim: Claim) -> float:
        rating = policy["trust"].get(claim.source, {})
        return float(rating.get("attributes", {}).get(unit, rating.get("default", 0)))

    def letters(value: JSON) -> int:
        if isinstance(value, dict):
            return sum(letters(part) for part in value.values())
        return 0 if value is None else len(value)

    def best_first(mine: list[Claim], yours: list[Claim]) -> int:
        for measure in (rule["rule"], "most_frequent", "most_recent", "source_priority", "record"):
            a, b = points(measure, mine), points(measure, yours)
            if a != b:
                return -1 if a > b else 1
        return 0

    def points(measure: str, candidate: list[Claim]) -> Any:
        own = [c for c in candidate if not c.echo]
        size = float(sameness(candidate[0])) if measure in {"min", "max"} else 0
        measures: dict[str, Callable[[], Any]] = {
            "source_priority": lambda: -min(place(c, rule, policy) for c in candidate),
            "most_trusted": lambda: max(trust(c) for c in candidate),
            "most_recent": lambda: max([c.asserted_at for c in own], default=NEVER),
            "most_frequent": lambda: len(own),
            "longest": lambda: max(letters(c.value) for c in candidate),
            "min": lambda: -size,
            "max": lambda: size,
            "record": lambda: -sorted({c.record for c in said}).index(min(c.record for c in candidate)),
        }
        return measures[measure]()

    def spoken(claim: Claim) -> tuple[Any, ...]:
        fit = {"most_trusted": -trust(claim), "longest": -letters(claim.value)}.get(rule["rule"], 0)
        return claim.echo, fit, place(claim, rule, policy), claim.record

    chosen = min(sorted(candidates, key=cmp_to_key(best_first))[0], key=spoken)
    return chosen.value, sameness(chosen), chosen.record


def union(said: list[Claim], rule: dict[str, Any], policy: dict[str, Any]) -> tuple[JSON, JSON, list[str] | None]:
    """The united list: for every key, each field from the first record that fills it."""
    said = [c for c in said if c.kind is Kind.SUPPLIED and c.value]
    if not said:
        return None, None, None

    def turn(claim: Claim) -> tuple[Any, ...]:
        return (
            claim.echo,
            bool(claim.findings),
            place(claim, rule, policy),
            -claim.asserted_at.timestamp(),
            claim.record,
        )

    pairs = [pair for c in sorted(said, key=turn) for pair in zip(c.value, c.std, strict=True)]
    values, stds = [], []
    for key in sorted({std[rule["key"]] for _, std in pairs}):
        same = [pair for pair in pairs if pair[1][rule["key"]] == key]
        filled = [(name, pair) for pair in reversed(same) for name in pair[0] if pair[0][name] is not None]
        values.append({name: value[name] for name, (value, _) in filled})
        stds.append({name: std[name] for name, (_, std) in filled})
    return values, stds, sorted(c.record for c in said)
