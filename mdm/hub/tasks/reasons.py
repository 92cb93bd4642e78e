"""The reasons that stewards give for their answers, as codes, so that they can be counted and learned from."""

from collections.abc import Mapping

from mdm.errors import InvalidInput
from mdm.hub.tasks.questions import (
    APPROVAL,
    CYCLE,
    DOUBTFUL_LINK,
    MATCH_REVIEW,
    ORPHANED,
    PIN_REVIEW,
    QUALITY_EXCEPTION,
)

EVERYWHERE = {"confirmed_by_source": "The source was asked and said so", "other": "See the note"}
OF_PAIRS = {
    "same_identifier": "They carry the same identifier",
    "same_name_and_place": "Name and place leave no doubt",
    "typing_error": "The difference is a typing error",
    "moved_or_renamed": "It has moved or changed its name",
    "related_company": "Parent, subsidiary or sister of one group",
    "other_site": "Another site of the same company",
    "shared_details": "What they share belongs to neither alone",
    "test_data": "Test data or a placeholder",
}
REASONS: Mapping[str, Mapping[str, str]] = {
    MATCH_REVIEW: OF_PAIRS | EVERYWHERE,
    DOUBTFUL_LINK: OF_PAIRS | EVERYWHERE,
    APPROVAL: {
        "verified": "Verified with a document or the partner itself",
        "implausible": "Implausible",
        "suspected_fraud": "May be fraud",
        "not_verifiable": "Could not be verified",
    }
    | EVERYWHERE,
    QUALITY_EXCEPTION: {"corrected": "Corrected at the source", "accepted": "True as it is"} | EVERYWHERE,
    ORPHANED: {"no_longer_used": "No longer used", "still_used": "Still used elsewhere"} | EVERYWHERE,
    PIN_REVIEW: {"still_right": "Still right", "source_corrected": "The source has it right by now"} | EVERYWHERE,
    CYCLE: {"wrong_parent": "The parent was wrong", "turned_around": "Parent and child were turned around"}
    | EVERYWHERE,
}


def check_reason(kind: str, code: str | None) -> None:
    """Raise InvalidInput unless the code is a reason that tasks of the kind know, or none is given."""
    if code is not None and code not in REASONS[kind]:
        raise InvalidInput(
            f"`{code[:80]}` is no reason for a task of kind {kind}.",
            hint=f"There are {', '.join(REASONS[kind])}.",
            path="reason_code",
        )
