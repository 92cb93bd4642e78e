"""Pinned values that give way to a source that says the same, and the question whether one is still right."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.golden.draft import Draft
from mdm.hub.tasks import PIN_REVIEW, Question
from mdm.store import stewardship
from mdm.store.work import Work


def end_agreed(work: Work, drafts: Mapping[UUID, Draft], causes: Mapping[UUID, Cause]) -> dict[UUID, Cause]:
    """End what sources say by now of their own accord, and return the causes of the masters to be drafted anew.

    What a source says from a later date on stays pinned until then. An ended override does not come back to life when
    the source says something else again.
    """
    told: dict[UUID, Cause] = {}
    for master, draft in drafts.items():
        attributes = {str(row.id): row.attribute for row in draft.found.overrides}
        said = []
        for agreed in draft.rebuilt.agreements:
            stewardship.end_agreed(
                work.session,
                UUID(agreed.override),
                by=f"agreement: {agreed.record}",
                since=agreed.since,
                next_id=new_id(),
                now=work.now,
            )
            said.append(f"{agreed.record} says what was pinned on {attributes[agreed.override]}")
        if said:
            told[master] = replace(causes[master], reason="; ".join([*_given(causes[master]), *said]))
    return told


def ask_about_pins(work: Work, domain: Domain, drafts: Mapping[UUID, Draft]) -> None:
    """Ask whether pinned values are still right whose day of review has come; nobody need answer about ended ones."""
    questions = [
        Question(
            master,
            f"What was pinned on {row.attribute} on {row.made_at:%Y-%m-%d} is to be reviewed.",
            topic=str(row.id),
            evidence={"override": str(row.id), "attribute": row.attribute},
            touched=[row.attribute],
        )
        for master, draft in drafts.items()
        for row in draft.found.overrides
        if row.review_at is not None and row.review_at <= work.now
        if all(end is None or end > work.now for end in (row.expires_at, row.valid_to))
    ]
    tasks.renew(work, domain, PIN_REVIEW, questions, around=drafts.keys())


def concerned(drafts: Mapping[UUID, Draft], ended: Collection[UUID]) -> dict[UUID, Draft]:
    """Return the masters of which a pinned value may have to be asked about, or need not any more: as it has ended."""
    return {
        master: draft
        for master, draft in drafts.items()
        if any(row.review_at is not None for row in draft.found.overrides)
        or (draft.master.version > 0 and draft.master.moved)
        or master in ended
    }


def _given(cause: Cause) -> list[str]:
    return [cause.reason] if cause.reason else []
