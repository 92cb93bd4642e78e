"""`/v1/quality`: how the records of each source stand to the rules of a domain."""

from typing import Annotated

from litestar import Controller, get
from litestar.params import QueryParameter
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.hub.quality import findings


class RuleCount(Body):
    """How the records of a source stand to a rule."""

    domain: str
    rule: str
    title: str
    dimension: str
    severity: str
    owner: str
    source: str
    judged: int = Field(description="Living records that say something about what the rule is about.")
    failed: int = Field(description="Of these, how many break it now or will.")
    accepted: int = Field(description="Records that a person lets break it.")
    unjudged: int = Field(description="Records to which it could not be applied.")
    share: float = Field(description="The failed among the judged, from 0 to 1.")


class Quality(Controller):
    """Quality in figures."""

    path = "/v1/quality"
    tags = ("Quality",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="Report the quality of a domain")
    def report(
        self,
        request: ApiRequest,
        domain: Annotated[str, QueryParameter(min_length=1, max_length=200, description="The domain to report on.")],
    ) -> list[RuleCount]:
        """Return per rule and source how many records were judged and how many failed; this counts all records."""
        with begin_of(request)() as work:
            return [RuleCount.model_validate(count) for count in findings.report(work, domain)]
