"""`/v1/events`: what large events refer to."""

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.representation import matches
from mdm.hub.golden import bodies


class Events(Controller):
    """Published events."""

    path = "/v1/events"
    tags = ("Events",)
    opt = allow(Permission.READ)

    @get(
        "/{event_id:uuid}/body",
        sync_to_thread=True,
        media_type="application/json",
        summary="Fetch the whole of a large event",
    )
    def body(self, request: ApiRequest, event_id: FromPath[UUID]) -> Response[bytes]:
        """Return the exact bytes an event refers to with `ce-dataref`; their SHA-256 is `ce-fulldigest` and the ETag.

        An older event whose body is no longer kept is answered with 410: a newer one has replaced it.
        """
        with begin_of(request)() as work:
            found = bodies.read(work, event_id)
        headers = {"ETag": f'"{found.digest}"', "Cache-Control": "private, immutable", "Vary": "Authorization"}
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(content=b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(content=found.data or b"", media_type="application/json", headers=headers)
