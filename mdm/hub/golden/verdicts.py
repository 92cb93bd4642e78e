"""Why a golden record is as it is: for each attribute who wins, by which rule, and why each other claim loses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.yaml_file import suggestion
from mdm.errors import InvalidInput
from mdm.hub.approval import Held
from mdm.hub.approval.guard import Case
from mdm.hub.golden.draft import case_of
from mdm.hub.golden.read import Located, locate
from mdm.store import golden, stewardship
from mdm.store.rows import Row
from mdm.store.work import Work
from survivorship import Change, Claim, Hold, Override, OverrideEnds, Verdict


@dataclass(frozen=True, slots=True)
class Voice:
    """What a source record says; `reason` is why it does not win, None if it does or says the same.

    `would_win` says what would have to change, as little as possible, for it to win; None: no single change does.
    """

    record: str
    value: Any
    asserted_at: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    findings: list[str]
    reason: str | None = None
    would_win: str | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """Who set a value against all sources, why and until when."""

    by: str
    at: datetime
    reason: str
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that would win but for an owner who has not decided (`pending`) or has said no (`rejected`)."""

    value: Any
    state: str
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Why an attribute, or a coupled group as a whole, has its value.

    `silent` are records that say nothing about it; at `due_at` it could change by itself, in this time or another.
    """

    unit: str
    attributes: list[str]
    value: Any
    rule: str
    winner: Voice | None
    supporters: list[Voice]
    losers: list[Voice]
    pinned: Pinned | None
    held: Kept | None
    silent: list[str]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on a golden record at one valid time; `masked` names attributes that are not shown."""

    domain: str
    master_id: UUID
    version: int
    valid_at: datetime
    evaluated_at: datetime
    masked: list[str]
    verdicts: list[Reasoned]


@dataclass(frozen=True, slots=True)
class _Bench:
    """What verdicts on one master rest on."""

    domain: Domain
    case: Case
    overrides: dict[str, Row]
    held: list[Held]


def verdicts(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    attribute: str | None = None,
    valid_at: datetime | None = None,
) -> Verdicts:
    """Return why the attributes of a golden record have their values, or one of them and those it is coupled with."""
    instant = valid_at or work.now
    located = locate(work, domain_name, master_id, valid_at=instant)
    domain, master = located.domain, located.version.master_id
    wanted = None if attribute is None else _unit(domain, attribute)
    evaluated_at = golden.masters(work.session, [master])[master].evaluated_at or located.version.evaluated_at
    bench = _bench(work, domain, master, evaluated_at)
    units = [unit for unit in _spoken_of(bench) if wanted is None or unit == wanted]
    visible = domain.visible(work.actor, sites=domain.sites_of(located.whole))
    open_to = [unit for unit in units if visible.issuperset(domain.members_of(unit))]
    return Verdicts(
        domain=domain.name,
        master_id=master,
        version=located.version.version,
        valid_at=instant,
        evaluated_at=evaluated_at,
        masked=sorted(_masked(located, units, open_to)),
        verdicts=[_reasoned(bench, unit, instant) for unit in open_to],
    )


def _bench(work: Work, domain: Domain, master: UUID, evaluated_at: datetime) -> _Bench:
    links = golden.links(work.session, [master]).get(master, [])
    overrides = stewardship.overrides(work.session, [master]).get(master, [])
    holds = stewardship.holds(work.session, [master]).get(master, [])
    return _Bench(
        domain=domain,
        case=case_of(domain, links, overrides, evaluated_at=evaluated_at),
        overrides={str(row.id): row for row in overrides},
        held=[Held.of(row) for row in holds],
    )


def _unit(domain: Domain, name: str) -> str:
    unit = domain.unit_of(name)
    if unit not in domain.attributes and unit not in domain.groups:
        hint = suggestion(name, domain.attributes)
        raise InvalidInput(f"{domain.name} has no attribute `{name[:80]}`.", hint=hint, path="attribute")
    return unit


def _spoken_of(bench: _Bench) -> list[str]:
    """Return the attributes and groups about which anything is said, in the order of the declaration."""
    said = {bench.domain.unit_of(claim.attribute) for claim in bench.case.claims}
    said |= {override.attribute for override in bench.case.overrides} | {held.attribute for held in bench.held}
    declared = dict.fromkeys(bench.domain.unit_of(name) for name in bench.domain.attributes)
    return [unit for unit in declared if unit in said]


def _masked(located: Located, units: list[str], open_to: list[str]) -> Iterator[str]:
    closed = [name for unit in units if unit not in open_to for name in located.domain.members_of(unit)]
    yield from (name for name in closed if name in located.whole)


def _reasoned(bench: _Bench, unit: str, instant: datetime) -> Reasoned:
    verdict = bench.case.verdict(unit, instant, bench.held)
    changes = bench.case.counterfactuals(unit, instant, bench.held) if verdict.losers else {}
    return Reasoned(
        unit=unit,
        attributes=list(bench.domain.members_of(unit)),
        value=verdict.value,
        rule=verdict.rule,
        winner=None if verdict.winner is None else _voice(verdict.winner),
        supporters=[_voice(claim) for claim in verdict.supporters],
        losers=[_voice(loser.claim, loser.reason.value, changes[loser.claim.record]) for loser in verdict.losers],
        pinned=_pinned(bench, verdict),
        held=_kept(bench, verdict, instant),
        silent=list(verdict.silent),
        due_at=verdict.due_at,
    )


def _voice(claim: Claim, reason: str | None = None, change: Change | None = None) -> Voice:
    return Voice(
        record=claim.record,
        value=claim.value,
        asserted_at=claim.asserted_at,
        valid_from=claim.valid_from,
        valid_to=claim.valid_to,
        findings=list(claim.findings),
        reason=reason,
        would_win=_sentence(change),
    )


def _sentence(change: Change | None) -> str | None:
    if change is None:
        return None
    return "the pinned value is released" if isinstance(change, OverrideEnds) else str(change)


def _pinned(bench: _Bench, verdict: Verdict) -> Pinned | None:
    if not isinstance(verdict.decided_by, Override):
        return None
    row = bench.overrides[verdict.decided_by.id]
    return Pinned(
        by=row.made_by,
        at=row.made_at,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        expires_at=row.expires_at,
    )


def _kept(bench: _Bench, verdict: Verdict, instant: datetime) -> Kept | None:
    """Return what a hold keeps back: what would win without it."""
    if not isinstance(verdict.decided_by, Hold):
        return None
    held = next(h for h in bench.held if h.as_hold() == verdict.decided_by)
    others = [h for h in bench.held if h is not held]
    return Kept(bench.case.verdict(verdict.attribute, instant, others).value, held.state, held.request_id)
