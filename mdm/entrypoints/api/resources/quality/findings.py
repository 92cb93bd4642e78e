"""`/v1/findings`: rules of quality that records break, and people's word that some of them may."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.quality import Dimension, Severity
from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Line, Reason
from mdm.errors import NotFound
from mdm.hub.quality import exceptions, findings
from mdm.hub.quality.findings import Wanted

Name: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
State = Literal["failed", "accepted", "unjudged", "all"]


class FindingItem(Body):
    """A rule that a record breaks; the values that do are not shown here."""

    id: int
    domain: str
    source: str
    key: str
    master_id: UUID | None = Field(description="The master of the record; null: it has none yet.")
    rule: str = Field(
        description="The rule of the domain, or what standardizing found.", examples=["vat_of_its_country"]
    )
    title: str
    attributes: list[str]
    dimension: str
    severity: str
    critical: bool = Field(description="Whether one of the attributes is critical.")
    owner: str = Field(description="The role that answers for it.")
    effect: str = Field(description="`note`: nothing; `downgrade`: the value loses to others; `hold`: it may not win.")
    state: str = Field(
        description="`failed`; `accepted` by a person; `unjudged`: the rule could not be applied, `evidence` says why."
    )
    evidence: dict[str, Any] = Field(description="What should have been, and who says the same of what is unique.")
    valid_from: datetime
    valid_to: datetime | None
    since: datetime = Field(description="When it was found.")
    may_decide: bool = Field(description="Whether the caller may accept it.")


class Acceptance(Body):
    """Why values may break a rule."""

    reason_code: Line = Field(description="One that `/v1/tasks/reasons` lists for `quality_exception`.")
    note: Reason | None = None


class Withdrawal(Body):
    """Why values may no longer break a rule."""

    note: Reason | None = None


class Findings(Controller):
    """What is wrong with records."""

    path = "/v1/findings"
    tags = ("Quality",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="List findings")
    def list_all(
        self,
        request: ApiRequest,
        domain: Name = None,
        rule: Name = None,
        dimension: FromQuery[Dimension | None] = None,
        severity: FromQuery[Severity | None] = None,
        source: Name = None,
        owner: Name = None,
        master: FromQuery[UUID | None] = None,
        found: Annotated[State, QueryParameter(name="state", description="failed, or one of the others.")] = "failed",
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[FindingItem]:
        """Return findings of the caller's domains as of now and later, the newest first."""
        wanted = Wanted(
            rule=rule, dimension=dimension, severity=severity, source=source, owner=owner, master=master,
            state=None if found == "all" else found,
        )  # fmt: skip
        after = begins_at(cursor, paging.number(paging.LARGEST_SERIAL))
        with begin_of(request)() as work:
            page = findings.page(work, wanted, domain=domain, after=after, limit=limit + 1)
        return Page[FindingItem](
            items=[FindingItem.model_validate(view) for view in page[:limit]],
            next=next_link(request, page, limit, lambda view: view.id),
        )

    @get("/{finding_id:int}", sync_to_thread=True, summary="Show a finding")
    def read(self, request: ApiRequest, finding_id: FromPath[int]) -> FindingItem:
        """Return one finding; it is gone when the value has changed or fits its rule."""
        with begin_of(request)() as work:
            return FindingItem.model_validate(findings.show(work, _serial(finding_id)))

    @post(
        "/{finding_id:int}/accept",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.STEWARD, Permission.APPROVE),
        summary="Accept values that break a rule",
    )
    def accept(self, request: ApiRequest, finding_id: FromPath[int], data: JSONBody[Acceptance]) -> FindingItem:
        """Let these values count until they change: for stewards of the domain and the owner of the rule.

        The record is judged again at once; the answer shows the finding as it was before.
        """
        with begin_of(request)() as work:
            accepted = exceptions.accept(work, _serial(finding_id), reason_code=data.reason_code, note=data.note)
            return FindingItem.model_validate(accepted)

    @post(
        "/{finding_id:int}/reopen",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.STEWARD, Permission.APPROVE),
        summary="Take back that values may break a rule",
    )
    def reopen(
        self, request: ApiRequest, finding_id: FromPath[int], data: JSONBody[Withdrawal | None] = None
    ) -> FindingItem:
        """Let the rule count for these values again; the record is judged again at once."""
        with begin_of(request)() as work:
            note = data.note if data is not None else None
            return FindingItem.model_validate(exceptions.withdraw(work, _serial(finding_id), note=note))


def _serial(number: int) -> int:
    if not 0 < number <= paging.LARGEST_SERIAL:
        raise NotFound(f"There is no finding {number}.")
    return number
