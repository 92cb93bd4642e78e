"""How operations are carried out: on the version that was looked at, as previewed, again if the ground moves."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from mdm.entrypoints.api.authentication import ApiRequest, begin_of
from mdm.entrypoints.api.resources.stewardship.bodies import Carried, EffectsAnswer, shown
from mdm.errors import InvalidInput, Moved, PreconditionRequired
from mdm.hub import Work
from mdm.hub.ingest.conduct import Begin
from mdm.hub.stewardship.effects import Effects, execute, preview
from mdm.hub.stewardship.identity import living_master, steward_of

TRIES = 5
ANY = "*"
VERSION = re.compile(r'"([1-9][0-9]{0,8})"')
T = TypeVar("T")
Operation: TypeAlias = Callable[[Work, Mapping[UUID, int]], Effects]

Preview = Annotated[bool, QueryParameter(description="Only tell what it would do; nothing changes.")]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description='The version that was looked at, `"7"`, or `*`. Not needed with the digest of a preview.',
    ),
]
ASKED = {
    HTTP_202_ACCEPTED: ResponseSpec(
        EffectsAnswer, generate_examples=False, description="A change request was made; Location has its address."
    )
}


def settled(begin: Begin, operation: Callable[[Work], T]) -> T:
    """Return what an operation gives, tried anew in a Work of its own while the ground moves; raises Moved."""
    for _ in range(TRIES - 1):
        try:
            with begin() as work:
                return operation(work)
        except Moved:
            continue
    with begin() as work:
        return operation(work)


def carry_out(
    request: ApiRequest,
    operation: Operation,
    *,
    looked_at: tuple[str, UUID, str | None],
    body: Carried,
    only_preview: bool,
) -> Response[EffectsAnswer]:
    """Carry an operation out, or tell what it would do; raises OutdatedVersion, OutdatedPreview or Moved.

    `looked_at` is the domain and id of the master that the caller decides about, and `If-Match`.
    """
    domain, master_id, if_match = looked_at
    version = _version(if_match, needed=not only_preview and body.digest is None)

    def run(work: Work) -> Effects:
        living = living_master(work, steward_of(work, domain), master_id)
        expected = {} if version is None else {living: version}
        if only_preview:
            return preview(work, lambda: operation(work, expected))
        return execute(lambda: operation(work, expected), expected=body.digest)

    effects = settled(begin_of(request), run)
    answer = shown(effects, only_preview=only_preview)
    if answer.request_id is None:
        return Response(answer, status_code=HTTP_200_OK)
    location = {"Location": f"/v1/change-requests/{answer.request_id}"}
    return Response(answer, status_code=HTTP_202_ACCEPTED, headers=location)


def _version(if_match: str | None, *, needed: bool) -> int | None:
    """Return the version that was looked at, None if it does not matter."""
    if if_match is None:
        if needed:
            raise PreconditionRequired(
                "Say which version you decide about.",
                hint='Send `If-Match: "7"` with the version you have looked at, or the `digest` of a preview.',
                path="If-Match",
            )
        return None
    if if_match.strip() == ANY:
        return None
    found = VERSION.fullmatch(if_match.strip())
    if found is None:
        raise InvalidInput(
            "`If-Match` is not a version.", hint='Send one version in quotes, such as `"7"`.', path="If-Match"
        )
    return int(found[1])
