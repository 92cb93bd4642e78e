"""Asking for a simulation, ending it before its time, and reading what it shows."""

from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, NotFound
from mdm.hub.action_log import log_action
from mdm.hub.releases.simulation.figures import expected_of
from mdm.hub.releases.simulation.view import CANCELLED, DONE, QUEUED, RUNNING, SimulationView, view_of
from mdm.store import releases
from mdm.store.releases import simulation
from mdm.store.tables import Simulation
from mdm.store.work import Work

MOST = 50  # simulations of one release that are listed


def request(work: Work, domain: str, number: int) -> SimulationView:
    """Have a release tried against the one in force; one that waits or runs already is what is asked for."""
    _may_ask(work, domain)
    against = work.catalog.domain(domain).release
    if releases.get(work.session, domain, number) is None:
        raise NotFound(f"{domain} has no release {number}.", hint="`mdm rules show` lists them.")
    if number == against:
        raise AlreadyDecided(
            f"Release {number} of {domain} is in force.", hint="A simulation shows what another would do."
        )
    standing = simulation.of_release(work.session, domain, number, limit=1)
    if standing and standing[0].against == against:
        view = _shown(work, standing[0])
        if view.state in (QUEUED, RUNNING):
            return view
    asked = Simulation(
        id=new_id(),
        domain=domain,
        number=number,
        against=against,
        state=QUEUED,
        requested_by=work.actor.name,
        requested_at=work.now,
    )
    simulation.add(work.session, asked)
    _log(work, "simulation.requested", asked)
    return _shown(work, asked)


def cancel(work: Work, domain: str, number: int, simulation_id: UUID) -> SimulationView:
    """End a simulation that waits or runs; raises AlreadyDecided if it has ended."""
    _may_ask(work, domain)
    found = _found(work, domain, number, simulation_id, lock=True)
    if found.state not in (QUEUED, RUNNING):
        raise AlreadyDecided(f"The simulation is {found.state}.", hint="Ask for another one.")
    found.state, found.ended_at, found.outcome = CANCELLED, work.now, f"Cancelled by {work.actor.name}."
    work.session.flush()
    _log(work, "simulation.cancelled", found)
    return _shown(work, found)


def show(work: Work, domain: str, number: int, simulation_id: UUID) -> SimulationView:
    """Return one simulation of a release."""
    work.actor.require(Permission.READ, domain=domain)
    return _shown(work, _found(work, domain, number, simulation_id))


def of_release(work: Work, domain: str, number: int) -> list[SimulationView]:
    """Return the simulations of a release, newest first."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    return [_shown(work, found) for found in simulation.of_release(work.session, domain, number, limit=MOST)]


def foretold(work: Work, domain: str, number: int, *, against: int) -> dict[str, int] | None:
    """Return what the newest finished simulation of a release against another one lets expect, None without one.

    The figures are those by which carrying a release through is counted.
    """
    known = simulation.of_release(work.session, domain, number, limit=MOST)
    done = (found for found in known if found.state == DONE and found.against == against)
    return next((expected_of(found.figures) for found in done if found.figures is not None), None)


def _may_ask(work: Work, domain: str) -> None:
    """Raise Forbidden unless the actor operates the hub, or owns rules and decides about them."""
    if not work.actor.may(Permission.APPROVE, domain=domain):
        work.actor.require(Permission.OPERATE, domain=domain)


def _found(work: Work, domain: str, number: int, simulation_id: UUID, *, lock: bool = False) -> Simulation:
    found = simulation.get(work.session, simulation_id, lock=lock)
    if found is None or (found.domain, found.number) != (domain, number):
        raise NotFound(f"Release {number} of {domain} has no simulation {simulation_id}.")
    return found


def _shown(work: Work, found: Simulation) -> SimulationView:
    return view_of(found, work.catalog.domain(found.domain), work.actor, now=work.now)


def _log(work: Work, action: str, found: Simulation) -> None:
    subject = f"release/{found.domain}/{found.number}"
    log_action(work, action=action, subject=subject, domain=found.domain, details={"simulation": str(found.id)})
