"""`/v1/{domain}/{id}/verdicts`: who wins which attribute, by which rule, and why the others lose."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import KnownAt, ValidAt, instant
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.hub.explanation.verdicts import verdicts

AttributeName = Annotated[
    str | None, QueryParameter(min_length=1, max_length=200, description="One attribute or coupled group; default all.")
]
ReleaseNumber = Annotated[
    int | None,
    QueryParameter(ge=1, le=2**31 - 1, description="Say also what would be by this release or draft; default: none."),
]


class Trusted(Body):
    """How far a claim is believed, where trust decides."""

    rated: float = Field(description="How far its source is trusted about this.")
    age_days: int = Field(description="Age of the claim in whole days.")
    faded: float = Field(description="What is left of the trust at that age.")
    counted: float = Field(description="What counts: after what the findings take.")


class Voice(Body):
    """What a source record says about an attribute."""

    record: str = Field(description="As source/key.")
    value: Any
    asserted_at: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    findings: list[str] = Field(description="What is wrong with the value.")
    severities: dict[str, str] = Field(description="How grave findings are, of those for which it is declared.")
    trust: Trusted | None = Field(description="Null: trust does not decide here.")
    reason: str | None = Field(
        description="Why it loses; null: it wins or says the same. deleted: the source has deleted the record."
    )
    would_win: str | None = Field(
        description="What would let it win, changing as little as possible; null: no single change does."
    )


class Pinned(Body):
    """Who set the value against all sources."""

    by: str
    at: datetime
    reason: str
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None
    until_agreed_by: list[str] | None = Field(description="It ends when one of these says the same; empty: any source.")
    review_at: datetime | None = Field(description="When stewards are asked whether it is still right.")


class Kept(Body):
    """A value that an owner keeps from winning."""

    value: Any
    state: str = Field(description="pending: the owner has not decided; rejected; past: kept out of the past.")
    request_id: UUID | None = Field(description="The change request about it; null: it would have to be made.")


class Verdict(Body):
    """Why an attribute, or a coupled group as a whole, has its value."""

    unit: str
    attributes: list[str]
    value: Any = Field(description="Of a coupled group its members.")
    rule: str = Field(description="The rule that decided; override: it is pinned; hold: a new value waits.")
    winner: Voice | None
    supporters: list[Voice]
    losers: list[Voice]
    pinned: Pinned | None
    held: Kept | None
    leader: str | None = Field(description="The record that won what this follows.")
    silent: list[str] = Field(description="Records that say nothing about it, as source/key.")
    due_at: datetime | None = Field(description="When it could change by itself, in this valid time or another.")


class Differing(Body):
    """An attribute with two values."""

    attribute: str
    value: Any = Field(description="What is stored, or survives by the present rules; null: nothing.")
    other: Any = Field(description="What comes out here; null: nothing.")


class Under(Body):
    """The same question by the rules of another release; nothing is merged or split for it."""

    release: int
    state: str = Field(description="What has become of the release, such as draft or active.")
    masked: list[str]
    changes: list[Differing] = Field(description="Attributes that would have another value.")
    verdicts: list[Verdict]


class VerdictsAnswer(Body):
    """The verdicts on a golden record at one valid and one recorded time."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    version: int
    valid_at: datetime
    known_at: datetime | None = Field(description="What the hub knew at this time; null: all it knows.")
    evaluated_at: datetime = Field(description="For which moment trust and expiry were reckoned.")
    release: int = Field(description="The rules by which it was.")
    reproduced: bool = Field(description="Whether the verdicts give the stored values; false: something is gone.")
    differs: list[Differing] = Field(description="Stored values that do not come out here.")
    masked: list[str] = Field(description="Attributes that have a value which is not shown here.")
    verdicts: list[Verdict]
    under: Under | None


class Verdicts(Controller):
    """Why golden records are as they are."""

    path = "/v1/{domain:str}/{master_id:uuid}/verdicts"
    tags = ("Golden records",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="Explain the values of a golden record")
    def read(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        attribute: AttributeName = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        release: ReleaseNumber = None,
    ) -> Response[VerdictsAnswer]:
        """Return for each attribute the claim that wins, the rule that decided, and why each other claim loses."""
        valid, recorded = instant("valid_at", valid_at), instant("known_at", known_at)
        with begin_of(request)() as work:
            found = verdicts(
                work,
                domain,
                master_id,
                attribute=attribute,
                valid_at=valid,
                known_at=recorded,
                release=release,
            )
        located = (
            {} if found.master_id == master_id else {"Content-Location": f"{_path(found.domain, found.master_id)}"}
        )
        return Response(VerdictsAnswer.model_validate(found), headers=located)


def _path(domain: str, master_id: UUID) -> str:
    return f"/v1/{domain}/{master_id}/verdicts"
