"""Simulations as they are shown: examples without what the reader may not see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Actor
from mdm.hub.golden.sight import sight_of
from mdm.store.tables import Simulation

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
PATIENCE = timedelta(seconds=60)  # after which a simulation of which nothing is heard has failed
DIED = "Nothing has been heard of its process for a minute."
VALUES = ("before", "after")


@dataclass(frozen=True, slots=True)
class SimulationView:
    """A simulation of release `number` against `against`, the one in force; `progress` from 0 to 1."""

    id: UUID
    domain: str
    number: int
    against: int
    state: str
    progress: float
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    outcome: str | None
    figures: dict[str, Any] | None
    samples: list[dict[str, Any]]


def view_of(found: Simulation, domain: Domain, actor: Actor, *, now: datetime) -> SimulationView:
    """Return a simulation as an actor may see it."""
    dead = found.state == RUNNING and found.seen_at is not None and found.seen_at < now - PATIENCE
    until = found.ended_at or (now if found.state == RUNNING else None)
    return SimulationView(
        id=found.id,
        domain=found.domain,
        number=found.number,
        against=found.against,
        state=FAILED if dead else found.state,
        progress=1.0 if found.state == DONE else found.done / found.total if found.total else 0.0,
        requested_by=found.requested_by,
        requested_at=found.requested_at,
        started_at=found.started_at,
        ended_at=found.ended_at,
        seconds=(until - found.started_at).total_seconds() if until and found.started_at else None,
        outcome=DIED if dead else found.outcome,
        figures=found.figures,
        samples=shown(found.samples or [], domain, actor),
    )


def shown(samples: list[dict[str, Any]], domain: Domain, actor: Actor) -> list[dict[str, Any]]:
    """Return examples of masters in sight; of masked attributes only that they change, not what."""
    sight = sight_of(actor, domain)
    found = []
    for sample in samples:
        sites = frozenset(sample.get("sites", ()))
        if sight.sites is not None and sight.sites.isdisjoint(sites):
            continue
        visible = domain.visible(actor, sites=sites)
        named = sample.get("attribute")
        masked = named is not None and not visible.issuperset(domain.members_of(named))
        hidden = dict.fromkeys(VALUES) if masked else {}
        found.append({**{k: v for k, v in sample.items() if k != "sites"}, **hidden, "masked": masked})
    return found
