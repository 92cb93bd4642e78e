"""`/v1/domains/{domain}/releases/{number}/simulations`: what switching a release on would do, tried on live data."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.hub.releases import simulation
from mdm.hub.releases.simulation import SimulationView

State = Literal["queued", "running", "done", "failed", "cancelled"]
ASKING = allow(Permission.OPERATE, Permission.APPROVE)


class Masters(Body):
    """How many masters."""

    looked_at: int = Field(description="All living masters of the domain.")
    rebuilt: int = Field(description="Of these would be done again.")
    changed: int = Field(description="Would have another value, now or at another time.")
    critical: int = Field(description="Would be announced with another value of a critical attribute.")
    unannounced: int = Field(description="Would have the same values for other reasons: no event tells of that.")
    merged: int = Field(description="Would be merged into others.")
    split: int = Field(description="Would lose records to others.")
    new: int = Field(description="Would come into being for records that leave others.")
    held: int = Field(description="Would have new values that wait for approval.")


class AttributeChange(Body):
    """How many masters would have another value of an attribute: in force now, in the future, in the past."""

    attribute: str
    critical: bool
    masters: int
    now: int
    future: int
    past: int


class HeldValues(Body):
    """Values that would wait for approval, and on how many masters, by attribute or coupled group."""

    values: int
    by_unit: dict[str, int]


class OwnersRequests(Body):
    """Change requests that an owner would get, or need not answer any more."""

    owner: str
    opened: int
    closed: int


class Reviews(Body):
    """Pairs of masters that stewards would be asked about, or no longer."""

    opened: int
    closed: int


class SourceEffect(Body):
    """In how many changed values a source would speak, or speak no longer, and how many of its records would move."""

    source: str
    won: int
    lost: int
    moved: int


class Estimated(Body):
    """New pairs of records: those found, and how many there are in all with 95 % confidence."""

    found: int
    estimate: int
    least: int
    most: int


class NewPairs(Body):
    """Pairs of records of different masters that nobody has compared, or kept, before."""

    keys: str = Field(description="Under which keys they were looked for.", examples=["all", "1 in 15"])
    exact: bool = Field(description="All were found, and are in all other figures; else they are in none of them.")
    matches: Estimated
    reviews: Estimated


class Redo(Body):
    """Records that would be done again, and how many seconds that takes at least."""

    records: int
    compared: int
    folded: int
    seconds: int


class Figures(Body):
    """What would happen."""

    masters: Masters
    attributes: list[AttributeChange]
    held: HeldValues
    requests: list[OwnersRequests]
    reviews: Reviews
    events: dict[str, int] = Field(description="By type, if every master were done again at once.")
    sources: list[SourceEffect]
    new_pairs: NewPairs | None = Field(description="null: there can be none.")
    redo: Redo
    exact: bool = Field(description="Nothing of it is estimated.")


class Simulation(Body):
    """A simulation: what was tried, how far it has come, what it found."""

    id: UUID
    domain: str
    number: int = Field(description="The release or draft that was tried.")
    against: int = Field(description="The release that was in force.")
    state: State
    progress: float = Field(description="From 0 to 1.")
    requested_by: str
    requested_at: datetime
    started_at: datetime | None = Field(description="The instant as of which everything was evaluated.")
    ended_at: datetime | None
    seconds: float | None
    outcome: str | None = Field(description="Why it failed, or who cancelled it.")
    figures: Figures | None
    samples: list[dict[str, Any]] = Field(
        description="Examples of each kind, the same in every run; of masked attributes without their values.",
        examples=[[{"kind": "changed", "attribute": "phone", "when": "now", "before": "+49301", "after": "+49892"}]],
    )


class Simulations(Controller):
    """Releases tried on live data: nothing is changed by it."""

    path = "/v1/domains/{domain:str}/releases/{number:int}/simulations"
    tags = ("Rules",)

    @get(sync_to_thread=True, opt=allow(Permission.READ), summary="List the simulations of a release")
    def list_all(self, request: ApiRequest, domain: FromPath[str], number: FromPath[int]) -> list[Simulation]:
        """Return the newest simulations, newest first."""
        with begin_of(request)() as work:
            return [_shown(view) for view in simulation.of_release(work, domain, number)]

    @post(sync_to_thread=True, status_code=HTTP_202_ACCEPTED, opt=ASKING, summary="Have a release tried on live data")
    def ask(self, request: ApiRequest, domain: FromPath[str], number: FromPath[int]) -> Simulation:
        """Have a release tried against the one in force; if one waits or runs already, it is returned."""
        with begin_of(request)() as work:
            return _shown(simulation.request(work, domain, number))

    @get("/{simulation_id:uuid}", sync_to_thread=True, opt=allow(Permission.READ), summary="Show a simulation")
    def read(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], simulation_id: FromPath[UUID]
    ) -> Simulation:
        """Return a simulation with its progress, figures and examples."""
        with begin_of(request)() as work:
            return _shown(simulation.show(work, domain, number, simulation_id))

    @post(
        "/{simulation_id:uuid}/cancel",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=ASKING,
        summary="End a simulation",
    )
    def cancel(
        self, request: ApiRequest, domain: FromPath[str], number: FromPath[int], simulation_id: FromPath[UUID]
    ) -> Simulation:
        """End a simulation before its time."""
        with begin_of(request)() as work:
            return _shown(simulation.cancel(work, domain, number, simulation_id))


def _shown(view: SimulationView) -> Simulation:
    return Simulation.model_validate(view)
