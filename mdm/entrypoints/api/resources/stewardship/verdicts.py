"""`/v1/{domain}/{id}/verdicts`: who wins which attribute, by which rule, and why the others lose."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import ValidAt, instant
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.hub.golden.verdicts import verdicts

AttributeName = Annotated[
    str | None, QueryParameter(min_length=1, max_length=200, description="One attribute or coupled group; default all.")
]


class Voice(Body):
    """What a source record says about an attribute."""

    record: str = Field(description="As source/key.")
    value: Any
    asserted_at: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    findings: list[str] = Field(description="What is wrong with the value.")
    reason: str | None = Field(description="Why it loses; null: it wins or says the same.")
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


class Kept(Body):
    """A value that an owner keeps from winning."""

    value: Any
    state: str = Field(description="pending: the owner has not decided; rejected; past: kept out of the past.")
    request_id: UUID | None = Field(description="The change request about it.")


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
    silent: list[str] = Field(description="Records that say nothing about it, as source/key.")
    due_at: datetime | None = Field(description="When it could change by itself, in this valid time or another.")


class VerdictsAnswer(Body):
    """The verdicts on a golden record at one valid time."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    version: int
    valid_at: datetime
    evaluated_at: datetime = Field(description="For which moment trust and expiry were reckoned.")
    masked: list[str] = Field(description="Attributes that have a value which is not shown here.")
    verdicts: list[Verdict]


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
    ) -> Response[VerdictsAnswer]:
        """Return for each attribute the claim that wins, the rule that decided, and why each other claim loses."""
        at = instant("valid_at", valid_at)
        with begin_of(request)() as work:
            found = verdicts(work, domain, master_id, attribute=attribute, valid_at=at)
        located = (
            {} if found.master_id == master_id else {"Content-Location": f"{_path(found.domain, found.master_id)}"}
        )
        return Response(VerdictsAnswer.model_validate(found), headers=located)


def _path(domain: str, master_id: UUID) -> str:
    return f"/v1/{domain}/{master_id}/verdicts"
