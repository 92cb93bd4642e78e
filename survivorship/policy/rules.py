"""The rules that can be declared, and why a value loses."""

from dataclasses import dataclass
from enum import StrEnum

from survivorship.claim import Claim
from survivorship.policy.trust import Decay


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
    FOLLOW = "follow"


class Reason(StrEnum):
    """Why a claim lost; from EMPTY to RECORD in the order in which claims drop out."""

    EMPTY = "empty"  # the source says that there is no value, others supply one
    DELETED = "deleted"  # the source has deleted the record
    MASKED = "masked"  # the source does not show its value
    WITHHELD = "withheld"  # the value may not win until someone has decided on it
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
    decay: Decay | None = None  # most_trusted: how trust fades where a source's rating does not say
    attribute: str | None = None  # follow: the attribute whose winner speaks here too
