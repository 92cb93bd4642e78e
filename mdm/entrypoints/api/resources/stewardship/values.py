"""`/v1/{domain}/{id}/pin` and its kin: values set by a steward, and masters taken out of use."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow
from mdm.entrypoints.api.resources.access.bodies import Instant, Line, Names
from mdm.entrypoints.api.resources.stewardship.bodies import Carried, EffectsAnswer
from mdm.entrypoints.api.resources.stewardship.carrying_out import ASKED, IfMatch, Preview, carry_out
from mdm.hub.stewardship import values

MOST_VALUES = MOST_SOURCES = 100


class Pin(Carried):
    """Values that rule against all sources; null: that there is none."""

    values: Annotated[dict[str, Any], Field(min_length=1, max_length=MOST_VALUES, examples=[{"incoterms": "FCA"}])]
    valid_from: Instant | None = Field(default=None, description="From when they hold; null: always have.")
    valid_to: Instant | None = Field(default=None, description="Until when they hold.")
    expires_at: Instant | None = Field(default=None, description="When the sources rule again by themselves.")
    until_agreed_by: list[Line] | None = Field(
        default=None,
        max_length=MOST_SOURCES,
        description="Sources: the pin ends when one of them says the same of its own accord; empty: when any does.",
        examples=[["erp"]],
    )
    review_at: Instant | None = Field(
        default=None,
        description="When stewards are asked whether the value is still right; null: as the domain has it, else never.",
    )


class Unpin(Carried):
    """Attributes in which the sources are to rule again."""

    attributes: Names


class Values(Controller):
    """Values of golden records that stewards set."""

    path = "/v1/{domain:str}/{master_id:uuid}"
    tags = ("Stewardship",)
    opt = allow(Permission.STEWARD)

    @post("/pin", sync_to_thread=True, status_code=HTTP_200_OK, responses=ASKED, summary="Set values")
    def pin(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Pin],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Set values against all sources; those of a coupled group are pinned with their group.

        If one of them is critical, nothing changes yet: all wait in one change request for its owners (202).
        """
        terms = values.Terms(
            valid_from=data.valid_from,
            valid_to=data.valid_to,
            expires_at=data.expires_at,
            until_agreed_by=data.until_agreed_by,
            review_at=data.review_at,
        )
        return carry_out(
            request,
            lambda work, expected: values.pin(
                work, domain, master_id, data.values, terms=terms, reason=data.reason, expected=expected
            ),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/unpin", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let the sources rule again")
    def unpin(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Unpin],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Release pinned values: those of the sources survive again, and critical ones wait for their owners."""
        return carry_out(
            request,
            lambda work, expected: values.unpin(
                work, domain, master_id, data.attributes, reason=data.reason, expected=expected
            ),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/retire", sync_to_thread=True, status_code=HTTP_200_OK, summary="Retire a master")
    def retire(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Carried],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Take a master out of use: it keeps its values and records, and subscribers learn of it."""
        return carry_out(
            request,
            lambda work, expected: values.retire(work, domain, master_id, reason=data.reason, expected=expected),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )

    @post("/reinstate", sync_to_thread=True, status_code=HTTP_200_OK, summary="Take a retired master back into use")
    def reinstate(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        data: JSONBody[Carried],
        if_match: IfMatch = None,
        *,
        preview: Preview = False,
    ) -> Response[EffectsAnswer]:
        """Take a retired master back into use."""
        return carry_out(
            request,
            lambda work, expected: values.reinstate(work, domain, master_id, reason=data.reason, expected=expected),
            looked_at=(domain, master_id, if_match),
            body=data,
            only_preview=preview,
        )
