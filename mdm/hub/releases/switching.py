"""Switching other rules on: at one instant for everybody, and what they concern is done again."""

from dataclasses import dataclass, replace

from mdm.core.domains import Domain, Effect, effect_of, parse, rebound
from mdm.errors import AlreadyDecided, NotFound
from mdm.store import affected, releases
from mdm.store.records.redo import Depth
from mdm.store.work import Work

ACTIVE, SUPERSEDED = "active", "superseded"
RELEASE, ANNOUNCE = "release", "announce"  # why records are done again: other rules, and what subscribers are shown
RATE = 200.0  # records a second that become due; what arrives meanwhile goes first or beside


@dataclass(frozen=True, slots=True)
class Switched:
    """A release that is in force from now on, and how many records are done again: looked at, compared or folded."""

    domain: str
    number: int
    before: int
    effect: Effect
    records: int
    looked: int
    compared: int
    folded: int


def switch_on(work: Work, domain_name: str, number: int, *, rate: float = RATE) -> Switched:
    """Put a release in force in place of the one that is, and have done again what it concerns, no more.

    Who may do so, and whether it is approved, the caller has seen to. What is concerned is looked for before anybody
    has to wait; while the rules change places nobody writes by them. Raises Moved if that cannot be had in 10 s.
    """
    in_force, wanted = work.catalog.domain(domain_name), _wanted(work, domain_name, number)
    effect = effect_of(in_force, wanted)
    members = _members(in_force, wanted, effect)
    horizon = affected.find(
        work.session,
        domain_name,
        read=effect.read,
        members=members,
        announced=effect.announced,
        pinned=members | _units(in_force, wanted, members),
        shown=effect.announced | _units(in_force, wanted, effect.announced),
        compared=effect.compared and effect.weights is None,
        weights=effect.weights,
    )
    affected.be_patient(work.session)
    work.reach("affected_found")
    releases.seize(work.session, domain_name)
    if releases.numbers(work.session)[domain_name] != in_force.release:
        raise AlreadyDecided(
            f"Another release of {domain_name} has been switched on.", hint="Look at it, and try again."
        )
    now = work.now
    releases.replace_active(work.session, domain_name, number, by=work.actor.name, now=now)
    done = affected.do_again(
        work.session,
        domain_name,
        horizon=horizon,
        depth=Depth.FOLD if effect.read else Depth.COMPARE if effect.compared else Depth.LOOK,
        announced=bool(effect.announced),
        asked=rebound(in_force, wanted),
        now=now,
        rate=rate,
    )
    work.reach("switched_on")
    counts = {name: getattr(done, name) for name in ("records", "looked", "compared", "folded")}
    return Switched(domain_name, number, in_force.release, effect, **counts)


def _wanted(work: Work, domain_name: str, number: int) -> Domain:
    release = releases.get(work.session, domain_name, number)
    if release is None:
        raise NotFound(f"{domain_name} has no release {number}.", hint="`mdm rules show` lists them.")
    if release.state in (ACTIVE, SUPERSEDED):
        raise AlreadyDecided(f"Release {number} of {domain_name} was in force before.", hint="Roll back to it instead.")
    return replace(parse(release.document), release=number)


def _members(before: Domain, after: Domain, effect: Effect) -> frozenset[str]:
    """Return the attributes whose claims tell which masters are concerned."""
    units = {name for unit in effect.units for d in (before, after) for name in d.members_of(unit)}
    return frozenset(units | effect.announced)


def _units(before: Domain, after: Domain, names: frozenset[str]) -> frozenset[str]:
    return frozenset(domain.unit_of(name) for domain in (before, after) for name in names)
