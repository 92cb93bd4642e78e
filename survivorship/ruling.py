"""Rules made ready to run: what is measured of each claim, and the order of tie-breaks."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from survivorship.claim import JSON, Claim, freeze, identity
from survivorship.policy.rules import AttributeRule, Reason, Rule
from survivorship.policy.trust import Beliefs

LONG_AGO = datetime.min.replace(tzinfo=UTC)
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
Candidate = list[Claim]  # the competing claims that assert one value
Measure = Callable[[Claim, int], Any]  # of a claim on a day (its ordinal)
Choice = Callable[[Iterable[Any]], Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """One comparison of candidates: those with the best measure stay, the others lose with the reason."""

    reason: Reason
    measure: Measure
    best: Choice  # min or max
    gather: Choice  # how the measures of a candidate's claims become its own: the best of them, or their sum


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """A rule made ready to run on one unit: an attribute, or a coupled group with its members."""

    unit: str
    name: str  # of the rule
    members: tuple[str, ...]  # () for a single attribute
    key: str | None
    empty_wins: bool
    follows: str | None  # the unit whose winner speaks here too
    rank: Callable[[Claim], int]
    beliefs: Beliefs | None  # where trust decides
    fades: bool  # whether another may win by the mere passing of days
    stages: tuple[Stage, ...]
    speaker: Callable[[Claim], tuple[Any, ...]]  # of equal claims the smallest lends its spelling and record


def compile_ruling(
    unit: str,
    declared: AttributeRule,
    *,
    members: tuple[str, ...],
    priority: tuple[str, ...],
    beliefs: Beliefs,
    follows: str | None,
) -> Ruling:
    """Make a declared rule ready to run; `beliefs` say how far claims about this unit are trusted."""
    ranks = {source: position for position, source in enumerate(declared.sources or priority)}
    last = len(ranks)
    trusting = declared.rule is Rule.MOST_TRUSTED

    def rank(claim: Claim) -> int:
        return ranks.get(claim.source, last)

    def rank_on(claim: Claim, _: int) -> int:
        return ranks.get(claim.source, last)

    return Ruling(
        unit=unit,
        name=declared.rule.value,
        members=members,
        key=declared.key,
        empty_wins=declared.empty_wins,
        follows=follows,
        rank=rank,
        beliefs=beliefs if trusting else None,
        fades=trusting and beliefs.fade,
        stages=_stages(_first_stage(declared.rule, rank_on, beliefs), rank_on),
        speaker=_speaker(declared.rule, rank, beliefs),
    )


def _stages(first: Stage, rank: Measure) -> tuple[Stage, ...]:
    """Return the rule and the tie-breaks; one that the rule itself is would not tell what the rule could not."""
    ties = (
        Stage(Reason.SUPPORT, own_word, max, sum),
        Stage(Reason.RECENCY, recency, max, max),
        Stage(Reason.PRIORITY, rank, min, min),
        Stage(Reason.RECORD, record, min, min),  # no two candidates share a record, so this always decides
    )
    return first, *(tie for tie in ties if tie.measure is not first.measure)


def _first_stage(rule: Rule, rank: Measure, beliefs: Beliefs) -> Stage:
    """Return the comparison that is the rule itself; those that compare nothing take any."""
    stages: dict[Rule, tuple[Measure, Choice, Choice]] = {
        Rule.SOURCE_PRIORITY: (rank, min, min),
        Rule.MOST_TRUSTED: (beliefs.on, max, max),
        Rule.MOST_RECENT: (recency, max, max),
        Rule.MOST_FREQUENT: (own_word, max, sum),
        Rule.LONGEST: (lambda claim, _: length(claim.value), max, max),
        Rule.MIN: (lambda claim, _: magnitude(identity(claim), comparable_first=0), min, min),
        Rule.MAX: (lambda claim, _: magnitude(identity(claim), comparable_first=2), max, max),
    }
    return Stage(Reason.RULE, *stages.get(rule, (record, min, min)))


def _speaker(rule: Rule, rank: Callable[[Claim], int], beliefs: Beliefs) -> Callable[[Claim], tuple[Any, ...]]:
    """Return the order in which equal claims speak: never by recency or age, so that a resend changes nothing."""
    if rule is Rule.MOST_TRUSTED:
        return lambda claim: (claim.echo, -beliefs.rating(claim).trust, rank(claim), claim.record)
    if rule is Rule.LONGEST:
        return lambda claim: (claim.echo, -length(claim.value), rank(claim), claim.record)
    return lambda claim: (claim.echo, rank(claim), claim.record)


def own_word(claim: Claim, _: int) -> bool:
    """Tell whether a record asserts the value of its own accord: summed up, that is support."""
    return not claim.echo


def recency(claim: Claim, _: int) -> datetime:
    """Return when the value was asserted; a source that had just been sent it says nothing new."""
    return LONG_AGO if claim.echo else claim.asserted_at


def record(claim: Claim, _: int) -> str:
    """Return the record id."""
    return claim.record


def length(value: JSON) -> int:
    """Count the characters of a value, summed over the leaves of a structured one."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(length, value.values()))
    if isinstance(value, list):
        return sum(map(length, value))
    return 0 if value is None else len(str(value))


def magnitude(content: JSON, *, comparable_first: int) -> tuple[int, str, Any]:
    """Return the sort key of min and max: numbers (also as text, also {value, unit}) by size, other text by code point.

    What has no size comes last under both rules. Quantities are compared within one unit; convert them before.
    `comparable_first` is the class of numbers: 0 sorts them first for min, 2 for max.
    """
    if isinstance(content, dict) and "value" in content:
        size = _number(content["value"])
        unit = str(content.get("unit", ""))
    else:
        size, unit = _number(content), ""
    if size is not None:
        return comparable_first, unit, size
    return (1, content, 0) if isinstance(content, str) else (2 - comparable_first, "", 0)


def _number(content: JSON) -> Decimal | None:
    """Return the number that JSON content stands for, if it does."""
    if isinstance(content, str):
        return Decimal(content) if NUMBER.fullmatch(content) else None
    return Decimal(str(content)) if isinstance(content, int | float) and not isinstance(content, bool) else None


def candidates_of(claims: list[Claim]) -> list[Candidate]:
    """Group claims by the value they assert."""
    found: dict[Hashable, Candidate] = {}
    for claim in claims:
        std = claim.std
        key = std if std.__class__ is str else freeze(identity(claim))
        if key in found:
            found[key].append(claim)
        else:
            found[key] = [claim]
    return list(found.values())
