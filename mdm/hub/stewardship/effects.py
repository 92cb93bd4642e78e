"""What a steward's operation does to masters: shown before, and proved to be the same when it is done."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import digest
from mdm.errors import OutdatedPreview, OutdatedVersion
from mdm.hub.approval.requests import shown_changes
from mdm.hub.golden.draft import Draft
from mdm.hub.golden.timeline import announced, at
from mdm.hub.stewardship.foresight import foreseen_pins, pins_of
from mdm.hub.stewardship.slices import SliceChanges, changed_slices
from mdm.store import stewardship
from mdm.store.work import Work
from survivorship import Verdict


class Promise(Protocol):
    """What an operation tells of itself; `digest` is the same whenever it does the same."""

    @property
    def digest(self) -> str:
        """Return what names the effects."""


T = TypeVar("T")
P = TypeVar("P", bound=Promise)


@dataclass(frozen=True, slots=True)
class Loser:
    """A claim that did not win, and why."""

    record: str
    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class AttributeEffect:
    """A value that changes, who wins it by which rule, and who loses; `held` says that it awaits its owner."""

    attribute: str
    before: Any
    after: Any
    rule: str
    record: Any
    losers: list[Loser]
    held: bool


@dataclass(frozen=True, slots=True)
class MasterEffect:
    """What happens to one master; `master_id` is None for one that does not exist before the operation is done."""

    master_id: UUID | None
    version_before: int
    version: int
    status: str
    merged_into: UUID | None
    records: list[str]
    attributes: dict[str, Any]
    changes: list[AttributeEffect]
    held: list[dict[str, Any]]
    events: list[str]
    slices: SliceChanges


@dataclass(frozen=True, slots=True)
class Effects:
    """All that an operation does; `digest` names it, `request_id` the change request it made instead of a change.

    That request asks `owners` about what is `proposed`; `slices` are those that change when they approve.
    """

    operation: str
    domain: str
    masters: list[MasterEffect]
    tasks_closed: list[UUID]
    digest: str
    request_id: UUID | None = None
    owners: list[str] = field(default_factory=list)
    proposed: list[dict[str, Any]] = field(default_factory=list)
    slices: SliceChanges | None = None
    ids: dict[UUID, int] = field(default_factory=dict)  # every master it touched, in this order, with its new version


def preview(work: Work, operation: Callable[[], T]) -> T:
    """Run an operation, tell what it does, and take everything back."""
    trial = work.session.begin_nested()
    try:
        return operation()
    finally:
        trial.rollback()


def execute(operation: Callable[[], P], *, expected: str | None = None) -> P:
    """Run an operation; raises OutdatedPreview if it does not do what the preview with that digest has shown."""
    effects = operation()
    if expected is not None and effects.digest != expected:
        raise OutdatedPreview(hint="Look at a new preview and decide again.")
    return effects


def check_versions(expected: Mapping[UUID, int], drafts: Mapping[UUID, Draft]) -> None:
    """Raise OutdatedVersion unless masters still are at the versions somebody has looked at."""
    for master_id, version in expected.items():
        found = drafts[master_id].master.version if master_id in drafts else None
        if found != version:
            now = "has moved" if found is None else f"is at version {found}, not {version}"
            raise OutdatedVersion(f"The master {master_id} {now}.", hint="Read it again and decide anew.")


def effects_of(
    work: Work,
    operation: str,
    domain: Domain,
    drafts: Mapping[UUID, Draft],
    *,
    open_before: Collection[UUID] = (),
    request_id: UUID | None = None,
    proposed_on: UUID | None = None,
    proposed: Sequence[Mapping[str, Any]] = (),
) -> Effects:
    """Return what was done, or `proposed` to owners instead, as the actor may see it."""
    visible = domain.visible(work.actor)
    ordered = sorted(drafts.values(), key=_order)
    closed = sorted(set(open_before) - stewardship.still_open(work.session, open_before))
    essence = [[_essence(domain, draft) for draft in ordered], proposed_on and str(proposed_on), list(proposed)]
    return Effects(
        operation=operation,
        domain=domain.name,
        masters=[_effect(domain, draft, visible) for draft in ordered],
        tasks_closed=closed,
        digest=digest([operation, domain.name, essence]),
        request_id=request_id,
        owners=owners_of(domain, proposed),
        proposed=[_proposal(domain, change, visible) for change in proposed],
        slices=None if proposed_on is None else _foreseen(work, domain, proposed_on, proposed, visible),
        ids={draft.master.id: draft.version for draft in ordered},
    )


def _foreseen(
    work: Work, domain: Domain, master_id: UUID, proposed: Sequence[Mapping[str, Any]], visible: frozenset[str]
) -> SliceChanges:
    pins = pins_of(proposed, work.now, from_now=False)
    return foreseen_pins(work, domain, master_id, pins, visible=visible)


def owners_of(domain: Domain, proposed: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the roles that must approve of proposed changes: those that own the critical ones."""
    units = {change["attribute"] for change in proposed} & domain.critical
    return sorted({domain.owner_of(unit) for unit in units})


def _proposal(domain: Domain, change: Mapping[str, Any], visible: frozenset[str]) -> dict[str, Any]:
    """Return a proposed change without what the actor may not see."""
    seen = visible.issuperset(domain.members_of(change["attribute"]))
    hidden = {"std"} if seen else {"std", "current", "proposed"}
    return {name: value for name, value in change.items() if name not in hidden}


def _order(draft: Draft) -> tuple[bool, str]:
    """Order masters by their ids, new ones last and by their records."""
    new = draft.master.version == 0
    return new, ",".join(_records(draft)) if new else str(draft.master.id)


def _records(draft: Draft) -> list[str]:
    return sorted(f"{link.source}/{link.source_key}" for link in draft.found.links if link.linked)


def _essence(domain: Domain, draft: Draft) -> list[Any]:
    """Return what makes two runs of an operation the same, without the ids that are drawn anew each time."""
    new = draft.master.version == 0
    timeline = [[s.valid_from, s.valid_to, s.attributes] for s in announced(draft.rebuilt.slices)]
    return [
        None if new else str(draft.master.id),
        draft.master.version,
        draft.status,
        None if draft.master.merged_into is None else str(draft.master.merged_into),
        _records(draft),
        timeline,
        shown_changes(draft.guarded.held),
        domain.release,
    ]


def _effect(domain: Domain, draft: Draft, visible: frozenset[str]) -> MasterEffect:
    now = draft.recorded_at
    before, after = at(announced(draft.found.baseline), now), at(announced(draft.rebuilt.slices), now)
    held = [h for h in draft.guarded.held if visible.issuperset(domain.members_of(h.attribute))]
    return MasterEffect(
        master_id=draft.master.id if draft.master.version else None,
        version_before=draft.master.version,
        version=draft.version,
        status=draft.status,
        merged_into=draft.master.merged_into,
        records=_records(draft),
        attributes=_shown(after, visible),
        changes=_changes(domain, draft, _shown(before, visible), _shown(after, visible), visible),
        held=shown_changes(held),
        events=[change.type for change in draft.changes],
        slices=changed_slices(domain, draft.found.baseline, draft.rebuilt.slices, asked=None, visible=visible, now=now),
    )


def _shown(attributes: Mapping[str, Any], visible: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name in visible}


def _changes(
    domain: Domain,
    draft: Draft,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    visible: frozenset[str],
) -> list[AttributeEffect]:
    kept_back = {h.attribute for h in draft.guarded.held}
    differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    waiting = {name for unit in kept_back for name in domain.members_of(unit)} & visible
    return [
        _attribute(domain, draft, name, before.get(name), after.get(name), held=domain.unit_of(name) in kept_back)
        for name in sorted(differing | waiting)
    ]


def _attribute(domain: Domain, draft: Draft, name: str, before: Any, after: Any, *, held: bool) -> AttributeEffect:
    verdict = draft.case.verdict(domain.unit_of(name), draft.recorded_at, draft.guarded.held)
    return AttributeEffect(
        attribute=name,
        before=before,
        after=after,
        rule=verdict.rule,
        record=verdict.record,
        losers=list(_losers(name, verdict)),
        held=held,
    )


def _losers(name: str, verdict: Verdict) -> Iterable[Loser]:
    for loser in verdict.losers:
        value = loser.claim.value
        if verdict.attribute != name and isinstance(value, dict):
            value = value.get(name)
        yield Loser(loser.claim.record, value, loser.reason.value)
