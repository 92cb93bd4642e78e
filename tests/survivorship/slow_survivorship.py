"""The obvious, slow survivorship: one day at a time, one pair of values at a time, nothing shared with the library."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from claims_in_words import DAY_ZERO, day

from survivorship import JSON, Claim, Hold, Kind, Override

Values = dict[str, tuple[JSON, dict[str, JSON]]]  # attribute → value, provenance
NEVER = day(-10_000)


def on_day(
    number: int,
    claims: list[Claim],
    policy: dict[str, Any],
    overrides: list[Override],
    holds: list[Hold],
    *,
    evaluated: int,
) -> Values:
    """What survives on one day, by the policy's document; overrides are those that have not expired."""
    today = day(number)
    overrides = [o for o in overrides if holds_on(today, o) and not agreed(o, number, claims, policy)]
    claims = [c for c in claims if holds_on(today, c)]
    holds = [h for h in holds if holds_on(today, h)]
    spoken_of = {c.attribute for c in claims} | {o.attribute for o in overrides} | {h.attribute for h in holds}
    values: Values = {}
    for unit in {unit_of(attribute, policy) for attribute in spoken_of}:
        value, why, _ = decided(unit, claims, policy, overrides, holds, evaluated)
        parts = value or {} if unit in policy["groups"] else {unit: value}
        values |= {name: (part, why) for name, part in parts.items() if part is not None}
    return values


def decided(
    unit: str,
    claims: list[Claim],
    policy: dict[str, Any],
    overrides: list[Override],
    holds: list[Hold],
    evaluated: int,
) -> tuple[JSON, dict[str, JSON], JSON]:
    """Value, provenance, and the record that speaks for it."""
    rule = policy["attributes"].get(unit, {"rule": "most_recent"})
    said = voices(unit, claims, policy)
    if rule["rule"] == "union":
        value, std, record = union(said, rule, policy)
    elif rule["rule"] == "follow":
        leader = decided(unit_of(rule["attribute"], policy), claims, policy, overrides, holds, evaluated)[2]
        led = [c for c in said if c.record == leader and c.kind is Kind.SUPPLIED and c.value is not None]
        value, std, record = (led[0].value, sameness(led[0]), leader) if led else (None, None, None)
    else:
        value, std, record = winner(unit, said, rule, policy, evaluated)
    why: dict[str, JSON] = {"record": record, "rule": rule["rule"]}
    leader = record
    for hold in holds:
        if hold.attribute == unit and text(hold.std) == text(std):
            value, why, leader = hold.approved, {"record": hold.record, "rule": "hold"}, hold.record
            break
    pinned = sorted((o for o in overrides if o.attribute == unit), key=lambda o: (o.made_at, o.id))
    if pinned:
        value, why = pinned[-1].value, {"record": pinned[-1].id, "rule": "override"}
        wanted = pinned[-1].value if pinned[-1].std is None else pinned[-1].std
        same = [c for c in said if text(sameness(c)) == text(wanted) and c.kind in {Kind.SUPPLIED, Kind.EMPTY}]
        leader = min(same, key=speech(unit, rule, policy)).record if same else None
    return value, why, leader


def agreed(override: Override, number: int, claims: list[Claim], policy: dict[str, Any]) -> bool:
    """Whether some source has said what was pinned on this day or before, while it was pinned."""
    if override.agreement is None:
        return False
    wanted = text(override.value if override.std is None else override.std)
    for earlier in range(-1, number + 1):
        spoken = voices(override.attribute, [c for c in claims if holds_on(day(earlier), c)], policy)
        same = [c for c in spoken if text(sameness(c)) == wanted and c.kind in {Kind.SUPPLIED, Kind.EMPTY}]
        named = [c for c in same if override.agreement == () or c.source in override.agreement]
        later = [c for c in named if c.asserted_at > override.made_at and not c.echo]
        if holds_on(day(earlier), override) and any(is_timely(c, earlier, claims, override, policy) for c in later):
            return True
    return False


def is_timely(voice: Claim, number: int, claims: list[Claim], override: Override, policy: dict[str, Any]) -> bool:
    """Whether what a record says on a day lasts until after it was said, or as long as what was pinned."""
    own = [c for c in claims if c.record == voice.record and unit_of(c.attribute, policy) == override.attribute]
    ends = [c.valid_to for c in own if holds_on(day(number), c) and c.valid_to is not None]
    over = override.valid_to
    return not ends or min(ends) > voice.asserted_at or (over is not None and over <= min(ends))


def holds_on(today: datetime | None, dated: Claim | Override | Hold) -> bool:
    assert today is not None
    started = dated.valid_from is None or dated.valid_from <= today
    return started and (dated.valid_to is None or today < dated.valid_to)


def unit_of(attribute: str, policy: dict[str, Any]) -> str:
    return next((group for group, members in policy["groups"].items() if attribute in members), attribute)


def text(content: JSON) -> str:
    return json.dumps(content, sort_keys=True)


def sameness(claim: Claim) -> JSON:
    return claim.value if claim.std is None else claim.std


def voices(unit: str, claims: list[Claim], policy: dict[str, Any]) -> list[Claim]:
    said = [c for c in claims if unit_of(c.attribute, policy) == unit]
    if unit not in policy["groups"]:
        return said
    return [whole(unit, record, [c for c in said if c.record == record]) for record in {c.record for c in said}]


def whole(group: str, record: str, parts: list[Claim]) -> Claim:
    """What one record says about a group: nothing if it masks a part of it, or a part is withheld."""
    kinds = {c.kind for c in parts}
    hidden = next((kind for kind in (Kind.MASKED, Kind.WITHHELD) if kind in kinds), None)
    full = [] if hidden else [c for c in parts if c.kind is Kind.SUPPLIED]
    absent = Kind.DELETED if all(c.kind is Kind.DELETED for c in parts) else Kind.EMPTY
    return Claim(
        source=parts[0].source,
        record=record,
        attribute=group,
        value={c.attribute: c.value for c in full} or None,
        std={c.attribute: sameness(c) for c in full} or None,
        asserted_at=max(c.asserted_at for c in parts),
        kind=Kind.SUPPLIED if full else hidden or absent,
        findings=tuple(f for c in full for f in c.findings),
        echo=all(c.echo for c in parts),
    )


def place(claim: Claim, rule: dict[str, Any], policy: dict[str, Any]) -> int:
    order = rule.get("sources") or policy["sources"]
    return order.index(claim.source) if claim.source in order else len(order)


def rating(claim: Claim, unit: str, rule: dict[str, Any], policy: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """How far the source is trusted, and how that fades."""
    source = policy["trust"].get(claim.source, {"default": 0})
    rated = source.get("attributes", {}).get(unit, source["default"])
    fixed = rated if isinstance(rated, dict) else {"trust": rated}
    return fixed["trust"], fixed.get("decay") or rule.get("decay") or {"curve": "step", "days": 1, "floor": 1}


def trust(claim: Claim, unit: str, rule: dict[str, Any], policy: dict[str, Any], evaluated: int) -> float:
    """What is left of it at the claim's age, and after its findings."""
    full, decay = rating(claim, unit, rule, policy)
    age, floor = max(evaluated - (claim.asserted_at - DAY_ZERO).days, 0), min(full, decay.get("floor", 0))
    if claim.echo:
        age = 900
    left = {
        "linear": full + (floor - full) * age / decay["days"] if age < decay["days"] else floor,
        "exponential": max(full / 2 ** (age / decay["days"]), floor),
        "step": full if age < decay["days"] else floor,
    }[decay["curve"]]
    for finding in set(claim.findings):
        left *= policy["downgrades"].get("findings", {}).get(finding, 1)
    return round(left, 6)


def speech(unit: str, rule: dict[str, Any], policy: dict[str, Any]) -> Callable[[Claim], tuple[Any, ...]]:
    """Who of several with one value speaks."""

    def turn(claim: Claim) -> tuple[Any, ...]:
        fit = {"most_trusted": -rating(claim, unit, rule, policy)[0], "longest": -letters(claim.value)}
        return claim.echo, fit.get(rule["rule"], 0), place(claim, rule, policy), claim.record

    return turn


def letters(value: JSON) -> int:
    if isinstance(value, dict):
        return sum(letters(part) for part in value.values())
    return 0 if value is None else len(value)


def winner(
    unit: str, said: list[Claim], rule: dict[str, Any], policy: dict[str, Any], evaluated: int
) -> tuple[JSON, JSON, str | None]:
    """The surviving value of an attribute: every two candidates are compared, the one that no other beats wins."""
    spoken = {Kind.SUPPLIED, Kind.EMPTY} if rule.get("empty_wins") else {Kind.SUPPLIED}
    left = [c for c in said if c.kind in spoken]
    lowering = policy["downgrades"].get("findings", {}) if rule["rule"] == "most_trusted" else {}
    left = [c for c in left if all(finding in lowering for finding in c.findings)] or left
    if not left:
        return None, None, None
    candidates = [[c for c in left if text(sameness(c)) == same] for same in {text(sameness(c)) for c in left}]

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
            "most_trusted": lambda: max(trust(c, unit, rule, policy, evaluated) for c in candidate),
            "most_recent": lambda: max([c.asserted_at for c in own], default=NEVER),
            "most_frequent": lambda: len(own),
            "longest": lambda: max(letters(c.value) for c in candidate),
            "min": lambda: -size,
            "max": lambda: size,
            "record": lambda: -sorted({c.record for c in said}).index(min(c.record for c in candidate)),
        }
        return measures[measure]()

    chosen = min(sorted(candidates, key=cmp_to_key(best_first))[0], key=speech(unit, rule, policy))
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
