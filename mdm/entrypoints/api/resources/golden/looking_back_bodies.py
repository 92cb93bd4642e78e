"""What the API says about golden records at other times."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from mdm.entrypoints.api.resources.access.bodies import Body


class TimelineSlice(Body):
    """Attributes over an interval of valid time."""

    valid_from: datetime | None = Field(description="null: always have held.")
    valid_to: datetime | None = Field(description="null: hold until further notice.")
    attributes: dict[str, Any]
    provenance: dict[str, Any]
    masked: list[str] = Field(description="Attributes that have a value which is not shown here.")


class TimelineAnswer(Body):
    """All slices of a golden record, as known at one recorded time."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    version: int
    status: str
    recorded_at: datetime
    release: int
    slices: list[TimelineSlice]


class Point(Body):
    """A golden record at one of two points; without a version it was not yet known."""

    id: UUID = Field(validation_alias="master_id")
    valid_at: datetime
    version: int | None
    status: str | None
    recorded_at: datetime | None
    release: int | None


class AttributeDifference(Body):
    """An attribute before and after; null: no value."""

    attribute: str
    before: Any
    after: Any
    before_from: dict[str, Any] | None = Field(description="The source record and the rule that the value came from.")
    after_from: dict[str, Any] | None = Field(description="The source record and the rule that the value comes from.")


class LinkShown(Body):
    """A source record of a master."""

    source: str
    key: str
    link_no: int
    reason: str
    deleted_at: datetime | None


class VersionBetween(Body):
    """A version that was recorded between two points."""

    id: UUID = Field(validation_alias="master_id")
    version: int
    recorded_at: datetime
    status: str
    event_type: str
    event_id: UUID
    release: int
    cause: dict[str, Any]


class VersionsBetween(Body):
    """The versions that were recorded between two points, newest first."""

    versions: list[VersionBetween]
    cut: bool = Field(description="Whether there are more than the 200 shown.")


class DifferenceAnswer(Body):
    """What differs between a golden record at two points, and what lies between them."""

    domain: str
    before: Point
    after: Point
    attributes: list[AttributeDifference]
    masked: list[str] = Field(description="Attributes with a value at one of the points that is not shown here.")
    linked: list[LinkShown] = Field(description="Source records that it has after, and had not before.")
    unlinked: list[LinkShown] = Field(description="Source records that it had before, and has not after.")
    deleted: list[LinkShown] = Field(description="Source records of both points that were deleted by their sources.")
    between: VersionsBetween


class StretchDifference(Body):
    """What differs between two timelines over an interval of valid time."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: list[AttributeDifference]


class TimelineDifferenceAnswer(Body):
    """Over which valid time, and in what, two timelines of a golden record differ."""

    domain: str
    before: Point
    after: Point
    stretches: list[StretchDifference]
    masked: list[str] = Field(description="Attributes with a value on one of the timelines that is not shown here.")
    between: VersionsBetween


class OwnerSaid(Body):
    """What one owner said about a change request."""

    owner: str
    state: str
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class RequestBehind(Body):
    """A change request behind an approval."""

    id: UUID
    kind: str
    authors: list[str]
    reason: str | None
    owners: list[OwnerSaid]


class ApprovalShown(Body):
    """Who allowed a value."""

    by: list[str]
    waived: str | None = Field(description="Why nobody had to.")
    requests: list[RequestBehind]


class HistoryEntry(Body):
    """A value over an interval of valid time, for as long as the hub held to it."""

    value: Any = Field(description="Of a coupled group its members.")
    valid_from: datetime | None
    valid_to: datetime | None
    known_from: datetime
    known_to: datetime | None = Field(description="null: the hub still holds to it.")
    version: int
    until_version: int | None
    provenance: dict[str, Any] = Field(description="The source record and the rule that the value came from.")
    release: int
    cause: dict[str, Any]
    approval: ApprovalShown | None = Field(description="null: none was asked for.")


class KeptBackShown(Body):
    """A value that was kept back, and the one that stood in its place."""

    value: Any = Field(description="In its standardized form.")
    stood: Any
    valid_from: datetime | None
    valid_to: datetime | None
    state: str = Field(description="pending: its owner had not decided; rejected; past: kept out of the past; cycle.")
    request_id: UUID | None
    since: datetime
    ended_at: datetime | None = Field(description="null: it still is.")


class HistoryAnswer(Body):
    """All values of an attribute or coupled group, newest first."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    attributes: list[str]
    masked: bool = Field(description="Whether there may be values that are not shown here.")
    entries: list[HistoryEntry]
    kept_back: list[KeptBackShown] = Field(description="The newest 200; all of them, whatever the page.")
    next: str | None = Field(default=None, description="Relative link to the next page.")
