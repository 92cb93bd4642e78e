"""`/v1/{domain}/pairs`: why any two source records are taken for one, or not."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, QueryParameter
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.errors import InvalidInput
from mdm.hub.explanation import explain_named

RecordOf = Annotated[str, QueryParameter(min_length=3, max_length=500, description="A source record as `source/key`.")]


class Said(Body):
    """What a source says about an attribute."""

    raw: Any = Field(description="As it was sent.")
    value: Any = Field(description="Cleaned, as it would be published.")
    std: Any = Field(description="Standardized, as it is compared.")


class ExplainedRecord(Body):
    """One of the two records."""

    record_id: int
    source: str
    key: str
    master_id: UUID | None
    deleted: bool
    values: dict[str, Said]
    masked: list[str] = Field(description="Attributes that have a value which is not shown here.")


class ExplainedComparison(Body):
    """One step of the waterfall."""

    comparison: str
    level: str
    weight: float = Field(description="Bits, the adjustment included.")
    adjustment: float = Field(description="What rare or common values add or take, in bits.")
    left: Any
    right: Any
    masked: bool
    text: str


class ExplainedVeto(Body):
    """What keeps a match from being made without a steward."""

    name: str
    text: str


class EarlierDecision(Body):
    """What a steward has decided about the two: `must` be one, or `cannot`."""

    kind: str
    reason: str
    decided_by: str
    decided_at: datetime
    changed: dict[str, Any] | None = Field(description="What of its evidence has changed since.")


class ExplainedPair(Body):
    """All that speaks for and against two records being one; weights and thresholds are bits."""

    domain: str
    release: int
    left: ExplainedRecord
    right: ExplainedRecord
    together: bool = Field(description="Whether they are one master now.")
    prior: float
    waterfall: list[ExplainedComparison]
    weight: float
    probability: float
    review: float
    match: float
    outcome: str
    shared_keys: list[str] = Field(description="Without one the hub does not compare them by itself.")
    left_keys: list[str]
    right_keys: list[str]
    vetoes: list[ExplainedVeto]
    decided: EarlierDecision | None
    text: list[str] = Field(description="The same in words.")


class Pairs(Controller):
    """Explanations of pairs of source records."""

    path = "/v1/{domain:str}/pairs"
    tags = ("Tasks",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="Explain a pair of source records")
    def explain(self, request: ApiRequest, domain: FromPath[str], left: RecordOf, right: RecordOf) -> ExplainedPair:
        """Return what comparing two records gives, however little they resemble each other: why they did not match."""
        sides = _name("left", left), _name("right", right)
        with begin_of(request)() as work:
            return ExplainedPair.model_validate(explain_named(work, domain, *sides))


def _name(parameter: str, text: str) -> tuple[str, str]:
    source, slash, key = text.partition("/")
    if not (source and slash and key):
        raise InvalidInput(f"`{parameter}` is not a record.", hint="Name it as source/key.", path=parameter)
    return source, key
