"""What requests and answers about operations on masters have in common."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from mdm.entrypoints.api.resources.access.bodies import Body, Line, Reasoned
from mdm.hub.stewardship.effects import Effects
from mdm.hub.stewardship.slices import SliceChanges

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Of the preview that is to be carried out.")]


class Carried(Reasoned):
    """An operation with its reason; by the digest of a preview it does what was shown or nothing."""

    digest: Digest | None = None


class Named(Body):
    """What identifies a source record in its domain."""

    source: Line
    key: Line


class Loser(Body):
    """A claim that does not win."""

    record: str
    value: Any
    reason: str


class AttributeEffect(Body):
    """A value that changes, or waits."""

    attribute: str
    before: Any
    after: Any
    rule: str
    record: Any = Field(description="Which source record it comes from; of a pinned value: the id of the pin.")
    losers: list[Loser]
    held: bool = Field(description="Whether a new value waits for its owner.")


class HeldValue(Body):
    """A value that waits for its owner, and the one that stays in its place."""

    attribute: str
    valid_from: datetime | None
    valid_to: datetime | None
    current: Any
    proposed: Any


class ProposedValue(Body):
    """A value its owner is asked about; what the caller may not see is left out."""

    attribute: str
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None = None
    until_agreed_by: list[str] | None = Field(default=None, description="Sources that end the pin; empty: any.")
    review_at: datetime | None = None
    current: Any = None
    proposed: Any = None


class Origin(Body):
    """Where a value comes from."""

    record: Any = Field(description="The source record, all those of a united list, or the id of a pin.")
    rule: str


class ChangedValue(Body):
    """A value that becomes another in a slice."""

    attribute: str
    before: Any
    after: Any
    origin_before: Origin | None
    origin_after: Origin | None
    asked: bool | None = Field(
        description="false: it follows from what was asked, as a follower of it does. null: nothing was asked by name."
    )


class ChangedSlice(Body):
    """An interval of valid time in which values change."""

    valid_from: datetime | None
    valid_to: datetime | None
    when: Literal["past", "now", "future"]
    changes: list[ChangedValue]
    masked: list[str] = Field(description="Attributes that change too, and whose values are not shown.")


class MasterEffect(Body):
    """What happens to one master."""

    id: UUID | None = Field(description="null: it does not exist before the operation is carried out.")
    version_before: int
    version: int
    status: str
    merged_into: UUID | None
    records: list[str] = Field(description="The source records linked to it then, as source/key.")
    attributes: dict[str, Any] = Field(description="Of the golden record then, as far as the caller may see them.")
    changes: list[AttributeEffect]
    held: list[HeldValue]
    events: list[str] = Field(description="Types of the events that are published.")
    slices: list[ChangedSlice] = Field(description="Every interval in which values change at once, in time order.")
    more_slices: int = Field(description="How many more there are.")


class EffectsAnswer(Body):
    """All that an operation does, or would do."""

    operation: str
    domain: str
    preview: bool = Field(description="true: nothing was done.")
    digest: str = Field(description="Names these effects: sent with the operation, nothing else is done.")
    masters: list[MasterEffect]
    tasks_closed: list[UUID]
    owners: list[str] = Field(description="Roles that must approve before anything changes.")
    proposed: list[ProposedValue] = Field(description="What they are asked.")
    slices: list[ChangedSlice] | None = Field(description="Every interval in which values change if they approve.")
    more_slices: int | None = Field(description="How many more there are.")
    request_id: UUID | None = Field(description="The change request that asks them.")


def changed(found: SliceChanges) -> list[ChangedSlice]:
    """Return the slices that change as an answer shows them."""
    return [ChangedSlice.model_validate(each) for each in found.slices]


def shown(effects: Effects, *, only_preview: bool) -> EffectsAnswer:
    """Return effects as an answer shows them: what a preview would create has no ids yet."""
    known = [m.master_id for m in effects.masters]
    ids = known if only_preview else list(effects.ids)
    return EffectsAnswer(
        operation=effects.operation,
        domain=effects.domain,
        preview=only_preview,
        digest=effects.digest,
        masters=[
            MasterEffect(
                id=master_id,
                version_before=m.version_before,
                version=m.version,
                status=m.status,
                merged_into=m.merged_into,
                records=m.records,
                attributes=m.attributes,
                changes=[AttributeEffect.model_validate(change) for change in m.changes],
                held=[HeldValue.model_validate(held) for held in m.held],
                events=m.events,
                slices=changed(m.slices),
                more_slices=m.slices.more,
            )
            for m, master_id in zip(effects.masters, ids, strict=True)
        ],
        tasks_closed=effects.tasks_closed,
        owners=effects.owners,
        proposed=[ProposedValue.model_validate(change) for change in effects.proposed],
        slices=None if effects.slices is None else changed(effects.slices),
        more_slices=None if effects.slices is None else effects.slices.more,
        request_id=None if only_preview else effects.request_id,
    )
