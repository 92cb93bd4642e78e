"""Which of several sources' values survives, for which time, and why: pure functions over claims and a policy."""

from survivorship.agreement import Agreement
from survivorship.changes import (
    AssertedSince,
    Change,
    FindingsRemoved,
    HoldEnds,
    MoreSupport,
    OtherRule,
    OverrideEnds,
    RecordSilent,
    SourceBefore,
    TrustAtLeast,
)
from survivorship.claim import JSON, Claim, Hold, Kind, Override
from survivorship.counterfactual import counterfactuals
from survivorship.errors import CoupledAttribute, InvalidClaims, PolicyError, SurvivorshipError
from survivorship.history import Fact, fold
from survivorship.policy.policy import Policy
from survivorship.policy.rules import AttributeRule, Loser, Reason, Rule
from survivorship.policy.trust import Curve, Decay, Downgrades, Rating, SourceTrust
from survivorship.situation import Situation
from survivorship.survive import Rebuilt, rebuild
from survivorship.timeline import Slice
from survivorship.verdict import Verdict, explain

__all__ = [
    "JSON",
    "Agreement",
    "AssertedSince",
    "AttributeRule",
    "Change",
    "Claim",
    "CoupledAttribute",
    "Curve",
    "Decay",
    "Downgrades",
    "Fact",
    "FindingsRemoved",
    "Hold",
    "HoldEnds",
    "InvalidClaims",
    "Kind",
    "Loser",
    "MoreSupport",
    "OtherRule",
    "Override",
    "OverrideEnds",
    "Policy",
    "PolicyError",
    "Rating",
    "Reason",
    "Rebuilt",
    "RecordSilent",
    "Rule",
    "Situation",
    "Slice",
    "SourceBefore",
    "SourceTrust",
    "SurvivorshipError",
    "TrustAtLeast",
    "Verdict",
    "counterfactuals",
    "explain",
    "fold",
    "rebuild",
]
