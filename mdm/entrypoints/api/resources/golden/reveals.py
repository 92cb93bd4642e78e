"""`/v1/{domain}/{id}/reveal`: looking at masked values, with a reason that is logged."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body, Names, Reasoned
from mdm.hub.golden.reveal import reveal


class Reveal(Reasoned):
    """What is to be looked at, and why."""

    attributes: Names


class RevealedValues(Body):
    """The values asked for; those the record does not have are left out."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    version: int
    attributes: dict[str, Any]


class Reveals(Controller):
    """Masked values of a golden record."""

    path = "/v1/{domain:str}/{master_id:uuid}/reveal"
    tags = ("Golden records",)

    @post(
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.REVEAL, Permission.APPROVE),
        summary="Look at masked values",
    )
    def show(
        self, request: ApiRequest, domain: FromPath[str], master_id: FromPath[UUID], data: JSONBody[Reveal]
    ) -> Response[RevealedValues]:
        """Return values as they are now; for their owners, and who has the permission to reveal. It is logged."""
        with begin_of(request)() as work:
            revealed = reveal(work, domain, master_id, attributes=data.attributes, reason=data.reason)
        return Response(RevealedValues.model_validate(revealed), headers={"Cache-Control": "no-store"})
