"""Which of several sources' values survives, for which time, and why: pure functions over claims and a policy."""

from survivorship.claim import JSON, Claim, Hold, Kind, Override
from survivorship.errors import CoupledAttribute, InvalidClaims, PolicyError, SurvivorshipError
from survivorship.policy import Policy
from survivorship.rules import AttributeRule, Loser, Reason, Rule
from survivorship.survive import Rebuilt, rebuild
from survivorship.timeline import Slice
from survivorship.trust import SourceTrust
from survivorship.verdict import Verdict, explain

__all__ = [
    "JSON",
    "AttributeRule",
    "Claim",
    "CoupledAttribute",
    "Hold",
    "InvalidClaims",
    "Kind",
    "Loser",
    "Override",
    "Policy",
    "PolicyError",
    "Reason",
    "Rebuilt",
    "Rule",
    "Slice",
    "SourceTrust",
    "SurvivorshipError",
    "Verdict",
    "explain",
    "rebuild",
]
