"""How values compete: the rules, the order of tie-breaks, and why a value lost."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from survivorship.claim import JSON, Claim, freeze, identity

LONG_AGO = datetime.min.replace(tzinfo=UTC)
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
Candidate = list[Claim]  # the competing claims that assert one value
Rank = Callable[[Claim], int]


class Rule(StrEnum):
    """How the winner among the candidates of one attribute is found."""

    SOURCE_PRIORITY = "source_priority"
    MOST_TRUSTED = "most_trusted"
    MOST_RECENT = "most_recent"
    MOST_FREQUENT = "most_frequent"
    LONGEST = "longest"
    MIN = "min"
    MAX = "max"
    UNION = "union"


class Reason(StrEnum):
    """Why a claim lost; from EMPTY to RECORD in the order in which claims drop out."""

    EMPTY = "empty"  # the source says that there is no value, others supply one
    FINDING = "finding"  # the value has findings, others have none
    RULE = "rule"  # the attribute's rule prefers another value
    SUPPORT = "support"  # the rule cannot tell, and fewer records assert it
    RECENCY = "recency"  # ... nor can support, and another was asserted later
    PRIORITY = "priority"  # ... nor can recency, and another source comes first
    RECORD = "record"  # ... nor can priority: the smallest record id decides
    HELD = "held"  # it would win, and waits for its owner's decision
    OVERRIDDEN = "overridden"  # a steward has pinned another value


@dataclass(frozen=True, slots=True)
class Loser:
    """A claim that did not win, and why."""

    claim: Claim
    reason: Reason


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """The declared rule of one attribute or coupled group."""

    rule: Rule = Rule.MOST_RECENT
    sources: tuple[str, ...] = ()  # order of priority, best first; () takes the policy's
    key: str | None = None  # union: the field that identifies an element
    empty_wins: bool = False  # "no value" competes like a value


@dataclass(frozen=True, slots=True)
class Stage:
    """One comparison of candidates: those with the best measure stay, the others lose with the reason."""

    reason: Reason
    measure: Callable[[Candidate], Any]
    best: Callable[[list[Any]], Any]  # min or max


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """A rule made ready to run on one unit: an attribute, or a coupled group with its members."""

    unit: str
    name: str  # of the rule
    members: tuple[str, ...]  # () for a single attribute
    key: str | None
    empty_wins: bool
    rank: Rank
    stages: tuple[Stage, ...]
    speaker: Callable[[Claim], tuple[Any, ...]]  # of equal claims the smallest lends its spelling and record


def compile_ruling(
    unit: str, declared: AttributeRule, members: tuple[str, ...], priority: tuple[str, ...], trust: Mapping[str, float]
) -> Ruling:
    """Make a declared rule ready to run; `trust` is what each source is believed about this unit."""
    ranks = {source: position for position, source in enumerate(declared.sources or priority)}

    last = len(ranks)

    def rank(claim: Claim) -> int:
        return ranks.get(claim.source, last)

    def believed(claim: Claim) -> float:
        return trust.get(claim.source, 0.0)

    ties = (
        Stage(Reason.SUPPORT, support, max),
        Stage(Reason.RECENCY, recency, max),
        Stage(Reason.PRIORITY, lambda candidate: min(map(rank, candidate)), min),
        Stage(Reason.RECORD, first_record, min),
    )
    rule = declared.rule
    stages = (_first_stage(rule, rank, believed), *ties)
    return Ruling(
        unit, rule.value, members, declared.key, declared.empty_wins, rank, stages, _speaker(rule, rank, believed)
    )


def _first_stage(rule: Rule, rank: Rank, believed: Callable[[Claim], float]) -> Stage:
    """Return the comparison that is the rule itself; a union compares nothing and takes any."""
    measures: dict[Rule, tuple[Callable[[Candidate], Any], Callable[[list[Any]], Any]]] = {
        Rule.SOURCE_PRIORITY: (lambda candidate: min(map(rank, candidate)), min),
        Rule.MOST_TRUSTED: (lambda candidate: max(map(believed, candidate)), max),
        Rule.MOST_RECENT: (recency, max),
        Rule.MOST_FREQUENT: (support, max),
        Rule.LONGEST: (lambda candidate: max([length(claim.value) for claim in candidate]), max),
        Rule.MIN: (lambda candidate: magnitude(identity(candidate[0]), comparable_first=0), min),
        Rule.MAX: (lambda candidate: magnitude(identity(candidate[0]), comparable_first=2), max),
        Rule.UNION: (first_record, min),
    }
    return Stage(Reason.RULE, *measures[rule])


def _speaker(rule: Rule, rank: Rank, believed: Callable[[Claim], float]) -> Callable[[Claim], tuple[Any, ...]]:
    """Return the order in which equal claims speak: never by recency, so that a resend changes nothing."""
    if rule is Rule.MOST_TRUSTED:
        return lambda claim: (claim.echo, -believed(claim), rank(claim), claim.record)
    if rule is Rule.LONGEST:
        return lambda claim: (claim.echo, -length(claim.value), rank(claim), claim.record)
    return lambda claim: (claim.echo, rank(claim), claim.record)


def support(candidate: Candidate) -> int:
    """Count the records that assert the value of their own accord."""
    return sum([not claim.echo for claim in candidate])  # a list: faster than a generator on so few


def recency(candidate: Candidate) -> datetime:
    """Return when the value was last asserted by a source that had not just been sent it."""
    return max([claim.asserted_at for claim in candidate if not claim.echo], default=LONG_AGO)


def first_record(candidate: Candidate) -> str:
    """Return the smallest record id: no two candidates share a record, so this always decides."""
    return min([claim.record for claim in candidate])


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
