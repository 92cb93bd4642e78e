"""Random cases for survivorship: claims of all kinds, policies with every rule, pinned values and holds that bite."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from claims_in_words import DAY_ZERO, absent, day, emptied, said
from hypothesis import strategies as st
from slow_survivorship import Values

from survivorship import JSON, Claim, Hold, Kind, Override, Policy, Rebuilt, explain, rebuild

DAYS = 8
RECORDS = ["erp/1", "erp/2", "crm/1", "shop/1"]
ATTRIBUTES = ["name", "size", "contacts", "limit", "currency"]
UNITS = ["name", "size", "contacts", "credit"]
RULES = ["source_priority", "most_trusted", "most_recent", "most_frequent", "longest"]
EVALUATED = 5
EVALUATED_AT = DAY_ZERO + timedelta(days=EVALUATED)

Case = tuple[list[Claim], dict[str, Any], list[Override], list[Hold]]

times = st.sampled_from(range(6))
maybe_days = st.none() | st.integers(0, DAYS)
decays = st.fixed_dictionaries(
    {"curve": st.sampled_from(["linear", "exponential", "step"]), "days": st.integers(1, 6)},
    optional={"floor": st.sampled_from([0.1, 0.3])},
)
ratings = st.sampled_from([0.2, 0.5, 0.8]) | st.fixed_dictionaries(
    {"trust": st.sampled_from([0.3, 0.5, 0.8]), "decay": decays}
)


@st.composite
def values(draw: st.DrawFn, attribute: str) -> tuple[JSON, JSON]:
    """A value and its std."""
    if attribute == "size":
        value = draw(st.sampled_from(["9", "10", "10.5"]))
        return value, value
    if attribute == "contacts":
        emails = draw(st.lists(st.sampled_from(["A@x", "a@x", "b@x"]), max_size=2, unique_by=str.casefold))
        elements = [{"email": e, "phone": draw(st.sampled_from([None, "+1", "+2"]))} for e in emails]
        return elements, [{name: part and part.casefold() for name, part in element.items()} for element in elements]
    value = draw(st.sampled_from(["Acme", "ACME", "Apex Ltd", "Ajax"]))
    return value, draw(st.sampled_from([value.casefold(), {"core": value.casefold(), "form": ""}, None]))


@st.composite
def claims_of(draw: st.DrawFn, record: str, attribute: str) -> list[Claim]:
    """What one record says about one attribute over time, never twice at one time."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), max_size=1)))
    claims = []
    for since, until in pairwise([None, *cuts, None]):
        dates: dict[str, Any] = {"since": since, "until": until, "on": draw(times), "echo": draw(st.booleans())}
        match draw(st.sampled_from(["silent", "empty", "deleted", "masked", "withheld", *["supplied"] * 6])):
            case "empty":
                claims.append(emptied(record, attribute, **dates))
            case "deleted" | "masked" | "withheld" as kind:
                claims.append(absent(record, Kind(kind), attribute, **dates))
            case "supplied":
                value, std = draw(values(attribute))
                findings = draw(st.sampled_from([(), (), (), ("odd",), ("light",), ("light", "odd")]))
                claims.append(said(record, value, attribute, std=std, findings=findings, **dates))
    return claims


@st.composite
def all_claims(draw: st.DrawFn) -> list[Claim]:
    records = draw(st.sampled_from([RECORDS, RECORDS, RECORDS[:2], []]))
    together = [["name"], ["size"], ["contacts"], ["limit", "currency"], ["name", "contacts"], ["name", "limit"]]
    attributes = draw(st.sampled_from(together))
    return [c for record in records for attribute in attributes for c in draw(claims_of(record, attribute))]


@st.composite
def policies(draw: st.DrawFn, rules: tuple[str, ...] = (*RULES, "most_trusted")) -> dict[str, Any]:
    def rule(*more: dict[str, Any]) -> dict[str, Any]:
        chosen = draw(st.sampled_from([*({"rule": name} for name in rules), *more]))
        if chosen["rule"] == "most_trusted" and draw(st.booleans()):
            chosen = {**chosen, "decay": draw(decays)}
        can_be_empty = chosen["rule"] not in {"longest", "min", "max", "follow"}
        return chosen | ({"empty_wins": True} if can_be_empty and draw(st.booleans()) else {})

    return {
        "attributes": {
            "name": rule() | {"sources": draw(st.sampled_from([["shop"], ["crm", "erp"]]))},
            "size": rule({"rule": "min"}, {"rule": "max"}),
            "contacts": {"rule": "union", "key": "email"},
            "credit": rule({"rule": "follow", "attribute": "name"}),
        },
        "groups": {"credit": ["limit", "currency"]},
        "sources": draw(st.sampled_from([["erp", "crm", "shop"], ["crm"]])),
        "trust": {
            "erp": {"default": draw(ratings), "attributes": {"size": draw(ratings)}},
            "crm": {"default": draw(ratings)},
            "shop": {"default": 0.2},
        },
        "default": {"rule": "most_recent"},
        "downgrades": draw(st.sampled_from([{}, {"findings": {"light": 0.5}}])),
    }


@st.composite
def overrides(draw: st.DrawFn) -> list[Override]:
    return [
        Override(
            id=f"o{number}",
            attribute=unit,
            value=draw(st.sampled_from([{"limit": "1"}, {"limit": "Acme"}, None]))
            if unit == "credit"
            else draw(st.sampled_from(["acme", "Pinned", None])),
            made_at=DAY_ZERO + timedelta(days=draw(times)),
            valid_from=day(draw(maybe_days)),
            valid_to=day(draw(maybe_days)),
            expires_at=day(draw(st.sampled_from([None, None, EVALUATED - 1, EVALUATED, 9]))),
            agreement=draw(st.sampled_from([None, (), ("crm",)])),
        )
        for number, unit in enumerate(draw(st.lists(st.sampled_from(UNITS), max_size=2)))
    ]


@st.composite
def held_with(draw: st.DrawFn, claims: list[Claim], policy: Policy) -> list[Hold]:
    """Holds on what would win somewhere, so that they bite."""
    holds = []
    for unit in draw(st.lists(st.sampled_from(UNITS), max_size=2)):
        at = day(draw(st.integers(-1, DAYS))) or DAY_ZERO
        std = explain(claims, policy, unit, valid_at=at, evaluated_at=EVALUATED_AT).std
        approved = draw(st.sampled_from([{"limit": "7"}, None] if unit == "credit" else ["Approved", None]))
        dates = {"valid_from": day(draw(maybe_days)), "valid_to": day(draw(maybe_days))}
        holds.append(Hold(attribute=unit, std=std, approved=approved, record="erp/1", **dates))
    return holds


@st.composite
def cases(draw: st.DrawFn) -> Case:
    claims, document = draw(all_claims()), draw(policies())
    return claims, document, draw(overrides()), draw(held_with(claims, Policy.from_document(document)))


def rebuilt(case: Case, *, evaluated: int = EVALUATED) -> Rebuilt:
    claims, document, pinned, holds = case
    at = DAY_ZERO + timedelta(days=evaluated)
    return rebuild(claims, Policy.from_document(document), evaluated_at=at, overrides=pinned, holds=holds)


def as_seen_on(number: int, record: Rebuilt) -> Values:
    at = day(number)
    assert at is not None
    for s in record.slices:
        if (s.valid_from is None or s.valid_from <= at) and (s.valid_to is None or at < s.valid_to):
            return {name: (value, s.provenance[name]) for name, value in s.attributes.items()}
    return {}


def unexpired(pinned: list[Override], evaluated: int = EVALUATED) -> list[Override]:
    at = DAY_ZERO + timedelta(days=evaluated)
    return [o for o in pinned if o.expires_at is None or o.expires_at > at]
