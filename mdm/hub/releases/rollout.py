"""Carrying a release through: what it really does is counted, and stopped where it is far from what was simulated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided
from mdm.hub.action_log import log_action
from mdm.hub.announce import Change
from mdm.hub.approval.guard import PENDING
from mdm.hub.golden import Draft
from mdm.hub.golden.draft import EFFECTIVE
from mdm.store import releases
from mdm.store.releases import rollouts
from mdm.store.tables import Release
from mdm.store.work import Work

RUNNING, HALTED, DONE = "running", "halted", "done"
MEASURES = ("changed", "critical", "merged", "split", "held")
WORDS = {
    "changed": "masters changed",
    "critical": "masters changed in critical attributes",
    "merged": "masters merged",
    "split": "masters split",
    "held": "values held back",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far the release in force of a domain has been carried through.

    `real` is what it has done; `expected` is what its simulation foretold of all, None: none did. It is stopped where
    it does more than `factor` times as much as was to be expected of that part, and `allowance` beyond.
    """

    domain: str
    number: int
    state: str
    switched_on_at: datetime | None
    records_waiting: int
    real: dict[str, int]
    expected: dict[str, int] | None
    factor: float
    allowance: int
    limited: bool
    halted_at: datetime | None
    halted_why: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The release in force of a domain as it is measured: what it has done, and how many records still wait for it."""

    domain: str
    number: int
    records_waiting: int
    halted: bool
    real: dict[str, int]


def count(work: Work, domain: Domain, number: int, drafts: Mapping[UUID, Draft]) -> None:
    """Count what a release did to these masters, and stop it if that is far more than was to be expected.

    To be called by whoever rebuilds masters because the release was switched on, at the end of the transaction.
    """
    if not drafts:
        return
    sums = rollouts.count(work.session, domain.name, number, _counts(domain, drafts))
    release = releases.get(work.session, domain.name, number)
    real = {name: int(getattr(sums, name)) for name in rollouts.COUNTS}
    if release is None or not (beyond := list(_beyond(release, domain, real))):
        return
    why = f"More was changed than simulated: {'; '.join(beyond)}."
    rollouts.rest(work.session, domain.name)
    if rollouts.halt(work.session, domain.name, number, why=why, now=work.now):
        log.warning("release_halted", domain=domain.name, release=number, reason=why)


def expect(release: Release, figures: Mapping[str, int] | None) -> None:
    """Write down what was simulated of a release, in the words of COUNTS, before it is switched on."""
    release.expected = None if figures is None else {"figures": dict(figures), "limited": True}


def watch(work: Work, domain: str) -> Rollout:
    """Return how far the release in force has been carried through."""
    work.actor.require(Permission.READ, domain=domain)
    rules = work.catalog.domain(domain)
    release = _in_force(work, domain)
    waiting = rollouts.waiting(work.session, domain).get(domain, 0)
    expected = release.expected or {}
    state = HALTED if release.halted_at is not None else RUNNING if waiting else DONE
    return Rollout(
        domain=domain,
        number=release.number,
        state=state,
        switched_on_at=release.switched_on_at,
        records_waiting=waiting,
        real=rollouts.counted(work.session, domain, release.number),
        expected=expected.get("figures"),
        factor=rules.releases.factor,
        allowance=rules.releases.allowance,
        limited=bool(expected.get("limited")),
        halted_at=release.halted_at,
        halted_why=release.halted_why,
    )


def standing(work: Work) -> list[Standing]:
    """Return how the releases in force stand, by domain."""
    work.actor.require(Permission.OPERATE)
    waiting, done = rollouts.waiting(work.session), rollouts.counted_in_force(work.session)
    return [
        Standing(
            domain=row.domain,
            number=row.number,
            records_waiting=waiting.get(row.domain, 0),
            halted=row.halted_at is not None,
            real=done.get(row.domain, {}),
        )
        for row in rollouts.in_force(work.session)
    ]


def proceed(work: Work, domain: str, *, reason: str) -> Rollout:
    """Carry a release through that was stopped, without limits from now on."""
    work.actor.require(Permission.OPERATE, domain=domain)
    work.catalog.domain(domain)
    releases.lock(work.session)
    release = _in_force(work, domain)
    if release.halted_at is None:
        raise AlreadyDecided(f"Release {release.number} of {domain} is not stopped.", hint="`mdm rules watch` tells.")
    before = release.halted_why
    release.halted_at = release.halted_why = None
    release.expected = {**(release.expected or {}), "limited": False}
    work.session.flush()
    now = work.now
    rollouts.wake(work.session, domain, late=now, now=now)
    subject, details = f"release/{domain}/{release.number}", {"halted": before}
    log_action(work, action="release.continued", subject=subject, domain=domain, reason=reason, details=details)
    return watch(work, domain)


def _in_force(work: Work, domain: str) -> Release:
    return next(release for release in releases.active(work.session) if release.domain == domain)


def _counts(domain: Domain, drafts: Mapping[UUID, Draft]) -> dict[str, int]:
    announced = [[c for c in draft.changes if c.type != EFFECTIVE] for draft in drafts.values()]
    held = [h for draft in drafts.values() for h in draft.guarded.held if h.id is None and h.state == PENDING]
    types = [{change.type for change in changes} for changes in announced]
    critical = [any(not domain.critical.isdisjoint(_published(domain, c)) for c in changes) for changes in announced]
    return {
        "masters": len(drafts),
        "changed": sum("golden.changed" in each for each in types),
        "critical": sum(critical),
        "merged": sum("identity.merged" in each for each in types),
        "split": sum("identity.split" in each for each in types),
        "held": len(held),
    }


def _published(domain: Domain, change: Change) -> Iterator[str]:
    """Yield the units of which other values were announced."""
    before, after = change.before, change.after
    yield from (domain.unit_of(name) for name in {*before, *after} if before.get(name) != after.get(name))


def _beyond(release: Release, domain: Domain, real: Mapping[str, int]) -> Iterator[str]:
    """Yield in words what was done beyond the limits, for the part of the masters that was done so far."""
    expected: dict[str, Any] = release.expected or {}
    if not expected.get("limited"):
        return
    figures = expected["figures"]
    part = min(1.0, real["masters"] / max(1, figures["masters"]))
    for name in MEASURES:
        most = domain.releases.factor * figures[name] * part + domain.releases.allowance
        if real[name] > most:
            yield f"{WORDS[name]}: {real[name]:,}, where at most {most:,.0f} were to be expected by now"
