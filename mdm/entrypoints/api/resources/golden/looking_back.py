"""`/v1/{domain}/{id}/timeline`, `/diff` and `/history`: golden records over both times."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import FORMAT, KnownAt, instant, times_of
from mdm.entrypoints.api.paging import Cursor, Limit, begins_at, link_after
from mdm.entrypoints.api.representation import tagged, tagged_text
from mdm.entrypoints.api.resources.golden.drawing import draw, of_history, of_timeline
from mdm.entrypoints.api.resources.golden.looking_back_bodies import (
    DifferenceAnswer,
    HistoryAnswer,
    TimelineAnswer,
    TimelineDifferenceAnswer,
)
from mdm.errors import InvalidInput
from mdm.hub.golden import history

SVG = "image/svg+xml"
MOST_DRAWN = 200  # values of an attribute
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

AttributeName = Annotated[
    str | None, QueryParameter(min_length=1, max_length=200, description="One attribute or group, as it became known.")
]


def _moment(description: str) -> QueryParameter:
    return QueryParameter(schema_extra=FORMAT, description=description)


BeforeValidAt = Annotated[str | None, _moment("Valid time of the first point; default `before_known_at`, or now.")]
BeforeKnownAt = Annotated[str | None, _moment("Recorded time of the first point; default all that is known.")]
AfterValidAt = Annotated[str | None, _moment("Valid time of the second point; default `after_known_at`, or now.")]
AfterKnownAt = Annotated[str | None, _moment("Recorded time of the second point; default all that is known.")]


class LookingBack(Controller):
    """Golden records over valid and recorded time."""

    path = "/v1/{domain:str}/{master_id:uuid}"
    tags = ("Golden records",)
    opt = allow(Permission.READ)

    @get("/timeline", sync_to_thread=True, summary="Show a golden record over the whole of valid time")
    def timeline(
        self, request: ApiRequest, domain: FromPath[str], master_id: FromPath[UUID], known_at: KnownAt = None
    ) -> Response[TimelineAnswer]:
        """Return all slices, as known at `known_at`: what held, holds and will hold.

        An id that was merged by then is answered with its survivor, whose address is in Content-Location.
        """
        with begin_of(request)() as work:
            found = history.timeline(work, domain, master_id, known_at=instant("known_at", known_at))
        located = f"/v1/{found.domain}/{found.master_id}/timeline"
        headers = {} if found.master_id == master_id else {"Content-Location": located}
        return tagged(request, TimelineAnswer.model_validate(found), headers=headers)

    @get("/timeline.svg", sync_to_thread=True, media_type=SVG, summary="Draw a golden record over time")
    def drawing(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        attribute: AttributeName = None,
        known_at: KnownAt = None,
    ) -> Response[str]:
        """Return a drawing of the timeline, a lane for every attribute; valid time goes across.

        Of one `attribute` it shows how its values became known: recorded time goes down. That is all of its history,
        of which the newest 200 values are drawn, and takes no `known_at`.
        """
        by = instant("known_at", known_at)
        if by is not None and attribute is not None:
            raise InvalidInput("The drawing of an attribute shows all recorded times.", path="known_at")
        with begin_of(request)() as work:
            if attribute is None:
                chart = of_timeline(history.timeline(work, domain, master_id, known_at=by))
            else:
                found = history.attribute_history(work, domain, master_id, attribute, limit=MOST_DRAWN)
                chart = of_history(found, attribute)
        return tagged_text(request, draw(chart), media_type=SVG, headers={"Content-Security-Policy": PICTURE_POLICY})

    @get("/timeline/diff", sync_to_thread=True, summary="Compare two timelines of a golden record")
    def timeline_diff(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        before_known_at: BeforeKnownAt = None,
        after_known_at: AfterKnownAt = None,
    ) -> Response[TimelineDifferenceAnswer]:
        """Return over which valid time what was known at one time differs from what was known at another.

        An id that was merged by then is its survivor.
        """
        before, after = instant("before_known_at", before_known_at), instant("after_known_at", after_known_at)
        with begin_of(request)() as work:
            found = history.diff_timelines(work, domain, master_id, before=before, after=after)
        return tagged(request, TimelineDifferenceAnswer.model_validate(found))

    @get("/diff", sync_to_thread=True, summary="Compare a golden record at two points of time")
    def diff(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        before_valid_at: BeforeValidAt = None,
        before_known_at: BeforeKnownAt = None,
        after_valid_at: AfterValidAt = None,
        after_known_at: AfterKnownAt = None,
    ) -> Response[DifferenceAnswer]:
        """Return attributes and source records that differ, and the versions recorded in between with their causes.

        An id that was merged by then is its survivor; before it was known it has no version.
        """
        before = times_of(before_valid_at, before_known_at, prefix="before_")
        after = times_of(after_valid_at, after_known_at, prefix="after_")
        with begin_of(request)() as work:
            found = history.diff(work, domain, master_id, before, after)
        return tagged(request, DifferenceAnswer.model_validate(found))

    @get("/history/{attribute:str}", sync_to_thread=True, summary="Show all that an attribute ever was")
    def attribute_history(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        attribute: FromPath[str],
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[HistoryAnswer]:
        """Return all values of an attribute or coupled group, newest first, with sources, rules, causes and approvals.

        An id that was merged keeps its own history.
        """
        before = begins_at(cursor, paging.number(paging.LARGEST_NUMBER))
        with begin_of(request)() as work:
            found = history.attribute_history(work, domain, master_id, attribute, before=before, limit=limit)
        answer = HistoryAnswer.model_validate(found)
        return tagged(request, answer.model_copy(update={"next": link_after(request, found.last)}))
