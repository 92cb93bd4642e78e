"""`/v1/{domain}:check`: what the hub makes of a record, and what it duplicates, before anybody creates it."""

from typing import Any
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.hub.ingest import check as hub
from mdm.hub.ingest.check import Checked, Lookalike

MOST_DUPLICATES = 50
EXAMPLE: dict[str, Any] = {"name": "ACME Metallwerke GmbH", "country": "DE", "vat_id": "DE136695976"}


class CheckRequest(BaseModel):
    """A record as a source would send it, as far as it is known."""

    model_config = ConfigDict(extra="forbid")

    attributes: dict[str, Any] = Field(
        description="Attributes of the domain; see /v1/domains. Those not known yet are left out.", examples=[EXAMPLE]
    )
    source: str | None = Field(default=None, description="The source system in which it would be created.")
    limit: int = Field(default=10, ge=1, le=MOST_DUPLICATES, description="Masters in the answer.")


class CheckFinding(BaseModel):
    """Something wrong with a value that could be kept all the same."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    code: str
    message: str


class CheckedValue(BaseModel):
    """What the hub makes of a value."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    value: Any = Field(description="As it would be published; null: empty.")
    std: Any = Field(description="As it is compared; null: it says nothing about the record.")
    findings: list[CheckFinding]


class RecordName(BaseModel):
    """What identifies a source record."""

    model_config = ConfigDict(extra="forbid")

    source: str
    key: str


class Reason(BaseModel):
    """The level that a comparison reached, and what it weighs; comparisons that lack a side weigh nothing."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    comparison: str
    level: str
    weight: float = Field(description="Bits: 1 makes a duplicate twice as likely, -1 half as likely.")


class SimilarMaster(BaseModel):
    """A live master that is called like the record."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    version: int
    status: str
    attributes: dict[str, Any] = Field(description="Of the golden record as it is now, as far as the key may see them.")
    record: RecordName = Field(description="The source record that is most like it.")


class Duplicate(SimilarMaster):
    """A live master that the record probably duplicates."""

    score: float = Field(description="Bits: 0 is as likely as not; the prior and all reasons add up to it.")
    probability: float
    outcome: str = Field(description="match, or review: a steward would be asked.")
    reasons: list[Reason]
    vetoes: list[str] = Field(description="What stands against a match whatever the score.")


class CheckAnswer(BaseModel):
    """What the hub makes of a record; nothing of it is kept."""

    model_config = ConfigDict(extra="forbid")

    domain: str
    release: int
    attributes: dict[str, CheckedValue]
    missing: list[str] = Field(description="Required attributes without a value.")
    not_compared: list[str] = Field(description="Attributes by which nothing was compared: the key may not see them.")
    unexamined: list[str] = Field(description="Blocking keys that too many records share to look at them.")
    duplicates: list[Duplicate] = Field(description="The most probable first.")
    similar_names: list[SimilarMaster] = Field(description="Masters called alike that are no probable duplicates.")


class Check(Controller):
    """Searching before creating."""

    path = "/v1/{domain:str}/:check"  # callers write /v1/{domain}:check; see verbs.py
    tags = ("Golden records",)

    @post(
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        opt=allow(Permission.CHECK),
        summary="Search before creating",
    )
    def check(self, request: ApiRequest, domain: FromPath[str], data: JSONBody[CheckRequest]) -> CheckAnswer:
        """Standardize a record that somebody types, say what is wrong with it, and which masters it duplicates.

        Nothing is kept. One line per master, by its record that is most like the one typed. It is compared as a
        delivery would be, and while there is no match, with masters that are called so too.
        """
        with begin_of(request)() as work:
            checked = hub.check(work, domain, data.attributes, source=data.source, limit=data.limit)
        return _answer(checked)


def _answer(checked: Checked) -> CheckAnswer:
    return CheckAnswer(
        domain=checked.domain,
        release=checked.release,
        attributes={name: CheckedValue.model_validate(value) for name, value in checked.values.items()},
        missing=checked.missing,
        not_compared=checked.not_compared,
        unexamined=checked.unexamined,
        duplicates=[_duplicate(one) for one in checked.duplicates],
        similar_names=[SimilarMaster(**_seen(one)) for one in checked.similar_names],
    )


def _seen(one: Lookalike) -> dict[str, Any]:
    return {
        "id": one.master_id,
        "version": one.version,
        "status": one.status,
        "attributes": one.attributes,
        "record": RecordName(source=one.source, key=one.key),
    }


def _duplicate(one: Lookalike) -> Duplicate:
    return Duplicate(
        **_seen(one),
        score=one.weight,
        probability=one.probability,
        outcome=one.outcome,
        reasons=[Reason.model_validate(reason) for reason in one.reasons],
        vetoes=one.vetoes,
    )
