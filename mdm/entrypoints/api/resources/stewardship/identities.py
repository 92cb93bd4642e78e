"""`/v1/{domain}/{id}/merge` and its kin: who is who, decided by a steward."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow
from mdm.entrypoints.api.resources.stewardship.bodies import Carried, EffectsAnswer, Named
from mdm.entrypoints.api.resources.stewardship.carrying_out import IfMatch, Preview, carry_out
from mdm.hub.stewardship import RecordName, identity

MOST_MASTERS = 20
MOST_RECORDS = 200


class Merge(Carried):
    """The masters that are the same thing as the one in the address."""

    masters: Annotated[list[UUID], Field(min_length=1, max_length=MOST_MASTERS)]


class Split(Carried):
    """The records that are something else."""

    records: Annotated[list[Named], Field(min_length=1, max_length=MOST_RECORDS)]


class Relink(Carried, Named):
    """A record, and the master it belongs to."""

    to: UUID = Field(description="The master it belongs to, whose version `If-Match` names.")


class Identities(Controller):
    """Merging masters and taking them apart; each operation is undone by another."""

    path = "/v1/{domain:str}"
    tags = ("Stewardship",)
    opt = allow(Permission.STEWARD)

    @post("/{master_id:uuid}/merge", sync_to_thread=True, status_code=HTTP_200_OK, summary="Merge masters")
    def merge(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Merge],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Make several masters one: the oldest survives, and the ids of the others lead to it for ever."""
        every = [master_id, *data.masters]
        return carry_out(
            request,
            lambda work, expected: identity.merge(work, domain, every, reason=data.reason, expected=expected),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/{master_id:uuid}/unmerge", sync_to_thread=True, status_code=HTTP_200_OK, summary="Undo a merge")
    def unmerge(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Carried],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Bring the merged master back with its records, and keep the two apart; `If-Match` is the survivor's version.

        Records that came after the merge stay with the side they match.
        """
        return carry_out(
            request,
            lambda work, expected: identity.unmerge(work, domain, master_id, reason=data.reason, expected=expected),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/{master_id:uuid}/split", sync_to_thread=True, status_code=HTTP_200_OK, summary="Split records off")
    def split(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Split],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Take records out of a master into one of their own, and keep the two apart."""
        names = [RecordName(domain, record.source, record.key) for record in data.records]
        return carry_out(
            request,
            lambda work, expected: identity.split(
                work, domain, master_id, names, reason=data.reason, expected=expected
            ),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/relink", sync_to_thread=True, status_code=HTTP_200_OK, summary="Move a record to another master")
    def relink(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        data: JSONBody[Relink],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Link a record to the master it belongs to, and keep it apart from those it was with.

        A master whose last record this was is merged into the other one.
        """
        name = RecordName(domain, data.source, data.key)
        return carry_out(
            request,
            lambda work, expected: identity.relink(work, domain, name, data.to, reason=data.reason, expected=expected),
            looked_at=(domain, data.to, if_match),
            body=data,
            only_preview=preview,
        )
