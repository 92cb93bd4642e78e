"""How much depends on a task: which one stewards should meet first, how severe it is, and until when to answer it."""

from dataclasses import dataclass
from datetime import timedelta
from math import log2

BASE = {
    "approval": 6.0,
    "cycle": 5.0,
    "doubtful_link": 5.0,
    "match_review": 4.0,
    "quality_exception": 3.0,
    "orphaned": 2.0,
    "pin_review": 2.0,
}
SEVERITIES = ((30.0, "critical"), (15.0, "high"), (5.0, "medium"))  # from which consequence on; below: low
DUE = {
    "critical": timedelta(days=1),
    "high": timedelta(days=3),
    "medium": timedelta(days=5),
    "low": timedelta(days=10),
}
MOST_BITS = 64.0  # of weight: probability is 1 long before


@dataclass(frozen=True, slots=True)
class Importance:
    """What follows from how much depends on a task."""

    consequence: float
    severity: str
    due_in: timedelta


def importance(kind: str, *, records: int, probability: float = 1.0, critical: int = 0) -> Importance:
    """Weigh a task: the more that depends on its answer, the sooner a steward should meet it.

    Consequence = what its kind weighs x the probability that something is wrong x reach x criticality. Reach grows
    with the logarithm of the source records behind the masters concerned and of what refers to them, since a mistake
    there is read by more systems; every critical attribute or group that the answer may change adds half. So of two
    doubtful pairs the one comes first that is more probably one thing, known to more systems, and may change bank
    data rather than a fax number. Severity and due date follow from consequence alone.
    """
    consequence = round(BASE[kind] * probability * (1 + log2(max(records, 1))) * (1 + critical / 2), 3)
    severity = next((name for least, name in SEVERITIES if consequence >= least), "low")
    return Importance(consequence, severity, DUE[severity])


def probability_of(weight: float) -> float:
    """Return the probability that a pair is one thing, from its weight in bits with the prior."""
    bits = max(min(weight, MOST_BITS), -MOST_BITS)
    return float(1 / (1 + 2**-bits))
