"""Work for stewards: opened when the machine may not decide, closed when nothing is left to decide."""

from mdm.hub.tasks.questions import (
    APPROVAL,
    CYCLE,
    DOUBTFUL_LINK,
    KINDS,
    MATCH_REVIEW,
    ORPHANED,
    PIN_REVIEW,
    QUALITY_EXCEPTION,
    Question,
    close,
    open_or_renew,
    renew,
)
from mdm.hub.tasks.reasons import REASONS, check_reason
from mdm.hub.tasks.renewals import renew_doubtful_links, renew_match_reviews, renew_orphans

__all__ = [
    "APPROVAL",
    "CYCLE",
    "DOUBTFUL_LINK",
    "KINDS",
    "MATCH_REVIEW",
    "ORPHANED",
    "PIN_REVIEW",
    "QUALITY_EXCEPTION",
    "REASONS",
    "Question",
    "check_reason",
    "close",
    "open_or_renew",
    "renew",
    "renew_doubtful_links",
    "renew_match_reviews",
    "renew_orphans",
]
