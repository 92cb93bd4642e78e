"""`/v1/domains/{domain}/releases`: rules proposed, compared, approved, switched on and rolled back."""

from collections.abc import Iterable
from typing import Annotated, Any

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of, hub_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Reasoned
from mdm.entrypoints.api.resources.rules.bodies import (
    ContractChange,
    Difference,
    Differences,
    DraftApproval,
    Imported,
    Proposal,
    Proposed,
    Release,
    ReleaseLine,
    RollBack,
    SwitchOn,
)
from mdm.entrypoints.api.resources.stewardship.carrying_out import settled
from mdm.hub import Work, releases

Against = Annotated[
    int | None,
    QueryParameter(
        ge=1, le=2**31 - 1, description="Default: the release it took the place of; of a draft the one in force."
    ),
]
PROPOSING = allow(Permission.ADMINISTER, Permission.APPROVE)
DECIDING = allow(Permission.APPROVE)
SWITCHING = allow(Permission.OPERATE, Permission.APPROVE)


class Releases(Controller):
    """Releases and drafts of the rules of a domain."""

    path = "/v1/domains/{domain:str}/releases"
    tags = ("Rules",)

    @get(sync_to_thread=True, opt=allow(Permission.READ), summary="List the releases and drafts of a domain")
    def list_all(
        self, request: ApiRequest, domain: FromPath[str], cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ReleaseLine]:
        """Return releases and drafts, newest first."""
        before = begins_at(cursor, paging.number(paging.LARGEST_NUMBER))
        with begin_of(request)() as work:
            found = releases.page(work, domain, before=before, limit=limit + 1)
        return Page[ReleaseLine](
            items=[_line(release) for release in found[:limit]],
            next=next_link(request, found, limit, lambda release: release.number),
        )

    @post(sync_to_thread=True, opt=PROPOSING, summary="Propose rules")
    def propose(self, request: ApiRequest, domain: FromPath[str], data: JSONBody[Proposed]) -> Proposal:
        """Keep rules as a draft; nothing changes until their owners have approved it and it is switched on."""
        how: dict[str, Any] = {
            "registry": hub_of(request).registry, "reason": data.reason, "replaces": data.replaces,
        }  # fmt: skip
        with begin_of(request)() as work:
            if data.document is not None:
                return _proposal(releases.propose_rules(work, domain, data.document, **how))
            return _proposal(releases.propose_change(work, domain, data.patch or {}, **how))

    @post("/import", sync_to_thread=True, opt=PROPOSING, summary="Propose a release of another installation")
    def take_in(self, request: ApiRequest, domain: FromPath[str], data: JSONBody[Imported]) -> Proposal:
        """Keep the rules of an exported file as a draft."""
        registry = hub_of(request).registry
        with begin_of(request)() as work:
            return _proposal(
                releases.import_release(
                    work, domain, data.file, registry=registry, reason=data.reason, replaces=data.replaces
                )
            )

    @get("/{number:int}", sync_to_thread=True, opt=allow(Permission.READ), summary="Show a release or draft")
    def read(self, request: ApiRequest, domain: FromPath[str], number: FromPath[int]) -> Release:
        """Return a release or draft with its rules; of a draft also who must approve it."""
        with begin_of(request)() as work:
            return _release(work, domain, number)

    @get(
        "/{number:int}/differences",
        sync_to_thread=True,
        opt=allow(Permission.READ),
        summary="Say in words how two releases differ",
    )
    def differences(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], against: Against = None
    ) -> Differences:
        """Return every difference as a sentence, and what subscribers would notice."""
        with begin_of(request)() as work:
            found = releases.compare_releases(work, domain, number, against=against)
        return Differences(
            domain=domain,
            number=number,
            against=found.against,
            differences=[Difference(title=d.title, path=".".join(d.path), text=d.text) for d in found.differences],
            contract=_contract(found.contract),
        )

    @get("/{number:int}/export", sync_to_thread=True, opt=allow(Permission.READ), summary="Export a release or draft")
    def export(self, request: ApiRequest, domain: FromPath[str], number: FromPath[int]) -> dict[str, Any]:
        """Return a release or draft as a file for another installation."""
        installation = request.app.state.settings.installation
        with begin_of(request)() as work:
            return releases.export_release(work, domain, number, installation=installation)

    @post("/{number:int}/approve", sync_to_thread=True, status_code=HTTP_200_OK, opt=DECIDING, summary="Approve rules")
    def approve(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], data: JSONBody[DraftApproval]
    ) -> Release:
        """Approve a draft in every role of the caller that it awaits."""
        with begin_of(request)() as work:
            releases.approve(work, domain, number, digest=data.digest, note=data.note)
            return _release(work, domain, number)

    @post("/{number:int}/reject", sync_to_thread=True, status_code=HTTP_200_OK, opt=DECIDING, summary="Reject rules")
    def reject(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], data: JSONBody[Reasoned]
    ) -> Release:
        """End a draft as one of the owners whose rules it changes."""
        with begin_of(request)() as work:
            releases.reject(work, domain, number, reason=data.reason)
            return _release(work, domain, number)

    @post(
        "/{number:int}/withdraw", sync_to_thread=True, status_code=HTTP_200_OK, opt=PROPOSING, summary="Withdraw rules"
    )
    def withdraw(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], data: JSONBody[Reasoned]
    ) -> Release:
        """Take back a draft that the caller has proposed."""
        with begin_of(request)() as work:
            releases.withdraw(work, domain, number, reason=data.reason)
            return _release(work, domain, number)

    @post(
        "/{number:int}/switch-on",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=SWITCHING,
        summary="Switch approved rules on",
    )
    def switch_on(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], data: JSONBody[SwitchOn | None] = None
    ) -> Release:
        """Put an approved draft in force now, or have it put in force at an instant."""

        def switch(work: Work) -> Release:
            if data is None or data.at is None:
                releases.switch_on_approved(work, domain, number)
            else:
                releases.schedule(work, domain, number, at=data.at)
            return _release(work, domain, number)

        return settled(begin_of(request), switch)

    @post(
        "/{number:int}/roll-back",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.ADMINISTER, Permission.APPROVE),
        summary="Roll the release in force back",
    )
    def roll_back(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], data: JSONBody[RollBack]
    ) -> Release:
        """Put earlier rules in force again, as a new release, in the place of this one; returns the new one."""

        def back(work: Work) -> Release:
            switched = releases.roll_back(work, domain, number, reason=data.reason, to=data.to)
            return _release(work, domain, switched.number)

        return settled(begin_of(request), back)


def _release(work: Work, domain: str, number: int) -> Release:
    return Release.model_validate(releases.show(work, domain, number))


def _line(release: Any) -> ReleaseLine:
    return ReleaseLine(**{name: getattr(release, name) for name in ReleaseLine.model_fields})


def _proposal(found: releases.Proposal) -> Proposal:
    return Proposal(
        domain=found.domain,
        state=found.state,
        number=found.number,
        hash=found.hash,
        contract=_contract(found.changes),
    )


def _contract(changes: Iterable[Any]) -> list[ContractChange]:
    return [ContractChange(path=c.path, change=c.kind, breaking=c.breaking) for c in changes]
