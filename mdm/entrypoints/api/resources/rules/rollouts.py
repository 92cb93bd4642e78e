"""`/v1/domains/{domain}/rollout`: how far the release in force is carried through, and going on where it stopped."""

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Reasoned
from mdm.entrypoints.api.resources.rules.bodies import Rollout
from mdm.hub import releases


class Rollouts(Controller):
    """What the release in force really does to the records and masters there are."""

    path = "/v1/domains/{domain:str}/rollout"
    tags = ("Rules",)

    @get(sync_to_thread=True, opt=allow(Permission.READ), summary="Watch the release in force being carried through")
    def watch(self, request: ApiRequest, domain: FromPath[str]) -> Rollout:
        """Return what it has done so far, beside what was simulated."""
        with begin_of(request)() as work:
            return Rollout.model_validate(releases.watch(work, domain))

    @post(
        "/continue",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.OPERATE),
        summary="Go on with a release that was stopped",
    )
    def proceed(self, request: ApiRequest, domain: FromPath[str], data: JSONBody[Reasoned]) -> Rollout:
        """Carry it through without limits from now on; to take it back, roll it back instead."""
        with begin_of(request)() as work:
            return Rollout.model_validate(releases.proceed(work, domain, reason=data.reason))
