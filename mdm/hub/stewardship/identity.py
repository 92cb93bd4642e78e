"""Who is who, decided by a steward: merge, unmerge, split and relink, each undone by another."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.errors import Contradiction, InvalidInput, Moved, UnknownRecord
from mdm.hub.action_log import current_trace, log_action
from mdm.hub.announce import Cause
from mdm.hub.golden.read import in_sight, unknown
from mdm.hub.settling import settle
from mdm.hub.stewardship import links
from mdm.hub.stewardship.effects import Effects, check_versions, effects_of
from mdm.store import golden, records, resolution, stewardship
from mdm.store.records import RecordName
from mdm.store.tables import Master
from mdm.store.work import Work

Versions = Mapping[UUID, int]


def merge(
    work: Work, domain_name: str, master_ids: Sequence[UUID], *, reason: str, expected: Versions | None = None
) -> Effects:
    """Make several masters one: the oldest survives, the ids of the others lead to it for ever."""
    domain = steward_of(work, domain_name)
    living = lock_living(work, domain, master_ids, around=True)
    if len(living) < 2:
        raise InvalidInput("A merge needs two different masters.", path="masters")
    sides = [resolution.members(work.session, master_id) for master_id in living]
    empty = [str(master) for master, side in zip(living, sides, strict=True) if not side]
    if empty:
        raise Contradiction(
            f"No record is linked to {', '.join(empty)}: there is nothing to merge.",
            hint="It was announced in a time that is lost to a restore of the database, and is retired.",
        )
    everything = {record for side in sides for record in side}
    links.forget(work, kind="cannot", between=sides)
    links.must(work, domain, links.strongest_pairs(work, sides), reason=reason)
    links.hold_together(work, domain, everything, reason=reason)
    effects = settle_decision(work, "merge", domain, everything, reason=reason, expected=expected)
    survivor = next(m for m in effects.ids if m in living and _lives(effects, m))
    log_action(
        work,
        action="master.merged",
        domain=domain.name,
        subject=f"{domain.name}/{survivor}",
        reason=reason,
        after=effects.digest,
        details={"masters": living},
    )
    return effects


def unmerge(work: Work, domain_name: str, master_id: UUID, *, reason: str, expected: Versions | None = None) -> Effects:
    """Bring a merged master back with the records it had; what came later stays with the side it matches."""
    domain = steward_of(work, domain_name)
    merged = stored_master(work, domain, master_id)
    if merged.status != "merged":
        raise Contradiction(f"The {domain.name} {master_id} is not merged into another.")
    (survivor,) = lock_living(work, domain, [master_id], around=True)
    members = set(resolution.members(work.session, survivor))
    returning = resolution.records_at_merge(work.session, master_id) & members
    if not returning or returning == members:
        raise Contradiction(
            f"{'All' if returning else 'None'} of the records linked to {survivor} are those that {master_id} had.",
            hint="Relink the records one by one.",
        )
    staying = resolution.records_before_merge(work.session, master_id) & members - returning
    links.forget(work, kind="must", between=[returning, members - returning])
    links.keep_apart(work, domain, returning, staying, reason=reason)
    effects = settle_decision(
        work, "unmerge", domain, members, reason=reason, expected=expected,
        counted=dict.fromkeys(returning, master_id),
    )  # fmt: skip
    if not _lives(effects, master_id):
        raise Contradiction("Earlier decisions hold these records together.", hint="Relink the records one by one.")
    log_action(
        work,
        action="master.unmerged",
        domain=domain.name,
        subject=f"{domain.name}/{master_id}",
        reason=reason,
        after=effects.digest,
        details={"from": survivor},
    )
    return effects


def split(
    work: Work,
    domain_name: str,
    master_id: UUID,
    names: Sequence[RecordName],
    *,
    reason: str,
    expected: Versions | None = None,
) -> Effects:
    """Take records out of a master into one of their own, and keep the two apart."""
    domain = steward_of(work, domain_name)
    (living,) = lock_living(work, domain, [master_id], around=True)
    members = set(resolution.members(work.session, living))
    leaving = {record_id(work, domain, name) for name in names}
    if not leaving or not leaving <= members:
        raise InvalidInput(f"Not all of these records are linked to {living}.", path="records")
    staying = members - leaving
    if not staying:
        raise InvalidInput("A split must leave a record behind.", path="records")
    _part(work, domain, leaving, staying, reason=reason)
    effects = settle_decision(
        work, "split", domain, members, reason=reason, expected=expected, counted=dict.fromkeys(leaving)
    )
    log_action(
        work,
        action="master.split",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
        after=effects.digest,
        details={"records": [f"{name.source}/{name.key}" for name in names]},
    )
    return effects


def relink(
    work: Work,
    domain_name: str,
    name: RecordName,
    target: UUID,
    *,
    reason: str,
    expected: Versions | None = None,
) -> Effects:
    """Move one record to another master: it belongs there, and not where it was; the last of a master merges it."""
    domain = steward_of(work, domain_name)
    record = record_id(work, domain, name)
    living, origin = living_master(work, domain, target), golden.master_of(work.session, name)
    if origin is None or origin == living:
        raise Contradiction(f"{name.source}/{name.key} is linked to {origin or 'nothing'}.")
    if set(lock_living(work, domain, [living, origin], around=True)) != {living, origin}:
        raise Moved
    left_behind = set(resolution.members(work.session, origin)) - {record}
    if not left_behind:
        return merge(work, domain_name, [living, origin], reason=reason, expected=expected)
    joined = resolution.members(work.session, living)
    links.forget(work, kind="cannot", between=[[record], joined])
    links.must(work, domain, links.strongest_pairs(work, [joined, [record]]), reason=reason)
    _part(work, domain, {record}, left_behind, reason=reason)
    links.hold_together(work, domain, {record, *joined}, reason=reason)
    effects = settle_decision(work, "relink", domain, {record, *joined, *left_behind}, reason=reason, expected=expected)
    log_action(
        work,
        action="record.relinked",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
        after=effects.digest,
        details={"record": f"{name.source}/{name.key}", "from": origin},
    )
    return effects


def keep_records_apart(work: Work, domain: Domain, left: int, right: int, *, reason: str) -> Effects:
    """Decide that two records, and with them the masters they belong to, are not the same thing.

    Raises Contradiction if earlier decisions hold them together through others.
    """
    links.forget(work, kind="must", between=[[left], [right]])
    links.keep_apart(work, domain, [left], [right], reason=reason)
    effects = settle_decision(work, "distinct", domain, [left, right], reason=reason)
    if len(resolution.masters_of(work.session, [left, right])) == 1:
        raise Contradiction(
            "Earlier decisions hold these records together through others.", hint="Split off what does not belong."
        )
    return effects


def steward_of(work: Work, domain_name: str) -> Domain:
    """Return the domain if the actor may steward it; raises UnknownDomain or Forbidden."""
    domain = work.catalog.domain(domain_name)
    work.actor.require(Permission.STEWARD, domain=domain.name)
    return domain


def stored_master(work: Work, domain: Domain, master_id: UUID) -> Master:
    """Return a master as it is stored, merged or not; raises UnknownMaster."""
    master = golden.masters(work.session, [master_id]).get(master_id)
    if master is None or master.domain != domain.name:
        raise unknown(domain, master_id)
    return master


def lock_living(
    work: Work,
    domain: Domain,
    master_ids: Iterable[UUID],
    *,
    permission: Permission = Permission.STEWARD,
    around: bool = False,
) -> list[UUID]:
    """Lock the living masters that ids lead to and return them, each once; raises Moved if they moved meanwhile.

    Those that the permission does not reach, because they belong to other sites, are as good as unknown. Who is about
    to move records locks the masters `around` too: all in order and at once, for locks taken later may be a deadlock.
    """
    ids = list(master_ids)
    living = list(dict.fromkeys(living_master(work, domain, master_id) for master_id in ids))
    resolution.lock(work.session, {*living, *(_neighbours(work, living) if around else ())})
    work.session.expire_all()
    if living != list(dict.fromkeys(living_master(work, domain, master_id) for master_id in ids)):
        raise Moved
    seen = in_sight(work, domain, living, permission)
    for master_id in living:
        if master_id not in seen:
            raise unknown(domain, master_id)
    return living


def _neighbours(work: Work, masters: Collection[UUID]) -> set[UUID]:
    """Return the masters that resolving the records of these may touch."""
    rows = resolution.component(work.session, [r for m in masters for r in resolution.members(work.session, m)])
    joined = {row.master_id for row in rows if row.master_id is not None}
    return joined | resolution.masters_around(work.session, [row.id for row in rows])


def living_master(work: Work, domain: Domain, master_id: UUID) -> UUID:
    """Return the living master an id leads to; raises UnknownMaster."""
    stored_master(work, domain, master_id)
    survivor = resolution.survivor(work.session, master_id)
    if survivor is None:
        raise unknown(domain, master_id)
    return survivor.id


def record_id(work: Work, domain: Domain, name: RecordName) -> int:
    """Return the id of a source record; raises UnknownRecord."""
    found = records.read(work.session, [name])
    if name not in found:
        raise UnknownRecord(f"There is no {domain.name} record {name.source}/{name.key}.")
    return int(found[name].id)


def _part(work: Work, domain: Domain, leaving: Collection[int], staying: Collection[int], *, reason: str) -> None:
    """Keep two sides apart, and each of them in one piece."""
    links.forget(work, kind="must", between=[leaving, staying])
    links.keep_apart(work, domain, leaving, staying, reason=reason)
    links.hold_together(work, domain, leaving, reason=reason)
    links.hold_together(work, domain, staying, reason=reason)


def settle_decision(
    work: Work,
    operation: str,
    domain: Domain,
    changed: Collection[int],
    *,
    reason: str,
    expected: Versions | None = None,
    counted: Mapping[int, UUID | None] | None = None,
) -> Effects:
    """Settle the records a steward has decided about, and return what that did."""
    masters = resolution.masters_of(work.session, changed)
    waiting = stewardship.open_tasks(work.session, masters)
    cause = decision_cause(work, domain, reason=reason)
    drafts = settle(work, domain, changed=changed, compared={}, cause_of=lambda _: cause, counted=counted)
    check_versions(expected or {}, drafts)
    return effects_of(work, operation, domain, drafts, open_before=waiting)


def decision_cause(work: Work, domain: Domain, *, reason: str) -> Cause:
    """Return the cause of what a steward does: he, and whoever delegated it to him, cannot approve what follows.

    The action that is logged next in this Work is the one it names.
    """
    behind = work.actor.behind(Permission.STEWARD, domain=domain.name)
    work.action_id, trace = new_id(), current_trace()
    return Cause(
        "decision",
        correlation_id=trace.correlation_id,
        traceparent=trace.traceparent,
        actors=behind,
        reason=reason,
        tracestate=trace.tracestate,
        causation_id=f"action-{work.action_id}",
    )


def _lives(effects: Effects, master_id: UUID) -> bool:
    return any(m.master_id == master_id and m.status != "merged" for m in effects.masters)
